"""Measurements whose clock jitters: put on a regular grid before they are judged."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.steps import DAY, parse_step

How = Literal["last", "mean", "sum"]
HOWS = ("last", "mean", "sum")
ROUND = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720)  # minutes that clocks are set to


def regular(frame: pd.DataFrame, freq: str | None, how: How | None) -> tuple[pd.DataFrame, str | None, tuple[str, ...]]:
    """A frame on a regular grid, its step, and what was done, in words for `attrs["notes"]`.

    Steps below a day only, and only where timestamps do not lie on a grid already or come twice. A value belongs to the nearest
    place of the grid; `how` says what becomes of several.

    Args:
        frame: unique_id, ds, y.
        freq: the step; None takes the commonest distance, rounded to one that clocks are set to.
        how: "last", "mean" or "sum" of the values of a step; None leaves the frame as it is.

    Raises:
        ForecastError: `how` is not one of them.

    >>> stamps = pd.to_datetime(["2026-01-05 00:00", "2026-01-05 00:59", "2026-01-05 02:01", "2026-01-05 03:00"])
    >>> jittered = pd.DataFrame({"unique_id": "cpu", "ds": stamps, "y": [1.0, 2.0, 3.0, 5.0]})
    >>> even, step, notes = regular(jittered, None, "last")
    >>> step, even["ds"].dt.hour.tolist(), even["y"].tolist()
    ('60min', [0, 1, 2, 3], [1.0, 2.0, 3.0, 5.0])
    >>> notes
    ('2 timestamps moved to the nearest 60min',)
    """
    if how is not None and how not in HOWS:
        raise ForecastError(f"how must be one of {', '.join(HOWS)}; found {how!r}; use one of these, or leave it out")
    usable = (
        isinstance(frame, pd.DataFrame) and {"unique_id", "ds", "y"} <= set(frame.columns) and not frame.columns.duplicated().any()
    )
    if how is None or not usable or not len(frame) or not pd.api.types.is_datetime64_any_dtype(frame["ds"]):
        return frame, freq, ()
    ordered = frame[["unique_id", "ds", "y"]].dropna(subset=["ds"]).sort_values(["unique_id", "ds"], kind="stable")
    if len(ordered) < len(frame):
        return frame, freq, ()
    minutes = parse_step(freq).minutes if freq is not None else _step(ordered)
    if not 0 < minutes < DAY:
        return frame, freq, ()
    wall = ordered["ds"].dt.tz_localize(None)
    moves = wall.dt.round(f"{minutes}min") - wall
    if ordered["ds"].dt.tz is not None:  # a step may begin where the zone changes its clock by part of one
        since = wall - (ordered["ds"] - pd.Timedelta(minutes=minutes)).dt.tz_localize(None)
        moves = moves.mask(since != pd.Timedelta(minutes=minutes), pd.Timedelta(0))
    even = ordered.assign(ds=ordered["ds"] + moves)
    off, twice = int((moves != pd.Timedelta(0)).sum()), int(even.duplicated(["unique_id", "ds"]).sum())
    if not twice and moves.nunique() == 1:  # on a grid, also on one of its own: hours that begin at seven past
        return frame, freq, ()
    grouped = even.groupby(["unique_id", "ds"], sort=True)["y"]
    values = grouped.sum(min_count=1) if how == "sum" else grouped.agg(how)
    notes = [f"{off} timestamps moved to the nearest {minutes}min"] if off else []
    notes += [f"{twice} values share a step with another: the {how} counts"] if twice else []
    return values.reset_index(), f"{minutes}min", tuple(notes)


def _step(ordered: pd.DataFrame) -> int:
    """The median distance of neighbours in minutes, as clocks are set; 0 where there is none."""
    gaps = ordered.groupby("unique_id")["ds"].diff().dt.total_seconds().to_numpy() / 60
    gaps = gaps[gaps > 0]
    if not len(gaps) or np.median(gaps) > 0.9 * DAY:
        return 0
    return int(min(ROUND, key=lambda minutes: abs(np.log(minutes / np.median(gaps)))))
