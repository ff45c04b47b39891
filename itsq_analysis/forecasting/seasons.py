"""A season where nothing is known of the time: the lag at which changes come again."""

from __future__ import annotations

import numpy as np

from itsq_analysis.forecasting.panel import Array, mean_known

CANDIDATES = (24, 12, 7, 4, 52, 168)
LEAST = 0.3  # autocorrelation of the changes


def heard_season(y: Array) -> tuple[int, ...]:
    """The season of numbered series, series × time, by the autocorrelation of their changes; () where there is none.

    >>> heard_season(np.tile([5.0, 4, 4, 4, 3, 0, 0], (1, 9)))
    (7,)
    """
    change = np.diff(y, axis=1)
    change = change - mean_known(change)[:, None]
    size = mean_known(change**2)
    best, strength = 0, LEAST
    for lag in CANDIDATES:
        if change.shape[1] < 3 * lag:
            continue
        together = mean_known(change[:, lag:] * change[:, :-lag])
        known = ~np.isnan(together) & (size > 0)
        if known.any():
            heard = float(np.median(together[known] / size[known]))
            if heard > strength + 0.02:
                best, strength = lag, heard
    if best == 24 and change.shape[1] >= 3 * 168:
        return (24, 168)
    return (best,) if best else ()
