"""Exponential smoothing of all series at once: level, damped trend, one or two seasons (Holt-Winters; Taylor's double seasonal).

One pass over time updates every series under every setting of a grid. The pass only looks back, so the states at an earlier
column are what a fit up to there would have had, and earlier origins cost nothing but their forecasts. Settings are weighted by
how they would have forecast those origins over the whole horizon. While a series is young its gains are those of a plain mean.
Errors are cut at some typical sizes, so that one burst does not become the level. Series that cannot be negative are smoothed as
they are and on the square-root scale, where the spread of a count does not depend on its level; a median may be turned back as it
is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from itsq_analysis.forecasting.models.contract import Task
from itsq_analysis.forecasting.origins import weigh
from itsq_analysis.forecasting.panel import Array, right_aligned

# level, trend as a share of the level's gain, damping, season
GRID = np.array(
    [
        (alpha, beta, phi, gamma)
        for alpha in (0.005, 0.02, 0.08, 0.2, 0.45)
        for beta, phi in ((0.0, 0.0), (0.1, 0.95))
        for gamma in (0.02, 0.1, 0.3)
    ]
)
CUT = 4.0  # errors beyond so many typical ones are cut
WIDTH = 8_000 // len(GRID)  # series of a block: small enough to stay in the processor's cache


def predict_each(tasks: Sequence[Task], _seed: int = 0, /) -> list[Array]:
    """Medians of every task, offsets × series × horizon. Series of several tasks pass through time side by side."""
    blocks = [(place, block) for place, task in enumerate(tasks) for block in _blocks(task)]
    parts: list[list[Array]] = [[] for _ in tasks]
    for (place, _), paths in zip(blocks, _predicted([block for _, block in blocks]), strict=True):
        parts[place].append(paths)
    return [np.concatenate(paths, axis=1) for paths in parts]


def _blocks(task: Task) -> list[Task]:
    return [replace(task, panel=task.panel.rows(slice(start, start + WIDTH))) for start in range(0, task.panel.n, WIDTH)]


def _predicted(tasks: Sequence[Task]) -> list[Array]:
    """Tasks of at most WIDTH series each: with both seasons, and with the shorter one alone where there are two."""
    seasons = [[season for season in task.panel.seasons if 1 < season <= task.panel.length][-2:] for task in tasks]
    variants: list[dict[int, list[Array]]] = [{offset: [] for offset in task.wanted} for task in tasks]
    for depth in (2, 1):
        asked = [place for place, lengths in enumerate(seasons) if depth == 2 or len(lengths) > 1]
        for lengths in sorted({tuple(seasons[place][:depth]) for place in asked}):
            same = [place for place in asked if tuple(seasons[place][:depth]) == lengths]
            for place, paths in zip(same, _both([tasks[place] for place in same], lengths), strict=True):
                for offset, path in paths.items():
                    variants[place][offset].append(path)
    return [
        weigh(task.panel, task.horizon, task.offsets, {offset: np.concatenate(parts) for offset, parts in paths.items()})
        for task, paths in zip(tasks, variants, strict=True)
    ]


def _both(tasks: Sequence[Task], lengths: Sequence[int]) -> list[dict[int, Array]]:
    """Offset -> paths as the values are and on the square-root scale, one dictionary a task."""
    plain = _run(tasks, lengths)
    bent = [place for place, task in enumerate(tasks) if not task.panel.negative.all()]
    roots = [tasks[place].panel.with_values(np.sqrt(np.maximum(tasks[place].panel.y, 0.0))) for place in bent]
    squared = _run([replace(tasks[place], panel=root) for place, root in zip(bent, roots, strict=True)], lengths)
    for place, paths in zip(bent, squared, strict=True):
        keep = tasks[place].panel.negative[None, :, None]
        for offset, path in paths.items():
            back = np.where(keep, plain[place][offset], np.maximum(path, 0.0) ** 2)
            plain[place][offset] = np.concatenate([plain[place][offset], back])
    return plain


class _Smoother:
    """The states of a block: level, trend and typical error (series × setting), and a season each per slot."""

    def __init__(self, y: Array, lengths: Sequence[int]) -> None:
        self.y = y
        self.known = ~np.isnan(y)
        self.values = np.where(self.known, y, 0.0)
        self.first = np.where(self.known.any(axis=1), self.known.argmax(axis=1), y.shape[1])
        shape = (y.shape[0], len(GRID))
        self.level, self.trend, self.typical = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.lengths = list(lengths)
        self.seasons = [np.zeros((length, *shape)) for length in lengths]
        self.alpha, self.beta, self.phi, self.gamma = (GRID[:, column][None, :] for column in range(4))

    def step(self, t: int) -> None:
        """Take in column t."""
        age = np.maximum(t - self.first, 0)[:, None]
        young = 1.0 / (age + 1.0)
        slots = [season[t % length] for season, length in zip(self.seasons, self.lengths, strict=True)]
        base = self.level + self.phi * self.trend
        expected = base + sum(slots) if slots else base
        error = np.where(self.known[:, t, None], self.values[:, t, None] - expected, 0.0)
        longest = self.lengths[-1] if self.lengths else 1
        limit = np.where(age > longest, CUT * self.typical, np.inf)
        size = np.abs(error)
        self.typical += np.maximum(young, 0.05) * (np.minimum(size, 2 * limit) - self.typical) * self.known[:, t, None]
        error = np.clip(error, -limit, limit)
        self.level = base + np.maximum(self.alpha, young) * error
        self.trend = self.phi * self.trend + self.alpha * self.beta * np.where(age > longest, error, 0.0)
        for slot, length in zip(slots, self.lengths, strict=True):
            gain = np.maximum(self.gamma, 1.0 / (age // length + 1.0)) if length == longest else self.gamma * 0.5
            slot += np.where(age >= length, gain, 0.0) * error
        self._begin(t)

    def _begin(self, t: int) -> None:
        """Seasons of the series whose first season has just ended."""
        for place, length in enumerate(self.lengths):
            rows = np.flatnonzero(self.first == t - length + 1)
            if not len(rows):
                continue
            window = self.y[rows, t - length + 1 : t + 1]
            known = ~np.isnan(window)
            mean = np.where(known, window, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            rest = np.where(known, window - mean[:, None], 0.0)
            order = np.arange(t - length + 1, t + 1)
            for shorter, inside in enumerate(self.lengths[:place]):
                if length % inside:
                    continue
                usual = rest.reshape(len(rows), -1, inside).mean(axis=1)
                self.seasons[shorter][order[:inside] % inside, rows[:, None]] = usual[..., None]
                rest = rest - np.tile(usual, (1, length // inside))
            self.seasons[place][order % length, rows[:, None]] = rest[..., None] * (0.5 if place else 1.0)
            self.level[rows] = mean[:, None]

    def forecast(self, t: int, horizon: int, rows: slice) -> Array:
        """Settings × series × horizon of some rows, with columns before t taken in."""
        powers = np.cumsum(self.phi[0][:, None] ** np.arange(1, horizon + 1)[None, :], axis=1)
        path = self.level[rows].T[:, :, None] + self.trend[rows].T[:, :, None] * powers[:, None, :]
        for season, length in zip(self.seasons, self.lengths, strict=True):
            path += season[(t + np.arange(horizon)) % length, rows].transpose(2, 1, 0)
        return np.asarray(path)


def _run(tasks: Sequence[Task], lengths: Sequence[int]) -> list[dict[int, Array]]:
    """Offset -> paths, settings × series × horizon, one dictionary a task; as many tasks at once as a block holds."""
    by_task: list[dict[int, Array]] = []
    while len(by_task) < len(tasks):
        left = tasks[len(by_task) :]
        held = np.cumsum([task.panel.n for task in left])
        by_task += _block(left[: max(int((held <= WIDTH).sum()), 1)], lengths)
    return by_task


def _block(tasks: Sequence[Task], lengths: Sequence[int]) -> list[dict[int, Array]]:
    """One pass over time for series that end together; a shorter one begins later."""
    length = max(task.panel.length for task in tasks)
    smoother = _Smoother(np.concatenate([right_aligned(task.panel.y, length) for task in tasks]), lengths)
    ends = np.cumsum([task.panel.n for task in tasks])
    rows = [slice(int(end) - task.panel.n, int(end)) for task, end in zip(tasks, ends, strict=True)]
    wanted = [set(task.wanted) for task in tasks]
    paths: list[dict[int, Array]] = [{} for _ in tasks]
    for t in range(length + 1):
        for place, offsets in enumerate(wanted):
            if length - t in offsets:
                paths[place][length - t] = smoother.forecast(t, tasks[place].horizon, rows[place])
        if t < length:
            smoother.step(t)
    return paths
