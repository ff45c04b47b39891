"""Spread: the standard deviation of the last values."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, trailing_spread


class Spread(BaseDetector):
    """Sees a series become unsteady.

    >>> Spread(30).name
    'spread 30'
    """

    kind = "unrest"

    def __init__(self, width: int) -> None:
        self.width = width
        self.name = f"spread {width}"

    def errors(self, histories: Histories) -> Array:
        """Standard deviation of the last `width` values."""
        return np.where(np.isnan(histories.y), np.nan, trailing_spread(histories.y, self.width))
