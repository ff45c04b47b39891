"""What was used: by resource the value of each whole day and hour, in the metric's unit; a step without a value has no row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.facts import Scope, fact


@fact
def daily_use(scope: Scope) -> dict[str, pd.DataFrame]:
    """Resource -> `ds, y` of each whole day: its highest value of what fills up, else its busy hour (P95)."""
    frame = _daily(scope)
    return _by_resource(frame[frame["ds"] <= pd.Timestamp(last_whole_day(scope))]) if len(frame) else {}


@fact(disk=True)
def _daily(scope: Scope) -> pd.DataFrame:
    """`unique_id, ds, y` of all resources."""
    register = [resource for resource in resource_register(scope) if not resource.energy]
    parts = [
        _used(scope, [resource for resource in register if resource.fills], "D", "max"),
        _used(scope, [resource for resource in register if not resource.fills], "D", "p95"),
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


@fact
def hourly_use(scope: Scope, days: int) -> dict[str, pd.DataFrame]:
    """Resource -> `ds, y`: the mean of each hour of the last days."""
    frame = _hourly(scope)
    if frame.empty:
        return {}
    local = frame["ds"].dt.tz_localize(None) if frame["ds"].dt.tz is not None else frame["ds"]
    first, stop = (pd.Timestamp(last_whole_day(scope) + timedelta(days=count)) for count in (1 - days, 1))
    return _by_resource(frame[(local >= first) & (local < stop)])


@fact
def _hourly(scope: Scope) -> pd.DataFrame:
    return _used(scope, [resource for resource in resource_register(scope) if not resource.energy], "h", "mean")


def _used(scope: Scope, wanted: list[Resource], freq: Literal["D", "h"], how: Literal["max", "p95", "mean"]) -> pd.DataFrame:
    frame = scope.workspace.metric_series([resource.key for resource in wanted], freq=freq, how=how, as_of=scope.moment)
    return frame.loc[frame["y"].notna(), ["unique_id", "ds", "y"]].reset_index(drop=True)


def _by_resource(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(key): rows[["ds", "y"]].reset_index(drop=True) for key, rows in frame.groupby("unique_id", sort=True)}


def long_frame(daily: Mapping[str, pd.DataFrame], keys: list[str], last: date) -> pd.DataFrame:
    """The daily values of some resources as one long frame, up to the end of the day `last`."""
    frames = [daily[key].assign(unique_id=key) for key in keys]
    frame = pd.concat(frames, ignore_index=True)[["unique_id", "ds", "y"]]
    return frame[frame["ds"] <= pd.Timestamp(last)]
