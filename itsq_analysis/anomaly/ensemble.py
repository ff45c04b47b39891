"""Two base detectors of different kinds: how unusual a row is, from many detectors of which each may be wrong alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.anomaly.base_detectors import ALL, BaseDetector
from itsq_analysis.anomaly.drift import drift
from itsq_analysis.anomaly.extreme_quantile import Single, ratios
from itsq_analysis.anomaly.flatline import flatline
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.hour_of_week import Adjusted
from itsq_analysis.anomaly.windows import Array

AT_ONCE = 24_000_000  # values × detectors held in memory at a time


def excess(histories: Histories, detectors: Sequence[BaseDetector] = ALL) -> Array:
    """How far a row exceeds the extreme quantile, as told by the second most excited kind of detector.

    One kind alone raises no alarm: a detector that is wrong for a series (a daily profile where there is no daily pattern)
    stays unconfirmed, and detectors of a kind, which err together, count as one.

    Returns:
        series × row; 1 = as far as the extreme quantile, 0 where too little is known.
    """
    result = np.zeros(histories.y.shape)
    group = max(1, AT_ONCE // max(1, histories.length * len(detectors)))
    for start in range(0, histories.n, group):
        chosen = np.arange(start, min(start + group, histories.n))
        part = histories.rows(chosen)
        if part.length:
            result[chosen, : part.length] = _second(ratios(errors(part, detectors)), [detector.kind for detector in detectors]).T
    return result


def _second(strengths: Single, kinds: Sequence[str]) -> Single:
    """Of the largest ratio of every kind the second largest, time × series.

    >>> _second(np.array([[[3.0], [2.0], [1.5]]], dtype="float32"), ["level", "level", "season"]).tolist()
    [[1.5]]
    """
    first = second = np.zeros((strengths.shape[0], strengths.shape[2]), dtype="float32")
    for kind in dict.fromkeys(kinds):
        largest = strengths[:, [name == kind for name in kinds]].max(axis=1)
        second = np.maximum(second, np.minimum(first, largest))
        first = np.maximum(first, largest)
    return np.asarray(second)


def unusual(histories: Histories, adjusted: Adjusted) -> Array:
    """How unusual every row is: by two base detectors of different kinds, or by a flatline, a drift or the time of the week alone.

    Series that follow the time of the day or week are judged without it.

    Returns:
        series × row; 1 = the extreme quantile.
    """
    score = np.maximum(excess(histories), np.maximum(flatline(histories), drift(histories)))
    chosen = np.flatnonzero(adjusted.seasonal.any(axis=1))
    if len(chosen):
        rest = excess(adjusted.cleaned(histories).rows(chosen))
        by_time = np.maximum(adjusted.strength[chosen, : rest.shape[1]], rest)
        width = by_time.shape[1]
        score[chosen, :width] = np.where(adjusted.seasonal[chosen, :width], by_time, score[chosen, :width])
    return np.asarray(score)


def errors(histories: Histories, detectors: Sequence[BaseDetector]) -> Single:
    """The errors of all detectors, time × detector × series; noise of rounding is taken as zero."""
    largest = np.maximum.accumulate(np.nan_to_num(np.abs(histories.y)), axis=1)
    table = np.empty((histories.length, len(detectors), histories.n), dtype="float32")
    for place, detector in enumerate(detectors):
        distances = detector.errors(histories)
        table[:, place] = np.where(distances <= 1e-7 * largest, np.where(np.isnan(distances), np.nan, 0.0), distances).T
    return table
