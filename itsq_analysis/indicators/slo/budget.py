"""An error budget: what an objective allows to go wrong, and what has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan

import numpy as np

PATHS, SEED = 2000, 20240229  # of the forecast; the same numbers give the same days
SMALLEST = 1e-9


@dataclass(frozen=True)
class Budget:
    """What was counted in a window, against an objective.

    Attributes:
        objective: share to be kept.
        good: seconds, hours or tickets that kept it; total: all of them.
    """

    objective: float
    good: float
    total: float

    @property
    def share(self) -> float:
        """What was kept; NaN where nothing was counted."""
        return self.good / self.total if self.total else nan

    @property
    def allowed(self) -> float:
        """What may go wrong."""
        return (1 - self.objective) * self.total

    @property
    def spent(self) -> float:
        """What has gone wrong."""
        return self.total - self.good

    @property
    def left(self) -> float:
        """Share of the budget that is left, below 0 where more is spent; NaN where nothing was counted or nothing is allowed."""
        return 1 - self.spent / self.allowed if self.allowed > SMALLEST else nan

    @property
    def burn(self) -> float:
        """How many times faster than allowed the budget is spent: 1 spends it exactly; infinite where nothing is allowed.

        >>> Budget(0.99, 98, 100).burn, Budget(1.0, 99, 100).burn, Budget(1.0, 100, 100).burn
        (2.0, inf, 0.0)
        """
        if not self.total:
            return nan
        if self.allowed > SMALLEST:
            return round(self.spent / self.allowed, 9)
        return inf if self.spent > SMALLEST else 0.0

    @property
    def status(self) -> str:
        """As a contract is read: met, missed, not measurable; 100 % is missed by the first thing that goes wrong."""
        if not self.total:
            return "not measurable"
        return "met" if self.spent <= self.allowed + SMALLEST else "missed"


def gone_days(left: float, daily: Sequence[float], days: int) -> tuple[float, float, float]:
    """Days until what is left of a budget is gone, at the rate of past days: with 10, 50 and 90 % chance; infinite beyond `days`.

    Days to come are drawn from the past ones, independently (bootstrap): long outages are as rare as they were.

    Args:
        left: of the budget, in its unit; 0 or less is gone already.
        daily: what went wrong on each of the past days.
        days: that are looked ahead.

    >>> gone_days(10, [1.0] * 28, 30)
    (10.0, 10.0, 10.0)
    >>> gone_days(10, [0.0] * 28, 30)
    (inf, inf, inf)
    """
    if left <= 0:
        return 0.0, 0.0, 0.0
    if days < 1 or not len(daily):
        return inf, inf, inf
    drawn = np.random.default_rng(SEED).choice(np.asarray(daily, dtype=float), (PATHS, days))
    gone = np.cumsum(drawn, axis=1) >= left - SMALLEST
    first = np.where(gone.any(axis=1), gone.argmax(axis=1) + 1.0, inf)
    early, likely, late = np.quantile(first, [0.1, 0.5, 0.9], method="inverted_cdf")
    return float(early), float(likely), float(late)
