"""Storms: one event that many users report within hours, told apart from causes that come back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.process.exact import poisson

FEWEST = 8  # tickets
GAP = 3600.0  # seconds from one ticket of a storm to the next, at most
RARE = 1e-6  # chance of so many on a usual day of the group


def storms(seconds: Sequence[float] | NDArray[np.float64]) -> list[tuple[int, int]]:
    """First and last position (exclusive) of each storm in a group's tickets.

    Args:
        seconds: when each was opened, ascending.

    >>> storms([day * 86400.0 for day in range(10)] + [10 * 86400.0 + 60 * minute for minute in range(20)])
    [(10, 30)]
    """
    moments = np.asarray(seconds, dtype=float)
    bounds = [0, *(np.flatnonzero(np.diff(moments) > GAP) + 1).tolist(), len(moments)]
    days, counts = np.unique(moments // 86400, return_counts=True)
    storms = []
    for first, last in pairwise(bounds):
        if last - first < FEWEST:
            continue
        own = (days >= moments[first] // 86400) & (days <= moments[last - 1] // 86400)
        usual = max(1.0, float(counts[~own].mean())) if (~own).any() else 1.0  # a day without any is not counted as usual
        if 1 - poisson(last - first - 1, usual) < RARE:
            storms.append((first, last))
    return storms
