"""What the calendar lets expect: days of the same kind are compared, so that holidays are no change."""

from __future__ import annotations

from datetime import date, timedelta
from math import isnan

import pytest

from itsq_analysis.forecasting.inflow import inflow
from itsq_analysis.forecasting.next_periods import expected_tickets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import parse_period
from tests.page.made import context, on_days

CHINA = '[organisation]\nholidays = "CN"\n'


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def steady(toml: str, last: int = 10, off: int = 1) -> ReportContext:
    """Ten incidents on each working day of China from December 2025 on and `off` on each day off; `last` in October 2026."""
    empty = context(toml, incidents=on_days([date(2025, 12, 1)], 1))
    calendar = empty.workspace.calendar("5x8")
    days = span(date(2025, 12, 1), date(2026, 11, 10))
    works = {day: bool(calendar.is_working_day(day)) for day in days}
    october = [day for day in days if day.month == 10]
    before = [day for day in days if day not in october]
    rows = on_days([day for day in before if works[day]], 10) + on_days([day for day in before if not works[day]], off)
    rows += on_days([day for day in october if works[day]], last) + on_days([day for day in october if not works[day]], off)
    return context(toml, incidents=rows)


def test_a_month_of_holidays_is_what_its_calendar_lets_expect() -> None:
    """October 2026: 18 working days of 10 and 13 days off of 1, 193 incidents; 10.7 per working day, where September has 10.4."""
    found = inflow(steady(CHINA).scope)
    assert found is not None
    assert (found.opened, found.periods) == (193, 10)
    assert found.expected == pytest.approx(193)
    assert found.chance > 0.9


def test_more_work_than_the_calendar_explains_is_improbable() -> None:
    found = inflow(steady(CHINA, last=14).scope)
    assert found is not None
    assert (found.opened, round(found.expected)) == (14 * 18 + 13, 193)
    assert found.chance < 1e-4


def test_what_is_to_come_follows_its_own_calendar() -> None:
    """November 2026 has 21 working days and 9 days off; the forecast of the backlog rule knows that too."""
    assert expected_tickets(steady(CHINA).scope, parse_period("2026-11")) == pytest.approx(21 * 10 + 9, rel=0.01)


def test_a_month_of_holidays_is_foretold_as_such() -> None:
    """At the end of September: October's eight days off of National Day and its worked Saturday are known beforehand."""
    now = steady(CHINA)
    then = ReportContext(now.workspace, parse_period("2026-09"), "en", now.moment)
    assert expected_tickets(then.scope, parse_period("2026-10")) == pytest.approx(18 * 10 + 13, rel=0.015)


def test_with_few_periods_nothing_is_expected() -> None:
    assert inflow(context(CHINA, incidents=on_days(span(date(2026, 8, 3), date(2026, 10, 30)), 2)).scope) is None
    few = context(CHINA, incidents=on_days(span(date(2026, 10, 12), date(2026, 10, 30)), 2))
    assert isnan(expected_tickets(few.scope, parse_period("2026-11")))
