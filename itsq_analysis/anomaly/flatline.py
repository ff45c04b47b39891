"""Flatline: equal values in a row, and values that did not come."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, before

FLAT = 12  # equal values in a row before a flat line is thought of
MISSING = 4  # steps without a value before a gap is thought of
CHANGES = 30  # values that must have differed from the one before: a constant is no flatline
ALONE = 3.0  # no second detector confirms it: it must last three times as long as anything before
STRENGTH = 2.0  # with which a flatline is told, in extreme quantiles


def flatline(histories: Histories) -> Array:
    """Where the present run of equal values, or the gap before a value, lasts three times as long as any before it.

    Returns:
        series × row: 2 or 0.

    >>> y = np.concatenate([np.arange(60.0), np.full(40, 7.0)])[None, :]
    >>> flatline(Histories(np.array(["a"]), y, np.arange(100)[None, :], 5, ()))[0, [50, 70, 71]]
    array([0., 0., 2.])
    """
    run = flat_run(histories)
    moving = np.cumsum(run == 1.0, axis=1) > CHANGES
    still = (_long(run, FLAT) & moving) | _long(gap_before(histories), MISSING)
    return np.where(still & ~np.isnan(histories.y), STRENGTH, 0.0)


def _long(length: Array, least: int) -> npt.NDArray[np.bool_]:
    """Whether a run is at least so long and three times as long as any completed one before it."""
    running = np.nan_to_num(length)
    last = np.nan_to_num(before(running, 1))
    longest = np.maximum.accumulate(np.where(last >= running, last, 0.0), axis=1)
    return np.asarray(running >= np.maximum(least, ALONE * longest))


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
