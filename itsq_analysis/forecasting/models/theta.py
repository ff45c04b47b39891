"""Theta: simple exponential smoothing with half of the slope as drift (Assimakopoulos and Nikolopoulos 2000).

For steps of a week and longer, where a season is weak or not there. All series in one pass, under several gains and drifts, which
are weighed by what would have forecast the last origins best. The slope is that of a line through the recent past.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Panel

GAINS = (0.1, 0.3, 0.6, 1.0)
DRIFTS = (0.0, 0.5, 1.0)  # of the slope
MEMORY = 60  # steps over which the slope is told


def predict(panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0) -> Array:  # noqa: ARG001 - the contract's arguments
    """Medians, offsets × series × horizon."""
    wanted = {*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))}
    levels = _levels(panel, {panel.length - offset for offset in wanted})
    steps = np.arange(1, horizon + 1)
    variants = {}
    for offset in sorted(wanted):
        slope = _slope(panel.before(offset).y[:, -MEMORY:])
        level = levels[panel.length - offset]
        variants[offset] = np.stack([one[:, None] + drift * slope[:, None] * steps for one in level for drift in DRIFTS])
    return weigh(panel, horizon, offsets, variants)


def _levels(panel: Panel, ends: set[int]) -> dict[int, Array]:
    """Columns taken in -> levels, gains × series."""
    gains = np.array(GAINS)[:, None]
    level = np.full((len(GAINS), panel.n), np.nan)
    result = {}
    for column in range(panel.length + 1):
        if column in ends:
            result[column] = level.copy()
        if column < panel.length:
            value = panel.y[:, column]
            known = ~np.isnan(value)
            begun = np.where(np.isnan(level), value, level + gains * (value - level))
            level = np.where(known, begun, level)
    return result


def _slope(y: Array) -> Array:
    """Slope of the least-squares line through what is known, 0 for fewer than three values."""
    known = ~np.isnan(y)
    count = known.sum(axis=1)
    clock = np.arange(y.shape[1], dtype=float)
    mean_clock = (known * clock).sum(axis=1) / np.maximum(count, 1)
    mean_y = np.where(known, y, 0.0).sum(axis=1) / np.maximum(count, 1)
    apart = np.where(known, clock - mean_clock[:, None], 0.0)
    spread = (apart**2).sum(axis=1)
    return np.asarray(
        np.where(count > 2, (apart * np.where(known, y - mean_y[:, None], 0.0)).sum(axis=1) / np.maximum(spread, 1e-9), 0.0)
    )
