"""Theta: simple exponential smoothing with half of the slope as drift (Assimakopoulos and Nikolopoulos 2000).

Below a week the values are first freed of their season, whose size moves with the level; weeks and longer steps, where a season is
weak or not there, are taken as they are. All series in one pass, under several gains and drifts, which are weighed by what would
have forecast the last origins best. The slope is that of a line through the recent past.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.models.seasonal_naive import fold
from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Panel, mean_known
from itsq_analysis.forecasting.steps import WEEK

GAINS = (0.1, 0.3, 0.6, 1.0)
DRIFTS = (0.0, 0.5, 1.0)  # of the slope
MEMORY = 60  # steps over which the slope is told
CYCLES = 8  # seasons that the season is the mean of


def predict(panel: Panel, horizon: int, offsets: Sequence[int], _seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    wanted = sorted({*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))})
    step = panel.grid.step
    season = 1 if step.months or step.minutes >= WEEK else panel.season
    freed = [_freed(panel.before(offset), season, horizon) for offset in wanted]
    levels = _levels(np.concatenate([rest for rest, _, _ in freed])).reshape(len(GAINS), len(wanted), panel.n)
    steps = np.arange(1, horizon + 1)
    variants = {}
    for place, offset in enumerate(wanted):
        rest, share, added = freed[place]
        slope = _slope(rest[:, -MEMORY:])
        paths = [level[:, None] + drift * slope[:, None] * steps for level in levels[:, place] for drift in DRIFTS]
        variants[offset] = np.stack([path * (1 + share) + added for path in paths])
    return weigh(panel, horizon, offsets, variants)


def _freed(panel: Panel, season: int, horizon: int) -> tuple[Array, Array, Array]:
    """The recent past without its season, and the season of the steps ahead: as a share of the level, and as it is."""
    span = max(MEMORY + 1, season * CYCLES)
    y = np.full((panel.n, span), np.nan)
    known = panel.y[:, -span:]
    y[:, span - known.shape[1] :] = known
    if season == 1 or panel.length < 2 * season:
        return y, np.zeros((panel.n, horizon)), np.zeros((panel.n, horizon))
    cycles = fold(y, season)
    mean = mean_known(cycles, axis=2)[:, :, None]
    apart = np.where(np.isnan(cycles - mean), 0.0, cycles - mean)
    seen = np.where(np.isnan(cycles - mean), 0.0, np.broadcast_to(mean, cycles.shape))
    count = (~np.isnan(cycles)).sum(axis=1)
    level = seen.sum(axis=1)
    moves = ~panel.negative[:, None] & (level > 0)
    share = np.where(moves, apart.sum(axis=1) / np.where(moves, level, 1.0), 0.0)
    added = np.where(moves, 0.0, apart.sum(axis=1) / np.maximum(count, 1))
    rest = cycles - share[:, None] * np.nan_to_num(mean) - added[:, None]
    ahead = np.arange(horizon) % season
    return rest.reshape(panel.n, -1)[:, -span:], share[:, ahead], added[:, ahead]


def _levels(y: Array) -> Array:
    """The last level, gains × series."""
    gains = np.array(GAINS)[:, None]
    level = np.full((len(GAINS), len(y)), np.nan)
    for value in y.T:
        begun = np.where(np.isnan(level), value, level + gains * (value - level))
        level = np.where(np.isnan(value), level, begun)
    return level


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
