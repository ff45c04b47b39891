"""What the next periods bring, and what earlier forecasts of it were worth: tickets of a table by period."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.forecasting.discontinued import find_discontinued
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.forecast.sums import Span, sums
from itsq_analysis.periods import Period

AHEAD = 3  # periods
JUDGED = 12  # periods before whose forecasts are told
BEFORE = 6  # more of them, so that the first of those had a range
GRAINS = ("week", "month", "quarter")  # of periods that are foretold


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


def next_periods(context: ReportContext, table: str = "incidents", by: str | None = None) -> NextPeriods | None:
    """Tickets to expect in the next period and the two after it.

    The forecast is daily, with weekdays, seasons and holidays, made at the end of the reporting period from nothing later; days are
    added up to periods (see `sums` for the ranges). None where the period is not over or no week, month or quarter, where too
    little lies before its end (`sums`), or where the table has ended.

    Args:
        context: the report's subject.
        table: incidents, requests or changes.
        by: a dimension; None is the whole table, one member named as the table.
    """
    key = ("next periods", table, by)
    if key not in context.kept:
        context.kept[key] = _next_periods(context, table, by)
    found: NextPeriods | None = context.kept[key]
    return found


def _next_periods(context: ReportContext, table: str, by: str | None) -> NextPeriods | None:
    workspace, period = context.workspace, context.period
    daily = _daily(context, table, by)
    if daily is None or period.grain not in GRAINS:
        return None
    ahead = following(context, AHEAD)
    past = workspace.history(period, JUDGED + BEFORE)
    course = [*past, *ahead]
    origins = [(one.start, _spans(course, place)) for place, one in enumerate(course[: len(past) + 1])]
    found = sums(daily, origins, holidays=workspace.special_days)
    if not len(found):
        return None
    rows = found[found["made"] == period.end].reset_index(drop=True)
    earlier = found[(found["made"] < period.end) & (found["span"] == "1") & (found["start"] >= past[-JUDGED].start)]
    return NextPeriods(tuple(ahead), rows, earlier.reset_index(drop=True), daily)


def expected(context: ReportContext, period: Period, table: str = "incidents") -> float:
    """Tickets to expect in a period after the reporting one, made at the end of that from nothing later.

    NaN where the reporting period is not over, or too little lies before its end. Ranges and a record are `next_periods`'.
    """
    workspace = context.workspace
    daily = _daily(context, table, None)
    if daily is None or period.start < context.period.end:
        return float("nan")
    origin = (context.period.end, [Span("1", period.start, period.end)])
    found = sums(daily, [origin], holidays=workspace.special_days)
    return float(found["mean"].iloc[0]) if len(found) else float("nan")


def _daily(context: ReportContext, table: str, by: str | None) -> pd.DataFrame | None:
    """The daily series; None where the reporting period is not over, nothing lies in it or before, or all has ended by its end."""
    if context.period.bounds(context.workspace.settings.organisation.zone)[1] > context.moment:
        return None
    daily = context.workspace.series(table, freq="D", by=by, as_of=context.moment)
    past = daily[daily["ds"] < pd.Timestamp(context.period.end)]
    if not len(past):
        return None
    ended = set(find_discontinued(past, "D")["unique_id"])
    alive = daily[daily["unique_id"].isin(past["unique_id"]) & ~daily["unique_id"].isin(ended)]
    return alive if len(alive) else None


def following(context: ReportContext, count: int) -> list[Period]:
    """The periods after the reporting one."""
    found = [context.period]
    while len(found) <= count:
        found.append(found[-1].following())
    return found[1:]


def _spans(course: list[Period], place: int) -> list[Span]:
    return [Span(str(step + 1), one.start, one.end) for step, one in enumerate(course[place : place + AHEAD])]
