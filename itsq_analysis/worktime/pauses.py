"""Pauses: working time during which the clock of a ticket stood still."""

from __future__ import annotations

from typing import Any

import numpy as np

from itsq_analysis.worktime.calendar import Calendar
from itsq_analysis.worktime.moments import SECOND, Int64s, microseconds


def paused_working_seconds(
    calendar: Calendar, row_start: Any, row_end: Any, pause_row_index: Any, pause_start: Any, pause_end: Any
) -> Int64s:
    """Whole working seconds of each row that lie in its pauses; overlapping pauses count once.

    Args:
        calendar: whose working time is counted.
        row_start: moments at which the rows start (see `microseconds`).
        row_end: moments at which they end; pauses are cut to the row.
        pause_row_index: for each pause the position of its row; any order.
        pause_start: moments at which the pauses start.
        pause_end: moments at which they end; a pause that ends before it starts is empty.

    Returns:
        One number per row, 0 without pauses.

    Raises:
        SettingsError: a pause within its row lies outside the years of the calendar.

    >>> from itsq_analysis.worktime import build_calendar
    >>> clock = build_calendar("7x24", "7x24", "UTC", first_year=1970, last_year=1970)
    >>> pauses = [(0, 10, 30), (0, 20, 40), (1, 0, 99)]                       # row, start, end in seconds
    >>> row, start, end = (np.array(column) for column in zip(*pauses))
    >>> paused_working_seconds(clock, np.array([0, 0]), np.array([60, 60]) * 10**6, row, start * 10**6, end * 10**6)
    array([30, 60])
    """
    row, opens, closes = _merged_pauses(calendar, row_start, row_end, pause_row_index, pause_start, pause_end)
    return _sum_by_row(row, closes - opens, microseconds(row_start).size) // SECOND


def due_at(calendar: Calendar, start: Any, seconds: Any, pause_row_index: Any, pause_start: Any, pause_end: Any) -> Int64s:
    """The moment at which each row has run its working seconds, its pauses not counted.

    A pause moves the moment only if it starts before it. Arguments as for `paused_working_seconds`; seconds: per row, or one
    number for all.

    Returns:
        Microseconds since the epoch, UTC, one per row.

    Raises:
        SettingsError: a moment lies outside the years of the calendar.

    >>> from itsq_analysis.worktime import build_calendar
    >>> clock = build_calendar("7x24", "7x24", "UTC", first_year=1970, last_year=1970)
    >>> due_at(clock, np.array([0]), 60, np.array([0]), np.array([10 * 10**6]), np.array([30 * 10**6])) // 10**6
    array([80])
    """
    begins = microseconds(start)
    return np.maximum(begins, calendar.moment(_shown_when_due(calendar, begins, seconds, pause_row_index, pause_start, pause_end)))


def late_from(calendar: Calendar, start: Any, seconds: Any, pause_row_index: Any, pause_start: Any, pause_end: Any) -> Int64s:
    """The moment from which on each row has run more than its working seconds; arguments and result as for `due_at`.

    It is the moment at which the row is due, unless the clock then stands still: at closing time nothing runs before the next
    opening, in a pause nothing before its end.

    >>> from itsq_analysis.worktime import build_calendar
    >>> desk, none = build_calendar("5x8", "Mon-Fri 09:00-17:00", "UTC", first_year=2026, last_year=2026), np.array([], np.int64)
    >>> monday = np.array(["2026-06-29T09:00"], "datetime64[us]")
    >>> late_from(desk, monday, 8 * 3600, none, none, none).astype("datetime64[us]").astype(str).tolist()
    ['2026-06-30T09:00:00.000000']
    """
    begins = microseconds(start)
    shown = _shown_when_due(calendar, begins, seconds, pause_row_index, pause_start, pause_end, at_due=True)
    return np.maximum(begins, calendar.moment(shown, last=True))


def _shown_when_due(
    calendar: Calendar,
    begins: Int64s,
    seconds: Any,
    pause_row_index: Any,
    pause_start: Any,
    pause_end: Any,
    *,
    at_due: bool = False,
) -> Int64s:
    """What the calendar's clock shows when each row is due; with `at_due` after a pause that starts at that very moment."""
    target = calendar.worked(begins) + np.asarray(seconds, dtype=np.int64) * SECOND
    last = np.full(begins.shape, calendar.span[1])
    row, opens, closes = _merged_pauses(calendar, begins, last, pause_row_index, pause_start, pause_end)
    lasted = closes - opens
    # Pauses before this one in its row. Once a pause starts after the moment reached so far, all later ones do, so each can be
    # judged on its own.
    earlier = np.cumsum(lasted) - lasted
    if row.size:
        earlier -= earlier[np.searchsorted(row, row, side="left")]
    counts = opens - earlier <= target[row] if at_due else opens - earlier < target[row]
    return target + _sum_by_row(row[counts], lasted[counts], begins.size)


def _merged_pauses(
    calendar: Calendar, row_start: Any, row_end: Any, pause_row_index: Any, pause_start: Any, pause_end: Any
) -> tuple[Int64s, Int64s, Int64s]:
    """Row, start and end of disjoint pauses on the calendar's clock, ascending; those without working time are left out."""
    row = np.asarray(pause_row_index, dtype=np.int64)
    opens = np.maximum(microseconds(pause_start), microseconds(row_start)[row])
    closes = np.minimum(microseconds(pause_end), microseconds(row_end)[row])
    kept = closes > opens
    row, opens, closes = row[kept], calendar.worked(opens[kept]), calendar.worked(closes[kept])
    kept = closes > opens
    return _merged(row[kept], opens[kept], closes[kept])


def _merged(row: Int64s, opens: Int64s, closes: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Union of the pauses of each row, by a sweep: a merged pause lasts while at least one is open."""
    size = row.size
    rows, at = np.concatenate([row, row]), np.concatenate([opens, closes])
    step = np.repeat(np.array([1, -1]), size)
    order = np.lexsort((-step, at, rows))  # openings first, so that touching pauses join
    depth = np.cumsum(step[order])
    before = depth - step[order]
    first, last = order[before == 0], order[depth == 0]
    return rows[first], at[first], at[last]


def _sum_by_row(row: Int64s, values: Int64s, rows: int) -> Int64s:
    """Integer sums per row; `row` is ascending."""
    running = np.concatenate([[0], np.cumsum(values)])
    edges = np.searchsorted(row, np.arange(rows + 1), side="left")
    return np.asarray(np.diff(running[edges]), dtype=np.int64)
