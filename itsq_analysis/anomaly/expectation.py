"""What a monitoring metric was expected to be, and where it usually lies."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.level import past_median
from itsq_analysis.anomaly.daily import root
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.hour_of_week import COUNTS, SHORT, Adjusted, usual_root, whole_so_far
from itsq_analysis.anomaly.windows import Array, before, trailing_mean, trailing_median

RECENT = 288  # rows over which errors are averaged
FEWEST = 29  # errors of which that mean is made at least: the thirtieth value is judged
MOST, HALF = 0.49, 3.0  # score that distance alone reaches at most; spreads at which it is half of that
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


def far_from_usual(histories: Histories, adjusted: Adjusted) -> Array:
    """The least score of every row by its distance from what is usual, below 0.5: half of that at three spreads.

    Usual is the median of everything before, so that the middle of a long event is as far from it as its beginning, or the time of
    the week where that tells the series better.
    """
    usual = usual_root(histories)
    apart = np.abs(root(histories.y) - usual)
    spread = np.maximum(1.4826 * past_median(apart), 1e-3 * (1e-3 + np.abs(usual)))
    spread = np.where(whole_so_far(histories.y), np.maximum(spread, COUNTS), spread)
    z = np.where(adjusted.seasonal, np.abs(adjusted.z), apart / spread)
    return np.nan_to_num(MOST * z / (z + HALF))
