"""What is usual at this time of the day or of the week: medians of earlier days and weeks, which no single outage moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.anomaly.base_detectors.level import past_median
from itsq_analysis.anomaly.base_detectors.seasonal import season_size
from itsq_analysis.anomaly.daily import root, unroot
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, Bools, before, trailing_mean, trailing_median

SEASONS = {"day": 14, "week": 8}  # earlier ones that are looked at
FEWEST = 3  # of them at least
LEVEL = 3  # seasons (days) whose median error moves the level
KNOWN_FROM = 28  # days: before weekends have come a few times, the other detectors judge alone
SHORT = 36  # values of the moving median that the time of the day must beat
DAYS = 14  # over which errors are averaged
COUNTS = 0.45  # least spread of a count's root: about that of Poisson counts
BETTER = 0.75  # its errors are at most so many times those without it
CLEAN = 4.0  # spreads beyond which a value teaches nothing
DAYS_BACK, RANK = 60, 3  # days of which the third worst is the farthest that may be,
LEAST = 3.0  # spreads at least
ALONE = 1.4  # no second kind confirms it: it must be so many times farther than ever before


@dataclass(frozen=True)
class Adjusted:
    """Series without what is usual at the time.

    Attributes:
        seasonal: rows at which the time of the day or week told the value best until then.
        expected: usual value at the row.
        z: distance from it in usual spreads, NaN where it is not known.
        strength: how far the row exceeds what was the farthest from usual before; 1 = as far as may be, 0 where not seasonal.
    """

    seasonal: Bools
    expected: Array
    z: Array
    strength: Array

    def cleaned(self, histories: Histories) -> Histories:
        """The distances as series of their own; what is far from usual moves them no further."""
        z = np.where(np.isnan(histories.y), np.nan, np.nan_to_num(np.clip(self.z, -CLEAN, CLEAN)))
        return Histories(histories.ids, z, histories.number, histories.minutes, ())


def adjust(histories: Histories) -> Adjusted:
    """Every row against the medians of the same time of earlier days and weeks, on the square-root scale."""
    x = root(histories.y)
    width = DAYS * (season_size(histories, "day") or 288)
    without = (before(trailing_median(x, SHORT), 1), before(x, 1), usual_root(histories))
    whole = whole_so_far(histories.y)
    expected, z, strength = (np.full_like(x, np.nan) for _ in range(3))
    error, seasonal = np.full_like(x, np.inf), np.zeros(x.shape, dtype=bool)
    for season, count in SEASONS.items():
        size = season_size(histories, season)
        if size < 2 or histories.length <= size:
            continue
        usual, scale = _usual(histories, x, size, count)
        spread = np.maximum(scale, np.where(whole, COUNTS, 1e-3 * (1e-3 + np.abs(usual))))
        apart = (x - usual) / spread
        clean = np.abs(apart) <= CLEAN  # an outage, and the value after it, say nothing about which tells the usual day better
        clean[:, 1:] &= clean[:, :-1]
        own, *plain = (_error(np.where(clean, x - expectation, np.nan), width) for expectation in (usual, *without))
        nearer = (own < error) & ~np.isnan(apart)
        error = np.where(nearer, own, error)
        far = np.abs(apart) / (ALONE * _farthest(histories, np.abs(apart)))
        for chosen, part in (
            (expected, unroot(usual)),
            (z, apart),
            (strength, far),
            (seasonal, own < BETTER * np.fmin.reduce(plain)),
        ):
            chosen[nearer] = part[nearer]
    seasonal &= histories.number - histories.number[:, :1] >= KNOWN_FROM * (season_size(histories, "day") or 288)
    return Adjusted(seasonal, np.where(seasonal, expected, np.nan), z, np.where(seasonal, np.nan_to_num(strength), 0.0))


def _farthest(histories: Histories, apart: Array) -> Array:
    """The third largest of the daily maxima until yesterday: two bad days do not hide the next, nor a bad day its own end."""
    row, column = np.nonzero(~np.isnan(apart))
    day = histories.number[row, column] // (season_size(histories, "day") or 288)
    day = day - day.min(initial=0)
    largest = np.full((histories.n, int(day.max(initial=0)) + 1), np.nan)
    np.fmax.at(largest, (row, day), apart[row, column])
    farthest = np.full_like(largest, np.nan)
    for now in range(1, largest.shape[1]):
        past = -np.sort(-np.nan_to_num(largest[:, max(now - DAYS_BACK, 0) : now]), axis=1)
        farthest[:, now] = past[:, min(RANK, past.shape[1]) - 1]
    result = np.full_like(apart, np.nan)
    result[row, column] = farthest[row, day]
    return np.where(result > 0, np.maximum(result, LEAST), np.nan)


def usual_root(histories: Histories) -> Array:
    """Median of the roots of everything before."""
    return histories.once("usual root", lambda: past_median(root(histories.y)))


def whole_so_far(y: Array) -> Bools:
    """Whether a series was a count until each row."""
    return np.asarray(np.logical_and.accumulate((y % 1 == 0) & (y >= 0), axis=1))


def _error(apart: Array, width: int) -> Array:
    """Mean of the last absolute errors before the row."""
    return before(trailing_mean(np.abs(apart), width, FEWEST), 1)


def _usual(histories: Histories, x: Array, size: int, count: int) -> tuple[Array, Array]:
    """Median of the same slot in the last seasons, moved by the last seasons' level, and the spread of the errors there."""
    row, column = np.nonzero(~np.isnan(x))
    season, slot = np.divmod(histories.number[row, column], size)
    first = np.full(histories.n, np.iinfo("int64").max)
    np.minimum.at(first, row, season)
    season = season - first[row]
    seen = np.full((histories.n, int(season.max(initial=0)) + 1, size), np.nan)
    seen[row, season, slot] = x[row, column]
    usual, scale = np.full_like(seen, np.nan), np.full_like(seen, np.nan)
    error, level = np.full_like(seen, np.nan), np.full(seen.shape[:2], np.nan)
    pooled = np.full(seen.shape[:2], np.nan)
    for now in range(1, seen.shape[1]):
        past = slice(max(now - count, 0), now)
        expected = _median(seen[:, past], FEWEST)
        moved = np.nan_to_num(_median(level[:, max(now - LEVEL, 0) : now], LEVEL))
        usual[:, now] = expected + moved[:, None]
        level[:, now] = _median(seen[:, now] - expected, size // 4 or 1)
        error[:, now] = np.abs(seen[:, now] - usual[:, now])
        pooled[:, now] = 1.4826 * _median(error[:, now], size // 4 or 1)
        every = _median(pooled[:, past], 1)[:, None]
        own = 1.25 * _mean(np.minimum(error[:, past], 3 * every[:, None]))
        scale[:, now] = np.sqrt((every**2 + np.where(np.isnan(own), every, own) ** 2) / 2)
    result = np.full((2, *x.shape), np.nan)
    result[0, row, column], result[1, row, column] = usual[row, season, slot], scale[row, season, slot]
    return result[0], result[1]


def _mean(values: Array) -> Array:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))


def _median(values: Array, fewest: int) -> Array:
    """Median along the second axis of what is known; NaN where that is too little."""
    if not values.shape[1]:
        return np.full((values.shape[0], *values.shape[2:]), np.nan)
    count = (~np.isnan(values)).sum(axis=1, keepdims=True)
    ordered = np.sort(values, axis=1)  # NaN come last
    low, high = (np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2)
    low, high = np.minimum(low, values.shape[1] - 1), np.minimum(np.maximum(high, low), values.shape[1] - 1)
    middle = (np.take_along_axis(ordered, low, axis=1) + np.take_along_axis(ordered, high, axis=1)) / 2
    return np.asarray(np.where(count >= fewest, middle, np.nan).squeeze(axis=1))
