"""Outliers: single values so far from all others that no model should learn from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itsq_analysis.forecasting.panel import Panel

FARTHER = 10.0  # times as far from the median as any other value
FEWEST = 14  # known values from which "all others" says anything
LEAST = 10.0  # of counts: nothing smaller is an outlier, however rare


def without_outliers(panel: Panel, numbered: bool = False) -> tuple[Panel, list[str]]:
    """The panel with outliers taken as not known, and a note for each; `numbered`: places are whole numbers, not times.

    An outlier is one value more than ten times as far from its series' median as any other: a wrong import, a bulk close, a counter
    that ran over. Two such values are none; a level shift therefore stays from its second value on. What cannot be negative
    can only be too large: a day without anything may be a holiday, which is to be learned.

    >>> from itsq_analysis.forecasting.panel import Grid; from itsq_analysis.forecasting.steps import Step
    >>> y = np.array([[20.0, 21, 19, 22] * 5 + [9e8]])
    >>> panel = Panel(np.array(["a"]), y, np.array([20]), Grid(Step()), (7,), np.array([False]), np.array([True]))
    >>> bool(np.isnan(without_outliers(panel)[0].y[0, -1]))
    True
    """
    if panel.length < FEWEST:
        return panel, []
    known = panel.known
    filled = np.where(known, panel.y, 0.0)
    middle = np.array([np.median(row[seen]) if seen.any() else 0.0 for row, seen in zip(filled, known, strict=True)])
    apart = filled - middle[:, None]
    far = np.where(known, np.where(panel.negative[:, None], np.abs(apart), np.maximum(apart, 0.0)), 0.0)
    place = far.argmax(axis=1)
    rows = np.arange(panel.n)
    farthest = far[rows, place]
    far[rows, place] = 0.0
    rest = far.max(axis=1)
    outlying = (farthest > FARTHER * rest) & (known.sum(axis=1) >= FEWEST)
    # Where no other value lies apart there is no measure of "far", but for counts.
    outlying &= np.where(panel.counts, farthest > LEAST, rest > 0)
    if not outlying.any():
        return panel, []
    y = panel.y.copy()
    y[rows[outlying], place[outlying]] = np.nan
    at = panel.last[outlying] - panel.length + 1 + place[outlying]
    left_out = zip(
        panel.ids[outlying], panel.y[rows[outlying], place[outlying]], at if numbered else panel.grid.dates(at), strict=True
    )
    notes = [
        f"series {name!r}: {value:g} at {str(stamp).replace('T', ' ')} is more than ten times as far out as any other; left out"
        for name, value, stamp in left_out
    ]
    return replace(panel, y=y), notes
