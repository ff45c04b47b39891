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

import numpy as np

from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Panel

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
CELLS = 8_000  # series × settings of a block: small enough to stay in the processor's cache


def predict(panel: Panel, horizon: int, offsets: Sequence[int], _seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    width = max(CELLS // len(GRID), 1)
    blocks = [panel.rows(slice(start, start + width)) for start in range(0, panel.n, width)]
    return np.concatenate([_block(block, horizon, offsets) for block in blocks], axis=1)


def _block(panel: Panel, horizon: int, offsets: Sequence[int]) -> Array:
    wanted = {*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))}
    lengths = [season for season in panel.seasons if 1 < season <= panel.length][-2:]
    paths = _both(panel, lengths, horizon, wanted)
    if len(lengths) > 1:
        short = _both(panel, lengths[:1], horizon, wanted)
        paths = {offset: np.concatenate([path, short[offset]]) for offset, path in paths.items()}
    return weigh(panel, horizon, offsets, paths)


def _both(panel: Panel, lengths: Sequence[int], horizon: int, wanted: set[int]) -> dict[int, Array]:
    """Offset -> paths as the values are and on the square-root scale."""
    paths = _run(panel.y, lengths, horizon, wanted)
    if not panel.negative.all():
        bent = _run(np.sqrt(np.maximum(panel.y, 0.0)), lengths, horizon, wanted)
        keep = panel.negative[None, :, None]
        for offset, path in bent.items():
            back = np.where(keep, paths[offset], np.maximum(path, 0.0) ** 2)
            paths[offset] = np.concatenate([paths[offset], back])
    return paths


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

    def forecast(self, t: int, horizon: int) -> Array:
        """Settings × series × horizon, with columns before t taken in."""
        powers = np.cumsum(self.phi[0][:, None] ** np.arange(1, horizon + 1)[None, :], axis=1)
        path = self.level.T[:, :, None] + self.trend.T[:, :, None] * powers[:, None, :]
        for season, length in zip(self.seasons, self.lengths, strict=True):
            path += season[(t + np.arange(horizon)) % length].transpose(2, 1, 0)
        return np.asarray(path)


def _run(y: Array, lengths: Sequence[int], horizon: int, wanted: set[int]) -> dict[int, Array]:
    """Offset -> paths, settings × series × horizon."""
    smoother = _Smoother(y, lengths)
    length = y.shape[1]
    paths: dict[int, Array] = {}
    for t in range(length + 1):
        if length - t in wanted:
            paths[length - t] = smoother.forecast(t, horizon)
        if t < length:
            smoother.step(t)
    return paths
