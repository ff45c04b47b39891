"""What is known of the future: planned changes by date, and demand that grows more than the history says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array, Bools
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
        until: the last day on which it holds; None where it lasts.
    """

    on: date
    add: float = 0.0
    growth: float = 0.0
    limit: float | None = None
    name: str = ""
    until: date | None = None

    def later(self, days: int) -> Change:
        """The same, so many days later.

        >>> Change(date(2026, 12, 1), add=200).later(31).on
        datetime.date(2027, 1, 1)
        """
        shift = timedelta(days=days)
        return replace(self, on=self.on + shift, until=None if self.until is None else self.until + shift)

    def holds(self, stamps: pd.DatetimeIndex) -> Bools:
        """At which stamps it holds.

        >>> Change(date(2026, 12, 1), until=date(2026, 12, 1)).holds(pd.date_range("2026-11-30", periods=3)).tolist()
        [False, True, False]
        """
        begun = stamps >= pd.Timestamp(self.on)
        return np.asarray(begun if self.until is None else begun & (stamps < pd.Timestamp(self.until) + pd.Timedelta(days=1)))


def demand_factor(growth: float, changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """By what demand is multiplied at each stamp.

    >>> demand_factor(0.0, [Change(date(2026, 11, 2), growth=0.5)], pd.date_range("2026-11-01", periods=2)).tolist()
    [1.0, 1.5]
    """
    least = min([growth, *(change.growth for change in changes)])
    if least < -1:
        raise ForecastError(
            f"growth must not be below -1 (nothing is left); found {least:g}; write 0.3 for 30 % more, -0.1 for 10 % less"
        )
    factor = np.full(len(stamps), 1.0 + growth)
    for change in changes:
        factor = factor * np.where(change.holds(stamps), 1.0 + change.growth, 1.0)
    return np.asarray(factor)


def added(changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """What planned changes add at each stamp, in unit."""
    total = np.zeros(len(stamps))
    for change in changes:
        total += np.where(change.holds(stamps), change.add, 0.0)
    return total


def limits(limit: float, changes: Sequence[Change], stamps: pd.DatetimeIndex) -> Array:
    """The limit at each stamp."""
    line = np.full(len(stamps), float(limit))
    for change in sorted(changes, key=lambda planned: planned.on):
        if change.limit is not None:
            line = np.where(change.holds(stamps), change.limit, line)
    return line
