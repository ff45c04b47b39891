"""Other series that were unusual together with one, earlier or later: correlation of what the calendar does not explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from itsq_analysis.anomaly.explain.days import Holidays, day_grid, day_slots
from itsq_analysis.anomaly.explain.expectation import Array, expect
from itsq_analysis.errors import ForecastError

LAGS = 7  # days, both ways
SHORTEST = 56  # days that both must have
CLIP = 6.0  # standard deviations
ALPHA = 0.05
COLUMNS = ("unique_id", "lag", "correlation", "lower", "upper", "n", "chance")


def moved_together(
    frame: pd.DataFrame, target: str, *, holidays: Holidays = None, lags: int = LAGS, alpha: float = ALPHA
) -> pd.DataFrame:
    """Which other daily series rise and fall with one, how many days before or after it.

    Each series is first freed of its level, its week and its holidays (what was expected of a day from the days before it) and of
    its own memory of the day before; of what is left the largest correlation over all lags is told.

    Args:
        frame: unique_id, ds, y: daily counts of several series.
        target: the one of interest.
        holidays: as for `itsq_analysis.detect`.
        lags: days looked at, before and after.
        alpha: probability of even one line where nothing hangs together (Bonferroni over series and lags).

    Returns:
        One row per series that moves together with the target, the surest first: unique_id, lag (days by which it is ahead of the
        target; negative: behind), correlation, lower, upper (95 %, Fisher), n (days), chance (corrected).

    Raises:
        ForecastError: there is no such series, or fewer than 56 days and `lags`.
    """
    names = sorted(frame["unique_id"].dropna().unique())
    if target not in names:
        known = ", ".join(map(str, names[:20])) or "none"
        raise ForecastError(f"target must be a series of the frame; found {target!r}; use one of: {known}")
    unknown = frame["y"].isna()
    if unknown.any():
        row = frame[unknown].iloc[0]
        raise ForecastError(
            f"counts must be known on every day; found none of series {row['unique_id']!r} on {row['ds']}; write 0 where there was "
            "nothing, or leave that series out"
        )
    days = day_grid(pd.Timestamp(frame["ds"].min()), pd.Timestamp(frame["ds"].max()))
    if len(days) < SHORTEST + lags:
        raise ForecastError(f"series must have {SHORTEST + lags} days to move together; found {len(days)}; give a longer history")
    wide = frame.pivot_table(index="ds", columns="unique_id", values="y", aggfunc="sum").reindex(days)[names]
    rest = _innovations(wide.fillna(0.0).to_numpy(dtype=float), days, holidays)
    own = rest[:, names.index(target)]
    tested = max((len(names) - 1) * (2 * lags + 1), 1)
    rows = [_strongest(name, rest[:, place], own, lags, tested) for place, name in enumerate(names) if name != target]
    moving = pd.DataFrame([row for row in rows if row["chance"] <= alpha], columns=list(COLUMNS))
    return moving.sort_values(["chance", "unique_id"], kind="stable", ignore_index=True)


def _innovations(counts: Array, days: pd.DatetimeIndex, holidays: Holidays) -> Array:
    """What a day brought beyond expectation, in standard deviations, without what follows from the day before."""
    followed = expect(counts, day_slots(days, holidays), counts.sum(axis=1), len(days))
    rest = (counts - followed.mean) / np.sqrt(np.maximum(followed.mean, 0.5))
    rest = rest[followed.known_from :]
    rest = np.clip(rest, -CLIP * rest.std(axis=0), CLIP * rest.std(axis=0))
    rest = rest - rest.mean(axis=0)
    memory = (rest[1:] * rest[:-1]).sum(axis=0) / np.maximum((rest**2).sum(axis=0), 1e-9)
    return np.asarray(rest[1:] - memory * rest[:-1])


def _strongest(name: str, other: Array, own: Array, lags: int, tested: int) -> dict[str, Any]:
    best = (0, 0.0, len(own))
    for lag in range(-lags, lags + 1):
        ahead, later = (other[: len(other) - lag], own[lag:]) if lag >= 0 else (other[-lag:], own[:lag])
        scale = float(np.sqrt((ahead**2).sum() * (later**2).sum()))
        correlation = float((ahead * later).sum() / scale) if scale > 0 else 0.0
        if abs(correlation) > abs(best[1]) + 1e-12:
            best = (lag, correlation, len(ahead))
    lag, correlation, n = best
    reach = float(np.arctanh(np.clip(correlation, -0.999999, 0.999999)))
    width = 1.0 / np.sqrt(max(n - 3, 1))
    chance = min(1.0, 2 * tested * float(norm.sf(abs(reach) / width)))
    ends = np.tanh(reach - 1.96 * width), np.tanh(reach + 1.96 * width)
    return dict(zip(COLUMNS, (name, lag, correlation, float(ends[0]), float(ends[1]), n, chance), strict=True))
