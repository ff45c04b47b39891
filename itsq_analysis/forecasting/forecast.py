"""forecast: a long frame -> means, medians and intervals of the next steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.clock import real, with_skipped
from itsq_analysis.forecasting.frame import Layout, check_horizon, lay_out
from itsq_analysis.forecasting.hierarchy import add_up, check_hierarchy
from itsq_analysis.forecasting.models import model_names
from itsq_analysis.forecasting.combined import outlooks
from itsq_analysis.forecasting.panel import join
from itsq_analysis.forecasting.result import table


def forecast(
    frame: pd.DataFrame,
    horizon: int,
    *,
    freq: str | None = None,
    season_length: int | Sequence[int] | None = None,
    levels: Sequence[float] = (80, 95),
    holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None = None,
    hierarchy: pd.DataFrame | None = None,
    model: str = "auto",
    seed: int = 0,
    components: bool = False,
) -> pd.DataFrame:
    """Forecast every series of a long frame from its own last timestamp.

    Args:
        frame: columns unique_id, ds, y; a timestamp that is missing inside a series is not known, not zero.
        horizon: number of steps. In an aware frame the hour that the clock skips is none, the one that it repeats is one.
        freq: the step, such as "5min", "h", "D", "W", "MS"; None finds it.
        season_length: main season in steps, or all of them; None takes those of the calendar.
        levels: of the intervals, in per cent.
        holidays: a country code ("CN", "DE-BY", "BR:public,optional"), several, or a frame of dates.
        hierarchy: a frame parent, child of ids whose means must add up.
        model: "auto", or the name of one model, or several joined by "+" ("profile+smoothing").
        seed: the same seed gives the same forecast.
        components: whether each component's own forecast is wanted too.

    Returns:
        unique_id, ds, mean, median, lo-80, hi-80, lo-95, hi-95; series sorted by name. `attrs["notes"]`: sentences a reader must
        know, such as a year whose adjusted working days are not announced. With `components`, for each model that was asked, its own
        median in a column of its name, holidays included, and its weight in `weight-NAME`: those of a row add up to 1; missing
        where a series was not given to that model; not moved by a hierarchy.

    Raises:
        ForecastError: the frame, or another argument, is not what it must be; the message names series, row and remedy.

    >>> days = pd.date_range("2026-01-05", periods=28, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 4})
    >>> forecast(frame, 7)["median"].tolist()
    [5.0, 4.0, 4.0, 4.0, 3.0, 0.0, 0.0]
    """
    horizon = check_horizon(horizon)
    chosen = check_levels(levels)
    names = check_model(model)
    layout = lay_out(frame, freq, season_length)
    check_known(layout)
    family = check_hierarchy(hierarchy, join(layout.panels))
    ahead = with_skipped(layout, horizon)
    found, notes = outlooks(layout, ahead, names, holidays, family, seed)
    asked = chosen or [80.0]
    parts = [table(layout, one, ahead, asked, components=components)[real(layout, one.panel, horizon).ravel()] for one in found]
    result = pd.concat(parts, ignore_index=True)
    if family is not None:
        negative = {name for one in found for name in one.panel.ids[one.panel.negative].tolist()}
        result = add_up(result, family, negative, f"{asked[-1]:g}")
    if not chosen:
        result = result.drop(columns=["lo-80", "hi-80"])
    result = result.sort_values("unique_id", kind="stable", ignore_index=True)
    result.attrs["notes"] = notes
    return result


def check_known(layout: Layout) -> None:
    """Refuse a series of which nothing is known: a forecast of zero would be invented.

    Raises:
        ForecastError: there is one.
    """
    for panel in layout.panels:
        unknown = ~panel.known.any(axis=1)
        if unknown.any():
            name = panel.ids[int(unknown.argmax())]
            raise ForecastError(f"a series must have at least one known value; found none in series {name!r}; drop it")


def check_levels(levels: Sequence[float]) -> list[float]:
    """Levels in per cent, ascending.

    Raises:
        ForecastError: a level is not between 0 and 100.
    """
    found: list[Any] = list(levels) if isinstance(levels, Iterable) and not isinstance(levels, str) else [levels]
    if any(isinstance(one, bool) or not isinstance(one, (int, float, np.number)) or not 0 < one < 100 for one in found):
        raise ForecastError(f"levels must lie between 0 and 100 per cent; found {found}; give for example (80, 95)")
    return sorted({float(one) for one in found})


def check_model(model: str) -> tuple[str, ...]:
    """Names of the models that are asked for; () = the usual combination.

    Raises:
        ForecastError: there is no such model.
    """
    names = () if model == "auto" else tuple(str(model).split("+"))
    for name in names:
        if name not in model_names()[1:]:
            raise ForecastError(f"model must be one of {', '.join(model_names())}; found {name!r}; use one of these")
    return tuple(dict.fromkeys(names))
