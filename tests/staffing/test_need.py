"""People needed by hour on a week that can be worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.staffing.need import QueueTarget, against_roster, day_course, hourly_load, people_by_hour, weekday_grid
from itsq_analysis.staffing.roster import on_duty

EASY = QueueTarget(occupancy=1.0, shrinkage=0.0)


def holiday(day: date) -> str | None:
    return "National Day" if day == date(2026, 10, 1) else None


def never(_: date) -> None:
    """No day is a holiday."""


def weeks(count: int = 4) -> pd.DataFrame:
    """From Monday 7 September 2026: on working days 30 calls at 9 and 10 at 14, on weekends 5 at 11, on 1 October 4 at 20."""
    hours = pd.DataFrame({"ds": pd.date_range("2026-09-07", periods=count * 168, freq="h")})
    day, hour = hours["ds"].dt.day_of_week, hours["ds"].dt.hour
    offered = np.select([(day < 5) & (hour == 9), (day < 5) & (hour == 14), (day >= 5) & (hour == 11)], [30, 10, 5], 0)
    off = hours["ds"].dt.date == date(2026, 10, 1)
    return hours.assign(offered=np.where(off, np.where(hour == 20, 4, 0), offered))


def test_the_course_of_a_day():
    course = day_course(weeks(), holiday)
    assert course.sum(axis=1) == pytest.approx(np.ones(8))
    assert (course[0, 9], course[0, 14], course[5, 11], course[7, 20]) == pytest.approx((0.75, 0.25, 1.0, 1.0))


def test_a_holiday_never_seen_runs_like_a_weekend():
    assert day_course(weeks(), never)[7, 11] == 1.0


def test_the_load_of_a_day_adds_up_to_its_forecast():
    daily = pd.DataFrame({"ds": pd.to_datetime(["2026-10-05", "2026-10-10"]), "mean": [80.0, 6.0]})
    load = hourly_load(daily, day_course(weeks(), holiday), holiday)
    assert load.groupby(load["ds"].dt.date)["per_hour"].sum().tolist() == pytest.approx([80.0, 6.0])
    assert load.loc[load["ds"] == "2026-10-05 09:00", "per_hour"].item() == pytest.approx(60.0)
    assert load.loc[load["ds"] == "2026-10-10 11:00", "per_hour"].item() == pytest.approx(6.0)


def test_need_against_the_roster():
    daily = pd.DataFrame({"ds": pd.to_datetime(["2026-10-05"]), "mean": [80.0]})
    need = people_by_hour(hourly_load(daily, day_course(weeks(), holiday), holiday), 180, EASY)
    roster = pd.DataFrame({"date": [date(2026, 10, 5)], "shift_start": ["08:00"], "shift_end": ["12:00"], "people": [4.0]})
    beside = against_roster(need, on_duty(roster, date(2026, 10, 5), 1)).set_index("ds")
    assert need["needed"].sum() == beside["needed"].sum()
    # Erlang C by hand: 3 erlangs, 5 people: 23.6 % wait, 81.1 % in 20 s (4 people: 50.9 %, 54.4 %); 1 erlang: 3 people.
    assert beside.loc["2026-10-05 09:00", ["needed", "rostered", "gap"]].tolist() == [5, 4.0, 1.0]
    assert beside.loc["2026-10-05 14:00", ["needed", "rostered", "gap"]].tolist() == [3, 0.0, 3.0]


def test_a_day_that_the_roster_does_not_reach_is_not_known():
    duty = on_duty(
        pd.DataFrame({"date": [date(2026, 10, 5)], "shift_start": ["08:00"], "shift_end": ["12:00"], "people": [4.0]}),
        date(2026, 10, 5),
        2,
    )
    daily = pd.DataFrame({"ds": pd.to_datetime(["2026-10-05", "2026-10-06"]), "mean": [80.0, 80.0]})
    beside = against_roster(people_by_hour(hourly_load(daily, day_course(weeks(), holiday), holiday), 180, EASY), duty)
    assert beside["rostered"].isna().to_numpy().reshape(2, 24).all(axis=1).tolist() == [False, True]


def test_closed_hours_need_nobody():
    load = pd.DataFrame({"ds": pd.date_range("2026-10-05", periods=2, freq="h"), "per_hour": [50.0, 50.0]})
    assert people_by_hour(load, 180, EASY, open_hours=np.array([True, False]))["needed"].tolist()[1] == 0


def test_the_grid_leaves_holidays_out():
    hours = pd.DataFrame(
        {"ds": pd.to_datetime(["2026-10-01 09:00", "2026-10-08 09:00"]), "needed": [9, 3], "holiday": ["National Day", None]}
    )
    grid = weekday_grid(hours, "needed")
    assert grid.shape == (7, 24)
    assert grid.loc[3, 9] == 3


def test_shifts_over_midnight_and_halves():
    shifts = pd.DataFrame(
        {
            "date": [date(2026, 10, 4), date(2026, 10, 5)],
            "shift_start": ["22:00", "09:15"],
            "shift_end": ["06:00", "10:00"],
            "people": [2.0, 4.0],
        }
    )
    hours = on_duty(shifts, date(2026, 10, 5), 1)["people"].tolist()
    assert hours[:11] == [2.0] * 6 + [0.0] * 3 + [3.0, 0.0]
    assert on_duty(shifts.iloc[:0], date(2026, 10, 5), 1)["covered"].any() == np.False_
