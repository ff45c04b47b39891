"""Level shift: the mean of a window against the mean of a longer one before it."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before, trailing_mean


class LevelShift(BaseDetector):
    """Sees shifts and drifts that single values do not show.

    >>> LevelShift(12, 100).name
    'level shift 12 against 100'
    """

    kind = "level shift"

    def __init__(self, width: int, reference: int) -> None:
        self.width, self.reference = width, reference
        self.name = f"level shift {width} against {reference}"

    def errors(self, histories: Histories) -> Array:
        """Absolute difference of the means of the last `width` values and of the `reference` values before those."""
        recent = trailing_mean(histories.y, self.width)
        apart = np.abs(recent - before(trailing_mean(histories.y, self.reference), self.width))
        return np.where(np.isnan(histories.y), np.nan, apart)
