"""Seasonal naive: the value one season ago. What every other model is measured against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.panel import Array, Panel


def predict(panel: Panel, horizon: int, offsets: Sequence[int], _seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon.

    Where the value one season ago is not known, the newest known one of the same slot is taken, else the series' last one.
    """
    return np.stack([_repeat(panel.before(offset), horizon) for offset in offsets])


def _repeat(panel: Panel, horizon: int) -> Array:
    season = max(min(panel.season, panel.length), 1)
    lastly = newest(panel.y, season)
    return np.asarray(np.tile(lastly, (1, -(-horizon // season)))[:, :horizon])


def newest(y: Array, season: int) -> Array:
    """The newest known value of each slot, series × season; the first column is the slot that comes next."""
    cycles = fold(y, season)
    known = ~np.isnan(cycles)
    age = known[:, ::-1, :].argmax(axis=1)
    chosen = np.take_along_axis(cycles, (cycles.shape[1] - 1 - age)[:, None, :], axis=1)[:, 0, :]
    return np.asarray(np.where(known.any(axis=1), chosen, np.nan))


def fold(y: Array, season: int) -> Array:
    """Series × cycles × season, the last value last; NaN before the first."""
    n, length = y.shape
    count = max(-(-length // season), 1)
    padded = np.full((n, count * season), np.nan)
    padded[:, count * season - length :] = y
    return padded.reshape(n, count, season)
