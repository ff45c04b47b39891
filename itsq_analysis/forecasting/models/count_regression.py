"""Count regression of many series at once: quasi-Poisson with a log link, by iteratively reweighted least squares.

A little ridge and forgetting as in the regression on the square-root scale; values further than some typical errors from what is
fitted count as one of that size, so that a burst does not bend the fit. A count whose variance is `d` times its mean has its median
below its mean: by Wilson and Hilferty's approximation at (1 - d / 9 mean) ** 3 of it.
"""

from __future__ import annotations

import numpy as np

from itsq_analysis.forecasting.models.design import Products
from itsq_analysis.forecasting.panel import Array

FURTHEST = 5.0  # log of how far above or below its mean a series may be fitted
CUT = 6.0  # typical (Pearson) errors beyond which a value is cut
CHUNK = 5_000_000  # cells of a block
ROUNDS, ROUNDS_ON = 6, 3  # of reweighting: from the mean, and from an earlier fit


def fit_counts(
    y: Array, design: Array, forget: Array, ridge: Array, begin: Array | None = None, turn: Array | None = None
) -> tuple[Array, Array]:
    """Coefficients on the log scale (series × columns, the first for the constant) and dispersion, one per series.

    Args:
        y: series × time, never negative; NaN = not known.
        design: time × columns; the first is the constant.
        forget: weight of each time.
        ridge: columns × 2: what is added to the information, as a share of all weights, and as so many values.
        begin: coefficients to start from; None starts from the mean.
        turn: series × columns × columns: a series' own design is `design @ turn`; None: it is the design.
    """
    products = Products(design)
    count = max(CHUNK // max(len(design), 1), 1)
    parts = []
    for start in range(0, len(y), count):
        rows = slice(start, start + count)
        own = np.broadcast_to(np.eye(design.shape[1]), (len(y[rows]), *ridge.shape[:1] * 2)) if turn is None else turn[rows]
        parts.append(_fit(y[rows], design, products, forget, ridge, None if begin is None else begin[rows], own))
    return np.concatenate([fitted for fitted, _ in parts]), np.concatenate([dispersion for _, dispersion in parts])


def _fit(
    y: Array, design: Array, products: Products, forget: Array, ridge: Array, begin: Array | None, turn: Array
) -> tuple[Array, Array]:
    width = design.shape[1]
    weight = ~np.isnan(y) * forget
    mass = np.maximum(weight.sum(axis=1), 1e-12)
    mean = np.maximum((np.nan_to_num(y) * weight).sum(axis=1) / mass, 1e-9)
    values = np.nan_to_num(y) / mean[:, None]
    fitted = np.zeros((len(y), width)) if begin is None else begin.copy()
    fitted[:, 0] -= 0.0 if begin is None else np.log(mean)
    extra = np.eye(width) * (ridge[:, 0] * mass[:, None] + ridge[:, 1])[:, None, :]
    for _ in range(ROUNDS if begin is None else ROUNDS_ON):
        expected = _expected(fitted, turn, design)
        root = np.sqrt(expected)
        rest = (values - expected) / root
        size = CUT * (np.abs(rest) * weight).sum(axis=1) / mass
        rest = np.clip(rest, -size[:, None], size[:, None]) * root
        left = turned(products.weighted(weight * expected), turn) + extra
        right = np.einsum("nij,ni->nj", turn, (weight * rest) @ design) - np.einsum("nij,nj->ni", extra, fitted)
        fitted = fitted + np.clip(np.linalg.solve(left, right[..., None])[..., 0], -2.0, 2.0)
    expected = _expected(fitted, turn, design)
    dispersion = mean * (weight * (values - expected) ** 2 / expected).sum(axis=1) / mass
    fitted[:, 0] += np.log(mean)
    return fitted, dispersion


def _expected(fitted: Array, turn: Array, design: Array) -> Array:
    """What is fitted, over the mean, series × time."""
    return np.asarray(np.exp(np.clip(np.einsum("nij,nj->ni", turn, fitted) @ design.T, -FURTHEST, FURTHEST)))


def turned(information: Array, turn: Array) -> Array:
    """Information about the columns of a design as that about the columns of each series' own."""
    return np.asarray(turn.transpose(0, 2, 1) @ information @ turn)


def median_of(mean: Array, dispersion: Array) -> Array:
    """Medians of counts with these means (series × step) and dispersions (variance over mean)."""
    shorter = np.maximum(1.0 - dispersion[:, None] / (9.0 * np.maximum(mean, 1e-9)), 0.0) ** 3
    return np.asarray(mean * shorter)
