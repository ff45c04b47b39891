"""A team that finishes two tickets in every rostered hour, and tickets that come in as forecast, without doubt."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.settings import Settings
from itsq_analysis.staffing.tickets import TeamWork, levels_of, past_backlog, rate_of, team_work
from itsq_analysis.staffing.weeks import Weeks
from itsq_analysis.worktime import build_calendar

OFFICE = build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", "", first_year=2026, last_year=2026)
WEEKS = Weeks(date(2026, 11, 9), 2, OFFICE)  # a Monday
PLAIN = Settings().staffing


def shifts(first: str, last: str, people: float) -> pd.DataFrame:
    """A shift of eight hours on every Monday to Friday."""
    days = [day.date() for day in pd.date_range(first, last) if day.day_of_week < 5]
    return pd.DataFrame({"date": days, "shift_start": "09:00", "shift_end": "17:00", "people": people})


def finished(per_day: float, first: str = "2026-07-06", opened: float | None = None) -> pd.DataFrame:
    days = [day for day in pd.date_range(first, "2026-11-08") if day.day_of_week < 5]
    return pd.DataFrame({"ds": days, "opened": per_day if opened is None else opened, "ended": per_day})


def forecast(per_day: float) -> pd.DataFrame:
    """So many tickets on every Monday to Friday, without doubt."""
    days = pd.DatetimeIndex(WEEKS.days)
    amount = np.where(days.day_of_week < 5, per_day, 0.0)
    names = ("mean", "median", "lo-50", "hi-50", "lo-80", "hi-80")
    return pd.DataFrame({"unique_id": "a", "ds": days} | dict.fromkeys(names, amount))


def work(
    people: float, per_day: float, *, open_now: int = 0, limit: float | None = 10, days: pd.DataFrame | None = None
) -> TeamWork:
    settings = PLAIN.model_copy(update={"backlog_limit": limit})
    tickets = finished(64.0) if days is None else days
    return team_work(
        "Team", tickets, forecast(per_day), shifts("2026-07-06", "2026-11-20", people), {"incidents": open_now}, {}, settings, WEEKS
    )


def test_the_rate_is_inferred_from_the_roster():
    # 4 people × 8 hours = 32 hours a day, 64 tickets finished: 2 an hour, each week the same.
    rate = rate_of(finished(64.0), shifts("2026-07-06", "2026-11-08", 4), {}, PLAIN, WEEKS)
    assert rate is not None
    assert (rate.per_hour, rate.lower, rate.upper, rate.source, rate.weeks) == (2.0, 2.0, 2.0, "inferred", 13)


def test_without_a_roster_the_rate_is_stated_by_kind():
    empty = shifts("2026-11-09", "2026-11-09", 1)[:0]
    settings = Settings.model_validate({"staffing": {"handling": {"incidents": "30m", "requests": "1h"}}}).staffing
    rate = rate_of(finished(64.0), empty, {"incidents": 3, "requests": 1}, settings, WEEKS)
    assert rate is not None
    assert (rate.per_hour, rate.source) == (60 / 37.5, "stated")  # 3 × 30 and 1 × 60 minutes are 37.5 on average
    half = Settings.model_validate({"staffing": {"handling": {"incidents": "30m"}}}).staffing
    assert rate_of(finished(64.0), empty, {"incidents": 3, "requests": 1}, half, WEEKS) is None


def test_people_decide_whether_the_backlog_stays_within_its_limit():
    # Each of 5 people finishes 64 / 5 a day. 76.8 come in: 6 people are just enough; with 5 the backlog grows by 12.8 a day.
    found = work(5, 76.8)
    assert found.people == 5
    chances = found.chances.set_index("people")
    assert chances.loc[5, ["within", "median"]].tolist() == [0.0, pytest.approx(128.0)]
    assert chances.loc[6, ["within", "always", "median"]].tolist() == [1.0, 1.0, pytest.approx(0.0, abs=1e-6)]
    assert (found.likely, found.safe, found.chance(5), found.chance(6)) == (6, 6, 0.0, 1.0)
    assert (found.open, found.limit, found.per_week) == (0, 10, pytest.approx(384.0))


def test_the_limit_is_some_working_days_of_what_comes_in():
    assert work(5, 76.8, limit=None).limit == 384  # 5 × 76.8


def test_one_person_more_is_there_in_the_hours_of_the_shift():
    working = np.array([day.weekday() < 5 for day in WEEKS.days])
    usual, hours = levels_of(shifts("2026-11-09", "2026-11-20", 5), PLAIN, WEEKS, working)
    assert usual == 5
    assert (hours[5][0], hours[6][0], hours[4][0], hours[6][5]) == (40.0, 48.0, 32.0, 0.0)


def test_more_people_are_a_question_about_the_coming_weeks_alone():
    more = PLAIN.model_copy(update={"backlog_limit": 10, "people": 1.2})
    duty = shifts("2026-07-06", "2026-11-20", 5)
    found = team_work("Team", finished(64.0), forecast(76.8), duty, {"incidents": 0}, {}, more, WEEKS)
    assert found.rate is not None
    assert (found.rate.per_hour, found.people, found.chance(6)) == (64 / 40, 6, 1.0)  # the pace of 5 people in the past


def test_a_team_that_kept_up_may_be_able_to_do_more():
    assert work(5, 76.8).bounds
    over = work(5, 76.8, open_now=20)  # more than 10 are open now
    assert (over.kept_up, over.bounds) == (False, False)


def test_the_past_backlog_follows_from_what_came_and_went():
    days = finished(64.0, first="2026-11-02", opened=66.0)  # five days, two more a day
    assert past_backlog(days, 12, WEEKS.start)[-7:].tolist() == [4.0, 6.0, 8.0, 10.0, 12.0, 12.0, 12.0]
    assert len(past_backlog(days, 12, WEEKS.start)) == 91
    assert past_backlog(days, 12, WEEKS.start - timedelta(days=7))[-1] == 10.0  # two came to stay on the first day of the plan
