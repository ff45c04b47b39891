"""Trailing windows over series side by side: means, spreads and medians of the last values, in the field's causal sense."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, median_filter

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def before(values: Array, steps: int) -> Array:
    """The values `steps` columns earlier; NaN where there are none.

    >>> before(np.array([[1.0, 2.0, 3.0]]), 1)
    array([[nan,  1.,  2.]])
    """
    result = np.full_like(values, np.nan)
    if steps < values.shape[1]:
        result[:, steps:] = values[:, :-steps]
    return result


def trailing_mean(values: Array, width: int, least: int = 0) -> Array:
    """Mean of the last `width` values, of fewer at the start (at least a quarter, or `least`); NaN counts as not there.

    >>> trailing_mean(np.array([[2.0, 4.0, 6.0]]), 2)
    array([[2., 3., 5.]])
    """
    known = ~np.isnan(values)
    total = _trailing_sum(np.where(known, values, 0.0), width)
    count = _trailing_sum(known.astype(float), width)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count >= (least or max(1, width // 4)), total / count, np.nan)


def trailing_spread(values: Array, width: int) -> Array:
    """Standard deviation of the last `width` values.

    >>> trailing_spread(np.array([[1.0, 3.0, 3.0]]), 2)
    array([[nan,  1.,  0.]])
    """
    origin = first_known(values)
    centred = values - origin[:, None]  # sums of squares stay small beside a large level
    mean = trailing_mean(centred, width)
    square = trailing_mean(centred * centred, width)
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    spread[spread < 1e-6 * np.sqrt(np.maximum(square, 0.0))] = 0.0  # what rounding leaves
    spread[:, : max(1, width // 4 - 1)] = np.nan
    return spread


def trailing_median(values: Array, width: int) -> Array:
    """Median of the last `width` values; the first value stands in for those before it.

    >>> trailing_median(np.array([[1.0, 9.0, 2.0, 3.0]]), 3)
    array([[1., 1., 2., 3.]])
    """
    series, length = values.shape
    if not length:
        return values.copy()
    size = width if width % 2 else width + 1
    filled = np.where(np.isnan(values), last_known(values)[:, None], values)
    lead = np.repeat(filled[:, :1], size, axis=1)
    flat = np.concatenate([lead, filled], axis=1).ravel()
    median = median_filter(flat, size=size, origin=size // 2, mode="nearest").reshape(series, size + length)[:, size:]
    return np.where(np.isnan(values), np.nan, median)


def largest_before(strength: Array, rest: int) -> Array:
    """The largest of the `rest` rows before each row; minus infinity before the first.

    >>> largest_before(np.array([[1.0, 3.0, 2.0, 4.0]]), 2)
    array([[-inf,   1.,   3.,   3.]])
    """
    earlier = np.full_like(strength, -np.inf)
    if strength.shape[1] > 1:
        origin = (rest - 1) // 2
        earlier[:, 1:] = maximum_filter1d(strength[:, :-1], rest, axis=1, mode="constant", cval=-np.inf, origin=origin)
    return earlier


def first_known(values: Array) -> Array:
    """The first known value of each series, 0 where there is none."""
    known = ~np.isnan(values)
    if not values.shape[1]:
        return np.zeros(values.shape[0])
    return np.where(known.any(axis=1), values[np.arange(len(values)), known.argmax(axis=1)], 0.0)


def last_known(values: Array) -> Array:
    """The last known value of each series, 0 where there is none."""
    return first_known(values[:, ::-1])


def _trailing_sum(values: Array, width: int) -> Array:
    total = np.cumsum(values, axis=1)
    result = total.copy()
    if width < values.shape[1]:
        result[:, width:] -= total[:, :-width]
    return result
