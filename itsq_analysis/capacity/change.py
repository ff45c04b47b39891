"""What is known of the future: planned changes by date, and demand that grows more than the history says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array
from itsq_analysis.errors import ForecastError

Demand = Literal["level", "growth"]


@dataclass(frozen=True)
class Change:
    """Something that happens to a resource on a day that is known.

    Attributes:
        on: the first day on which it holds.
        add: what it adds to the use, in the metric's unit (a project moves in; below 0: something moves out).
        growth: share by which demand changes (0.3 = 30 % more).
        limit: the limit from then on, where capacity is added or taken away.
        name: what it is called.
    """

    on: date
    add: float = 0.0
    growth: float = 0.0
    limit: float | None = None
    name: str = ""

    def later(self, days: int) -> Change:
        """The same, so many days later.

        >>> Change(date(2026, 12, 1), add=200).later(31).on
        datetime.date(2027, 1, 1)
        """
        return Change(self.on + timedelta(days=days), self.add, self.growth, self.limit, self.name)


def demand_factor(growth: float, changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """By what demand is multiplied at each stamp.

    >>> demand_factor(0.0, [Change(date(2026, 11, 2), growth=0.5)], pd.date_range("2026-11-01", periods=2)).tolist()
    [1.0, 1.5]
    """
    if growth <= -1 or any(change.growth <= -1 for change in changes):
        raise ForecastError("growth must be above -1 (nothing is left); found less; write 0.3 for 30 % more, -0.1 for 10 % less")
    factor = np.full(len(stamps), 1.0 + growth)
    for change in changes:
        factor = factor * np.where(stamps >= pd.Timestamp(change.on), 1.0 + change.growth, 1.0)
    return np.asarray(factor)


def added(changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """What planned changes add at each stamp, in unit."""
    total = np.zeros(len(stamps))
    for change in changes:
        total += np.where(stamps >= pd.Timestamp(change.on), change.add, 0.0)
    return total


def limits(limit: float, changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """The limit at each stamp."""
    line = np.full(len(stamps), float(limit))
    for change in sorted(changes, key=lambda one: one.on):
        if change.limit is not None:
            line = np.where(stamps >= pd.Timestamp(change.on), change.limit, line)
    return line
