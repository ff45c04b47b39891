"""When each measured resource reaches its limit, and by when more must be ordered; and of which nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.history import FEWEST
from itsq_analysis.capacity.kept_forecasts import DAYS_IN_A_ROW, Outcome, kept_forecasts
from itsq_analysis.capacity.order import OrderBy, order_by
from itsq_analysis.capacity.plans import planned_changes
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.capacity.scenario import Scenario
from itsq_analysis.capacity.threshold_forecast import ThresholdForecast
from itsq_analysis.capacity.use import daily_use
from itsq_analysis.facts import Scope, fact

YEAR = 365
SILENT = 28  # days without a value after which a resource counts as not heard from
RISKS = (0.1, 0.5)
LATELY = 90  # days
HORIZONS = (30, 90, 180, 365)  # days
SAFE = 0.1  # a smaller probability within 12 months is no risk
FULL = 1 - 1e-9  # of the capacity, but for rounding
GROWTH = 0.3
LATE = 90  # days
RAISED = 0.95  # of the whole: a limit closer to it
NEAR = 0.02  # probability within 12 months from which a resource is looked at in each scenario
SCENARIOS = ("growth", "raised", "late")


@dataclass(frozen=True)
class CapacityOutlook:
    """What is known of one resource's use, and expected.

    Attributes:
        daily: `ds, y` of its whole days, used, in the metric's unit: the day's highest value of what fills up, else its busy hour.
        forecast: when the critical line is reached, planned changes included.
        safe, even: the last day to order with a risk of being late of 10 % and of 50 %.
        changes: planned changes that the forecast reckons with.
        scenarios: "growth" (30 % more demand), "raised" (the limit to 95 %) and "late" (plans 90 days late), as far as they apply.
    """

    resource: Resource
    daily: pd.DataFrame
    forecast: ThresholdForecast
    safe: OrderBy
    even: OrderBy
    changes: tuple[Change, ...]
    scenarios: dict[str, Outcome]

    @property
    def share(self) -> float:
        """The last known value as a share of the whole."""
        return float("nan") if self.forecast.last is None else self.forecast.last / self.resource.whole

    @property
    def expected(self) -> bool:
        """Whether the limit is reached already, or more likely than not within 12 months."""
        return self.crossed or self.forecast.likely is not None

    @property
    def crossed(self) -> bool:
        """Whether it is beyond its limit: on the last known day, and of what is used at once on the last two."""
        newest = self.daily["y"].tail(1 if self.resource.fills else DAYS_IN_A_ROW)
        return bool((newest >= self.resource.limit).all())

    @property
    def days_beyond(self) -> int:
        """Days beyond the limit, of the last known 90."""
        return int((self.daily["y"].tail(LATELY) >= self.resource.limit).sum())

    @property
    def recurring(self) -> bool:
        """Whether it has been beyond its limit of late and was reset each time, as with a leak and restarts."""
        return any(note.kind == "resets" for note in self.forecast.notes) and 0 < self.days_beyond < LATELY

    def ahead(self) -> pd.DataFrame:
        """`ds, median, lower, upper` of each coming day: shares of its capacity then, extensions on their way included."""
        fan = self.forecast.fan()
        whole = fan["limit"] / self.resource.critical
        columns = {"median": "median", "lower": "lo-80", "upper": "hi-80"}
        return pd.DataFrame({"ds": fan["ds"]} | {name: fan[column] / whole for name, column in columns.items()})

    def history_and_ahead(self, back: int, until: date, step: int) -> pd.DataFrame:
        """`ds, y, median, lower, upper` in shares: so many days back, and each third (`step`) coming day up to one."""
        known = self.daily[self.daily["ds"] > self.forecast.as_of - pd.Timedelta(days=back)]
        past = pd.DataFrame({"ds": known["ds"], "y": known["y"] / self.resource.whole})
        ahead = self.ahead()
        frame = pd.concat([past, ahead[ahead["ds"] <= pd.Timestamp(until)].iloc[::step]], ignore_index=True)
        return frame.astype({"median": float, "lower": float, "upper": float})

    def full_on(self) -> date | None:
        """The first coming day on which it is most likely full, of what fills up; None within 12 months."""
        ahead = self.ahead()
        full = ahead.loc[ahead["median"] >= FULL, "ds"]
        return full.iloc[0].date() if self.resource.fills and len(full) else None

    def back_below(self) -> date | None:
        """The day from which it is most likely below its limit again; None where it is still beyond it on the last days."""
        ahead = self.ahead()
        beyond = ahead.loc[ahead["median"] >= self.resource.critical, "ds"]
        last = self.forecast.as_of if beyond.empty else beyond.iloc[-1]
        settled = (ahead["ds"].iloc[-1] - last).days >= 7  # a weekend is no relief
        return (last + pd.Timedelta(days=1)).date() if settled else None


@dataclass(frozen=True)
class Unmeasured:
    """A resource of which nothing can be said, and why: "no_metric", "no_values", "silent" or "short"."""

    resource: Resource
    reason: str
    last: date | None = None


@fact
def capacity_outlooks(scope: Scope) -> tuple[CapacityOutlook, ...]:
    """The resources that are measured, the one to be ordered first at the head; behind them what is reset again and again.

    >>> capacity_outlooks(metrics_scope(ws.scope()))[0].forecast.fan()  # doctest: +SKIP
    """
    daily, last, changes = daily_use(scope), last_whole_day(scope), planned_changes(scope)
    chosen = [resource for resource in resource_register(scope) if _unusable(resource, daily.get(resource.key), last) is None]
    asked = {resource.key: _scenarios(resource, changes[resource.key]) for resource in chosen}
    compared = kept_forecasts(scope, daily, chosen, last, YEAR, changes=changes, scenarios=asked)
    outlooks = []
    for resource in chosen:
        forecast, scenarios = compared[resource.key].base, compared[resource.key].scenarios
        safe, even = order_by(forecast, resource.lead_days, RISKS, today=scope.today)
        outlooks.append(CapacityOutlook(resource, daily[resource.key], forecast, safe, even, changes[resource.key], scenarios))
    return tuple(sorted(outlooks, key=_urgency))


def _scenarios(resource: Resource, changes: tuple[Change, ...]) -> list[Scenario]:
    """The questions asked of a resource: a later project only where one is planned."""
    asked = [Scenario("growth", growth=GROWTH)]
    if resource.critical < RAISED:
        asked.append(Scenario("raised", limit_factor=RAISED / resource.critical))
    return [*asked, Scenario("late", delay_days=LATE)] if changes else asked


@fact
def unmeasured(scope: Scope) -> tuple[Unmeasured, ...]:
    """Resources that ought to be measured or to have an end, and are not: named in the report, never counted as fine."""
    daily, last, silent = daily_use(scope), last_whole_day(scope), []
    for resource in resource_register(scope):
        days = daily.get(resource.key)
        reason = _unusable(resource, days, last)
        if reason is not None and not resource.energy and (resource.metric or not (resource.ends or resource.in_use is not None)):
            silent.append(Unmeasured(resource, reason, None if days is None else days["ds"].max().date()))
    return tuple(silent)


def outlook_of(scope: Scope, key: str) -> CapacityOutlook | None:
    """The outlook of one resource; None where it is not measured."""
    return next((outlook for outlook in capacity_outlooks(scope) if outlook.resource.key == key), None)


def _unusable(resource: Resource, days: pd.DataFrame | None, last: date) -> str | None:
    """Why no forecast can be made; None where one can."""
    if days is None:
        return "no_values" if resource.metric else "no_metric"
    if (last - days["ds"].max().date()).days > SILENT:
        return "silent"
    return "short" if len(days) < FEWEST else None


def _urgency(outlook: CapacityOutlook) -> tuple[bool, date, date, float, str]:
    """What has come back again and again stands behind what is new; then by the day to order."""
    forecast, never = outlook.forecast, date.max
    return (outlook.recurring, outlook.safe.by or never, forecast.likely or never, -forecast.probability, outlook.resource.name)


@fact
def at_risk(scope: Scope) -> tuple[CapacityOutlook, ...]:
    """Resources that reach their limit within 12 months with a probability of at least 10 %, the most urgent first.

    That is the likeliest within 90 days; of those that are as likely in whole per cent, the likeliest within 30 days.
    """

    def urgency(outlook: CapacityOutlook) -> tuple[float, float, float, str]:
        soon, near = (outlook.forecast.probability_by(days) for days in HORIZONS[:2])
        return -round(near, 2), -soon, -outlook.forecast.probability, outlook.resource.name

    return tuple(sorted((outlook for outlook in capacity_outlooks(scope) if outlook.forecast.probability >= SAFE), key=urgency))


@fact
def what_if_outcomes(scope: Scope) -> dict[str, dict[str, Outcome]]:
    """Resource -> scenario ("" is as planned) -> its outcome; of those that one of them touches, not beyond their limit."""
    outcomes = {}
    for outlook in capacity_outlooks(scope):
        base = outlook.forecast
        planned = Outcome(base.earliest, base.likely, base.latest, base.probability)
        if not outlook.crossed and any(scenario.probability >= NEAR for scenario in (planned, *outlook.scenarios.values())):
            outcomes[outlook.resource.key] = {"": planned} | outlook.scenarios
    return outcomes
