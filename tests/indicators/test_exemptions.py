"""Values before and after exemptions, against counting by hand."""

import random
from datetime import date
from typing import Any

import pytest

from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.exempted import exempted, listed_exemptions
from itsq_analysis.indicators.exemptions import approved
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.exemptions import before_exemptions, exemptions_answer, exemptions_sheet, turned_by_exemptions
from itsq_analysis.text.marks import plain
from tests.page.made import RULES, agreed, context, incidents

SLA = "sla_resolution_met"


def exemption(ticket: str, indicator: str = SLA, **columns: Any) -> dict[str, Any]:
    approval = {"approved_by": "Board", "approved_on": date(2026, 11, 2)}
    return {"ticket": ticket, "indicator": indicator, "reason": "agreed"} | approval | columns


def numbered(count: int, **columns: Any) -> list[dict[str, Any]]:
    return [one | {"number": f"INC{place}"} for place, one in enumerate(incidents(count, **columns))]


def statuses(context: ReportContext) -> tuple[list[str], list[str]]:
    values = agreed_targets(context.scope)
    return [(value.before or value).status for value in values], [value.status for value in values]


def test_a_target_is_judged_after_approved_exemptions() -> None:
    toml = RULES + agreed(SLA, '"95%"') + agreed(SLA, '"95%"', "priority = 3") + agreed("reopen_rate", '"3%"')
    rows = numbered(40, late=4, reopen_count=0)
    made = context(toml, incidents=rows, exemptions=[exemption(f"INC{place}") for place in range(3)])
    assert statuses(made) == (["missed", "missed", "met"], ["met", "met", "met"])
    whole, member = exempted(made.scope)
    assert (whole.before.numerator, whole.before.denominator) == (36, 40)
    assert (whole.value.numerator, whole.value.denominator) == (36, 37)
    assert (whole.n, whole.reasons, whole.value.turned) == (3, ("agreed",), True)
    assert (member.value.dimension, member.value.member, member.n) == ("priority", "3", 3)
    title = made.title(SLA)
    assert plain(turned_by_exemptions(made) or "") == (
        f"Met only because of exemptions: {title} (90.0% before, 97.3% after 3 left out); "
        f"{title}, P3 (90.0% before, 97.3% after 3 left out)."
    )
    assert "90.0% before 3 exemptions" in plain(before_exemptions(made, whole))


@pytest.mark.parametrize(
    "columns",
    [
        {"approved_by": None},
        {"approved_on": None},
        {"approved_on": date(2026, 11, 20)},
        {"indicator": "reopen_rate"},
        {"indicator": "x"},
    ],
    ids=str,
)
def test_without_approval_or_for_another_indicator_a_ticket_counts(columns: dict[str, Any]) -> None:
    """The last day that the report knows is 19 November."""
    rows = numbered(40, late=4, reopen_count=0)
    made = context(
        RULES + agreed(SLA, '"95%"'), incidents=rows, exemptions=[exemption(f"INC{place}", **columns) for place in range(4)]
    )
    assert statuses(made) == (["missed"], ["missed"])
    assert turned_by_exemptions(made) is None
    assert [one for one in exempted(made.scope) if one.value.indicator == SLA] == []


def test_what_is_not_approved_is_listed_as_counting() -> None:
    made = context(RULES, incidents=numbered(40, late=4), exemptions=[exemption("INC1"), exemption("INC2", approved_by=None)])
    assert [(one.ticket, one.approved) for one in listed_exemptions(made.scope)] == [("INC1", True), ("INC2", False)]
    (shown,) = exemptions_answer(made)
    assert "One more is not approved and still counts." in shown
    rows = [row[:6] for row in exemptions_sheet(made).rows]
    assert [(ticket, approved, by, on) for ticket, _, _, approved, by, on in rows] == [
        ("INC1", "yes", "Board", date(2026, 11, 2)),
        ("INC2", "no", "", date(2026, 11, 2)),
    ]


def test_tickets_of_other_periods_and_unknown_ones_change_nothing() -> None:
    rows = [*numbered(20, late=1), {**incidents(1, "2026-09-10 09:00", late=1)[0], "number": "OLD"}]
    made = context(RULES + agreed(SLA, '"95%"'), incidents=rows, exemptions=[exemption("OLD"), exemption("NONE")])
    assert exempted(made.scope) == ()
    assert exemptions_answer(made) == []
    assert approved(made.scope) == {SLA: ("NONE", "OLD")}


def test_an_exempted_outage_is_no_down_time() -> None:
    services = [{"service": "A", "calendar": "7x24", "users": 10, "tier": 1}]
    outages = [
        {"number": "OUT1", "service": "A", "started_at": "2026-10-05 00:00", "restored_at": "2026-10-05 10:00"},
        {"number": "OUT2", "service": "A", "started_at": "2026-10-06 00:00", "restored_at": "2026-10-06 02:00"},
        {"number": "OUT3", "service": "A", "started_at": "2026-09-06 00:00", "restored_at": "2026-09-06 02:00"},
    ]
    toml = agreed("availability", '"99.5%"', 'service = "A"')
    register = [exemption(number, "availability") for number in ("OUT1", "OUT3")]
    made = context(toml, services=services, outages=outages, exemptions=register)
    whole, member = exempted(made.scope)
    assert whole.before.value == pytest.approx(1 - 12 / 744)
    assert whole.value.value == pytest.approx(1 - 2 / 744)
    assert (whole.n, member.n, member.value.member, member.value.turned) == (1, 1, "A", True)
    assert statuses(made) == (["missed"], ["met"])
    assert cube(made.scope).value("longest_outage").value == 10  # another indicator sees the outage


def test_the_tables_are_whole_again_afterwards() -> None:
    made = context(RULES, incidents=numbered(10, late=2), exemptions=[exemption("INC0")])
    value = cube(made.scope).value(SLA)
    assert (value.n, value.before and value.before.n, cube(made.scope).value("incidents_opened").n) == (9, 10, 10)
    assert made.scope.query("SELECT count(*) AS n FROM incidents")["n"].tolist() == [10]


@pytest.mark.parametrize("seed", range(12))
def test_after_is_what_counting_without_the_tickets_gives(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - test data, the same for the same seed
    rows = [
        one | {"sla_resolution_met": draw.random() < 0.8, "sla_response_met": draw.random() < 0.9,
               "reopen_count": int(draw.random() < 0.2), "priority": draw.randint(1, 4), "acknowledged_at": one["opened_at"]}
        for one in numbered(60)
    ]  # fmt: skip
    ids = (SLA, "sla_response_met", "reopen_rate")
    register = [
        exemption(f"INC{place}", draw.choice(ids), approved_by=draw.choice(["Board", None])) for place in draw.sample(range(60), 20)
    ]
    made = context(RULES, incidents=rows, exemptions=register)
    truth = {SLA: "sla_resolution_met", "sla_response_met": "sla_response_met", "reopen_rate": "reopen_count"}
    for name in ids:
        gone = {one["ticket"] for one in register if one["indicator"] == name and one["approved_by"]}
        kept = [row for row in rows if row["number"] not in gone]
        after = cube(made.scope).value(name)
        assert (after.numerator, after.denominator) == (sum(bool(row[truth[name]]) for row in kept), len(kept))
        found = [one for one in exempted(made.scope) if one.value.indicator == name]
        assert [one.n for one in found] == ([len(gone)] if gone else [])
        for priority in "1234":
            counted = sum(row["priority"] == int(priority) for row in kept)
            assert cube(made.scope).value(name, "priority", priority).denominator == counted


def test_surveys_about_an_exempted_ticket_are_left_out() -> None:
    surveys = [
        {"number": "S1", "ticket": "INC1", "answered_at": "2026-10-05 10:00", "score": 1},
        {"number": "S2", "ticket": "INC2", "answered_at": "2026-10-05 10:00", "score": 5},
        {"number": "S3", "answered_at": "2026-10-05 10:00", "score": 5},
    ]
    made = context(surveys=surveys, exemptions=[exemption("INC1", "csat"), exemption("S3", "csat_score")])
    assert [cube(made.scope).value(name).n for name in ("csat", "csat_score")] == [2, 2]
    assert [(one.value.indicator, one.n) for one in exempted(made.scope)] == [("csat", 1), ("csat_score", 1)]
