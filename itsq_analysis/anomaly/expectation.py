"""What a monitoring metric was expected to be, and where it usually lies."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.hour_of_week import SHORT, Adjusted
from itsq_analysis.anomaly.windows import Array, before, trailing_mean, trailing_median

RECENT = 288  # rows over which errors are averaged
FEWEST = 29  # errors of which that mean is made at least: the thirtieth value is judged
BAND = 5.0  # times the mean absolute error, about four standard deviations


def expectation(histories: Histories, adjusted: Adjusted) -> tuple[Array, Array, Array]:
    """Expected value, lower and upper end of the usual band at each row, from earlier rows alone.

    What is usual at the time of the day or week, or the moving median of the last 36 values where that told them better.

    >>> y = np.tile([1.0, 3.0], 200)[None, :]
    >>> day = Histories(np.array(["a"]), y, np.arange(400)[None, :], 720, (2,))
    >>> from itsq_analysis.anomaly.hour_of_week import adjust
    >>> [round(float(part[0, -1]), 6) for part in expectation(day, adjust(day))]
    [3.0, 3.0, 3.0]
    """
    plain = before(trailing_median(histories.y, SHORT), 1)
    expected = np.where(adjusted.seasonal, adjusted.expected, plain)
    usual = before(trailing_mean(np.abs(histories.y - expected), RECENT, FEWEST), 1)
    return expected, expected - BAND * usual, expected + BAND * usual
