"""How much of a resource is used: judged at the busy hour and at the peak; the mean is a detail.

The busy hour is the P95 of the hourly values in service hours: what users meet in the fullest hours, without the one hour that a
backup took. Missing hours are not known, not zero: the coverage says how many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError

BUSY = 0.95
ServiceHours = Callable[[pd.DatetimeIndex], "np.typing.NDArray[np.bool_]"]


@dataclass(frozen=True)
class Utilisation:
    """Of one resource over the hours that were given.

    Attributes:
        busy_hour: P95 of the hourly values in service hours, as a share of capacity; None where no hour is known.
        peak: the highest hourly value, at any time.
        peak_at: when that was (the first time).
        mean: of the known service hours: a detail, never a headline.
        hours: service hours whose value is known.
        coverage: these as a share of all service hours between the first and the last row.
    """

    busy_hour: float | None
    peak: float | None
    peak_at: pd.Timestamp | None
    mean: float | None
    hours: int
    coverage: float


def utilisation(hourly: pd.DataFrame, *, capacity: float | None = None, service_hours: ServiceHours | None = None) -> Utilisation:
    """How much is used.

    Args:
        hourly: `ds` (hours, naive or aware) and `y` (missing = not known) of one resource; an hour without a row is missing.
        capacity: what `y` is divided by, in its unit; None: `y` is a share already.
        service_hours: says of stamps which of them lie in service hours; None is always.

    Raises:
        ForecastError: no rows, a second row for an hour, a capacity that is not above 0.

    >>> hours = pd.DataFrame({"ds": pd.date_range("2026-10-05", periods=101, freq="h"), "y": np.arange(101.0)})
    >>> used = utilisation(hours, capacity=200)
    >>> used.busy_hour, used.peak, round(used.mean, 9), used.coverage
    (0.475, 0.5, 0.25, 1.0)
    """
    if capacity is not None and not (np.isfinite(capacity) and capacity > 0):
        raise ForecastError(f"capacity must be above 0, in the metric's unit; found {capacity!r}; leave it out where y is a share")
    stamps, y = hourly_values(hourly)
    share = y / (capacity or 1.0)
    inside = np.ones(len(stamps), dtype=bool) if service_hours is None else np.asarray(service_hours(stamps), dtype=bool)
    known = ~np.isnan(share)
    chosen = share[inside & known]
    peak = int(np.argmax(np.where(known, share, -np.inf))) if known.any() else None
    return Utilisation(
        busy_hour=float(np.quantile(chosen, BUSY)) if len(chosen) else None,
        peak=None if peak is None else float(share[peak]),
        peak_at=None if peak is None else stamps[peak],
        mean=float(chosen.mean()) if len(chosen) else None,
        hours=len(chosen),
        coverage=float(len(chosen) / inside.sum()) if inside.any() else 0.0,
    )


def hourly_values(hourly: pd.DataFrame) -> tuple[pd.DatetimeIndex, np.typing.NDArray[np.float64]]:
    """Every hour between the first and the last row, and its value; NaN where there is none.

    Raises:
        ForecastError: no rows, or a second row for an hour.
    """
    absent = [name for name in ("ds", "y") if name not in hourly.columns]
    if absent or not len(hourly):
        raise ForecastError(f"hourly values need rows with ds and y; found {len(hourly)} rows, without {absent}; load this metric")
    twice = hourly["ds"].duplicated().to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise ForecastError(f"an hour has one row; found a second one for {hourly['ds'].iloc[row]} in row {row}; give one resource")
    values = pd.Series(hourly["y"].to_numpy(dtype=float), index=pd.DatetimeIndex(hourly["ds"])).sort_index()
    regular = values.resample("h").max()
    return pd.DatetimeIndex(regular.index), regular.to_numpy(dtype=float)


def after_loss(share: float | None, members: int | None, needed: int | None = None) -> float | None:
    """The share that is used after one of several equal members has failed (N-1): the rest carry its load.

    Args:
        share: used now, with all members at work.
        members: how many there are.
        needed: members without which the service does not run; where fewer are left, the share is infinite.

    Returns:
        None where it is not known, or there is one member alone and nothing to fall back on.

    >>> after_loss(0.5, 4), after_loss(0.6, 2), after_loss(0.6, 1), after_loss(0.3, 2, 2)
    (0.6666666666666666, 1.2, None, inf)
    """
    if share is None or members is None or members < 2:
        return None
    left = members - 1
    return float("inf") if needed is not None and left < needed else share * members / left
