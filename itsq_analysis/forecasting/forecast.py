"""forecast: a long frame -> means, medians and intervals of the next steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import SpecialDays, special_days
from itsq_analysis.forecasting.combine import Combination, combine, members_of
from itsq_analysis.forecasting.frame import Layout, check_horizon, lay_out
from itsq_analysis.forecasting.holiday_effects import Effects, find_effects
from itsq_analysis.forecasting.intervals import quantiles
from itsq_analysis.forecasting.models import model_names
from itsq_analysis.forecasting.panel import Array, Ints, Panel

MOST_WINDOWS = 12


def forecast(
    frame: pd.DataFrame,
    horizon: int,
    *,
    freq: str | None = None,
    season_length: int | Sequence[int] | None = None,
    levels: Sequence[float] = (80, 95),
    holidays: str | Sequence[str] | pd.DataFrame | None = None,
    hierarchy: pd.DataFrame | None = None,
    model: str = "auto",
    seed: int = 0,
) -> pd.DataFrame:
    """Forecast every series of a long frame from its own last timestamp.

    Args:
        frame: columns unique_id, ds, y; a timestamp that is missing inside a series is not known, not zero.
        horizon: number of steps.
        freq: the step, such as "5min", "h", "D", "W", "MS"; None finds it.
        season_length: main season in steps, or all of them; None takes those of the calendar.
        levels: of the intervals, in per cent.
        holidays: a country code ("CN", "DE-BY", "BR:public,optional"), several, or a frame of dates.
        hierarchy: a frame parent, child of ids whose means must add up.
        model: "auto" or the name of one model.
        seed: the same seed gives the same forecast.

    Returns:
        unique_id, ds, mean, median, lo-80, hi-80, lo-95, hi-95; series sorted by name.

    Raises:
        ForecastError: the frame, or another argument, is not what it must be; the message names series, row and remedy.

    >>> days = pd.date_range("2026-01-05", periods=28, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 4})
    >>> forecast(frame, 7)["median"].tolist()
    [5.0, 4.0, 4.0, 4.0, 3.0, 0.0, 0.0]
    """
    horizon = check_horizon(horizon)
    chosen = check_levels(levels)
    if model not in model_names():
        raise ForecastError(f"model must be one of {', '.join(model_names())}; found {model!r}; use one of these")
    layout = lay_out(frame, freq, season_length)
    special = _special(layout, holidays, horizon)
    frames = [_one_panel(layout, panel, horizon, chosen, model, seed, special) for panel in layout.panels]
    result = pd.concat(frames, ignore_index=True).sort_values("unique_id", kind="stable", ignore_index=True)
    result.attrs["notes"] = list(special.notes)
    return result


def _special(layout: Layout, holidays: str | Sequence[str] | pd.DataFrame | None, horizon: int) -> SpecialDays:
    """The special days of all histories and of the forecast."""
    if holidays is None:
        return SpecialDays()
    if layout.numbered:
        raise ForecastError("holidays need timestamps; found whole numbers in ds; give ds as timestamps, or holidays=None")
    ends = [panel.grid.dates(panel.last) for panel in layout.panels]
    future = [panel.grid.dates(panel.last + horizon) for panel in layout.panels]
    first = min(panel.grid.dates(panel.last - panel.length + 1).min() for panel in layout.panels)
    return special_days(holidays, _day(first), _day(max(one.max() for one in future)), _day(min(one.min() for one in ends)))


def _day(stamp: np.datetime64) -> date:
    return pd.Timestamp(stamp).date()


def check_levels(levels: Sequence[float]) -> list[float]:
    """Levels in per cent, ascending.

    Raises:
        ForecastError: a level is not between 0 and 100.
    """
    found = sorted(set(levels))
    if any(isinstance(one, bool) or not 0 < one < 100 for one in found):
        raise ForecastError(f"levels must lie between 0 and 100 per cent; found {list(levels)}; give for example (80, 95)")
    return found


def windows(panel: Panel, horizon: int) -> list[int]:
    """Offsets of the calibration windows: spread over the recent past, each wholly known, with history before it."""
    season = panel.season
    room = panel.length - horizon - max(2 * season, 3)
    if room < 0:
        return []
    stride = max(min(horizon, room // MOST_WINDOWS if room >= MOST_WINDOWS else 1), 1)
    if horizon >= season > 1:
        stride = max(stride, min(season, horizon))
    count = min(room // stride + 1, MOST_WINDOWS)
    return [horizon + place * stride for place in range(count)]


def _one_panel(
    layout: Layout, panel: Panel, horizon: int, levels: Sequence[float], model: str, seed: int, special: SpecialDays
) -> pd.DataFrame:
    effects = find_effects(panel, special)
    history = panel if effects is None else effects.history
    members = members_of(panel) if model == "auto" else (model,)
    combination = combine(history, horizon, [0, *windows(history, horizon)], members, seed)
    return table(layout, history, horizon, levels, combination, effects)


def table(
    layout: Layout, panel: Panel, horizon: int, levels: Sequence[float], combination: Combination, effects: Effects | None
) -> pd.DataFrame:
    """The result's rows."""
    tails = [(100 - level) / 200 for level in levels]
    probabilities = [*tails, 0.5, *(1 - tail for tail in tails[::-1])]
    grid = np.unique([*probabilities, *np.linspace(0.02, 0.98, 25)])
    every = quantiles(panel, combination, horizon, grid.tolist())
    median = combination.paths[0]
    if effects is not None:
        paths, touched = effects.apply(np.concatenate([median[None], every]), panel.last)
        median, every = paths[0], np.where(touched, median_and_wider(paths, effects.unrest), paths[1:])
    every = _possible(panel, every, whole=False)
    columns: dict[str, Any] = {"unique_id": np.repeat(panel.ids, horizon), "ds": stamps_of(layout, panel, panel.future(horizon))}
    columns["mean"] = every.mean(axis=0).ravel()
    columns["median"] = _possible(panel, median[None], whole=True)[0].ravel()
    rounded = _possible(panel, every, whole=True)
    for level, tail in zip(levels, tails, strict=True):
        columns[f"lo-{level:g}"] = rounded[np.searchsorted(grid, tail)].ravel()
        columns[f"hi-{level:g}"] = rounded[np.searchsorted(grid, 1 - tail)].ravel()
    return pd.DataFrame(columns)


def median_and_wider(paths: Array, factor: float) -> Array:
    """Quantiles (all but the first path) further away from the median (the first)."""
    return np.asarray(paths[0] + factor * (paths[1:] - paths[0]))


def _possible(panel: Panel, values: Array, *, whole: bool) -> Array:
    """Not below zero where the history is not; whole numbers for counts, if wanted."""
    floored = np.where(panel.negative[None, :, None], values, np.maximum(values, 0.0))
    return np.asarray(np.where(panel.counts[None, :, None] & whole, np.rint(floored), floored))


def stamps_of(layout: Layout, panel: Panel, places: Ints) -> Any:
    """`ds` of places: whole numbers, naive or aware timestamps, as they came."""
    if layout.numbered:
        return places.ravel()
    stamps = pd.DatetimeIndex(panel.grid.dates(places).ravel()).as_unit("us")
    if layout.zone is None:
        return stamps
    return stamps.tz_localize(layout.zone, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="shift_forward")
