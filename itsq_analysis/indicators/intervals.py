"""95 % confidence intervals, one method per kind of number; all take arrays and return (lower, upper).

A limit that cannot be given is NaN. Methods and sources:

- share: Wilson (1927), JASA 22:209-212.
- mean: Student's t.
- quotient of two sums of the same rows: the ratio estimator with linearised variance (Cochran, Sampling Techniques, 3rd ed.,
  section 6.4), Student's t.
- quantile: two order statistics with binomial ranks, no assumption on the distribution (Conover, Practical Nonparametric
  Statistics, 3rd ed., section 3.2).
- count: the exact Poisson interval (Garwood 1936, Biometrika 28:437-442).
- sum of weights of randomly occurring events: gamma interval of Fay & Feuer (1997), Statistics in Medicine 16:791-801.
- difference of two independent numbers: from their own limits, MOVER (Zou & Donner 2008), Statistics in Medicine 27:1693-1702.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri, stdtrit

from itsq_analysis.process.exact import binomial_quantile

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2

Floats = NDArray[np.float64]
Limits = tuple[Floats, Floats]


def wilson(successes: ArrayLike, n: ArrayLike) -> Limits:
    """Limits of a share, 0 to 1; NaN where n is 0.

    >>> lower, upper = wilson([1551], [1700])
    >>> (round(float(lower[0]), 3), round(float(upper[0]), 3))
    (0.898, 0.925)
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    z = ndtri(1 - TAIL)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Rounding must not move a limit off its bound.
    lower = np.where(k == 0, 0.0, centre - half)
    upper = np.where(k == n, 1.0, centre + half)
    return np.where(n > 0, lower, np.nan), np.where(n > 0, upper, np.nan)


def student(n: ArrayLike, total: ArrayLike, squares: ArrayLike) -> Limits:
    """Limits of a mean, from count, sum and sum of squares; NaN where n < 2.

    With very skewed values (durations) the interval is only right for large n; the median's has no such weakness.

    >>> lower, upper = student([4], [20.0], [120.0])
    >>> (round(float(lower[0]), 3), round(float(upper[0]), 3))
    (0.891, 9.109)
    """
    n, total, squares = (np.asarray(part, dtype=float) for part in (n, total, squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(n * squares - total**2, 0) / (n * (n - 1))
        half = np.where(n >= 2, stdtrit(np.maximum(n - 1, 1), 1 - TAIL) * np.sqrt(variance / n), np.nan)
        return total / n - half, total / n + half


def quotient(n: ArrayLike, tops: ArrayLike, bottoms: ArrayLike, squares: tuple[ArrayLike, ArrayLike, ArrayLike]) -> Limits:
    """Limits of Σy / Σx from the number of rows, both sums, and (Σy², Σx², Σxy); NaN where n < 2 or Σx is 0.

    What varies is how far each row's y lies from its share of x. A quotient that is not negative has no negative limit.

    >>> lower, upper = quotient([3], [6.0], [12.0], ([14.0], [50.0], [26.0]))  # y = 1, 2, 3 of x = 3, 4, 5
    >>> (round(float(lower[0]), 3), round(float(upper[0]), 3))
    (0.189, 0.811)
    """
    n, y, x, yy, xx, xy = (np.asarray(part, dtype=float) for part in (n, tops, bottoms, *squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = y / x
        rest = np.maximum(yy - 2 * value * xy + value**2 * xx, 0)
        half = np.where(n >= 2, stdtrit(np.maximum(n - 1, 1), 1 - TAIL) * np.sqrt(n * rest / (n - 1)) / x, np.nan)
        lower = np.where(value >= 0, np.maximum(value - half, 0), value - half)
        return np.where(x > 0, lower, np.nan), np.where(x > 0, value + half, np.nan)


def order_ranks(n: ArrayLike, q: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranks (from 1) of the two order statistics that enclose the q-quantile of n values; 0 where there is none.

    The quantile lies below the lower one with a probability of at most 2.5 %, and likewise above the upper one, whatever the
    distribution.

    >>> lower, upper = order_ranks([5, 10, 100], 0.5)
    >>> (lower.tolist(), upper.tolist())
    ([0, 2, 40], [0, 9, 61])
    """
    sizes, places = np.unique(np.asarray(n, dtype=np.int64), return_inverse=True)
    lower, upper = binomial_quantile(TAIL, sizes, q), binomial_quantile(1 - TAIL, sizes, q) + 1
    upper = np.where(upper > sizes, 0, upper)
    shape = np.shape(n)
    return lower[places].reshape(shape), upper[places].reshape(shape)


def poisson(count: ArrayLike) -> Limits:
    """Exact limits of the expected number of independent events of which `count` were seen.

    >>> lower, upper = poisson([0, 4])
    >>> (lower.round(2).tolist(), upper.round(2).tolist())
    ([0.0, 1.09], [3.69, 10.24])
    """
    seen = np.asarray(count, dtype=float)
    lower = np.where(seen > 0, gammaincinv(np.maximum(seen, 1), TAIL), 0.0)
    return np.where(np.isnan(seen), np.nan, lower), gammaincinv(seen + 1, 1 - TAIL)


def gamma(total: ArrayLike, squares: ArrayLike, largest: ArrayLike) -> Limits:
    """Limits of the expected sum of weights of Poisson events, from sum, sum of squares and greatest weight.

    With equal weights it is the exact Poisson interval. A sum of 0 has the lower limit 0 and no upper one (the weight of an
    event is not known).

    >>> lower, upper = gamma([8.0], [16.0], [2.0])
    >>> (lower.round(2).tolist(), upper.round(2).tolist())
    ([2.18], [20.48])
    """
    y, v, w = (np.asarray(part, dtype=float) for part in (total, squares, largest))
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = _gamma_quantile(TAIL, y, v)
        upper = _gamma_quantile(1 - TAIL, y + w, v + w**2)
    return np.where(y == 0, 0.0, lower), np.where(y == 0, np.nan, upper)


def _gamma_quantile(probability: float, mean: Floats, variance: Floats) -> Floats:
    limit: Floats = gammaincinv(mean**2 / variance, probability) * variance / mean
    return limit


def difference(first: ArrayLike, first_limits: Limits, second: ArrayLike, second_limits: Limits) -> Limits:
    """Limits of first − second, two independent numbers, from the limits of each.

    >>> lower, upper = difference([10], poisson([10]), [10], poisson([10]))
    >>> (lower.round(2).tolist(), upper.round(2).tolist())
    ([-9.87], [9.87])
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    below = np.hypot(x - first_limits[0], second_limits[1] - y)
    above = np.hypot(first_limits[1] - x, y - second_limits[0])
    return x - y - below, x - y + above
