"""A desk by hand: 50 calls an hour of 180 seconds are 2.5 erlangs, which five people answer and four do not (Erlang C).

With five 87 % wait less than 20 seconds, with four 73 %.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from itsq_analysis.settings import Settings, StaffingSettings
from itsq_analysis.staffing.desk import Desk, daily_contacts, desk
from itsq_analysis.staffing.weeks import Weeks
from itsq_analysis.worktime import Calendar, build_calendar

OFFICE = build_calendar("5x8", "Mon-Fri 09:00-12:00", "Asia/Shanghai", "CN", first_year=2026, last_year=2026)
PLAIN = Settings.model_validate({"staffing": {"shrinkage": 0, "occupancy": [0.6, 1.0]}}).staffing
MONDAY = date(2026, 11, 9)


def calls(first: str = "2026-08-10", last: str = "2026-11-08", handled: float = 50, seconds: float = 180) -> pd.DataFrame:
    """50 calls in each of the hours 09, 10 and 11 of every Monday to Friday."""
    hours = pd.DataFrame({"ds": pd.date_range(first, f"{last} 23:00", freq="h")})
    kept = hours[(hours["ds"].dt.day_of_week < 5) & hours["ds"].dt.hour.between(9, 11)].reset_index(drop=True)
    return kept.assign(offered=50.0, handled=handled, handle_seconds=handled * seconds)


def week(hours: pd.DataFrame, roster: list[tuple[str, float]], settings: StaffingSettings = PLAIN, **given: object) -> Desk:
    """The week from Monday 9 November on, 150 calls expected on each working day; `roster`: day and people, 09:00 to 12:00."""
    weeks = Weeks(MONDAY, 1, OFFICE)
    daily = pd.DataFrame({"ds": pd.date_range(MONDAY, periods=5), "mean": 150.0})
    shifts = [
        {"date": date.fromisoformat(day), "shift_start": "09:00", "shift_end": "12:00", "people": people} for day, people in roster
    ]
    frame = pd.DataFrame(shifts, columns=["date", "shift_start", "shift_end", "people"])
    calendar = given.get("calendar")
    assert calendar is None or isinstance(calendar, Calendar)
    return desk("Desk", hours, daily, frame, settings, weeks, calendar)


def test_need_against_the_roster_by_hand():
    found = week(calls(), [("2026-11-09", 3), ("2026-11-10", 5), ("2026-11-13", 7)])
    by_day = found.hours.groupby(found.hours["ds"].dt.date)
    assert {len(rows) for _, rows in by_day} == {3}
    assert found.hours["expected"].tolist() == pytest.approx([50.0] * 15)
    assert set(found.hours["needed"]) == {5}
    gaps = {str(day): rows["gap"].tolist() for day, rows in by_day}
    assert gaps["2026-11-09"] == [2, 2, 2]
    assert gaps["2026-11-10"] == [0, 0, 0]
    assert gaps["2026-11-13"] == [-2, -2, -2]
    assert by_day["rostered"].apply(lambda people: people.isna().all()).loc[date(2026, 11, 11)]
    busy = {str(day): rows["busy"].iloc[0] for day, rows in by_day}
    assert (busy["2026-11-09"], busy["2026-11-13"]) == pytest.approx((2.5 / 3, 2.5 / 7))


def test_the_handling_time_is_measured_before_it_is_stated():
    stated = Settings.model_validate({"staffing": {"handling": {"contacts": "6m"}}}).staffing
    measured = week(calls(), [], stated).handling
    assert measured is not None
    assert (measured.seconds, measured.source, measured.weeks, measured.contacts) == (180.0, "measured", 13, 13 * 5 * 150)
    unknown = calls(handled=0)
    told = week(unknown, [], stated).handling
    assert told is not None
    assert (told.seconds, told.source) == (360.0, "stated")
    nothing = week(unknown, [])
    assert (nothing.handling, len(nothing.hours)) == (None, 0)


def test_shrinkage_demand_and_people_scale():
    scaled = Settings.model_validate(
        {"staffing": {"shrinkage": "50%", "occupancy": [0.6, 1.0], "demand": 0.5, "people": 2.0}}
    ).staffing
    found = week(calls(), [("2026-11-09", 3)], scaled).hours.iloc[0]
    # 25 calls an hour are 1.25 erlangs: three people answer 88 % in time (two 60 %), so six are on the roster.
    assert (found["expected"], found["needed"], found["rostered"]) == (25.0, 6, 6.0)


def test_hours_are_open_by_the_calendar_else_where_calls_were_counted():
    late = build_calendar("desk", "Mon-Sun 10:00-14:00", "Asia/Shanghai", "", first_year=2026, last_year=2026)
    shown = week(calls(), [], calendar=late).hours
    assert sorted(shown["ds"].dt.hour.unique()) == [10, 11, 12, 13]
    assert sorted(week(calls(), []).hours["ds"].dt.hour.unique()) == [9, 10, 11]


def test_people_on_duty_while_closed_are_shown_as_too_many():
    late = build_calendar("desk", "Mon-Fri 10:00-12:00", "Asia/Shanghai", "", first_year=2026, last_year=2026)
    first = week(calls(), [("2026-11-09", 3)], calendar=late).hours.iloc[0]
    assert (first["ds"], first["needed"], first["gap"]) == (pd.Timestamp("2026-11-09 09:00"), 0, -3.0)


def test_an_adjusted_saturday_runs_like_a_friday():
    weeks = Weeks(date(2026, 10, 5), 1, OFFICE)
    known = calls(last="2026-10-04")
    daily = pd.DataFrame({"ds": pd.to_datetime(["2026-10-10"]), "mean": [150.0]})
    found = desk(
        "Desk", known, daily, pd.DataFrame(columns=["date", "shift_start", "shift_end", "people"]), PLAIN, weeks, None
    ).hours
    assert [(row.ds.hour, row.expected, row.special) for row in found.itertuples()] == [
        (hour, pytest.approx(50.0), "adjusted") for hour in (9, 10, 11)
    ]


def test_days_of_contacts_end_before_the_plan():
    weeks = Weeks(date(2026, 11, 6), 1, OFFICE)
    found = daily_contacts(calls(), weeks)
    assert (found["ds"].max(), found["y"].unique().tolist()) == (pd.Timestamp("2026-11-05"), [150.0])
