"""Moving mean: the value against the mean of those before it."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before, trailing_mean


class MovingMean(BaseDetector):
    """Sees spikes, dips and beginning drifts where the series is flat, and bursts where most values are zero.

    >>> MovingMean(48).name
    'moving mean 48'
    """

    kind = "departure"

    def __init__(self, width: int) -> None:
        self.width = width
        self.name = f"moving mean {width}"

    def errors(self, histories: Histories) -> Array:
        """Absolute difference to the mean of the last `width` values, the present one left out."""
        return np.asarray(np.abs(histories.y - before(trailing_mean(histories.y, self.width), 1)))
