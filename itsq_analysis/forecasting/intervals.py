"""Intervals from the errors of earlier origins: conformal, growing with horizon and level, pooled where a series is short."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from itsq_analysis.forecasting.combine import Combination
from itsq_analysis.forecasting.origins import actual
from itsq_analysis.forecasting.panel import Array, Panel

POWERS = (0.0, 0.5, 1.0)  # spread = (level forecast) ** power, per series: constant, Poisson-like, proportional
FEW = 1.5  # share by which intervals are wider where there was one window of one series
ENOUGH = 4.0  # windows that overlap no other, from which on their errors alone are believed
HIGHEST = 20.0  # times the usual level, up to which errors are taken to grow with it
DEGREES = 3.0  # of Student's t where there is no window at all
OWN = 40.0  # errors of its own at which a series' own quantiles count as much as those of all


def quantiles(panel: Panel, combination: Combination, horizon: int, probabilities: Sequence[float]) -> Array:
    """Quantiles that do not cross, probabilities × series × horizon.

    Args:
        panel: the series.
        combination: its first path is the forecast; the others are compared with what followed.
        horizon: steps.
        probabilities: ascending.
    """
    paths = combination.paths[1:]
    truths = np.stack([actual(panel, offset, horizon) for offset in combination.offsets[1:]]) if len(paths) else paths
    if not len(paths) or not np.isfinite(truths).any():
        return _without_backtest(panel, combination.paths[0], probabilities)
    errors = truths - paths
    spread = _spread(paths, errors, panel)
    scaled = errors / spread(paths)
    growth = _growth(scaled, horizon)
    scaled = scaled / growth
    levels = _shrunk(scaled, probabilities)
    middle = _shrunk(scaled, [0.5])
    apart = 1 + (max(combination.offsets[1:]) - min(combination.offsets[1:])) / horizon
    levels = middle + _wider(np.asarray(probabilities), len(paths), apart, panel.n)[:, None] * (levels - middle)
    final = combination.paths[0]
    result = final[None] + levels[:, :, None] * spread(final)[None] * growth[None, None, :]
    result = _beside_history(panel, final, result, probabilities, apart * np.sqrt(panel.n) / ENOUGH)
    return np.asarray(np.sort(result, axis=0))


def _beside_history(panel: Panel, path: Array, levels: Array, probabilities: Sequence[float], share: float) -> Array:
    """Where windows are few, nothing narrower than what lies between the errors of these and the spread of the history."""
    if share >= 1:
        return levels
    between = share * levels + (1 - share) * _without_backtest(panel, path, probabilities, believed=True)
    side = np.sign(np.asarray(probabilities) - 0.5)[:, None, None]
    return np.asarray(np.where(side * (between - levels) > 0, between, levels))


def _wider(probabilities: Array, windows: int, apart: float, n: int) -> Array:
    """Factor on quantiles for what few windows do not show: Student's t over the normal, one degree for each window that overlaps
    no other (of all series together, which are alike in part: the root of their number), and one more.
    """
    from scipy.special import ndtri, stdtrit

    least = 1 + FEW / (windows * np.sqrt(n))
    central = np.abs(probabilities - 0.5) < 1e-9
    normal = np.where(central, 1.0, ndtri(probabilities))
    return np.asarray(np.where(central, least, np.maximum(least, stdtrit(1 + apart * np.sqrt(n), probabilities) / normal)))


def _spread(paths: Array, errors: Array, panel: Panel) -> Callable[[Array], Array]:
    """A function path -> size of its errors, with the power that fits each series best (Laplace likelihood)."""
    known = ~np.isnan(errors)
    count = np.maximum(known.sum(axis=(0, 2)), 1)
    size = np.where(known, np.abs(errors), 0.0)
    typical = np.maximum(np.abs(paths).mean(axis=(0, 2)), 1e-9)
    best = np.full(panel.n, np.inf)
    power, factor = np.zeros(panel.n), np.ones(panel.n)
    for candidate in POWERS:
        shape = _shape(paths, typical, candidate)
        unit = np.maximum((size / shape).sum(axis=(0, 2)) / count, 1e-9)
        cost = np.where(known, np.log(shape), 0.0).sum(axis=(0, 2)) / count + np.log(unit)
        better = cost < best
        best, power, factor = np.where(better, cost, best), np.where(better, candidate, power), np.where(better, unit, factor)
    power = np.where(panel.negative | (typical <= 1e-9), 0.0, power)  # paths of nothing say nothing of how errors grow
    pooled = _floor(panel)

    def spread(path: Array) -> Array:
        shape = _shape(path, typical, power[:, None])
        return np.asarray(np.maximum(factor, pooled)[:, None] * shape)

    return spread


def _shape(path: Array, typical: Array, power: Array | float) -> Array:
    relative = np.clip(np.abs(path) / typical[:, None], 0.05, HIGHEST)
    return np.asarray(relative**power)


def _floor(panel: Panel) -> Array:
    """The least size of an error that is believed: a little of the usual change."""
    return 0.02 * panel.scale


def _growth(scaled: Array, horizon: int) -> Array:
    """How errors grow with the horizon, over all series, smooth and never falling."""
    known = ~np.isnan(scaled)
    by_step = np.where(known, np.abs(scaled), 0.0).sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    if horizon < 3 or not (by_step > 0).all():
        return np.ones(horizon)
    steps = np.arange(horizon) / max(horizon - 1, 1)
    slope, base = np.polyfit(steps, by_step, 1)
    line = np.maximum(base + max(slope, 0.0) * steps, 0.3 * by_step.mean())
    return np.asarray(line / line.mean())


def _shrunk(scaled: Array, probabilities: Sequence[float]) -> Array:
    """Quantiles of the scaled errors, probabilities × series: a series' own, drawn towards those of all."""
    n = scaled.shape[1]
    flat = scaled.transpose(1, 0, 2).reshape(n, -1)
    known = ~np.isnan(flat)
    count = known.sum(axis=1)
    everyone = np.quantile(flat[known], probabilities)
    ordered = np.sort(flat, axis=1)
    own = np.stack([_quantile(ordered, count, probability) for probability in probabilities])
    share = count / (count + OWN)
    own = np.where(count > 0, own, everyone[:, None])
    return np.asarray(share * own + (1 - share) * everyone[:, None])


def _quantile(ordered: Array, count: Array, probability: float) -> Array:
    """The finite-sample quantile of each row (sorted, NaN last): one rank further out than the plain one."""
    place = probability * (count + 1) - 1
    place = np.clip(place, 0, np.maximum(count - 1, 0))
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(count - 1, 0)).astype(int)
    rows = np.arange(len(ordered))
    values = np.where(np.isnan(ordered), 0.0, ordered)
    return np.asarray(values[rows, low] + (place - low) * (values[rows, high] - values[rows, low]))


def _without_backtest(panel: Panel, path: Array, probabilities: Sequence[float], *, believed: bool = False) -> Array:
    """Where history is too short for a backtest: the spread of what was seen, wide rather than narrow.

    Unless it is `believed`, a count that hardly changed is taken to spread like a Poisson count, and two values for too few.
    """
    from scipy.special import stdtrit

    known = np.where(panel.known, panel.y, 0.0)
    count = np.maximum(panel.known.sum(axis=1), 1)
    mean = known.sum(axis=1) / count
    deviation = np.sqrt(np.where(panel.known, (panel.y - mean[:, None]) ** 2, 0.0).sum(axis=1) / count)
    size = deviation * np.sqrt(1 + 2 / count)
    if not believed:
        least = np.where(panel.negative, 0.0, np.sqrt(np.maximum(mean, 0.0)) * panel.counts)
        size = np.maximum(np.maximum(size, least), 0.1 * np.abs(mean) * (count < 3))
    return np.asarray(path[None] + stdtrit(DEGREES, np.asarray(probabilities))[:, None, None] * size[None, :, None])
