"""backtest: forecasts from earlier cutoffs beside what happened, without a look ahead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.clock import localized, skipped
from itsq_analysis.forecasting.forecast import forecast
from itsq_analysis.forecasting.frame import Layout, check_horizon, lay_out
from itsq_analysis.forecasting.hierarchy import check_hierarchy
from itsq_analysis.forecasting.panel import Panel
from itsq_analysis.forecasting.result import stamps_of
from itsq_analysis.forecasting.scores import naive_scales

MOST_GAPS = 10_000_000  # columns: nothing of a history is cut before the windows are


def backtest(
    frame: pd.DataFrame,
    horizon: int,
    *,
    windows: int = 3,
    step: int | None = None,
    cutoffs: Sequence[Any] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Forecast from rolling cutoffs, each from nothing but what lies up to it.

    Args:
        frame: as for `forecast`.
        horizon: steps of each forecast.
        windows: number of cutoffs; the last one lies `horizon` steps before each series' own end.
        step: distance of cutoffs in steps; None is the horizon.
        cutoffs: last timestamps that are known, the same for all series, instead of windows and step.
        options: freq, season_length, levels, holidays, hierarchy, model, seed, as for `forecast`.

    Returns:
        unique_id, cutoff (the series' last timestamp that was known), ds, y (missing = not known), mean, median, lo-80, ...,
        scale (mean absolute change from season to season up to the cutoff; the shortest season) and scale2 (its mean square). A
        series that begins after a cutoff lacks it.

    Raises:
        ForecastError: as `forecast`, or no series is long enough for any cutoff.

    >>> days = pd.date_range("2026-01-05", periods=42, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 6})
    >>> backtest(frame, 7, windows=2).groupby("cutoff").size().tolist()
    [7, 7]
    """
    horizon = check_horizon(horizon)
    for name, value in (("windows", windows), ("step", 1 if step is None else step)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ForecastError(f"{name} must be a whole number, 1 or more; found {value!r}; give for example {name}=3")
    layout = lay_out(frame, options.get("freq"), options.get("season_length"), most=len(frame) + MOST_GAPS)
    if not layout.numbered:
        options = {**options, "freq": layout.step.name}
    stride = horizon if step is None else int(step)
    known = pd.concat([_known(layout, panel) for panel in layout.panels], ignore_index=True)
    if cutoffs is None:
        pasts = [known[known["back"] >= horizon + window * stride] for window in range(int(windows) - 1, -1, -1)]
    else:
        pasts = [known[known["ds"] <= cutoff] for cutoff in _cutoffs(cutoffs, layout)]
    parts = [_window(past[["unique_id", "ds", "y"]], known, horizon, options) for past in pasts if len(past)]
    if not parts:
        raise ForecastError(f"a series must be longer than the horizon of {horizon} steps; found none; give a shorter horizon")
    return pd.concat(parts, ignore_index=True).sort_values(["unique_id", "cutoff", "ds"], kind="stable", ignore_index=True)


def _cutoffs(cutoffs: Any, layout: Layout) -> list[Any]:
    """Cutoffs as `ds` are: whole numbers, or timestamps; naive ones are taken as local times of the frame's zone.

    Raises:
        ForecastError: one is not a time, or belongs to a zone where the frame has none.
    """
    if isinstance(cutoffs, str) or not isinstance(cutoffs, Iterable):
        raise ForecastError(f'cutoffs must be a list of timestamps; found {cutoffs!r}; give for example ["2026-05-31"]')
    return list(dict.fromkeys(_cutoff(cutoff, layout) for cutoff in cutoffs))


def _cutoff(cutoff: Any, layout: Layout) -> Any:
    if layout.numbered:
        if isinstance(cutoff, bool) or not isinstance(cutoff, (int, np.integer)):
            raise ForecastError(f"cutoffs must be whole numbers, as ds are; found {cutoff!r}; give the last number that is known")
        return int(cutoff)
    try:
        stamp = pd.Timestamp(cutoff)
    except (ValueError, TypeError) as error:
        raise ForecastError(f"cutoffs must be timestamps; found {cutoff!r}; correct it") from error
    if pd.isna(stamp):
        raise ForecastError(f"cutoffs must be timestamps; found {cutoff!r}; leave it out")
    if layout.zone is None and stamp.tzinfo is not None:
        raise ForecastError(f"cutoffs must have no time zone, as ds have none; found {cutoff}; use .tz_localize(None)")
    if layout.zone is None:
        return stamp
    return localized(pd.DatetimeIndex([stamp]), layout.zone)[0] if stamp.tzinfo is None else stamp.tz_convert(layout.zone)


def _known(layout: Layout, panel: Panel) -> pd.DataFrame:
    """A panel in long form, from each series' first value on, with each row's distance from the series' end."""
    column = np.arange(panel.length)
    row, place = np.nonzero((column[None, :] >= panel.first[:, None]) & ~skipped(layout, panel, panel.past()))
    stamps = stamps_of(layout, panel, panel.past()[row, place])
    return pd.DataFrame({"unique_id": panel.ids[row], "ds": stamps, "back": panel.length - 1 - place, "y": panel.y[row, place]})


def _window(past: pd.DataFrame, known: pd.DataFrame, horizon: int, options: dict[str, Any]) -> pd.DataFrame:
    options = options | {"hierarchy": _there(options.get("hierarchy"), past, known)}
    result = forecast(past, horizon, **options)
    ends = past.groupby("unique_id")["ds"].max().rename("cutoff")
    result = result.merge(known[["unique_id", "ds", "y"]], on=["unique_id", "ds"], how="left").merge(ends, on="unique_id")
    seen = lay_out(past, options.get("freq"), options.get("season_length"))
    result = result.merge(pd.concat([_scales(panel) for panel in seen.panels]), on="unique_id")
    middle = [name for name in result if name not in ("unique_id", "cutoff", "ds", "y", "scale", "scale2")]
    return result[["unique_id", "cutoff", "ds", "y", *middle, "scale", "scale2"]]


def _there(hierarchy: Any, past: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame | None:
    """The families of a hierarchy of which every member had begun: where a child is not there yet, nothing is made to add up."""
    family = check_hierarchy(hierarchy, known["unique_id"].unique())
    if family is None:
        return None
    ids = set(past["unique_id"].tolist())
    whole = {parent for parent, children in family.children.items() if ids.issuperset((parent, *children))}
    return pd.DataFrame(hierarchy[hierarchy["parent"].isin(whole)])


def _scales(panel: Panel) -> pd.DataFrame:
    season = min((season_length for season_length in panel.seasons if season_length < panel.length), default=1)
    scales = np.array([naive_scales(row, season) for row in panel.y])
    return pd.DataFrame({"unique_id": panel.ids, "scale": scales[:, 0], "scale2": scales[:, 1]})
