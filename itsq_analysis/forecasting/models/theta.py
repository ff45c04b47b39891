"""Theta: simple exponential smoothing with half of the slope as drift (Assimakopoulos and Nikolopoulos 2000).

Below a week the values are first freed of their season, whose size moves with the level; weeks and longer steps, where a season is
weak or not there, are taken as they are. All series in one pass, under several gains and drifts, which are weighed by what would
have forecast the last origins best. The slope is that of a line through the recent past.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.models.contract import Task
from itsq_analysis.forecasting.models.seasonal_naive import fold
from itsq_analysis.forecasting.origins import weigh
from itsq_analysis.forecasting.panel import Array, mean_known, right_aligned
from itsq_analysis.forecasting.steps import WEEK

GAINS = (0.1, 0.3, 0.6, 1.0)
DRIFTS = (0.0, 0.5, 1.0)  # of the slope
MEMORY = 60  # steps over which the slope is told
CYCLES = 8  # seasons that the season is the mean of


def predict_each(tasks: Sequence[Task], _seed: int = 0, /) -> list[Array]:
    """Medians of every task, offsets × series × horizon."""
    freed = [[_freed(task, offset) for offset in task.wanted] for task in tasks]
    rests = [rest for parts in freed for rest, _, _ in parts]
    longest = max(rest.shape[1] for rest in rests)
    levels = _levels(np.concatenate([right_aligned(rest, longest) for rest in rests]))
    answers, row = [], 0
    for task, parts in zip(tasks, freed, strict=True):
        steps, n = np.arange(1, task.horizon + 1), task.panel.n
        variants = {}
        for offset, (rest, share, added) in zip(task.wanted, parts, strict=True):
            slope = _slope(rest[:, -MEMORY:])
            own = levels[:, row : row + n, None, None]
            paths = own + np.array(DRIFTS)[:, None] * slope[:, None, None] * steps
            variants[offset] = paths.transpose(0, 2, 1, 3).reshape(-1, n, task.horizon) * (1 + share) + added
            row += n
        answers.append(weigh(task.panel, task.horizon, task.offsets, variants))
    return answers


def _freed(task: Task, offset: int) -> tuple[Array, Array, Array]:
    """The recent past without its season, and the season of the steps ahead: as a share of the level, and as it is."""
    step = task.panel.grid.step
    season = 1 if step.months or step.minutes >= WEEK else task.panel.season
    panel = task.panel.before(offset)
    span = max(MEMORY + 1, season * CYCLES)
    y = right_aligned(panel.y[:, -span:], span)
    if season == 1 or panel.length < 2 * season:
        return y, np.zeros((panel.n, task.horizon)), np.zeros((panel.n, task.horizon))
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
    ahead = np.arange(task.horizon) % season
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
