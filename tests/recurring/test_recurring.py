"""What keeps coming back, over tiny tables with known groups, and over the demo, where causes are planted in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from pandas import isna
from sklearn.metrics import adjusted_rand_score

from itsq_analysis import open_workspace
from itsq_analysis.facts.codec import decode, encode
from itsq_analysis.recurring.grouping import grouped
from itsq_analysis.recurring.naming import names_of
from itsq_analysis.recurring.recurring import Recurring, RecurringCause, recurring
from itsq_analysis.recurring.storms import storms
from itsq_analysis.recurring.texts import FormLetters, Ticket, clauses_of, masked, words_by
from tests.cli.running import itsq
from tests.hostile import HOSTILE
from tests.page.made import context
from tests.tables import Row, moment

BACKGROUND = (
    "Printer jams on floor three",
    "Mailbox is full",
    "Laptop battery swollen",
    "Invoice print shifted",
    "考勤记录缺失",
    "司机端定位漂移",
)


SITES = ("Huangpu", "Pudong", "Ningbo", "Suzhou", "Yangshan")
PRINTER = ("Label printer ZT411 prints blank labels", "Blank labels from printer ZT411", "ZT411 printer: labels are blank")
VPN = ("VPN login fails with error 691", "VPN 登录失败，报错 691", "VPN error 691 after password change", "改密码后 VPN 报错 691")
HOUR = 3600.0


@pytest.fixture(scope="module")
def cut() -> Any:
    return words_by(["手持终端", "WMS 数据库"])


def tickets(texts: Sequence[str], first: str = "2026-10-01 09:00", hours: float = 20, **columns: Any) -> list[Row]:
    """One ticket for each text, so many hours apart, each resolved after two working hours."""
    begin = moment(first)
    assert begin is not None
    times = [begin + timedelta(hours=place * hours) for place in range(len(texts))]
    ends = [{"opened_at": at, "resolved_at": at + timedelta(hours=2), "working_seconds": 7200} for at in times]
    return [end | {"short_description": text} | columns for end, text in zip(ends, texts, strict=True)]


def found(*rows: Sequence[Row], period: str = "2026-10", **more: Any) -> Recurring:
    ordered = sorted((row for part in rows for row in part), key=lambda row: row["opened_at"])
    numbered = [row | {"number": f"INC{place:04d}"} for place, row in enumerate(ordered)]
    return recurring(context(incidents=numbered, period=period, **more).scope)


def names(result: Recurring) -> set[str]:
    return {cause.name for cause in result.causes}


def only(result: Recurring) -> RecurringCause:
    assert len(result.causes) == 1, names(result)
    return result.causes[0]


def test_causes_are_found_among_others_and_named_by_their_own_words() -> None:
    result = found(
        tickets(PRINTER * 3),
        tickets(VPN * 3, hours=30),
        tickets(["手持终端无法扫码", "手持终端扫码无法识别"] * 4, hours=40),
        tickets(BACKGROUND),
    )
    by_size = {cause.n: cause for cause in result.causes}
    assert (result.tickets, result.grouped, sorted(by_size)) == (35, 29, [8, 9, 12])
    assert by_size[9].name == "Blank labels from printer ZT411"
    assert by_size[8].name == "手持终端无法扫码"
    assert by_size[8].name_en is None
    both = (by_size[12].name_en, by_size[12].name_zh)  # two languages, one cause, joined by its code
    assert both == ("VPN error 691", "VPN 报错 691")


def test_a_cause_tells_its_size_cost_and_next_step() -> None:
    rows = tickets(PRINTER * 3, hours=50, service="WMS")
    rows[-1] |= {"resolved_at": None, "working_seconds": None}
    rows[0] |= {"service": "ERP"}
    outage = [
        {"number": "OUT1", "incident": "INC0004", "users_affected": 70, "started_at": "2026-10-09 09:00", "kind": "unplanned"}
    ]
    cause = only(found(rows, outages=outage))
    assert (cause.id, cause.n, cause.hours, cause.open, cause.users, cause.services) == ("INC0000", 9, 16.0, 1, 70, ("WMS", "ERP"))
    assert (cause.cited, cause.candidate) == (("INC0008", "INC0007", "INC0006", "INC0005", "INC0004"), "problem")
    assert cause.first_seen.isoformat() == "2026-10-01T09:00:00+08:00"
    problem = [{"number": "PRB1", "opened_at": "2026-10-05 09:00"}]
    rows[3] |= {"problem": "PRB1"}
    linked = only(found(rows, problems=problem))
    assert (linked.problems, linked.candidate) == (("PRB1",), "known_error")
    assert only(found(rows, problems=[problem[0] | {"known_error_at": "2026-10-20 09:00"}])).candidate is None
    assert only(found(rows, problems=[problem[0] | {"resolved_at": "2026-10-20 09:00"}])).candidate is None


def test_greetings_signatures_and_places_join_nothing(cut: Any) -> None:
    polite = [f"您好，{text}，请协助处理，谢谢（{SITES[place % 5]}）" for place, text in enumerate((*BACKGROUND, *PRINTER) * 9)]
    services = [f"S{place % 7}" for place in range(len(polite))]
    rows = [row | {"service": service} for row, service in zip(tickets(polite, hours=6), services, strict=True)]
    assert names(found(rows)) == {*BACKGROUND, "Blank labels from printer ZT411"}
    letters = FormLetters()
    letters.learn([Ticket(clauses_of(text, cut), (service,)) for text, service in zip(polite, services, strict=True)])
    told = {
        clause: letters.found(tuple(cut(clause)))
        for clause in ("您好", "请协助处理", "谢谢", "Ningbo", BACKGROUND[0], BACKGROUND[4])
    }
    assert told == {"您好": True, "请协助处理": True, "谢谢": True, "Ningbo": True, BACKGROUND[0]: False, BACKGROUND[4]: False}
    alone = Ticket(clauses_of("您好，请协助处理", cut))
    assert letters.without(alone) == alone.clauses  # a ticket of nothing else keeps it: nothing is lost


def test_a_storm_is_one_event_apart_from_what_comes_back() -> None:
    usual = tickets(["WMS 无法登录"] * 6, first="2026-08-01 09:00", hours=24 * 7)
    storm = tickets(["WMS 无法登录"] * 20, first="2026-10-20 09:40", hours=0.1)
    after = tickets(["WMS 无法登录"] * 2, first="2026-10-26 09:00", hours=48)
    result = found(usual, storm, after)
    assert {(cause.storm, cause.n, cause.id, cause.candidate) for cause in result.causes} == {
        (True, 20, "INC0006", None),
        (False, 2, "INC0000", None),
    }
    assert storms([0.0] * 7) == []  # too few
    assert storms([place * HOUR / 6 + day * 24 * HOUR for day in range(9) for place in range(30)]) == []  # as on every day
    assert storms([]) == []


def test_a_group_keeps_its_identity_and_members_from_month_to_month() -> None:
    rows = [
        row
        for month in range(1, 11)
        for row in (
            *tickets(PRINTER * 2, first=f"2026-{month:02d}-02 09:00"),
            *tickets(VPN + BACKGROUND, first=f"2026-{month:02d}-03 09:00"),
        )
    ]
    members: dict[str, str] = {}
    for month in range(3, 11):
        result = found(rows, period=f"2026-{month:02d}")
        told = {number: cause.id for cause in result.causes for number in cause.numbers}
        assert len(told) == 10 + (
            len(BACKGROUND) if month >= 5 else 0
        )  # a text of five months founds a group, and takes its first tickets in
        members |= told
    ids = {cause.id for cause in found(rows).causes}
    assert set(members.values()) == ids
    early = found([row for row in rows if row["opened_at"] < moment("2026-06-01")], period="2026-05")
    assert early == found(rows, period="2026-05")  # what came later tells nothing else of May


def test_a_trend_is_told_beyond_noise_only() -> None:
    def months(*counts: int) -> list[Row]:
        days = [f"2026-{month:02d}-02 09:00" for month in range(11 - len(counts), 11)]
        return [
            row for first, count in zip(days, counts, strict=True) for row in tickets(["Mailbox is full"] * count, first, hours=13)
        ]

    other = tickets(["Laptop battery swollen"], first="2026-01-05 09:00")
    assert only(found(other, months(6, 5, 7, 5, 6, 30))).trend == "up"
    assert only(found(other, months(20, 22, 19, 21, 3))).trend == "down"
    assert only(found(other, months(6, 5, 7, 5, 9))).trend is None
    assert only(found(other, months(8))).trend == "new"
    assert only(found(months(8))).trend is None  # nothing is known of the time before


@pytest.mark.parametrize(
    "texts",
    [
        HOSTILE,
        ("!!! ??? 。。。",) * 9,
        ("", None, " ", "\x00"),
        ("disk",) * 9,
        ("=1+1",) * 9,
        ("<p>" * 40_000 + "full disk",) * 6,
        ("x" * 100_000,) * 6,
        ("a@b.cn " * 9_000,) * 6,
        ("磁" * 100_000,) * 6,
    ],
)
def test_hostile_texts_are_grouped_or_left(texts: Sequence[str]) -> None:
    result = found(tickets(texts, hours=3))
    assert recurring_members(result) <= len(texts)
    for cause in result.causes:
        assert len(cause.name) <= 100_000
        assert not set("<>=@") & set(cause.name)
    assert decode(encode(result)) == result


def recurring_members(result: Recurring) -> int:
    return sum(cause.n for cause in result.causes)


def test_one_word_and_one_text_are_groups_of_their_own() -> None:
    assert names(found(tickets(["disk"] * 9))) == {"disk"}
    assert found(tickets(["disk"] * 4)).causes == ()
    assert found([]) == Recurring((), 0, 0)


def test_personal_data_reach_no_name() -> None:
    said = [
        "Zhang 13800138000 cannot print",
        "cannot print, call +86 21 5555 6666",
        "li@example.com cannot print",
        "310101199001011234 cannot print",
    ]
    assert only(found(tickets(said * 3))).name == "cannot print"
    text = " ".join(said)
    assert not any(hidden in masked(text) for hidden in ("138", "5555", "example", "3101"))
    assert masked("ORA-12154, error 0x80070005, 10.5 GB, HTTP 502") == "ORA-12154, error 0x80070005, 10.5 GB, HTTP 502"


def test_names_end_in_whole_words(cut: Any) -> None:
    said = [
        clauses_of(text, cut)
        for text in (
            "Outlook asks for the password again and again",
            "Update hangs at 35 %",
            "无法收发货，报错 503，仓库停摆，请尽快恢复业务运行",
        )
    ]
    assert [names_of([text] * 5)[0] for text in said] == [
        "Outlook asks for the password again and again",
        "Update hangs",
        "无法收发货 报错 503 仓库停摆",
    ]


def test_fewer_tickets_change_few_memberships(cut: Any) -> None:
    """Adjusted Rand index over those that stay, of groups made of 95 % of the tickets; a ticket without group is one of its own."""
    random = np.random.default_rng(1)
    causes = [*PRINTER, *VPN, *BACKGROUND]
    texts = [f"{causes[place]} {SITES[site]} {word}" for place, site, word in random.integers((13, 5, 90), size=(600, 3))]
    said = [Ticket(clauses_of(text, cut)) for text in texts]
    whole = alone(grouped([said]).group)
    for seed in range(3):
        kept = np.sort(np.random.default_rng(seed).choice(600, 570, replace=False))
        part = alone(grouped([[said[place] for place in kept]]).group)
        assert adjusted_rand_score(whole[kept], part) >= 0.8


def alone(group: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.where(group < 0, -1 - np.arange(len(group)), group)


def test_the_demo_holds_its_planted_causes_in_both_languages(demo: Any, truth: Any) -> None:
    frame = open_workspace(demo).recurring("2026-10")
    group = {number: place for place, numbers in enumerate(frame["numbers"]) for number in numbers}
    planted = truth["planted"]["recurring"]
    rows = {}
    for cause in planted["causes"]:
        places = {group.get(number) for number in cause["tickets"]}
        assert len(places) == 1
        rows[cause["id"]] = frame.loc[places.pop()]
        assert set(rows[cause["id"]]["numbers"]) == set(cause["tickets"])
        assert (rows[cause["id"]]["candidate"], bool(rows[cause["id"]]["storm"])) == ("problem", False)
    trends = {key: None if isna(row["trend"]) else row["trend"] for key, row in rows.items()}
    assert (trends.pop("vpn_691"), trends.pop("portal_certificate_warning"), set(trends.values())) == ("up", "new", {None})
    assert rows["vpn_691"]["name_en"] == "VPN login fails with error 691"
    assert rows["duplicate_goods_receipt"]["name"] == "入库单重复生成"
    assert rows["shared_mailbox"]["name"] == "Shared mailbox disappears after restart"
    assert rows["portal_certificate_warning"]["name_zh"] == "结算页提示证书告警 ERR_CERT_DATE"
    storm = frame[frame["storm"]]
    assert [set(numbers) for numbers in storm["numbers"]] == [set(planted["storm"])]
    assert frame.attrs["grouped"] >= 0.95 * frame.attrs["tickets"]
    greetings = ("您好", "协助", "Hello", "thank", "Huangpu", "谢谢")
    assert not [name for name in frame["name"] if any(word in name for word in greetings)]


def test_the_command_tells_them(capsys: Any, demo: Any) -> None:
    told = itsq(capsys, "recurring", "--period", "2026-10", "-w", demo)
    [line] = [line for line in told.out.splitlines() if "Shared mailbox disappears after restart" in line]
    assert line.split()[5:] == ["15", "17.0", "71", "problem", "INC0052918", "INC0052885"]
    assert "1,859 of 1,859 incidents are in a group" in told.out
