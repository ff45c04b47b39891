"""Calendar regression: trend, weekday and time of year as smooth waves, all series at once.

Counts of a day and shorter are fitted twice: as counts (quasi-Poisson with a log link, so that effects multiply) and on the
square-root scale, where their spread does not depend on their level (effects lie between adding and multiplying, and a median may
be turned back as it is). On longer steps, where the trend is what matters, a log link would let it grow without bounds.
Other values that are never negative are fitted on the square-root scale alone, those below zero as they are. Old values are
forgotten slowly. What the last weeks lay above the fit is carried on in part. Which scale, how many waves and how much is carried
on is weighed by what would have forecast the last origins best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.models.count_regression import fit_counts, median_of, told_mean
from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Ints, Panel
from itsq_analysis.forecasting.steps import DAY, WEEK

WAVES = (0, 2, 5)  # of the year
FOLLOW = ((0.0, 1.0), (0.6, 28.0), (1.0, 14.0))  # share that is carried on, and the steps over which the departure is averaged
LONGEST_FOLLOW = 28
HALF_LIFE = 1.5  # years
FITS = 5  # times, at least, at which counts are fitted for the earlier origins
CELLS = 2_000_000  # series × columns × fits up to which there are more of them
FEWEST_YEARS = 1.1  # of history before the time of year is told
LEAST = 0.02  # ridge on trend and waves, as a share of the history
LEAST_SLOT = 0.3  # ridge on the slots of the season, as so many values
MOST_PATTERNS = 40  # of known and unknown values, up to which series are solved together
CHUNK = 20_000_000  # cells of a block's products


def predict(panel: Panel, horizon: int, offsets: Sequence[int], _seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    wanted = sorted({*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))})
    bent = np.where(panel.negative[:, None], panel.y, np.sqrt(np.maximum(panel.y, 0.0)))
    moved = panel.with_values(bent)
    counts = panel.counts if 0 < panel.grid.step.minutes <= DAY else np.zeros(panel.n, dtype=bool)
    counted = _counted(panel.rows(counts), horizon, wanted) if counts.any() else {}
    variants = {}
    for offset in wanted:
        paths = _variants(moved.before(offset), horizon)
        paths = np.where(panel.negative[None, :, None], paths, np.maximum(paths, 0.0) ** 2)
        if offset in counted:
            beside = paths.copy()
            beside[:, counts] = counted[offset]
            paths = np.concatenate([paths, beside])
        variants[offset] = paths
    return weigh(panel, horizon, offsets, variants)


def _counted(panel: Panel, horizon: int, wanted: Sequence[int]) -> dict[int, Array]:
    """Offset -> variants × series × horizon of series that are counts. Neighbouring origins share the fit of the oldest of them."""
    per_year = _per_year(panel)
    newest, earlier = wanted[0], np.array(wanted[1:], dtype=int)
    fits = min(max(CELLS // max(panel.n * panel.length, 1), FITS), len(earlier))
    groups = [[newest], *([part.tolist() for part in np.array_split(earlier, fits)] if len(earlier) else [])]
    found: dict[int, list[Array]] = {offset: [] for offset in wanted}
    long_enough = {offset: per_year > 0 and panel.length - offset >= FEWEST_YEARS * per_year for offset in wanted}
    for waves in WAVES:
        begin: Array | None = None
        for group in groups[::-1]:
            oldest = group[-1]
            used = waves if long_enough[oldest] else 0
            seen = panel.before(oldest)
            past, ahead = _design(seen, horizon + oldest - group[0], used, per_year, oldest)
            if begin is not None and begin.shape[1] != past.shape[1]:
                begin = None
            begin, dispersion = fit_counts(seen.y, past, _forget(seen.length, per_year), _ridge(past.shape[1], used), begin)
            design = np.concatenate([past[-LONGEST_FOLLOW:], ahead])
            told = told_mean(begin, design)
            for offset in group:
                now = min(len(past), LONGEST_FOLLOW) + oldest - offset
                found[offset] += _followed(panel.before(offset), told[:, :now], told[:, now : now + horizon], dispersion)
    return {offset: np.stack(paths) for offset, paths in found.items()}


def _followed(panel: Panel, past: Array, ahead: Array, dispersion: Array) -> list[Array]:
    """Medians ahead, at the level that the last steps had over what was told of them."""
    paths = []
    for share, span in FOLLOW:
        width = min(int(span), past.shape[1])
        known = panel.known[:, -width:]
        seen = np.where(known, panel.y[:, -width:], 0.0).sum(axis=1)
        told = np.where(known, past[:, -width:], 0.0).sum(axis=1)
        lift = ((seen + dispersion + 1e-9) / (told + dispersion + 1e-9)) ** share
        paths.append(median_of(ahead * lift[:, None], dispersion))
    return paths


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


def _design(panel: Panel, horizon: int, waves: int, per_year: float, offset: int = 0) -> tuple[Array, Array]:
    """Rows of the past and of the future: constant, trend, slots of the season, waves of the year.

    The trend's clock ends at 0; slots and waves are those of a clock that ends `offset` steps later, so that fits of several
    origins mean the same by them.
    """
    clock = np.arange(-panel.length + 1, horizon + 1, dtype=float)
    season = min((one for one in panel.seasons if 1 < one <= 12 and panel.length >= 2 * one), default=1)
    columns = [np.ones(len(clock)), np.clip(clock, None, 0.3 * panel.length) / max(panel.length, 1)]
    slot: Ints = (np.arange(-panel.length + 1, horizon + 1) - offset) % season
    # One column a slot, kept apart from the constant by their ridge: the same whichever slot comes first.
    columns += [(slot == one).astype(float) for one in range(season)] if season > 1 else []
    angle = 2 * np.pi * (clock - offset) / max(per_year, 1.0)
    for wave in range(1, waves + 1):
        columns += [np.sin(wave * angle), np.cos(wave * angle)]
    design = np.stack(columns, axis=1)
    return design[: panel.length], design[panel.length :]


def _fit(y: Array, design: Array, per_year: float, waves: int) -> Array:
    """Coefficients, series × columns, by least squares with forgetting and a little ridge on all but the constant."""
    length, width = design.shape
    forget = _forget(length, per_year)
    known = ~np.isnan(y)
    values = np.where(known, y, 0.0) * forget
    right = values @ design
    share, least = _ridge(width, waves).T
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


def _forget(length: int, per_year: float) -> Array:
    """The weight of each column, the last one 1."""
    return np.asarray(0.5 ** (np.arange(length - 1, -1, -1) / (HALF_LIFE * per_year)) if per_year else np.ones(length))


def _ridge(width: int, waves: int) -> Array:
    """Columns × 2: as a share of the history, and as so many values."""
    ridge = np.tile([LEAST, 1e-9], (width, 1))
    ridge[0, 0] = 1e-9
    ridge[2 : width - 2 * waves] = (0.0, LEAST_SLOT)
    return ridge


def _recent(rest: Array, span: int) -> Array:
    """Mean of the last departures that are known, 0 where none is."""
    last = rest[:, -span:]
    known = ~np.isnan(last)
    return np.asarray(np.where(known, last, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
