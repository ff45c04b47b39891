"""The result's rows: quantiles with the holidays put back, whole numbers for counts, never below zero where the history is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.intervals import quantiles
from itsq_analysis.forecasting.outlook import Outlook
from itsq_analysis.forecasting.panel import Array, Ints, Panel

MEAN_OVER = (np.arange(25) + 0.5) / 25  # quantiles whose plain mean is the mean


def table(layout: Layout, outlook: Outlook, horizon: int, levels: Sequence[float]) -> pd.DataFrame:
    """unique_id, ds, mean, median and the bounds of each level (per cent, ascending), for the series of a panel."""
    panel = outlook.panel
    tails = [(100 - level) / 200 for level in levels]
    grid = np.unique([*tails, *(1 - tail for tail in tails), *MEAN_OVER])
    median, every = _with_holidays(outlook, horizon, grid)
    every = _possible(panel, every)
    median = _whole(panel, _possible(panel, median[None]))[0]
    columns: dict[str, Any] = {"unique_id": np.repeat(panel.ids, horizon), "ds": stamps_of(layout, panel, panel.future(horizon))}
    columns["mean"] = every[np.searchsorted(grid, MEAN_OVER)].mean(axis=0).ravel()
    columns["median"] = median.ravel()
    bounds = _whole(panel, every)
    for level, tail in zip(levels, tails, strict=True):
        columns[f"lo-{level:g}"] = np.minimum(bounds[np.searchsorted(grid, tail)], median).ravel()
        columns[f"hi-{level:g}"] = np.maximum(bounds[np.searchsorted(grid, 1 - tail)], median).ravel()
    return pd.DataFrame(columns)


def _with_holidays(outlook: Outlook, horizon: int, grid: Array) -> tuple[Array, Array]:
    """Medians (series × horizon) and quantiles (grid × series × horizon)."""
    every = quantiles(outlook.history, outlook.combination, horizon, grid.tolist())
    median = outlook.combination.paths[0]
    if outlook.month is not None:
        median, every = (outlook.month.apply(paths, outlook.panel.last) for paths in (median, every))
    if outlook.effects is None:
        return median, every
    paths, touched = outlook.effects.apply(np.concatenate([median[None], every]), outlook.panel.last)
    wider = paths[0] + outlook.effects.unrest * (paths[1:] - paths[0])
    return paths[0], np.asarray(np.where(touched, wider, paths[1:]))


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
    return stamps.tz_localize(layout.zone, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="shift_forward")
