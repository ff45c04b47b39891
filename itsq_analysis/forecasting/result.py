"""The result's rows: quantiles with the holidays put back, whole numbers for counts, never below zero where the history is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.clock import localized
from itsq_analysis.forecasting.combined import PanelForecast
from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.intervals import quantiles
from itsq_analysis.forecasting.panel import Array, Bools, Ints, Panel

MEAN_OVER = (np.arange(25) + 0.5) / 25  # quantiles whose plain mean is the mean


def table(
    layout: Layout, forecast: PanelForecast, horizon: int, levels: Sequence[float], *, components: bool = False
) -> pd.DataFrame:
    """unique_id, ds, mean, median and the bounds of each level (per cent, ascending), for the series of a panel.

    With `components` each component's median and its weight follow.
    """
    panel = forecast.panel
    tails = [(100 - level) / 200 for level in levels]
    grid = np.unique([*tails, *(1 - tail for tail in tails), *MEAN_OVER])
    median, every = _with_holidays(forecast, horizon, grid)
    every = _possible(panel, every)
    median = _whole(panel, _possible(panel, median[None]))[0]
    columns: dict[str, Any] = {"unique_id": np.repeat(panel.ids, horizon), "ds": stamps_of(layout, panel, panel.future(horizon))}
    columns["mean"] = every[np.searchsorted(grid, MEAN_OVER)].mean(axis=0).ravel()
    columns["median"] = median.ravel()
    bounds = _whole(panel, every)
    for level, tail in zip(levels, tails, strict=True):
        columns[f"lo-{level:g}"] = np.minimum(bounds[np.searchsorted(grid, tail)], median).ravel()
        columns[f"hi-{level:g}"] = np.maximum(bounds[np.searchsorted(grid, 1 - tail)], median).ravel()
    if components:
        columns |= _components(forecast, horizon)
    return pd.DataFrame(columns)


def _components(forecast: PanelForecast, horizon: int) -> dict[str, Array]:
    """Column -> values: each component's median, and its weight."""
    combination = forecast.combination
    paths = _put_back(forecast, combination.parts[:, 0])[0]
    paths = _whole(forecast.panel, _possible(forecast.panel, paths))
    columns: dict[str, Array] = {}
    for place, name in enumerate(combination.components):
        columns[name] = paths[place].ravel()
        columns[f"weight-{name}"] = np.repeat(combination.weights[place], horizon)
    return columns


def _with_holidays(forecast: PanelForecast, horizon: int, grid: Array) -> tuple[Array, Array]:
    """Medians (series × horizon) and quantiles (grid × series × horizon)."""
    every = quantiles(forecast.history, forecast.combination, horizon, grid.tolist())
    paths, touched = _put_back(forecast, np.concatenate([forecast.combination.paths[:1], every]))
    if forecast.effects is None:
        return paths[0], paths[1:]
    wider = paths[0] + forecast.effects.unrest * (paths[1:] - paths[0])
    return paths[0], np.asarray(np.where(touched, wider, paths[1:]))


def _put_back(panel: PanelForecast, paths: Array) -> tuple[Array, Bools]:
    """Paths (… × series × horizon) with the time of month, holidays and events put back, and which series × step are special."""
    touched = np.zeros(paths.shape[1:], dtype=bool)
    if panel.month is not None:
        paths = panel.month.apply(paths, panel.panel.last)
    if panel.effects is not None:
        paths, touched = panel.effects.apply(paths, panel.panel.last)
    return (paths if panel.events is None else panel.events.apply(paths)), touched


def _possible(panel: Panel, values: Array) -> Array:
    """Not below zero where the history is not."""
    return np.asarray(np.where(panel.negative[None, :, None], values, np.maximum(values, 0.0)))


def _whole(panel: Panel, values: Array) -> Array:
    """Whole numbers for counts."""
    return np.asarray(np.where(panel.counts[None, :, None], np.rint(values), values))


def stamps_of(layout: Layout, panel: Panel, places: Ints) -> Any:
    """`ds` of places: whole numbers, naive or aware timestamps, as they came."""
    if layout.numbered:
        return places.ravel()
    stamps = pd.DatetimeIndex(panel.grid.dates(places).ravel()).as_unit("us")
    if layout.zone is None:
        return stamps
    return localized(stamps, layout.zone)
