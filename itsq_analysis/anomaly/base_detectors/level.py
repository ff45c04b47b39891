"""Level: the value against the median of everything before."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, trailing_mean

BLOCK = 96  # the median is renewed every so many rows
DENSE = 2000  # of a longer past, every second, third … value is enough for its median


class Level(BaseDetector):
    """Sees values where the series has never been; with a width, stays there.

    >>> Level(6).name
    'level 6'
    """

    kind = "level"

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self.name = f"level {width}"

    def errors(self, histories: Histories) -> Array:
        """Absolute difference of the mean of the last `width` values to the median of all values up to the last block."""
        apart = histories.y - histories.once("past median", lambda: past_median(histories.y))
        return np.asarray(np.abs(apart if self.width == 1 else np.where(np.isnan(apart), np.nan, trailing_mean(apart, self.width))))


def past_median(y: Array) -> Array:
    """Median of all earlier values, renewed every 96 rows (in the first 96 at 4, 8, 16, 32 and 64).

    >>> past_median(np.array([[1.0, 2.0, 3.0, 9.0, 9.0, 9.0]]))
    array([[nan, nan, nan, nan, 2.5, 2.5]])
    """
    length = y.shape[1]
    result = np.full_like(y, np.nan)
    starts = [4, 8, 16, 32, 64, *range(BLOCK, length, BLOCK)]
    for start, end in zip(starts, [*starts[1:], length], strict=True):
        if start >= length:
            break
        past = y[:, : start : 1 + start // DENSE]
        median = np.median(np.where(np.isnan(past), np.inf, past), axis=1)  # rows beyond a series' end are never read
        result[:, start : min(end, length)] = median[:, None]
    return np.where(np.isnan(y) | np.isinf(result), np.nan, result)
