"""What the periods before say about a value: process limits and runs, by the days or cases that it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isnan

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.completeness import complete, complete_periods, counted_table, is_over, thin_edge
from itsq_analysis.indicators.cube import PERIODS, cube
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.maturity import at_same_age
from itsq_analysis.indicators.value import Value, span
from itsq_analysis.periods import Period
from itsq_analysis.process import Kind, Process, judge_process

# Single long outages rule these: no usual range holds for them, and every outage is told on its own.
SKEWED = frozenset({"outages", "services"})
AROUND_THE_CLOCK = "7x24"
CLOSE = 1e-9


def process(scope: Scope, value: Value) -> Process:
    """The process of a value of the scope's period, whole or by member, from the complete periods before it.

    Counts are judged per day (see `exposure`): centre and limits are then rates, the target is divided by the period's days. A
    period that was not over is compared with nothing (reason "period_incomplete"), neither is one at which the extraction thins
    out ("thin"). A value that can still change is compared with earlier periods as they stood at the same age, or, where that
    cannot be told, with nothing ("provisional").
    """
    return _process(scope, value.indicator, value.dimension, value.member)


@fact
def _process(scope: Scope, name: str, dimension: str | None, member: str | None) -> Process:
    value, indicator = cube(scope).value(name, dimension, member), scope.catalogue[name]
    if not is_over(scope, scope.period):
        return Process(None, "period_incomplete")
    if thin_edge(scope):
        return Process(None, "thin")
    values = at_same_age(scope, value) if value.provisional else cube(scope).course(value, PERIODS)
    if values is None:
        return Process(None, "provisional")
    kind, course = _course(scope, indicator, values)
    whole = {period.label for period in complete_periods(scope, counted_table(scope, name))}
    now, target = course.iloc[-1].copy(), value.target if value.agreed else None
    if kind == "rate" and target is not None:
        target = target / float(now["n"]) if now["n"] > 0 else None
    floor, ceiling = (0.0 if indicator.unit != "points" else -100.0), (1.0 if indicator.unit == "%" else float("inf"))
    if indicator.kind == "difference":
        floor = float("-inf")
    past = course[course["period"].isin(whole)]
    return judge_process(past, now, target=target, better=indicator.better, kind=kind, floor=floor, ceiling=ceiling)


@fact
def control_course(scope: Scope, name: str) -> tuple[Kind, pd.DataFrame]:
    """For a control chart: the kind of limits, and period, value and n of the complete periods up to the scope's own.

    Counts are rates per day, as in `process`.
    """
    kind, course = _course(scope, scope.catalogue[name], cube(scope).course(cube(scope).value(name), PERIODS))
    table = counted_table(scope, name)
    whole = [*complete_periods(scope, table), *([scope.period] if complete(scope, table, scope.period) else [])]
    return kind, course[course["period"].isin({period.label for period in whole})].reset_index(drop=True)


@fact
def exposure(scope: Scope, name: str) -> str | None:
    """Which days a count of a period depends on: "working" or "calendar"; None for what is no count.

    Volumes come in working days, where all services of the report run around the clock in calendar days; so do unwanted events
    (major incidents, failed changes).
    """
    indicator, settings = scope.catalogue[name], scope.settings
    if indicator.kind != "count":
        return None
    around = {calendar.id for calendar in settings.calendars if calendar.hours.strip().lower() == AROUND_THE_CLOCK}
    if indicator.better != "none" or settings.calendars[0].id in around:
        return "calendar"
    calendars = {service.service: service.calendar for service in settings.services}
    served = [calendars.get(service) for service in scope.services]
    return "calendar" if served and all(calendar in around for calendar in served) else "working"


def per_day(scope: Scope, name: str) -> str | None:
    """By which days a volume is divided where it is told; None for unwanted events, which are told one by one, and all others."""
    return exposure(scope, name) if scope.catalogue[name].better == "none" else None


def days(scope: Scope, period: Period, basis: str) -> int:
    """Working or calendar days of a period."""
    return scope.working_days(period) if basis == "working" else period.days


def rate(scope: Scope, value: Value) -> float:
    """A count per day of its period; of other values the value itself. NaN where the period has no such day."""
    basis = per_day(scope, value.indicator)
    if basis is None:
        return value.value
    number = days(scope, span(value), basis)
    return value.value / number if number else float("nan")


def usual_level(scope: Scope, value: Value) -> float:
    """The centre of a value's process in the value's own unit: of a count for a period of this length."""
    basis = exposure(scope, value.indicator)
    return process(scope, value).centre * (days(scope, span(value), basis) if basis else 1)


def usual_range(scope: Scope, value: Value) -> tuple[float, float]:
    """The process limits in the unit in which the value is told.

    Volumes are told per day, unwanted events as whole numbers of a period of this length.
    """
    judged, basis = process(scope, value), exposure(scope, value.indicator)
    if basis is None or per_day(scope, value.indicator) or isnan(judged.lower):
        return judged.lower, judged.upper
    number = days(scope, span(value), basis)
    return float(ceil(judged.lower * number - CLOSE)), float(floor(judged.upper * number + CLOSE))


def _course(scope: Scope, indicator: Indicator, values: Sequence[Value]) -> tuple[Kind, pd.DataFrame]:
    """The kind of limits, and period, value and n of these values, oldest first."""
    course = pd.DataFrame(
        {
            "period": [value.period for value in values],
            "value": [value.value for value in values],
            "n": [value.denominator for value in values],
        }
    )
    if basis := exposure(scope, indicator.id):
        counted = pd.Series([days(scope, span(value), basis) for value in values], dtype=float)
        return "rate", course.assign(value=course["value"] / counted.where(counted > 0), n=counted)
    if indicator.kind == "proportion":
        return "proportion", course
    if indicator.until:
        return "stock", course
    skewed = indicator.kind == "computed" and indicator.table in SKEWED and indicator.id != "mtbf"
    return "skewed" if skewed else "individuals", course
