"""Possible futures of a forecast: paths, not a mean, so that what follows from them is a distribution.

A forecast's intervals say how far each day may be off, not whether a bad day is followed by bad ones. How much the errors of one
forecast go together is read from a backtest: a share of their variance is common to all days of a forecast (a level that is
wrong), the rest is each day's own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.errors import ForecastError

Array = NDArray[np.float64]
FEWEST = 6  # forecasts of a backtest from which `together` can be read
USUAL = 0.3  # taken where there are fewer: the larger one of two daily sets of bench/RESULTS.md (0.06, 0.30), the prudent choice


def paths(forecast: pd.DataFrame, count: int, *, together: float = USUAL, seed: int = 0) -> Array:
    """Draw possible futures of one series.

    Args:
        forecast: the rows of one series as `forecast` gives them, with at least one interval; more levels draw a better picture.
        count: number of paths.
        together: share of the variance that is common to all steps, 0 to 1 (see `errors_together`).
        seed: the same seed gives the same paths.

    Returns:
        Paths × steps; the mean of each step is the forecast's mean; never below zero where the forecast's lowest limit is not.

    Raises:
        ForecastError: no interval, or several series.

    >>> rows = pd.DataFrame({"unique_id": "a", "ds": [1, 2], "mean": 10.0, "median": 10.0, "lo-80": 8.0, "hi-80": 12.0})
    >>> drawn = paths(rows, 1000)
    >>> drawn.shape, drawn.mean(axis=0).round(6).tolist(), bool(((drawn > 12).mean(axis=0) - 0.1 < 0.03).all())
    ((1000, 2), [10.0, 10.0], True)
    """
    if forecast["unique_id"].nunique() != 1:
        raise ForecastError(
            f"paths are drawn of one series; found {forecast['unique_id'].nunique()}; take the rows of one unique_id"
        )
    scores, quantiles = _quantile_lines(forecast)
    random = np.random.default_rng(seed)
    steps = len(forecast)
    own, common = random.standard_normal((count, steps)), random.standard_normal((count, 1))
    drawn = np.sqrt(together) * common + np.sqrt(1 - together) * own
    values = np.stack([_line(drawn[:, step], scores, quantiles[:, step]) for step in range(steps)], axis=1)
    if quantiles.min() >= 0:
        values = np.maximum(values, 0.0)
    drawn_mean = values.mean(axis=0)
    mean = forecast["mean"].to_numpy(dtype=float)
    usable = (drawn_mean > 0) & (mean > 0)
    scaled = values * np.where(usable, mean / np.where(usable, drawn_mean, 1.0), 1.0)
    return np.asarray(scaled if quantiles.min() >= 0 else values + mean - drawn_mean)


def errors_together(backtest: pd.DataFrame) -> float:
    """The share of the errors' variance that is common to all steps of a forecast, from one series' backtest.

    Args:
        backtest: the rows of one series as `backtest` gives them.

    Returns:
        0 to 0.95; `USUAL` where there are fewer than six forecasts of at least two steps.

    >>> errors_together(pd.DataFrame({"unique_id": [], "cutoff": [], "y": []}))
    0.3
    """
    known = backtest.dropna(subset=["y"]) if len(backtest) else backtest
    sizes = known.groupby("cutoff").size() if len(known) else pd.Series(dtype=int)
    chosen = known[known["cutoff"].isin(sizes[sizes >= 2].index)] if len(known) else known
    if len(chosen) == 0 or chosen["cutoff"].nunique() < FEWEST:
        return USUAL
    levels, quantiles = _quantile_lines(chosen)
    spread = np.maximum(quantiles[-1] - quantiles[0], 1e-9) / (levels[-1] - levels[0])
    middle = chosen["median"].to_numpy(dtype=float)
    scores = pd.Series((chosen["y"].to_numpy(dtype=float) - middle) / spread, index=chosen.index)
    groups = scores.groupby(chosen["cutoff"])
    within, size = float(groups.var(ddof=1).mean()), float(groups.size().mean())
    between = max(0.0, float(groups.mean().var(ddof=1)) - within / size)
    return float(np.clip(between / max(between + within, 1e-12), 0.0, 0.95))


def _quantile_lines(forecast: pd.DataFrame) -> tuple[Array, Array]:
    """Normal scores, ascending, and the quantile of every row at each of them."""
    from scipy.special import ndtri

    levels = sorted(float(name[3:]) for name in forecast.columns if str(name).startswith("lo-"))
    if not levels:
        raise ForecastError("paths need at least one interval; found none; forecast with levels=(50, 80, 95)")
    names = [*(f"lo-{level:g}" for level in levels[::-1]), "median", *(f"hi-{level:g}" for level in levels)]
    tails = [(100 - level) / 200 for level in levels]
    scores = ndtri(np.array([*tails[::-1], 0.5, *(1 - tail for tail in tails)]))
    return scores, np.stack([forecast[name].to_numpy(dtype=float) for name in names])


def _line(drawn: Array, scores: Array, quantiles: Array) -> Array:
    """Quantiles at drawn scores: straight lines between the known ones, the outermost ones continued."""
    values = np.interp(drawn, scores, quantiles)
    for end, inner, outside in ((0, 1, drawn < scores[0]), (-1, -2, drawn > scores[-1])):
        slope = (quantiles[end] - quantiles[inner]) / (scores[end] - scores[inner])
        values = np.where(outside, quantiles[end] + slope * (drawn - scores[end]), values)
    return np.asarray(values)
