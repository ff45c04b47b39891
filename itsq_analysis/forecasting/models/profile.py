"""Profile: the usual value of that slot of the season, recent seasons first, at the level of the last days.

Taylor (2008) found a plain average of the same slot hard to beat beyond two or three days. How fast old seasons are forgotten,
and how far the profile follows the recent level, is weighed by what would have forecast the last origins best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.models.seasonal_naive import fold
from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Panel

HALF_LIVES = (1.0, 2.0, 4.0, 8.0, 26.0)  # seasons
FOLLOW = (0.0, 0.6)  # share of the recent departure from the profile that is carried on
OLDEST = 60  # seasons


def predict(panel: Panel, horizon: int, offsets: Sequence[int], _seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    wanted = {*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))}
    variants = {offset: _variants(panel.before(offset), horizon) for offset in sorted(wanted)}
    return weigh(panel, horizon, offsets, variants)


def _variants(panel: Panel, horizon: int) -> Array:
    """Variants × series × horizon."""
    season = max(min(panel.season, panel.length), 1)
    y = panel.y[:, -OLDEST * season :]
    cycles = cut_bursts(fold(y, season))
    known = ~np.isnan(cycles)
    values = np.where(known, cycles, 0.0)
    age = np.arange(cycles.shape[1] - 1, -1, -1, dtype=float)
    paths = []
    for half_life in HALF_LIVES:
        weight = 0.5 ** (age / half_life)
        profile = _mean(values, known, weight)
        departure = _recent_departure(y, profile, season)
        reps = -(-horizon // season)
        base = np.tile(profile, (1, reps))[:, :horizon]
        paths += [base + follow * departure[:, None] for follow in FOLLOW]
    return np.stack(paths)


def cut_bursts(cycles: Array) -> Array:
    """Bursts cut: no further from the slot's median than twice what nine in ten of a series' values are."""
    if cycles.shape[1] < 4:
        return cycles
    middle = _quantile(cycles.transpose(0, 2, 1), 0.5)[:, None, :]
    reach = 2 * _quantile(np.abs(cycles - middle).reshape(len(cycles), -1), 0.9)[:, None, None]
    return np.asarray(np.clip(cycles, middle - reach, middle + reach))


def _quantile(values: Array, probability: float) -> Array:
    """Of what is known along the last axis, NaN where nothing is."""
    ordered = np.sort(values, axis=-1)
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    place = np.maximum(np.ceil(probability * count).astype(int) - 1, 0)
    return np.asarray(np.take_along_axis(ordered, place, axis=-1)[..., 0])


def _mean(values: Array, known: Array, weight: Array) -> Array:
    """Weighted mean per slot, drawn towards the mean of the series where few seasons are known."""
    mass = np.einsum("ncs,c->ns", known.astype(float), weight)
    total = np.einsum("ncs,c->ns", values, weight)
    overall = total.sum(axis=1, keepdims=True) / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.where(mass > 1e-9, total / np.maximum(mass, 1e-12), overall))


def _recent_departure(y: Array, profile: Array, season: int) -> Array:
    """Median of what the last season lay above its profile."""
    span = min(season, y.shape[1])
    recent = y[:, -span:] - profile[:, season - span :]
    known = ~np.isnan(recent)
    enough = known.any(axis=1)
    departure = np.zeros(len(y))
    if enough.any():
        departure[enough] = np.nanmedian(recent[enough], axis=1)
    return departure
