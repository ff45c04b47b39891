"""Were we right, was it done? Earlier forecasts against what came, and decisions with their outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.kept_forecasts import kept_forecasts
from itsq_analysis.capacity.outlook import capacity_outlooks
from itsq_analysis.capacity.resource_register import Resource, registered_options, resource_register
from itsq_analysis.capacity.threshold_forecast import ThresholdForecast
from itsq_analysis.capacity.use import daily_use
from itsq_analysis.facts import Scope, fact

BACK = (30, 90)  # days before the scope's day at which a forecast is made again
FEWEST = 60  # days that must have been known then
EXACT = 1e-6  # of the whole
WEEK = 7
CLOSE = 3  # days around the scope's day in which the truth may have been measured


@dataclass(frozen=True)
class ForecastCheck:
    """What was to be expected for the scope's day, as known some days before, and what came; shares of the whole.

    Attributes:
        held, of: days of the last week whose value lay in the 80 % range of their day, of those that are known.
    """

    resource: Resource
    days: int
    made: date
    median: float
    lower: float
    upper: float
    truth: float
    held: int
    of: int


@fact
def forecast_checks(scope: Scope) -> tuple[ForecastCheck, ...]:
    """Every measured resource with enough history, 30 and 90 days back; recomputed from what was known then, without plans."""
    return tuple(check for days in BACK for check in _checks(scope, days))


def _checks(scope: Scope, days: int) -> list[ForecastCheck]:
    last, daily = last_whole_day(scope), daily_use(scope)
    made = last - timedelta(days=days)
    chosen = []
    for resource in (outlook.resource for outlook in capacity_outlooks(scope)):
        rows = daily[resource.key]
        before = rows[rows["ds"] <= pd.Timestamp(made)]
        recent = not before.empty and (made - before["ds"].max().date()).days <= CLOSE
        if len(before) >= FEWEST and recent and (last - rows["ds"].max().date()).days == 0:
            chosen.append(resource)
    forecasts = kept_forecasts(scope, daily, chosen, made, days)
    return [_check(resource, forecasts[resource.key].base, daily[resource.key], days, made) for resource in chosen]


def _check(resource: Resource, forecast: ThresholdForecast, daily: pd.DataFrame, days: int, made: date) -> ForecastCheck:
    both = forecast.fan().tail(WEEK).merge(daily, on="ds")
    near = EXACT * resource.whole
    held = int(((both["lo-80"] - near <= both["y"]) & (both["y"] <= both["hi-80"] + near)).sum())
    last_day = both.iloc[-1]
    median, lower, upper, truth = (float(last_day[name]) / resource.whole for name in ("median", "lo-80", "hi-80", "y"))
    return ForecastCheck(resource, days, made, median, lower, upper, truth, held, len(both))


@dataclass(frozen=True)
class PastDecision:
    """A decision of the register of options.

    Attributes:
        due: the day on which a chosen option was promised to help.
        late: whether it ought to have helped by now and has not.
    """

    resource: Resource
    option: str
    title: str
    decided_on: date
    outcome: str
    done_on: date | None
    effect: str
    due: date
    late: bool


@fact
def past_decisions(scope: Scope) -> tuple[PastDecision, ...]:
    """Decisions of the past: those first that are due and not done, then the newest."""
    register = {resource.key: resource for resource in resource_register(scope)}
    rows = registered_options(scope, decided=True).to_dict("records")
    decisions = [_past(row, register[row["resource"]], scope.today) for row in rows]
    return tuple(sorted(decisions, key=lambda decision: not decision.late))


def _past(row: Mapping[Any, Any], resource: Resource, today: date) -> PastDecision:
    row = {name: None if pd.isna(value) else value for name, value in row.items()}
    days = resource.lead_days if row["lead_time_days"] is None else int(row["lead_time_days"])
    decided = pd.Timestamp(row["decided_on"]).date()
    done = None if row["done_on"] is None else pd.Timestamp(row["done_on"]).date()
    due = decided + timedelta(days=days)
    return PastDecision(
        resource=resource,
        option=str(row["option"]),
        title=str(row["title"]),
        decided_on=decided,
        outcome=str(row["outcome"] or ""),
        done_on=done,
        effect=str(row["effect"] or ""),
        due=due,
        late=row["outcome"] == "chosen" and done is None and due < today,
    )
