"""The next periods: which they are, and when nothing is foretold."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from itsq_analysis.forecasting.next_periods import expected_tickets, following, next_periods
from itsq_analysis.page.context import ReportContext
from tests.page.made import context, incidents, on_days, weekdays
from tests.tables import Row

NO_HOLIDAYS = '[organisation]\nholidays = ""\n'


def every_weekday(first: str, last: str, each: int = 2) -> list[Row]:
    return on_days(weekdays(first, last), each)


@pytest.mark.parametrize(
    ("toml", "period", "labels"),
    [
        ("", "2026-10", ["2026-11", "2026-12", "2027-01"]),
        ("[period]\nmonth_starts_on = 26\n", "2026-12", ["2027-01", "2027-02", "2027-03"]),
        ("", "2026-Q4", ["2027-Q1", "2027-Q2", "2027-Q3"]),
        ("", "2026-W52", ["2026-W53", "2027-W01", "2027-W02"]),
        ("", "2026-H1", ["2026-H2", "2027-H1", "2027-H2"]),
        ("", "2026", ["2027", "2028", "2029"]),
        ("", "2026-10-31", ["2026-11-01", "2026-11-02", "2026-11-03"]),
    ],
)
def test_the_periods_after_one(toml: str, period: str, labels: list[str]) -> None:
    assert [one.label for one in following(context(toml, period=period).period, 3)] == labels


def test_two_on_every_weekday_are_so_many_as_the_next_months_have_weekdays() -> None:
    """November, December 2026 and January 2027 have 21, 23 and 21 weekdays; July to October 23, 21, 22 and 22."""
    found = next_periods(context(NO_HOLIDAYS, incidents=every_weekday("2026-04-01", "2026-11-13")).scope)
    assert found is not None
    assert found.rows["mean"].tolist() == pytest.approx([42, 46, 42], rel=0.1)
    assert ((found.rows["lo-80"] <= [42, 46, 42]) & (found.rows["hi-80"] >= [42, 46, 42])).all()
    assert found.earlier["start"].tolist()[-4:] == [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert found.earlier["y"].tolist()[-4:] == [46, 42, 44, 44]
    assert found.earlier["median"].tolist()[-4:] == pytest.approx([46, 42, 44, 44], rel=0.12)


def test_what_came_after_the_period_is_not_used() -> None:
    rows = every_weekday("2026-04-01", "2026-10-30")
    later = rows + [row | {"number": f"{row['number']} x"} for row in every_weekday("2026-11-02", "2026-11-18", each=30)]
    first, second = (next_periods(context(NO_HOLIDAYS, incidents=one).scope) for one in (rows, later))
    assert first is not None
    assert second is not None
    pd.testing.assert_frame_equal(first.rows.drop(columns="y"), second.rows.drop(columns="y"))


@pytest.mark.parametrize(
    "made",
    [
        context(incidents=every_weekday("2026-09-07", "2026-11-13")),  # eight weeks of history
        context(incidents=every_weekday("2026-04-01", "2026-10-30"), as_of="2026-10-20"),  # the period is not over
        context(incidents=every_weekday("2026-01-05", "2026-05-29")),  # nothing for five months
        context(incidents=every_weekday("2026-04-01", "2026-11-13"), period="2026-10-01..2026-10-15"),
        context(incidents=every_weekday("2025-01-02", "2026-11-13"), period="2025", as_of="2026-11-20"),
        context(incidents=incidents(5, "2026-11-03 09:00")),
        context(),
    ],
    ids=["short", "not over", "ended", "no grain", "a year", "nothing before", "nothing"],
)
def test_nothing_is_foretold_without_a_reason(made: ReportContext) -> None:
    assert next_periods(made.scope) is None


def test_it_is_worked_out_once() -> None:
    made = context(NO_HOLIDAYS, incidents=every_weekday("2026-07-01", "2026-11-13"))
    assert next_periods(made.scope) is next_periods(made.scope)


def test_what_is_expected_of_the_next_period_is_one_number() -> None:
    made = context(NO_HOLIDAYS, incidents=every_weekday("2026-04-01", "2026-11-13"))
    november, *_ = following(made.period, 1)
    found = next_periods(made.scope)
    assert found is not None
    assert expected_tickets(made.scope, november) == found.rows["mean"].iloc[0]
    assert pd.isna(expected_tickets(made.scope, made.period))
