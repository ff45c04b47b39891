"""How long work takes: measured where it was measured, inferred from what a roster resolved, or stated by the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Source = Literal["measured", "inferred", "stated"]
WEEKS = 13  # a quarter of a year: long enough to be steady, short enough to be today's work
FEWEST_WEEKS = 4


@dataclass(frozen=True)
class Rate:
    """Tickets that a person resolves in an hour on the roster, with a 95 % interval and where it comes from.

    `lower` and `upper` are NaN for a stated rate: it is taken as exact, and the report says so.
    """

    per_hour: float
    lower: float
    upper: float
    source: Source
    weeks: int = 0

    def draw(self, count: int, seed: int) -> NDArray[np.float64]:
        """Possible rates, normal between the limits and never below a tenth of the rate.

        >>> Rate(2.0, float("nan"), float("nan"), "stated").draw(2, 0).tolist()
        [2.0, 2.0]
        """
        if np.isnan(self.lower) or np.isnan(self.upper):
            return np.full(count, self.per_hour)
        spread = (self.upper - self.lower) / 2 / 1.96
        drawn = np.random.default_rng(seed).normal(self.per_hour, spread, count)
        return np.maximum(drawn, self.per_hour / 10)


def inferred_rate(weeks: pd.DataFrame) -> Rate | None:
    """Tickets resolved per rostered person-hour over the last 13 whole weeks (ratio estimator, weeks as what varies).

    It holds everything that rostered people do beside tickets, as long as that stays as it was: a roster with more people than
    tickets makes the rate too low, so it is a floor where the backlog was empty.

    Args:
        weeks: one row per whole week, oldest first: `resolved` (tickets), `hours` (rostered person-hours).

    Returns:
        None where fewer than four weeks have both.

    >>> rate = inferred_rate(pd.DataFrame({"resolved": [100, 120, 80, 100], "hours": [50, 60, 40, 50]}))
    >>> rate.per_hour, rate.source, rate.weeks
    (2.0, 'inferred', 4)
    """
    from scipy.special import stdtrit

    known = weeks.dropna()
    known = known[known["hours"] > 0].tail(WEEKS)
    count = len(known)
    if count < FEWEST_WEEKS:
        return None
    resolved, hours = known["resolved"].to_numpy(dtype=float), known["hours"].to_numpy(dtype=float)
    if not resolved.sum() > 0:
        return None
    rate = float(resolved.sum() / hours.sum())
    residual = resolved - rate * hours
    half = float(stdtrit(count - 1, 0.975)) * sqrt(float((residual**2).sum()) * count / (count - 1)) / float(hours.sum())
    return Rate(rate, max(0.0, rate - half), rate + half, "inferred", count)


def stated_rate(minutes_per_ticket: float) -> Rate:
    """The rate that itsq.toml states.

    >>> stated_rate(30).per_hour
    2.0
    """
    return Rate(60 / minutes_per_ticket, nan, nan, "stated")


@dataclass(frozen=True)
class Handling:
    """Seconds to handle a contact, with a 95 % interval (NaN for a stated one), its source and how many contacts it is from."""

    seconds: float
    lower: float
    upper: float
    source: Source
    contacts: int = 0
    weeks: int = 0


def measured_handling(weeks: pd.DataFrame) -> Handling | None:
    """Mean seconds to handle a contact over the last 13 whole weeks (ratio estimator, weeks as what varies).

    Args:
        weeks: one row per whole week, oldest first: `handled` (contacts answered), `handle_seconds`.

    Returns:
        None where fewer than four weeks know both.

    >>> found = measured_handling(pd.DataFrame({"handled": [100, 50, 80, 120], "handle_seconds": [30000, 15000, 24000, 36000]}))
    >>> found.seconds, found.contacts, found.lower, found.upper
    (300.0, 350, 300.0, 300.0)
    """
    rate = inferred_rate(weeks.rename(columns={"handle_seconds": "resolved", "handled": "hours"}))
    if rate is None:
        return None
    counted = int(weeks.dropna().tail(WEEKS)["handled"].sum())
    return Handling(rate.per_hour, rate.lower, rate.upper, "measured", counted, rate.weeks)


def stated_handling(seconds: float) -> Handling:
    """The handling time that itsq.toml states.

    >>> stated_handling(360.0).source
    'stated'
    """
    return Handling(seconds, nan, nan, "stated")
