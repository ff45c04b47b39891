"""Decisions: what people asked for, and what a stated rule proposes; a rule asks, names itself, and never decides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from itsq_analysis.briefing.decisions import decide_by
from itsq_analysis.capacity.days import metrics_scope
from itsq_analysis.capacity.outlook import capacity_outlooks
from tests.briefing.worded import Asked, asked
from tests.page.made import RULES, agreed, context, incidents, weekdays
from tests.pages.capacity.estates import daily, resource

RESOLVED = "sla_resolution_met"
OVERALL = RULES + agreed(RESOLVED, '"95%"')
MONTHS = ("2026-08-03 09:00", "2026-09-01 09:00", "2026-10-12 09:00")


def of(toml: str, **rows: Any) -> list[Asked]:
    return asked(context(toml, **rows))


def months(late: tuple[int, int, int], **columns: Any) -> list[dict[str, Any]]:
    """A hundred incidents in each of August, September and October, so many of them late."""
    return [row for begin, count in zip(MONTHS, late, strict=True) for row in incidents(100, begin, late=count, **columns)]


def test_an_agreed_target_missed_for_certain_three_times_running_asks_for_a_decision() -> None:
    (found,) = of(OVERALL, incidents=months((20, 20, 20)))
    assert found == Asked(
        what="Resolution in time: new measures, or a new target?",
        number="80.0%, 95% agreed",
        by=date(2026, 11, 30),
        owner="",
        rule="missed 3 periods in a row, beyond chance",
    )


@pytest.mark.parametrize(
    ("period", "last"),
    [("2026-10", (2026, 11, 30)), ("2026-Q4", (2027, 3, 31)), ("2027", (2028, 12, 31)), ("2026-10-01..2026-10-15", (2026, 10, 30))],
)
def test_a_rule_asks_by_the_last_day_of_the_period_after(period: str, last: tuple[int, int, int]) -> None:
    assert decide_by(context(period=period).scope) == date(*last)


def test_what_may_reach_its_limit_is_not_said_to_be_beyond_it() -> None:
    """Between 74 and 86 %: within a year the limit of 85 % is reached on two days on end with less than even odds."""
    use = daily("disk", [80 + 3.0 * (day * 7 % 5 - 2) for day in range(60)])
    assert asked(context(resources=[resource(kind="cpu")], metrics=use)) == []  # less likely than what the settings ask for
    asking = context('[capacity]\norder_risk = "10%"\n', resources=[resource(kind="cpu")], metrics=use)
    seen = metrics_scope(asking.scope)
    assert seen is not None
    (one,) = capacity_outlooks(seen)
    assert (one.crossed, one.forecast.likely) == (False, None)
    (found,) = asked(asking)
    assert found.number == f"may reach 85% from {one.forecast.earliest:%-d %B}"
    beyond = [*use[:-2], *daily("disk", [86.0, 86.0])]
    assert asked(context(resources=[resource(kind="cpu")], metrics=beyond))[0].number == "beyond its 85% limit"


@pytest.mark.parametrize("late", [(0, 20, 20), (20, 6, 20), (20, 20, 6), (20, 20, 0)])
def test_two_times_or_one_that_could_be_chance_ask_for_none(late: tuple[int, int, int]) -> None:
    """6 late of 100 where 95 % is agreed: missed, but it could be chance."""
    assert of(OVERALL, incidents=months(late)) == []


def test_a_reference_target_asks_for_nothing() -> None:
    assert of(OVERALL + 'kind = "reference"\n', incidents=months((20, 20, 20))) == []


def test_the_owner_of_the_service_is_asked() -> None:
    toml = RULES + agreed(RESOLVED, '"95%"', 'service = "Mail"')
    (found,) = of(
        toml, incidents=months((20, 20, 20), service="Mail"), services=[{"service": "Mail", "owner": "Head of workplace"}]
    )
    assert (found.owner, found.what) == ("Head of workplace", "Resolution in time, Mail: new measures, or a new target?")


SUPPLIER = RULES + agreed(RESOLVED, '"95%"', 'supplier = "Post"')


@pytest.mark.parametrize(("late", "proposed"), [((20, 20, 20), True), ((20, 0, 20), False), ((20, 20, 0), False)])
def test_a_supplier_below_its_target_in_three_of_six_periods(late: tuple[int, int, int], *, proposed: bool) -> None:
    found = [one for one in of(SUPPLIER, incidents=months(late, supplier="Post")) if "Post:" in one.what]
    assert [one.rule for one in found] == ["below target in 3 of 6 periods"] * proposed


def major(number: str, at: str, **columns: Any) -> dict[str, Any]:
    end = at.replace("09:00", "11:00")
    return {"number": number, "service": "Mail", "started_at": at, "restored_at": end, "major": True} | columns


def test_a_second_major_incident_of_one_cause_within_a_year() -> None:
    again = [
        major("OUT1", "2026-02-10 09:00", cause="Certificate expired"),
        major("OUT2", "2026-10-13 09:00", cause="certificate expired "),
    ]
    (found,) = of("", outages=again)
    assert (found.number, found.rule) == ("2 major incidents in 12 months", "same cause as an earlier major incident")
    other = [major("OUT1", "2026-02-10 09:00", cause="Disk full"), major("OUT2", "2026-10-13 09:00", cause="certificate expired")]
    assert of("", outages=other) == []
    earlier = [major("OUT1", "2025-10-13 09:00", cause="Disk full"), major("OUT2", "2026-10-13 09:00", cause="Disk full")]
    assert of("", outages=earlier) == []


def steady(open_of_october: int) -> list[dict[str, Any]]:
    """Two incidents on each weekday from April to October, resolved at once but for the last ones of October, which stay open."""
    rows = [row for day in weekdays("2026-04-01", "2026-10-30") for row in incidents(2, f"{day} 09:00")]
    return rows[:-open_of_october] + [row | {"resolved_at": None, "state": "new"} for row in rows[-open_of_october:]]


def test_a_backlog_over_its_limit_with_more_coming_than_can_be_resolved() -> None:
    """Agreed: at most 10 open. 30 are; resolved were 100 in 61 working days of three months, or 34 in 21, where 42 are expected."""
    limit = agreed("incident_backlog", "10")
    (found,) = (one for one in of(limit, incidents=steady(30)) if one.rule.startswith("backlog"))
    assert (found.what, found.number) == ("Backlog: more capacity, or longer waits?", "30 open, limit 10")
    assert not [one for one in of(limit, incidents=steady(5)) if one.rule.startswith("backlog")]


def test_what_people_ask_for_comes_first_with_the_value_it_is_about() -> None:
    note = {
        "number": "1", "period": "2026-10", "indicator": RESOLVED, "assignment_group": "Desk", "action": "Hire two people",
        "owner": "CIO", "due": date(2026, 11, 20), "decision_needed": True,
    }  # fmt: skip
    rows = months((20, 20, 20), assignment_group="Desk")
    first, second = of(OVERALL, incidents=rows, notes=[note])
    assert first == Asked("Hire two people", "Resolution in time, Desk: 80.0%", date(2026, 11, 20), "CIO", "")
    assert second.rule == "missed 3 periods in a row, beyond chance"
    assert not [one for one in of("", incidents=rows, notes=[note | {"decision_needed": False}]) if not one.rule]
