"""Calendar regression: trend, weekday and time of year as smooth waves, all series at once.

Counts are fitted on the square-root scale, where their spread does not depend on their level (so a least-squares fit is close to
that of a count model) and a median may be turned back as it is. Old values are forgotten slowly. What the last weeks lay above
the fit is carried on in part. How many waves and how much is carried on is weighed by what would have forecast the last origins
best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Ints, Panel
from itsq_analysis.forecasting.steps import DAY, WEEK

WAVES = (0, 2, 5)  # of the year
FOLLOW = ((0.0, 1.0), (0.6, 28.0), (1.0, 14.0))  # share that is carried on, and the steps over which the departure is averaged
HALF_LIFE = 1.5  # years
FEWEST_YEARS = 1.1  # of history before the time of year is told
LEAST = 0.02  # ridge on trend and waves, as a share of the history
LEAST_SLOT = 0.3  # ridge on the slots of the season, as so many values
MOST_PATTERNS = 40  # of known and unknown values, up to which series are solved together
CHUNK = 20_000_000  # cells of a block's products


def predict(panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0) -> Array:  # noqa: ARG001 - the contract's arguments
    """Medians, offsets × series × horizon."""
    wanted = {*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))}
    bent = np.where(panel.negative[:, None], panel.y, np.sqrt(np.maximum(panel.y, 0.0)))
    moved = panel.with_values(bent)
    variants = {}
    for offset in sorted(wanted):
        paths = _variants(moved.before(offset), horizon)
        variants[offset] = np.where(panel.negative[None, :, None], paths, np.maximum(paths, 0.0) ** 2)
    return weigh(panel, horizon, offsets, variants)


def _variants(panel: Panel, horizon: int) -> Array:
    """Variants × series × horizon, on the scale of the fit."""
    per_year = _per_year(panel)
    long_enough = per_year > 0 and panel.length >= FEWEST_YEARS * per_year
    paths = []
    for waves in WAVES if long_enough else [0] * len(WAVES):
        past, future = _design(panel, horizon, waves, per_year)
        coefficients = _fit(panel.y, past, per_year, waves)
        fitted = coefficients @ past.T
        rest = panel.y - fitted
        ahead = coefficients @ future.T
        for share, span in FOLLOW:
            paths.append(ahead + share * _recent(rest, int(span))[:, None])
    return np.stack(paths)


def _per_year(panel: Panel) -> float:
    """Steps in a year; 0 where a step is shorter than a day or the grid is not one of time."""
    step = panel.grid.step
    if step.months:
        return 12 / step.months
    if step.minutes < DAY:
        return 0.0
    share = len(panel.grid.open) / 7 if panel.grid.open and step.minutes < WEEK else 1.0
    return 365.25 * DAY / step.minutes * share


def _design(panel: Panel, horizon: int, waves: int, per_year: float) -> tuple[Array, Array]:
    """Rows of the past and of the future, on one clock that ends at 0: constant, trend, slots of the season, waves of the year."""
    clock = np.arange(-panel.length + 1, horizon + 1, dtype=float)
    season = min((one for one in panel.seasons if 1 < one <= 12 and panel.length >= 2 * one), default=1)
    columns = [np.ones(len(clock)), np.clip(clock, None, 0.3 * panel.length) / max(panel.length, 1)]
    slot: Ints = np.arange(-panel.length + 1, horizon + 1) % season
    columns += [(slot == one).astype(float) - (slot == season - 1) for one in range(season - 1)]
    angle = 2 * np.pi * clock / max(per_year, 1.0)
    for wave in range(1, waves + 1):
        columns += [np.sin(wave * angle), np.cos(wave * angle)]
    design = np.stack(columns, axis=1)
    return design[: panel.length], design[panel.length :]


def _fit(y: Array, design: Array, per_year: float, waves: int) -> Array:
    """Coefficients, series × columns, by least squares with forgetting and a little ridge on all but the constant."""
    length, width = design.shape
    forget = 0.5 ** (np.arange(length - 1, -1, -1) / (HALF_LIFE * per_year)) if per_year else np.ones(length)
    known = ~np.isnan(y)
    values = np.where(known, y, 0.0) * forget
    right = values @ design
    share = np.full(width, LEAST)
    share[0] = 1e-9
    slots = slice(2, width - 2 * waves)
    share[slots] = 0.0
    least = np.full(width, 1e-9)
    least[slots] = LEAST_SLOT
    extra = np.diag(least)
    result = np.empty((len(y), width))
    patterns, which = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    if len(patterns) <= MOST_PATTERNS:
        for pattern in range(len(patterns)):
            rows = np.flatnonzero(which.ravel() == pattern)
            mass = known[rows[0]] * forget
            left = (design * mass[:, None]).T @ design + np.diag(share * mass.sum()) + extra
            result[rows] = np.linalg.solve(left, right[rows].T).T
        return result
    products = (design[:, :, None] * design[:, None, :]).reshape(length, -1)
    count = max(CHUNK // length, 1)
    for start in range(0, len(y), count):
        masses = known[start : start + count] * forget
        lefts = (masses @ products).reshape(-1, width, width)
        lefts = lefts + masses.sum(axis=1)[:, None, None] * np.diag(share) + extra
        result[start : start + count] = np.linalg.solve(lefts, right[start : start + count, :, None])[..., 0]
    return result


def _recent(rest: Array, span: int) -> Array:
    """Mean of the last departures that are known, 0 where none is."""
    last = rest[:, -span:]
    known = ~np.isnan(last)
    return np.asarray(np.where(known, last, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
