"""The peers: a straight line as Prometheus' `predict_linear` draws it, alone and with the regression's quantiles; Holt-Winters."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from statsmodels.tsa.holtwinters import ExponentialSmoothing

Array = NDArray[np.float64]


def straight_line(y: Array, limit: float, horizon: int, window: int, *, quantiles: bool) -> Array:
    """Probability of having reached the limit by each coming step, from least squares over the last steps.

    Without quantiles it is 0 before the line reaches the limit and 1 from there. With them, a step's probability is that of the
    regression's prediction interval (Student's t), and what was once reached stays reached.
    """
    part = y[-window:]
    place = np.arange(len(part)) - len(part) + 1.0
    known = ~np.isnan(part)
    x, v = place[known], part[known]
    n, middle = len(x), x.mean()
    spread = float(((x - middle) ** 2).sum())
    slope = float(((x - middle) * (v - v.mean())).sum()) / max(spread, 1e-12)
    ahead = np.arange(1.0, horizon + 1)
    line = v.mean() + slope * (ahead - middle)
    if not quantiles:
        return np.maximum.accumulate((line >= limit).astype(float))
    rest = v - v.mean() - slope * (x - middle)
    size = np.sqrt(float((rest**2).sum()) / max(n - 2, 1) * (1 + 1 / n + (ahead - middle) ** 2 / max(spread, 1e-12))) + 1e-9
    return np.asarray(np.maximum.accumulate(stdtr(max(n - 2, 1), (line - limit) / size)))


def holt_winters(y: Array, limit: float, horizon: int, season: int, *, damped: bool, paths: int = 500, seed: int = 0) -> Array:
    """The same from simulated paths of statsmodels' additive Holt-Winters; missing values are filled by straight lines."""
    known = np.flatnonzero(~np.isnan(y))
    filled = np.interp(np.arange(known[0], len(y)), known, y[known])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(
            filled, trend="add", damped_trend=damped, seasonal="add", seasonal_periods=season, initialization_method="estimated"
        )
        fitted = model.fit()
        drawn = fitted.simulate(horizon, repetitions=paths, error="add", random_state=seed)
    beyond = np.asarray(drawn).reshape(horizon, paths) >= limit
    return np.asarray(np.maximum.accumulate(beyond, axis=0).mean(axis=1))
