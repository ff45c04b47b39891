"""What the next periods bring, and what earlier forecasts of it were worth: tickets of a table by period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.forecasting.discontinued import find_discontinued
from itsq_analysis.forecasting.planned_events import events_of
from itsq_analysis.forecasting.sums import Span, sums
from itsq_analysis.periods import Period

AHEAD = 3  # periods
JUDGED = 12  # periods before whose forecasts are told
BEFORE = 6  # more of them, so that the first of those had a range
GRAINS = ("week", "month", "quarter")  # of periods that are forecast


@dataclass(frozen=True)
class NextPeriods:
    """Forecasts of the next periods, all made at the end of the reporting period.

    Attributes:
        periods: the next one and two more.
        rows: one row per member and period: unique_id, made, span ("1", "2", "3": periods ahead), start, end, mean, median, lo-80,
            hi-80, lo-95, hi-95, y (what came, as far as known), errors.
        earlier: the same of the forecasts made one period ahead at earlier ends, oldest first, the reporting period's last.
        daily: unique_id, ds, y, from which they were made.
    """

    periods: tuple[Period, ...]
    rows: pd.DataFrame
    earlier: pd.DataFrame
    daily: pd.DataFrame


@fact(disk=True)
def next_periods(scope: Scope, table: str = "incidents", by: str | None = None) -> NextPeriods | None:
    """Tickets to expect in the next period and the two after it.

    The forecast is daily, with weekdays, seasons, holidays and planned events, made at the end of the reporting period from nothing
    later; days are added up to periods (see `sums` for the ranges). None where the period is not over or no week, month or quarter,
    where too little lies before its end (`sums`), or where the table is discontinued.

    Args:
        scope: what the report is about.
        table: incidents, requests or changes.
        by: a dimension; None is the whole table, one member named as the table.
    """
    daily = _daily(scope, table, by)
    if daily is None or scope.period.grain not in GRAINS:
        return None
    past, ahead = scope.history(JUDGED + BEFORE), following(scope.period, AHEAD)
    periods = [*past, *ahead]
    origins = [(period.start, _spans(periods, place)) for place, period in enumerate(periods[: len(past) + 1])]
    events = None if by else events_of(scope, table, "", scope.period.end)
    rows = sums(daily, origins, holidays=scope.special_days, events=events, cache=scope.cache)
    if not len(rows):
        return None
    now = rows[rows["made"] == scope.period.end].reset_index(drop=True)
    earlier = rows[(rows["made"] < scope.period.end) & (rows["span"] == "1") & (rows["start"] >= past[-JUDGED].start)]
    return NextPeriods(tuple(ahead), now, earlier.reset_index(drop=True), daily)


def expected_tickets(scope: Scope, period: Period, table: str = "incidents") -> float:
    """Tickets to expect in a period after the reporting one, made at the end of that from nothing later: a mean.

    NaN where the reporting period is not over, or too little lies before its end. One of the next periods is read from their
    forecast, so that one number has one value.
    """
    if period.start < scope.period.end:
        return float("nan")
    ahead = next_periods(scope, table)
    if ahead is not None and period in ahead.periods:
        return float(ahead.rows["mean"].iloc[ahead.periods.index(period)])
    return _expected(scope, period.start, period.end, table)


@fact(disk=True)
def _expected(scope: Scope, start: date, end: date, table: str) -> float:
    daily = _daily(scope, table, None)
    if daily is None:
        return float("nan")
    events = events_of(scope, table, "", scope.period.end)
    origin = (scope.period.end, [Span("1", start, end)])
    rows = sums(daily, [origin], holidays=scope.special_days, events=events, cache=scope.cache)
    return float(rows["mean"].iloc[0]) if len(rows) else float("nan")


def following(period: Period, count: int) -> list[Period]:
    """The periods after one."""
    periods = [period]
    while len(periods) <= count:
        periods.append(periods[-1].following())
    return periods[1:]


def _daily(scope: Scope, table: str, by: str | None) -> pd.DataFrame | None:
    """The daily series; None where the reporting period is not over, nothing lies in it or before, or all has ended by its end."""
    if scope.period.bounds(scope.settings.organisation.zone)[1] > scope.moment:
        return None
    daily = scope.workspace.series(table, freq="D", by=by, as_of=scope.moment)
    past = daily[daily["ds"] < pd.Timestamp(scope.period.end)]
    if not len(past):
        return None
    ended = set(find_discontinued(past, "D")["unique_id"])
    alive = daily[daily["unique_id"].isin(past["unique_id"]) & ~daily["unique_id"].isin(ended)]
    return alive if len(alive) else None


def _spans(periods: list[Period], place: int) -> list[Span]:
    return [Span(str(step + 1), period.start, period.end) for step, period in enumerate(periods[place : place + AHEAD])]
