"""Roughness: the mean absolute step of the last values."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before, trailing_mean


class Roughness(BaseDetector):
    """Sees a change of pattern: spikes that come closer together, an oscillation that begins.

    >>> Roughness(12).name
    'roughness 12'
    """

    kind = "unrest"

    def __init__(self, width: int) -> None:
        self.width = width
        self.name = f"roughness {width}"

    def errors(self, histories: Histories) -> Array:
        """Mean of the last `width` absolute differences of neighbours."""
        steps = np.abs(histories.y - before(histories.y, 1))
        return np.where(np.isnan(histories.y), np.nan, trailing_mean(steps, self.width))
