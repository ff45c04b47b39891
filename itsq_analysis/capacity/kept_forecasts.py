"""Threshold forecasts that are kept: computed once for a series up to its cutoff, whatever is loaded later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.history import MOST
from itsq_analysis.capacity.resource_register import Resource
from itsq_analysis.capacity.threshold_forecast import ThresholdForecast
from itsq_analysis.capacity.use import long_frame
from itsq_analysis.facts import Scope, fact, keep

if TYPE_CHECKING:
    from itsq_analysis.capacity.scenario import Scenario

DAYS_IN_A_ROW = 2  # of what is used at once: a single full day is no lack of capacity


@dataclass(frozen=True)
class Outcome:
    """What a scenario comes to: the days by which the limit is reached with 10, 50 and 90 %, and whether within the horizon."""

    earliest: date | None
    likely: date | None
    latest: date | None
    probability: float


@dataclass(frozen=True)
class Compared:
    """A resource's forecast as planned, and the outcomes of scenarios by name."""

    base: ThresholdForecast
    scenarios: dict[str, Outcome]


def kept_forecasts(
    scope: Scope,
    daily: Mapping[str, pd.DataFrame],
    resources: Sequence[Resource],
    last: date,
    horizon: int,
    *,
    changes: Mapping[str, tuple[Change, ...]] | None = None,
    scenarios: Mapping[str, Sequence[Scenario]] | None = None,
) -> dict[str, Compared]:
    """When each of the resources reaches its limit, as known at the end of the day `last`, by key.

    What is not kept yet is simulated together. Only numbers and keys are written; planned changes have no name there.

    Args:
        scope: of the special days and the cache.
        daily: `ds, y` of each resource.
        resources: each has at least 14 known days.
        last: the cutoff.
        horizon: days.
        changes: planned ones, by resource.
        scenarios: by resource; none is the base alone.
    """
    if not resources:
        return {}
    planned = {resource.key: tuple(replace(c, name="") for c in (changes or {}).get(resource.key, ())) for resource in resources}
    asked = {resource.key: tuple((scenarios or {}).get(resource.key, ())) for resource in resources}
    first, end = last - timedelta(days=MOST), last + timedelta(days=horizon)
    off = _free_days(scope, first, last, end)
    histories = {resource.key: _cut(daily[resource.key], first, last) for resource in resources}

    @cache
    def computed() -> dict[str, Compared]:
        return _compute(histories, resources, last, horizon, planned, asked, off)

    forecasts = {}
    for resource in resources:
        history = histories[resource.key]
        begun = history["ds"].iloc[0].date()
        parts = (
            "threshold forecast",
            resource.key,
            history,
            resource.limit,
            resource.fills,
            last,
            horizon,
            planned[resource.key],
            asked[resource.key],
        )
        slice_ = tuple(sorted(day for day in off if day >= begun))
        forecasts[resource.key] = keep(scope.cache, (*parts, slice_), lambda key=resource.key: computed()[key])  # type: ignore[misc]
    return forecasts


def _cut(history: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    inside = (history["ds"] > pd.Timestamp(first)) & (history["ds"] <= pd.Timestamp(last))
    return history[inside].reset_index(drop=True)


@fact
def _free_days(scope: Scope, first: date, last: date, end: date) -> frozenset[date]:
    from itsq_analysis.capacity.threshold import free_days

    return frozenset(day for day in free_days(scope.special_days, first, last, end) if first <= day <= end)


def _compute(
    histories: Mapping[str, pd.DataFrame],
    resources: Sequence[Resource],
    last: date,
    horizon: int,
    planned: Mapping[str, tuple[Change, ...]],
    asked: Mapping[str, tuple[Scenario, ...]],
    off: frozenset[date],
) -> dict[str, Compared]:
    """All of them, in one simulation of what fills up (it grows with demand) and one of what is used at once (it follows it)."""
    from itsq_analysis.capacity.scenario import BASE
    from itsq_analysis.capacity.scenarios import compare_scenarios

    compared = {}
    for fills in (True, False):
        chosen = [resource for resource in resources if resource.fills == fills]
        if not chosen:
            continue
        answers = compare_scenarios(
            long_frame(histories, [resource.key for resource in chosen], last),
            {resource.key: resource.limit for resource in chosen},
            asked,
            changes=planned,
            horizon=horizon,
            holidays=off,
            as_of=last,
            demand="growth" if fills else "level",
            in_a_row=1 if fills else DAYS_IN_A_ROW,
        )
        for key, forecasts in answers.items():
            base = forecasts.pop(BASE)
            outcomes = {
                name: Outcome(forecast.earliest, forecast.likely, forecast.latest, forecast.probability)
                for name, forecast in forecasts.items()
            }
            compared[key] = Compared(base, outcomes)
    return compared
