"""Two witnesses: how unusual a row is, from many views of which each may be wrong alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.anomaly.drift import drift
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.standstill import standstill
from itsq_analysis.anomaly.usual_worst import Single, ratios
from itsq_analysis.anomaly.views import ALL, View
from itsq_analysis.anomaly.windows import Array

WITNESSES = 2
AT_ONCE = 24_000_000  # values × views held in memory at a time


def excess(histories: Histories, views: Sequence[View] = ALL, witnesses: int = WITNESSES) -> Array:
    """How far a row exceeds the usual worst, as told by the second most excited view.

    One view alone raises no alarm: a view that is wrong for a series (a daily profile where there is no daily pattern)
    stays without a second witness.

    Returns:
        series × row; 1 = as far as the usual worst, 0 where too little is known.
    """
    result = np.zeros(histories.y.shape)
    group = max(1, AT_ONCE // max(1, histories.length * len(views)))
    for start in range(0, histories.n, group):
        chosen = np.arange(start, min(start + group, histories.n))
        part = histories.rows(chosen)
        if part.length:
            told = ratios(errors(part, views))
            place = max(len(views) - witnesses, 0)
            result[chosen, : part.length] = np.partition(told, place, axis=1)[:, place].T
    return result


def unusual(histories: Histories) -> Array:
    """How unusual every row is: by two witnesses, or by a standstill or a drift alone.

    Returns:
        series × row; 1 = the usual worst.
    """
    return np.asarray(np.maximum(excess(histories), np.maximum(standstill(histories), drift(histories))))


def errors(histories: Histories, views: Sequence[View]) -> Single:
    """The errors of all views, time × view × series; noise of rounding is taken as zero."""
    largest = np.maximum.accumulate(np.nan_to_num(np.abs(histories.y)), axis=1)
    table = np.empty((histories.length, len(views), histories.n), dtype="float32")
    for place, view in enumerate(views):
        found = view.errors(histories)
        table[:, place] = np.where(found <= 1e-7 * largest, np.where(np.isnan(found), np.nan, 0.0), found).T
    return table
