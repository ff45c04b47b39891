"""Level and growth of many series under every setting of a grid, by a Kalman filter (local linear trend, damped or not).

A setting says how much the level and the growth wander beside the noise, or that the use comes back to its trend after a while
(noise that depends on the day before). Every setting is run over the history; how well it foresaw the next steps is its weight, and
each simulated path draws its setting by these weights. So a path may come from "the growth of the whole history holds" or from
"only the last weeks count", as far as the history leaves it open: the uncertainty of the drift is in the paths. The filter's own
uncertainty of level and growth goes on into the future (a short history is less sure), and missing steps widen it.

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
RETURNS = (0.7, 0.9, 0.97)  # share of a departure from the trend that is left a step later
CALM = (0.0, 1e-6, 1e-5, 1e-4)  # the growth's moves where the use returns to its trend
DIFFUSE = 1e6
BURN_IN = 10  # first known steps that are not judged
TRUST = 0.12  # share of the likelihood that is believed: neighbouring errors are not independent

# variance of the level's moves, of the growth's moves, damping, return, variance of what returns, variance of the white noise
GRID = np.array(
    [(q, s * (1 + q), phi, 0.0, 0.0, 1.0) for q in LEVELS for s in SLOPES for phi in DAMPING]
    + [(0.0, s / (1 - rho**2), phi, rho, 1.0, 0.0) for rho in RETURNS for s in CALM for phi in DAMPING]
)
_Q, _S, PHI, RHO, _W, _R = (GRID[:, column][None, :] for column in range(6))


@dataclass
class Doubt:
    """How unsure level, growth and departure are: variances and covariances, series × settings, in those of the noise."""

    ll: Array
    lb: Array
    bb: Array
    lc: Array
    bc: Array
    cc: Array

    def forward(self) -> Doubt:
        """One step on: level' = level + damped growth, growth' = damped growth, departure' = what is left of it."""
        return Doubt(
            self.ll + 2 * PHI * self.lb + PHI**2 * self.bb + _Q,
            PHI * self.lb + PHI**2 * self.bb,
            PHI**2 * self.bb + _S,
            RHO * (self.lc + PHI * self.bc),
            RHO * PHI * self.bc,
            RHO**2 * self.cc + _W,
        )

    def gains(self) -> tuple[Array, Array, Array, Array]:
        """What of an error goes into level, growth and departure, and the error's variance."""
        into_level, into_slope, into_rest = self.ll + self.lc, self.lb + self.bc, self.lc + self.cc
        size = into_level + into_rest + _R
        return into_level / size, into_slope / size, into_rest / size, size

    def learn(self, gains: tuple[Array, Array, Array, Array], here: Array) -> Doubt:
        """After a value is seen; `here` is 0 where none is."""
        level, slope, rest, size = gains
        size = size * here
        return Doubt(
            self.ll - level * level * size,
            self.lb - level * slope * size,
            self.bb - slope * slope * size,
            self.lc - level * rest * size,
            self.bc - slope * rest * size,
            self.cc - rest * rest * size,
        )


@dataclass
class Trends:
    """The states at the end of the history, series × settings, in units of `scale`.

    Attributes:
        scale: of each series.
        level, slope, rest: of each setting; rest is the departure that returns.
        doubt: how unsure they are.
        sigma: size of the noise under each setting.
        weight: of each setting, adding up to 1 for a series.
        errors: standardised errors of the next step, series × steps × settings; NaN where not known or in the burn-in.
    """

    scale: Array
    level: Array
    slope: Array
    rest: Array
    doubt: Doubt
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
    level, slope, rest = np.repeat(start[:, None], len(GRID), axis=1), np.zeros(shape), np.zeros(shape)
    none, wide = np.zeros(shape), np.full(shape, DIFFUSE)
    doubt = Doubt(wide, none, wide, none, none, np.broadcast_to(_W / (1 - RHO**2), shape))
    errors = np.full((y.shape[1], *shape), np.nan)
    logs, squares, count = np.zeros(shape), np.zeros(shape), np.zeros((len(y), 1))
    seen, unbegun = np.zeros(len(y)), doubt
    for t in range(y.shape[1]):
        if (t <= first).any():  # a series begins with its first value, however far others go back
            doubt = Doubt(
                *(np.where((t <= first)[:, None], a, b) for a, b in zip(vars(unbegun).values(), vars(doubt).values(), strict=True))
            )
        doubt, slope, rest = doubt.forward(), PHI * slope, RHO * rest
        level = level + slope
        here = known[:, t]
        seen += here
        if not here.any():
            continue
        gains, there = doubt.gains(), here[:, None].astype(float)
        error = (np.nan_to_num(y[:, t])[:, None] - level - rest) * there
        level, slope, rest = level + gains[0] * error, slope + gains[1] * error, rest + gains[2] * error
        doubt = doubt.learn(gains, there)
        judged = here & (seen > BURN_IN)
        if judged.any():
            z = error / np.sqrt(gains[3])
            errors[t][judged] = z[judged]
            logs += np.where(judged[:, None], np.log(gains[3]), 0.0)
            squares += np.where(judged[:, None], z**2, 0.0)
            count += judged[:, None]
    sigma = np.sqrt((squares + 1e-18) / np.maximum(count, 1.0))
    weight = _weights(logs, sigma, count)
    return Trends(scale, level, slope, rest, doubt, sigma, weight, np.swapaxes(errors, 0, 1))


def future_gains(trends: Trends, horizon: int) -> Array:
    """Of each coming step: what of an error goes into level, growth and departure, and the error's size in that of the noise.

    Returns:
        4 × steps × series × settings.
    """
    doubt = trends.doubt
    quantiles = np.empty((4, horizon, *trends.level.shape))
    for step in range(horizon):
        doubt = doubt.forward()
        gains = doubt.gains()
        quantiles[:3, step], quantiles[3, step] = gains[:3], np.sqrt(gains[3])
        doubt = doubt.learn(gains, np.ones((1, 1)))
    return quantiles


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
