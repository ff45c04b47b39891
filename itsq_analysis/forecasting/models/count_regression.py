"""Count regression of many series at once: quasi-Poisson with a log link, by iteratively reweighted least squares.

A little ridge and forgetting as in the regression on the square-root scale; values further than some typical errors from what is
told count as one of that size, so that a burst does not bend the fit. A count whose variance is `d` times its mean has its median
below its mean: by Wilson and Hilferty's approximation at (1 - d / 9 mean) ** 3 of it.
"""

from __future__ import annotations

import numpy as np

from itsq_analysis.forecasting.panel import Array

FURTHEST = 5.0  # log of how far above or below its mean a series may be told
CUT = 6.0  # typical (Pearson) errors beyond which a value is cut
CHUNK = 5_000_000  # cells of a block
ROUNDS, ROUNDS_ON = 6, 3  # of reweighting: from the mean, and from an earlier fit


def fit_counts(y: Array, design: Array, forget: Array, ridge: Array, begin: Array | None = None) -> tuple[Array, Array]:
    """Coefficients on the log scale (series × columns, the first for the constant) and dispersion, one per series.

    Args:
        y: series × time, never negative; NaN = not known.
        design: time × columns; the first is the constant.
        forget: weight of each time.
        ridge: columns × 2: what is added to the information, as a share of all weights, and as so many values.
        begin: coefficients to start from; None starts from the mean.
    """
    length, width = design.shape
    products = (design[:, :, None] * design[:, None, :]).reshape(length, width * width)
    count = max(CHUNK // max(length, 1), 1)
    parts = [
        _fit(y[start : start + count], design, products, forget, ridge, None if begin is None else begin[start : start + count])
        for start in range(0, len(y), count)
    ]
    return np.concatenate([found for found, _ in parts]), np.concatenate([dispersion for _, dispersion in parts])


def _fit(y: Array, design: Array, products: Array, forget: Array, ridge: Array, begin: Array | None) -> tuple[Array, Array]:
    width = design.shape[1]
    weight = ~np.isnan(y) * forget
    mass = np.maximum(weight.sum(axis=1), 1e-12)
    mean = np.maximum((np.nan_to_num(y) * weight).sum(axis=1) / mass, 1e-9)
    values = np.nan_to_num(y) / mean[:, None]
    found = np.zeros((len(y), width)) if begin is None else begin.copy()
    found[:, 0] -= 0.0 if begin is None else np.log(mean)
    extra = np.eye(width) * (ridge[:, 0] * mass[:, None] + ridge[:, 1])[:, None, :]
    for _ in range(ROUNDS if begin is None else ROUNDS_ON):
        told = np.exp(np.clip(found @ design.T, -FURTHEST, FURTHEST))
        root = np.sqrt(told)
        rest = (values - told) / root
        size = CUT * (np.abs(rest) * weight).sum(axis=1) / mass
        rest = np.clip(rest, -size[:, None], size[:, None]) * root
        left = ((weight * told) @ products).reshape(-1, width, width) + extra
        right = (weight * rest) @ design - np.einsum("nij,nj->ni", extra, found)
        found = found + np.clip(np.linalg.solve(left, right[..., None])[..., 0], -2.0, 2.0)
    told = np.exp(np.clip(found @ design.T, -FURTHEST, FURTHEST))
    dispersion = mean * (weight * (values - told) ** 2 / told).sum(axis=1) / mass
    found[:, 0] += np.log(mean)
    return found, dispersion


def told_mean(coefficients: Array, design: Array) -> Array:
    """Means, series × time."""
    return np.asarray(np.exp(np.clip(coefficients @ design.T, -30.0, 30.0)))


def median_of(mean: Array, dispersion: Array) -> Array:
    """Medians of counts with these means (series × step) and dispersions (variance over mean)."""
    shorter = np.maximum(1.0 - dispersion[:, None] / (9.0 * np.maximum(mean, 1e-9)), 0.0) ** 3
    return np.asarray(mean * shorter)
