"""Moving median: the value against the median of those before it."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.views.view import View
from itsq_analysis.anomaly.windows import Array, before, trailing_median


class MovingMedian(View):
    """Sees spikes and dips that last less than half its width; earlier ones do not disturb it.

    >>> MovingMedian(36).name
    'moving median 36'
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.name = f"moving median {width}"

    def errors(self, histories: Histories) -> Array:
        """Absolute difference to the median of the last `width` values, the present one left out."""
        return np.asarray(np.abs(histories.y - before(trailing_median(histories.y, self.width), 1)))
