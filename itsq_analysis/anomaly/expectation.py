"""What a monitoring metric was expected to be, and where it usually lies."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.seasonal import profile, season_size
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before, trailing_mean, trailing_median

WIDTH = 36  # values of the moving median
RECENT = 288  # rows over which errors are averaged
FEWEST = 29  # errors of which that mean is made at least: the thirtieth value is judged
BAND = 5.0  # times the mean absolute error, about four standard deviations


def expectation(histories: Histories) -> tuple[Array, Array, Array]:
    """Expected value, lower and upper end of the usual band at each row, from earlier rows alone.

    The moving median of the last 36 values, or the profile of the day where that was nearer in the last 288 rows.

    >>> y = np.tile([1.0, 3.0], 100)[None, :]
    >>> day = Histories(np.array(["a"]), y, np.arange(200)[None, :], 720, (2,))
    >>> [float(part[0, -1]) for part in expectation(day)]
    [3.0, 3.0, 3.0]
    """
    expected = before(trailing_median(histories.y, WIDTH), 1)
    error = np.abs(histories.y - expected)
    usual = before(trailing_mean(error, RECENT, FEWEST), 1)
    size = season_size(histories, "day")
    if size >= 2:
        daily = profile(histories, size)
        distance = np.abs(histories.y - daily)
        near = before(trailing_mean(distance, RECENT, FEWEST), 1)
        nearer = near < usual
        expected, usual = np.where(nearer & ~np.isnan(daily), daily, expected), np.where(nearer & ~np.isnan(daily), near, usual)
    return expected, expected - BAND * usual, expected + BAND * usual
