from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.worktime import Calendar, build_calendar, due_at, late_from, microseconds, paused_working_seconds
from tests.worktime import naive

ZONE = ZoneInfo("Europe/Berlin")
BASE = datetime(2026, 3, 27, 6, 0, tzinfo=UTC)  # a Friday, 07:00 in Berlin; clocks move on Sunday


@pytest.fixture(scope="module")
def office() -> Calendar:
    return build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", first_year=2026, last_year=2026)


def shanghai(*texts: str) -> np.ndarray:
    zone = ZoneInfo("Asia/Shanghai")
    return np.array([microseconds(datetime.fromisoformat(f"2026-10-{text}").replace(tzinfo=zone)) for text in texts])


def test_pauses_are_counted_in_working_time_and_overlaps_once(office):
    start, end = shanghai("12 09:00", "12 09:00", "12 09:00"), shanghai("13 10:00", "13 10:00", "13 10:00")
    row = np.array([2, 0, 0, 2, 0])
    opens = shanghai("12 10:00", "12 11:00", "12 11:30", "12 10:00", "12 17:00")
    closes = shanghai("12 11:00", "12 14:00", "12 15:00", "12 11:00", "12 23:00")
    # Row 0: 11:00 to 15:00 without lunch = 3 h, and 17:00 to 18:00 = 1 h. Row 2: the same hour twice.
    assert paused_working_seconds(office, start, end, row, opens, closes).tolist() == [4 * 3600, 0, 3600]


def test_pauses_are_cut_to_their_row(office):
    start, end = shanghai("12 10:00"), shanghai("12 11:00")
    row = np.array([0, 0, 0])
    opens, closes = shanghai("12 09:00", "12 10:50", "12 15:00"), shanghai("12 10:10", "12 16:00", "12 16:00")
    assert paused_working_seconds(office, start, end, row, opens, closes).tolist() == [1200]


def test_a_pause_that_ends_before_it_starts_is_empty(office):
    start, end = shanghai("12 09:00"), shanghai("12 18:00")
    assert paused_working_seconds(office, start, end, [0], shanghai("12 11:00"), shanghai("12 10:00")).tolist() == [0]


def test_the_deadline_moves_by_the_pauses_that_start_before_it(office):
    start = shanghai("12 09:00", "12 09:00", "12 09:00", "12 09:00")
    row = np.array([0, 0, 1, 2, 2])
    opens = shanghai("12 10:00", "12 14:30", "12 11:00", "12 10:00", "12 09:30")
    closes = shanghai("12 11:00", "12 15:00", "12 12:00", "12 11:00", "12 10:30")
    # Two hours from 09:00. Row 0: one hour of pause; the next pause starts after the deadline. Row 1: the pause starts at the
    # deadline. Row 2: half an hour runs, 09:30 to 11:00 does not, an hour to lunch, half an hour after it. Row 3: no pause.
    expected = shanghai("12 12:00", "12 11:00", "12 13:30", "12 11:00")
    assert due_at(office, start, 2 * 3600, row, opens, closes).tolist() == expected.tolist()


def test_without_pauses_the_deadline_is_working_time_added(office):
    start = shanghai("12 09:00", "16 17:00")
    none = np.array([], dtype=np.int64)
    assert due_at(office, start, [3600, 7200], none, none, none).tolist() == office.add(start, [3600, 7200]).tolist()
    assert paused_working_seconds(office, start, start, none, none, none).tolist() == [0, 0]
    assert due_at(office, none, none, none, none, none).size == 0
    assert paused_working_seconds(office, none, none, none, none, none).size == 0


CALENDARS = [
    build_calendar("c", hours, "Europe/Berlin", first_year=2026, last_year=2026)
    for hours in ("Mon-Fri 09:00-12:00,13:00-18:00; Sat 22:00-04:00", "7x24", "Fri-Mon 01:30-02:45,20:00-23:00")
]
minute = st.integers(0, 3 * 1440)
rows = st.lists(st.tuples(minute, minute), min_size=1, max_size=3)
pauses = st.lists(st.tuples(st.integers(0, 2), minute, st.integers(0, 600)), max_size=6)


def moment(minutes: int) -> datetime:
    return BASE + timedelta(minutes=minutes)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sampled_from(CALENDARS), rows, pauses)
def test_paused_time_agrees_with_looking_at_every_minute(calendar, spans, stops):
    stops = [(row, start, start + length) for row, start, length in stops if row < len(spans)]
    spans = [sorted(span) for span in spans]
    found = paused_working_seconds(
        calendar,
        *(np.array([microseconds(moment(span[side])) for span in spans]) for side in (0, 1)),
        np.array([row for row, _, _ in stops], dtype=np.int64),
        *(np.array([microseconds(moment(stop[side])) for stop in stops], dtype=np.int64) for side in (1, 2)),
    )
    for position, (start, end) in enumerate(spans):
        own = [(moment(begins), moment(ends)) for row, begins, ends in stops if row == position]
        gross, net = (naive.working_minutes(moment(start), moment(end), calendar.days.hours, ZONE, pauses) for pauses in ((), own))
        assert found[position] == 60 * (gross - net)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sampled_from(CALENDARS), st.lists(minute, min_size=1, max_size=3), st.integers(1, 300), pauses)
def test_the_deadline_agrees_with_looking_at_every_minute(calendar, starts, allowed, stops):
    stops = [(row, start, start + length) for row, start, length in stops if row < len(starts)]
    asked = (
        calendar,
        np.array([microseconds(moment(start)) for start in starts]),
        allowed * 60,
        np.array([row for row, _, _ in stops], dtype=np.int64),
        *(np.array([microseconds(moment(stop[side])) for stop in stops], dtype=np.int64) for side in (1, 2)),
    )
    found, late = due_at(*asked), late_from(*asked)
    for position, start in enumerate(starts):
        own = [(moment(begins), moment(ends)) for row, begins, ends in stops if row == position]
        due, next_minute = (naive.due(moment(start), allowed + more, calendar.days.hours, ZONE, own) for more in (0, 1))
        assert found[position] == microseconds(due)
        assert late[position] == microseconds(next_minute - naive.MINUTE)
