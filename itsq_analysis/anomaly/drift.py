"""Drift: a series that leaves its usual place so slowly that every single step looks usual."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.level import past_median
from itsq_analysis.anomaly.base_detectors.seasonal import profile, season_size
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before, trailing_mean

PART = 4  # the mean of so many parts of a day is looked at
DAYS = 4  # of history before it speaks
DAY_ROWS = 288  # where the step has no day
ALONE = 3.0  # no second detector confirms it: it must be three times as far as ever before
STRENGTH = 2.0  # with which a drift is told, in extreme quantiles


def drift(histories: Histories) -> Array:
    """Where the mean difference to the daily profile is three times as far as it ever was until a day ago.

    Base detectors get used to what they see row by row; this one remembers how it was a day ago.

    Returns:
        series × row: 2 or 0.
    """
    size = season_size(histories, "day")
    size = size if 24 <= size <= 1440 else 0
    expected = profile(histories, size) if size else histories.once("past median", lambda: past_median(histories.y))
    day = size or DAY_ROWS
    apart = np.where(np.isnan(expected), np.nan, histories.y - expected)
    far = np.abs(trailing_mean(apart, max(day // PART, 1)))
    far = np.where(np.isnan(far) | np.isnan(histories.y), 0.0, far)
    farthest = np.maximum.accumulate(np.nan_to_num(before(far, day)), axis=1)
    noise = 1e-7 * np.maximum.accumulate(np.nan_to_num(np.abs(histories.y)), axis=1)
    drifting = (np.arange(histories.length) >= DAYS * day)[None, :] & (far > noise) & (far >= ALONE * farthest) & (farthest > 0)
    return np.where(drifting, STRENGTH, 0.0)
