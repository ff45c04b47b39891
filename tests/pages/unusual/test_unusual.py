"""What was unusual, in words: nothing, an excess, a day without records; each told once with what to check next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from itsq_analysis.anomaly.impacts import impacts
from itsq_analysis.anomaly.levels import attributed_shift, level_changes
from itsq_analysis.anomaly.unusual import unusual_events
from itsq_analysis.briefing.findings import findings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.pages.unusual.review import AnomalyReview
from itsq_analysis.pages.unusual.unusual import driven, level_sentences, unusual_parts
from itsq_analysis.pages.unusual.words import brief
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from tests.page.made import context, incidents, told
from tests.tables import Row, moment

FIRST, LAST = date(2026, 5, 4), date(2026, 11, 2)
NO_HOLIDAYS = '[organisation]\ntimezone = "Asia/Shanghai"\nholidays = ""\n'


def every_day(more: dict[tuple[str, str], int] | None = None, without: tuple[str, ...] = ()) -> Iterator[Row]:
    """Eight to eleven incidents a day of mail, five to seven of printing; so many more on a day of a service."""
    for number in range((LAST - FIRST).days + 1):
        day = str(FIRST + timedelta(days=number))
        for service, count in (("Mail", 8 + number * 7 % 4), ("Print", 5 + number * 5 % 3)):
            extra = (more or {}).get((day, service), 0)
            if day not in without:
                yield from incidents(
                    count + extra, f"{day} 09:00", service=service, assignment_group=f"{service} team", category=service
                )


def change(number: str, service: str, ended: str, outcome: str = "successful", **other: Any) -> Row:
    at = moment(ended)
    times = {"opened_at": at - timedelta(days=3), "started_at": at - timedelta(hours=1), "ended_at": at, "closed_at": at}
    about = {"number": number, "service": service, "type": "normal", "outcome": outcome, "state": "closed"}
    return {**times, **about, **other}


def made(language: Language = "en", *, period: str = "2026-10", changes: list[Row] | None = None, **days: Any) -> ReportContext:
    return context(
        NO_HOLIDAYS, period=period, language=language, as_of="2026-11-02", incidents=[*every_day(**days)], changes=changes or []
    )


def unusual(subject: ReportContext) -> list[str]:
    """What a page says of unusual days, one item an event."""
    return told(Section("unusual", "", "", tuple(unusual_parts(subject))))[1:]


def test_that_nothing_was_unusual_is_told() -> None:
    assert unusual(made()) == ["Nothing in October 2026 was unusual beyond chance."]


def test_too_little_history_is_said() -> None:
    assert unusual(context(NO_HOLIDAYS, incidents=incidents(9)))[0].startswith("The history is too short")


WAVE = {("2026-10-14", "Mail"): 45, ("2026-10-15", "Mail"): 20}


@pytest.fixture(scope="module")
def wave() -> ReportContext:
    rows = [change("CHG1", "Mail", "2026-10-13 22:00", "unsuccessful"), change("CHG2", "Print", "2026-10-13 22:00", "unsuccessful")]
    return made(changes=rows, more=WAVE)


def test_an_excess_is_told_once_with_size_place_and_change(wave: ReportContext) -> None:
    (event,) = [event for event in unusual_events(wave.scope).events if event.certain]
    assert (event.series, event.first, event.last) == ("Mail", date(2026, 10, 14), date(2026, 10, 15))
    assert set(event.also) >= {("group", "Mail team")}
    (item,) = unusual(wave)
    assert item.startswith("Mail, 14 October to 15 October: 6")
    assert "more incidents than expected. Where: no part stands out" in item
    assert "CHG1, a normal change, unsuccessful, took effect on 13 October 22:00" in item
    assert item.endswith("no proof of cause.")


def test_changes_are_told_with_what_came_after_them(wave: ReportContext) -> None:
    first, second = impacts(wave.scope)
    assert (first.number, first.certain, second.number, second.certain) == ("CHG1", True, "CHG2", False)
    assert first.impact.excess == pytest.approx(65, abs=6)
    assert second.impact.lower <= 0 <= second.impact.upper


def test_an_event_that_nothing_else_tells_of_is_a_finding(wave: ReportContext) -> None:
    told_of = [brief(wave).sentence(one.sentence) for one in findings(wave.scope) if one.cause.startswith("unusual")]
    assert len(told_of) == 1
    assert told_of[0].startswith("Mail: 6")
    assert told_of[0].endswith("14 October to 15 October, after CHG1 (cause not proven).")


def test_an_event_whose_incidents_name_the_change_is_told_by_them() -> None:
    named = made(changes=[change("CHG1", "Mail", "2026-10-13 22:00", "unsuccessful")], more=WAVE)
    linked = incidents(6, "2026-10-14 12:00", service="Mail", caused_by_change="CHG1")
    both = context(
        NO_HOLIDAYS, as_of="2026-11-02", incidents=[*every_day(more=WAVE), *linked],
        changes=[change("CHG1", "Mail", "2026-10-13 22:00", "unsuccessful")],
    )  # fmt: skip
    assert [one.cause for one in findings(named.scope) if one.cause.startswith("unusual")]
    assert not [one.cause for one in findings(both.scope) if one.cause.startswith("unusual")]


def test_a_day_without_records_is_a_lack_of_everything() -> None:
    gap = made(without=("2026-10-21",))
    first, *_ = unusual(gap)
    assert first.startswith("All incidents, 21 October: 1")
    assert "fewer incidents than expected" in first
    (finding,) = [one for one in findings(gap.scope) if one.change]
    assert brief(gap).sentence(finding.sentence).endswith("fewer incidents than expected, 21 October; was everything recorded?")


def test_further_certain_events_are_listed_as_such() -> None:
    """Seven days with 40 to 70 more, mail and printing in turn: the four largest one by one, the other three in a line."""
    days = {(f"2026-10-{4 * place + 2:02d}", "Mail" if place % 2 else "Print"): 40 + 5 * place for place in range(7)}
    *items, further = unusual(made(more=days))
    assert [item.partition(":")[0] for item in items] == [
        "Mail, 14 October", "Print, 18 October", "Mail, 22 October", "Print, 26 October",
    ]  # fmt: skip
    assert [part.rpartition(":")[0] for part in further.removeprefix("Also beyond chance: ").split("; ")] == [
        "Print, 2 October", "Mail, 6 October", "Print, 10 October",
    ]  # fmt: skip


def test_in_more_days_more_may_be_chance() -> None:
    """A chance of 1.6 in 100,000: of 5 series and 3 lengths less than 5 % in October's 90 days, not in the year's 305."""
    more = {("2026-10-14", "Print"): 12}
    october, year = (unusual_events(made(period=period, more=more).scope) for period in ("2026-10", "2026"))
    assert [(one.series, (one.end - one.start).days) for one in (october, year)] == [(5, 90), (5, 305)]
    for found, certain in ((october, True), (year, False)):
        (event,) = [event for event in found.events if event.first == date(2026, 10, 14)]
        assert event.excess.chance == pytest.approx(1.6e-5, rel=0.1)
        assert event.certain == certain == (event.excess.chance <= 0.05 / (5 * (found.end - found.start).days * 3))


def requested(language: Language = "en", service: str = "Mail", more: int = 45, weeks: int = 13) -> AnomalyReview:
    """A review of requests: so many more for a service on 14 October."""
    names = ("opened_at", "service", "assignment_group", "category")
    rows = [{name: row[name] for name in names} for row in every_day(more={("2026-10-14", service): more})]
    subject = context(
        NO_HOLIDAYS, language=language, as_of="2026-11-02", requests=[{"number": f"R{n}", **row} for n, row in enumerate(rows)]
    )
    return AnomalyReview(subject.scope, "requests", "service", weeks=weeks, language=language)


@pytest.mark.parametrize(
    ("language", "title", "size", "last", "calendar"),
    [
        (
            "en", "Mail, 14 October: 45 more service requests than expected", "54 service requests where ",
            "Check next: what the first of these service requests say: R", "Unusual days (service requests per day",
        ),
        (
            "zh", "Mail\uff0810月14日\uff09服务请求比预期多 45 件", "新增服务请求 54 件",
            "下一步核实\uff1a查看最早的几件服务请求\uff1aR", "异常日\uff08每日新增服务请求与预期的差值",
        ),
    ],
)  # fmt: skip
def test_a_review_of_requests_speaks_of_requests(language: Language, title: str, size: str, last: str, calendar: str) -> None:
    review = requested(language)
    (number,) = [place for place, row in review.events().iterrows() if row["peak"] == pd.Timestamp("2026-10-14")]
    section = review.show(number)
    _, *lines = told(section)
    assert section.title == title
    assert lines[0].startswith(size)
    assert lines[-2].startswith(last)
    assert not any("incident" in line or "事件" in line for line in lines)
    assert review.calendar().title.startswith(calendar)


def test_a_longer_review_asks_for_more() -> None:
    """A chance of 5.3 in 100,000: of 2 series and 3 lengths less than 5 % in 13 weeks, not in 26."""
    short, long = (requested(service="Print", more=11, weeks=weeks) for weeks in (13, 26))
    assert "Unusual days: 1 of" in short.calendar().summary
    assert "Unusual days: 0 of" in long.calendar().summary
    assert told(long.show())[1].endswith("with so many series and days this could be chance.")


def test_what_came_after_the_moment_of_the_report_is_not_known() -> None:
    rows = [*every_day(more={("2026-10-28", "Mail"): 90})]
    early = context(NO_HOLIDAYS, as_of="2026-10-20", incidents=rows)
    assert not unusual_events(early.scope).events


def shifted(service: str = "Print", at: date = date(2026, 9, 7)) -> ReportContext:
    """Six more incidents a day of a service from a day on."""
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    return made(more={(str(day), service): 6 for day in days if day >= at})


def test_a_lasting_change_of_level_is_dated_and_a_service_that_makes_the_rise_is_named() -> None:
    subject = shifted()
    assert driven(subject)
    (line,) = level_sentences(subject)
    assert line == "Print drives the rise since 7 September: 12.0 incidents on a usual day, 6.0 before."


def test_a_shift_of_the_whole_is_laid_to_the_service_that_changed() -> None:
    scope = shifted(at=date(2026, 7, 6)).scope
    (level,) = attributed_shift(scope, parse_period("2026-07"), up=True)
    assert (level.dimension, level.member, level.at) == ("service", "Print", date(2026, 7, 6))
    assert level.after - level.before == pytest.approx(level.whole_after - level.whole_before, abs=0.1) == pytest.approx(6, abs=0.2)
    assert attributed_shift(scope, parse_period("2026-08"), up=True) == (level,)  # a run may begin a period late
    assert attributed_shift(scope, parse_period("2026-10"), up=True) == ()
    assert attributed_shift(scope, parse_period("2026-07"), up=False) == ()
    assert level_changes(made().scope) == ()


def test_the_same_in_chinese() -> None:
    (item,) = unusual(made("zh", changes=[change("CHG1", "Mail", "2026-10-13 22:00", "unsuccessful")], more=WAVE))
    assert "因果关系尚未证实" in item
