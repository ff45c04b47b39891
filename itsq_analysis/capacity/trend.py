"""Level and growth of many series under every setting of a grid, by a Kalman filter (local linear trend, damped or not).

A setting says how much the level and the growth wander beside the noise. Every setting is run over the history; how well it
foresaw the next steps is its weight, and each simulated path draws its setting by these weights. So a path may come from "the
growth of the whole history holds" or from "only the last weeks count", as far as the history leaves it open: the uncertainty of
the drift is in the paths. The filter's own uncertainty of level and growth goes on into the future (a short history is less sure),
and missing steps widen it.

Source: Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, ch. 4; the innovation form of the
prediction makes simulated paths exact when they are fed back through the same gains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.capacity.history import Array

LEVELS = (0.0, 0.01, 0.1, 1.0, 30.0)  # variance of the level's own moves a step, in those of the noise
SLOPES = (0.0, 1e-6, 1e-5, 1e-4, 1e-3)  # variance of the growth's moves a step, in those of noise and level together
DAMPING = (1.0, 0.99)
GRID = np.array([(q, s * (1 + q), phi) for q in LEVELS for s in SLOPES for phi in DAMPING])
DIFFUSE = 1e6
BURN_IN = 10  # first known steps that are not judged
TRUST = 0.3  # share of the likelihood that is believed: neighbouring errors are not independent


@dataclass
class Trends:
    """The states at the end of the history, series × settings, in units of `scale`.

    Attributes:
        scale: of each series.
        level, slope: of each setting.
        p11, p12, p22: how unsure they are, in units of the noise's variance.
        sigma: size of the noise under each setting.
        weight: of each setting, adding up to 1 for a series.
        errors: standardised errors of the next step, series × steps × settings; NaN where not known or in the burn-in.
    """

    scale: Array
    level: Array
    slope: Array
    p11: Array
    p12: Array
    p22: Array
    sigma: Array
    weight: Array
    errors: Array


def fit(x: Array) -> Trends:
    """Run every setting over series × steps (spliced, season taken off; NaN = not known)."""
    scale = _scale(x)
    y = x / scale[:, None]
    known = ~np.isnan(y)
    first = np.where(known.any(axis=1), known.argmax(axis=1), 0)
    start = np.nan_to_num(y[np.arange(len(y)), first])
    shape = (len(y), len(GRID))
    q, s, phi = (GRID[:, column][None, :] for column in range(3))
    level, slope = np.repeat(start[:, None], len(GRID), axis=1), np.zeros(shape)
    p11, p12, p22 = np.full(shape, DIFFUSE), np.zeros(shape), np.full(shape, DIFFUSE)
    errors = np.full((y.shape[1], *shape), np.nan)
    logs, squares, count = np.zeros(shape), np.zeros(shape), np.zeros((len(y), 1))
    seen = np.zeros(len(y))
    for t in range(y.shape[1]):
        p11, p12, p22 = step_forward(p11, p12, p22, q, s, phi)
        slope = phi * slope
        level = level + slope
        here = known[:, t]
        seen += here
        if not here.any():
            continue
        f = p11 + 1.0
        error = np.where(here[:, None], np.nan_to_num(y[:, t])[:, None] - level, 0.0)
        gain1, gain2 = np.where(here[:, None], p11 / f, 0.0), np.where(here[:, None], p12 / f, 0.0)
        level, slope = level + gain1 * error, slope + gain2 * error
        p22 = p22 - gain2 * p12
        p12, p11 = p12 * (1 - gain1), p11 * (1 - gain1)
        judged = here & (seen > BURN_IN)
        if judged.any():
            z = error / np.sqrt(f)
            errors[t][judged] = z[judged]
            logs += np.where(judged[:, None], np.log(f), 0.0)
            squares += np.where(judged[:, None], z**2, 0.0)
            count += judged[:, None]
    sigma = np.sqrt((squares + 1e-18) / np.maximum(count, 1.0))
    return Trends(scale, level, slope, p11, p12, p22, sigma, _weights(logs, sigma, count), np.swapaxes(errors, 0, 1))


def step_forward(p11: Array, p12: Array, p22: Array, q: Array, s: Array, phi: Array) -> tuple[Array, Array, Array]:
    """How unsure level and growth are one step on: level' = level + phi × growth, growth' = phi × growth, each with its moves."""
    return p11 + 2 * phi * p12 + phi**2 * p22 + q, phi * p12 + phi**2 * p22, phi**2 * p22 + s


def gains(trends: Trends, horizon: int) -> tuple[Array, Array, Array]:
    """Of each coming step: what of an error goes into level and growth, and the error's size in that of the noise.

    Returns:
        Three arrays, steps × series × settings.
    """
    q, s, phi = (GRID[:, column][None, :] for column in range(3))
    p11, p12, p22 = trends.p11, trends.p12, trends.p22
    into_level, into_slope, size = (np.empty((horizon, *p11.shape)) for _ in range(3))
    for step in range(horizon):
        p11, p12, p22 = step_forward(p11, p12, p22, q, s, phi)
        f = p11 + 1.0
        into_level[step], into_slope[step], size[step] = p11 / f, p12 / f, np.sqrt(f)
        p22 = p22 - p12 * p12 / f
        p12, p11 = p12 / f, p11 / f
    return into_level, into_slope, size


def _scale(x: Array) -> Array:
    """A typical change from step to step; where most steps do not change, a typical distance from the middle; else 1."""
    change = np.abs(np.diff(x, axis=1))
    result = np.ones(len(x))
    for row, (one, line) in enumerate(zip(change, x, strict=True)):
        known = one[~np.isnan(one)]
        size = float(np.median(known)) if len(known) else 0.0
        if size <= 0:
            values = line[~np.isnan(line)]
            size = float(np.abs(values - np.median(values)).mean()) if len(values) else 0.0
        result[row] = size if size > 1e-12 else 1.0
    return result


def _weights(logs: Array, sigma: Array, count: Array) -> Array:
    likelihood = -0.5 * (logs + 2 * count * np.log(np.maximum(sigma, 1e-6)))
    weight = np.exp(TRUST * (likelihood - likelihood.max(axis=1, keepdims=True)))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
