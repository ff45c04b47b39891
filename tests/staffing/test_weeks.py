"""The days of a plan, on China's calendar of autumn 2026: holiday from 1 October, 20 September and 10 October worked instead."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from itsq_analysis.staffing.weeks import Weeks, by_week
from itsq_analysis.worktime import build_calendar

OFFICE = build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", "CN", first_year=2026, last_year=2026)


def test_the_present_week_counts_from_today():
    weeks = Weeks(date(2026, 9, 15), 6, OFFICE)  # a Tuesday
    assert (weeks.days[0], weeks.last, len(weeks.days)) == (date(2026, 9, 15), date(2026, 10, 25), 41)
    assert Weeks(date(2026, 9, 20), 1, OFFICE).days == [date(2026, 9, 20)]  # a Sunday


@pytest.mark.parametrize(
    ("day", "special"),
    [
        ("2026-09-30", None),
        ("2026-10-01", "holiday"),
        ("2026-10-08", "after"),
        ("2026-10-10", "adjusted"),
        ("2026-10-11", None),
        ("2026-10-12", None),  # after an ordinary Sunday
        ("2026-09-20", "adjusted"),
        ("2026-09-28", "after"),  # Mid-Autumn, Friday to Sunday
    ],
)
def test_days_that_are_not_like_others_of_their_weekday(day: str, special: str | None):
    assert Weeks(date(2026, 9, 15), 6, OFFICE).special(date.fromisoformat(day)) == special


def test_only_whole_weeks_are_added_up():
    days = pd.date_range("2026-10-07", "2026-10-21")  # Wednesday to Wednesday: one whole week
    frame = pd.DataFrame({"ds": days, "n": range(len(days))})
    assert by_week(frame, date(2026, 10, 22))["n"].tolist() == [sum(range(5, 12))]
    assert by_week(frame[frame["ds"] >= "2026-10-12"], date(2026, 10, 22))["n"].tolist() == [sum(range(5, 12))]
