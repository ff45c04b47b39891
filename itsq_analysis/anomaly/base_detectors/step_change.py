"""Step change: the value against the one before."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before


class StepChange(BaseDetector):
    """Sees spikes, dips and jumps.

    >>> StepChange().name
    'step change'
    """

    name = "step change"
    kind = "departure"

    def errors(self, histories: Histories) -> Array:
        """Absolute difference to the value before."""
        return np.asarray(np.abs(histories.y - before(histories.y, 1)))
