"""Where people lack: hours that repeat, single days, and nothing told twice or not at all."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.staffing.shortage import occasions, stretches, too_few, too_many


def plan(gaps: dict[str, list[float | None]], special: dict[str, str] | None = None, busy: float = 0.5) -> pd.DataFrame:
    """Hours from 09:00 on for some days: day -> the gap of each hour."""
    rows = [
        {"ds": pd.Timestamp(f"{day} {9 + hour:02d}:00"), "gap": gap, "special": (special or {}).get(day), "busy": busy}
        for day, values in gaps.items()
        for hour, gap in enumerate(values)
    ]
    return pd.DataFrame(rows).astype({"gap": float, "special": object})


MONDAYS = {"2026-11-09": [2, 2, 0], "2026-11-16": [2, 3, 0], "2026-11-23": [0, 2, 1]}


def test_hours_that_lack_people_on_half_of_the_days_are_one_stretch():
    hours = plan(MONDAYS | {"2026-11-10": [-1, -1, -1]})
    (found,) = stretches(hours, too_few(hours))
    assert (found.weekday, found.start, found.end, found.people, found.of) == (0, 9, 11, 2, 3)
    assert (found.days, found.person_hours) == ((date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)), 11.0)
    (single,) = occasions(hours, too_few(hours), [found])
    assert (single.day, single.start, single.end, single.people, single.special) == (date(2026, 11, 23), 11, 12, 1, None)


def test_a_holiday_is_no_ordinary_monday_and_is_told_first():
    hours = plan(MONDAYS | {"2026-11-30": [9, 9, 9], "2026-11-12": [0, 0, 40]}, {"2026-11-30": "after"})
    repeats = stretches(hours, too_few(hours))
    assert [(one.weekday, one.of) for one in repeats] == [(3, 1), (0, 3)]  # 40 person-hours on the only Thursday, then Mondays
    first = occasions(hours, too_few(hours), repeats)[0]
    assert (first.day, first.special, first.people, first.person_hours) == (date(2026, 11, 30), "after", 9, 27.0)


def test_too_many_are_two_more_than_needed_who_have_little_to_do():
    hours = plan({"2026-11-13": [-2, -1, -3]}, busy=0.5)
    assert too_many(hours, 0.6).tolist() == [True, False, True]
    assert too_many(hours, 0.4).tolist() == [False, False, False]


def test_hours_that_no_roster_reaches_are_neither():
    hours = plan({"2026-11-13": [None, 1]})
    assert (too_few(hours).tolist(), too_many(hours, 0.6).tolist()) == ([False, True], [False, False])
    assert [(one.start, one.end) for one in stretches(hours, too_few(hours))] == [(10, 11)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=20), st.sets(st.integers(0, 19)))
def test_every_hour_with_too_few_people_is_told_once(gaps: list[list[int]], special: set[int]):
    days = [str(day.date()) for day in pd.date_range("2026-11-02", periods=len(gaps))]
    hours = plan(dict(zip(days, gaps, strict=True)), {days[place]: "holiday" for place in special if place < len(days)})
    marked = too_few(hours)
    repeats = stretches(hours, marked)
    told = sum(one.person_hours for one in [*repeats, *occasions(hours, marked, repeats)])
    assert told == sum(gap for row in gaps for gap in row if gap > 0)
