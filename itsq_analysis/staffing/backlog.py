"""People for work that spans days: what becomes of the backlog, simulated on the paths of a forecast.

A queue formula is wrong for tickets: they wait overnight, and what is not done today is there tomorrow. So the days are played
through: backlog tomorrow = backlog today + what comes in − what is resolved, never below zero. The result is a distribution.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from itsq_analysis.errors import SettingsError

Array = NDArray[np.float64]


def simulate_backlog(inflow: Array, start: float, hours: ArrayLike, per_hour: ArrayLike) -> Array:
    """The backlog at the end of each day on each path.

    Args:
        inflow: tickets that come in, paths × days.
        start: open tickets before the first day.
        hours: person-hours at work on each day (days).
        per_hour: tickets resolved in a person-hour: one number, or one per path where it is not known exactly.

    Returns:
        Paths × days.

    Raises:
        SettingsError: shapes that do not fit, or a negative amount.

    >>> simulate_backlog(np.array([[10.0, 10.0, 0.0]]), 5, [8, 8, 8], 1.0).tolist()
    [[7.0, 9.0, 1.0]]
    """
    worked, rate = np.asarray(hours, dtype=float), np.asarray(per_hour, dtype=float)
    if inflow.ndim != 2 or worked.shape != (inflow.shape[1],) or rate.shape not in ((), (inflow.shape[0],)):
        raise SettingsError(
            f"inflow must be paths × days, hours one number a day, per_hour one or one a path; found {inflow.shape}, "
            f"{worked.shape} and {rate.shape}; make them fit"
        )
    if start < 0 or (worked < 0).any() or (rate < 0).any() or (inflow < 0).any():
        raise SettingsError("inflow, start, hours and per_hour must not be negative; found a negative one; correct it")
    backlog = np.empty_like(inflow)
    level = np.full(inflow.shape[0], float(start))
    for day in range(inflow.shape[1]):
        level = np.maximum(level + inflow[:, day] - worked[day] * rate, 0.0)
        backlog[:, day] = level
    return backlog


def chance_by_hours(inflow: Array, start: float, hours: Mapping[int, ArrayLike], per_hour: ArrayLike, limit: float) -> pd.DataFrame:
    """How likely the backlog stays under its limit, for several numbers of people.

    Args:
        inflow, start, per_hour: as in `simulate_backlog`.
        hours: number of people (a name for the roster) -> person-hours at work on each day.
        limit: open tickets that are not to be exceeded at the end of any day. Where the backlog starts above it, look at the
            last day alone: see `within`.

    Returns:
        One row per number of people: `people`, `within` (probability that the backlog is at or below the limit at the end of the
        last day), `always` (at the end of every day), `median`, `p90` (backlog at the end of the last day).

    >>> chance_by_hours(np.array([[8.0, 8.0], [16.0, 16.0]]), 0, {1: [8, 8], 2: [16, 16]}, 1.0, limit=5)["within"].tolist()
    [0.5, 1.0]
    """
    rows = []
    for number, worked in hours.items():
        backlog = simulate_backlog(inflow, start, worked, per_hour)
        last = backlog[:, -1]
        rows.append(
            {
                "people": number,
                "within": float((last <= limit).mean()),
                "always": float((backlog <= limit).all(axis=1).mean()),
                "median": float(np.median(last)),
                "p90": float(np.quantile(last, 0.9)),
            }
        )
    return pd.DataFrame(rows, columns=["people", "within", "always", "median", "p90"])


def fewest_people(chances: pd.DataFrame, probability: float) -> int | None:
    """The fewest people with which the backlog ends within its limit with that probability; None if none of those tried.

    >>> fewest_people(pd.DataFrame({"people": [9, 10], "within": [0.8, 0.95]}), 0.9)
    10
    """
    enough = chances[chances["within"] >= probability]
    return None if enough.empty else int(enough["people"].min())
