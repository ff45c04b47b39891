"""Exact chances of counts: binomial, Poisson, hypergeometric, and Fisher's exact test.

From scipy.special, because a warm page must not pay the half second that importing scipy.stats takes; tests compare them with it.
Even that is imported at the first use only: importing a page imports no scipy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def binomial(most: ArrayLike, n: ArrayLike, share: ArrayLike) -> Any:
    """The chance of at most so many (whole) of `n` cases, each of which counts with the probability `share`.

    >>> binomial([-1, 3, 10], 10, 0.3).round(4).tolist()
    [0.0, 0.6496, 1.0]
    """
    from scipy.special import bdtr

    count, size = np.asarray(most, dtype=float), np.asarray(n).astype(np.int64)
    return np.where(count < 0, 0.0, bdtr(np.clip(count, 0, size), size, share))


def binomial_quantile(probability: float, n: ArrayLike, share: float) -> NDArray[np.int64]:
    """The smallest k with P(X ≤ k) ≥ probability, X binomial; 0 where n is 0.

    >>> binomial_quantile(0.025, [10, 1000], 0.5).tolist()
    [2, 469]
    """
    from scipy.special import bdtr, bdtrik

    size = np.asarray(n).astype(np.int64)
    drawn = np.maximum(size, 1)
    near = np.maximum(np.ceil(bdtrik(probability, drawn, share)), 0)
    below = np.maximum(near - 1, 0)
    quantile = np.nan_to_num(np.where(bdtr(below, drawn, share) >= probability, below, near))
    return np.where(share >= 1, size, np.where(size > 0, quantile, 0)).astype(np.int64)  # at 1 `bdtrik` knows none


def poisson(most: ArrayLike, mean: ArrayLike) -> Any:
    """The chance of at most so many (whole) events where `mean` are expected.

    >>> poisson([-1, 3], 2.0).round(4).tolist()
    [0.0, 0.8571]
    """
    from scipy.special import pdtr

    count = np.asarray(most, dtype=float)
    return np.where(count < 0, 0.0, pdtr(np.maximum(count, 0), mean))


def hypergeometric(population: float, hits: float, drawn: float) -> tuple[Floats, Floats]:
    """Every possible number of hits among those drawn, ascending, with the chance of each; all are whole numbers.

    >>> counts, chances = hypergeometric(10, 4, 3)
    >>> counts.tolist(), chances.round(4).tolist()
    ([0.0, 1.0, 2.0, 3.0], [0.1667, 0.5, 0.3, 0.0333])
    """
    counts = np.arange(max(0.0, drawn + hits - population), min(hits, drawn) + 1)
    ways = _ways(hits, counts) + _ways(population - hits, drawn - counts) - _ways(population, np.float64(drawn))
    return counts, np.exp(ways)


def _ways(n: float, k: Any) -> Any:
    """Logarithm of the ways to choose k of n."""
    from scipy.special import gammaln

    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def fisher(hits: float, n: float, other_hits: float, other_n: float) -> float:
    """Two-sided chance of two shares as far apart as these, given all hits: the tables that are no likelier (Fisher's exact test).

    >>> round(fisher(8, 10, 1, 6), 4)
    0.035
    """
    counts, chances = hypergeometric(n + other_n, hits + other_hits, n)
    own = chances[int(hits - counts[0])]
    return float(min(1.0, chances[chances <= own * (1 + 1e-7)].sum()))  # rounding must not leave out a table as likely
