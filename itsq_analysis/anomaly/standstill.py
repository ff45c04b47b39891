"""Standstill: flat lines, and values that did not come."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.usual_worst import ratios
from itsq_analysis.anomaly.windows import Array

FLAT = 12  # equal values in a row before a flat line is thought of
MISSING = 3  # steps without a value before a gap is thought of
ALONE = 0.5  # no second witness: it must last twice as long as the usual worst


def standstill(histories: Histories) -> Array:
    """How far the present run of equal values, or the gap before a value, exceeds the usual worst.

    Returns:
        series × row; 1 = twice the usual worst.

    >>> y = np.concatenate([np.arange(60.0), np.full(40, 7.0)])[None, :]
    >>> standstill(Histories(np.array(["a"]), y, np.arange(100)[None, :], 5, ()))[0, [50, 65, 72]]
    array([0. , 0. , 6.5])
    """
    run, gap = flat_run(histories), gap_before(histories)
    told = ratios(np.stack([run.T, gap.T], axis=1).astype("float32"))
    flat = np.where(run >= FLAT, told[:, 0].T, 0.0)
    missing = np.where(gap > MISSING, told[:, 1].T, 0.0)
    return np.asarray(ALONE * np.maximum(flat, missing))


def flat_run(histories: Histories) -> Array:
    """Number of equal values that end here, 1 where the value differs from the one before."""
    y = histories.y
    differs = np.ones(y.shape, dtype=bool)
    differs[:, 1:] = y[:, 1:] != y[:, :-1]
    column = np.arange(y.shape[1])[None, :]
    start = np.maximum.accumulate(np.where(differs, column, 0), axis=1)
    return np.where(np.isnan(y), np.nan, column - start + 1.0)


def gap_before(histories: Histories) -> Array:
    """Steps since the value before, 1 where none is missing."""
    gap = np.ones(histories.y.shape)
    gap[:, 1:] = np.diff(histories.number, axis=1)
    return np.where(np.isnan(histories.y), np.nan, gap)
