"""Closed slots: times of the week at which a series never has a row, such as nights, weekends, or a bank after five."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from itsq_analysis.forecasting.panel import Bools, Ints
from itsq_analysis.forecasting.steps import WEEK, Step

FEWEST_WEEKS = 3  # a slot is closed when it was absent in at least so many weeks, all of them
MOST_PATTERNS = 50


def open_slots(step: Step, codes: Ints, number: Ints, n: int) -> Iterator[tuple[tuple[int, ...], Bools]]:
    """Patterns of open slots of the week, each with the series that have it; () = always open.

    Args:
        step: of the grid.
        codes: which series a row belongs to.
        number: the row's place on the full grid.
        n: number of series.
    """
    per_week = step.per_week
    everyone = np.ones(n, dtype=bool)
    if not per_week or step.minutes >= WEEK:
        yield (), everyone
        return
    first = np.full(n, np.iinfo("int64").max)
    last = np.full(n, np.iinfo("int64").min)
    np.minimum.at(first, codes, number)
    np.maximum.at(last, codes, number)
    gaps = last - first + 1 > np.bincount(codes, minlength=n)  # without a gap nothing is closed
    long = last - first + 1 >= FEWEST_WEEKS * per_week
    asked = np.flatnonzero(gaps & long)
    patterns: dict[tuple[int, ...], list[int]] = {}
    wanted = np.isin(codes, asked)
    some_codes, some_slots = codes[wanted], number[wanted] % per_week
    starts = np.searchsorted(some_codes, asked)
    ends = np.searchsorted(some_codes, asked, side="right")
    for series, start, end in zip(asked.tolist(), starts.tolist(), ends.tolist(), strict=True):
        seen = np.bincount(some_slots[start:end], minlength=per_week) > 0
        if not seen.all():
            patterns.setdefault(tuple(np.flatnonzero(seen).tolist()), []).append(series)
    if len(patterns) > MOST_PATTERNS:  # rows are missing here and there, not slots
        patterns = {pattern: members for pattern, members in patterns.items() if len(members) > len(asked) // MOST_PATTERNS}
    always = everyone.copy()
    for pattern, members in sorted(patterns.items()):
        chosen = np.zeros(n, dtype=bool)
        chosen[members] = True
        always &= ~chosen
        yield pattern, chosen
    if always.any():
        yield (), always
