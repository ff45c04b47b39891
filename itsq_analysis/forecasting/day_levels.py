"""What a day usually brings: values, levels and references of days on the grid of a panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from itsq_analysis.forecasting.panel import Array, Ints, Panel, median_known
from itsq_analysis.forecasting.steps import DAY

MOST_ENDS = 400
_MONDAY = date(1970, 1, 5)


def same_end(last: Ints) -> list[Ints]:
    """Rows of series that end at the same place; beyond MOST_ENDS the rarest are left as they are."""
    ends, inverse, counts = np.unique(last, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:MOST_ENDS]
    order = np.argsort(inverse, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)])
    return [order[starts[end] : starts[end + 1]] for end in sorted(kept.tolist())] if len(ends) else []


def columns_by_day(panel: Panel, numbers: Ints) -> dict[date, Ints]:
    """Day -> columns, for places on the full grid in order."""
    minutes = panel.grid.step.minutes
    days = (numbers * minutes + panel.grid.step.origin) // DAY
    firsts = np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]]))
    ends = np.append(firsts[1:], len(days))
    return {_MONDAY + timedelta(days=int(days[first])): np.arange(first, end) for first, end in zip(firsts, ends, strict=True)}


def _values(panel: Panel, rows: Ints, numbers: Ints) -> Array:
    """Known values of series that end together at places of the full grid, NaN elsewhere."""
    position = panel.grid.position(numbers)
    column = panel.length - 1 - (panel.last[rows[0]] - position)
    inside = (position > np.iinfo("int64").min) & (column >= 0) & (column < panel.length)
    picked = panel.y[rows[:, None], np.where(inside, column, 0)]
    return np.asarray(np.where(inside, picked, np.nan))


def level_of(panel: Panel, rows: Ints, numbers: Ints, shifts: Sequence[int]) -> Array:
    """Median over several shifts (in places), series × places."""
    return median_known(np.stack([_values(panel, rows, numbers + shift) for shift in shifts]))


def reference_of(panel: Panel, rows: Ints, numbers: Ints, kind: str, per_day: int, shifts: Sequence[int]) -> Array:
    """The level a special day moves towards: that of Sundays, or of working days; none for days beside a holiday."""
    minutes = panel.grid.step.minutes
    weekday = ((numbers * minutes + panel.grid.step.origin) // DAY) % 7
    if kind == "working":
        to = [[(workday - weekday) * per_day + shift * per_day for workday in range(5)] for shift in shifts]
        return median_known(np.stack([_values(panel, rows, numbers + move) for moves in to for move in moves]))
    if kind in ("after", "before"):
        return np.full((len(rows), len(numbers)), np.nan)
    closed = bool(panel.grid.open) and not any(slot // per_day == 6 for slot in panel.grid.open)
    if closed:
        return np.zeros((len(rows), len(numbers)))
    sunday = (6 - weekday) * per_day
    return median_known(np.stack([_values(panel, rows, numbers + sunday + shift * per_day) for shift in shifts]))
