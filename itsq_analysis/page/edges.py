"""Where an extraction thins out: months at its edges with far fewer incidents than full ones."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period, history, month_of

THIN = 1 / 3  # of the usual rate; growth and seasons stay well above it
FEWEST = 3  # months from which a usual rate can be told
MOST = 120  # months looked at, newest first


@dataclass(frozen=True)
class Edge:
    """A thin month: its incidents opened per working day, and the usual rate (the median of the full months)."""

    period: Period
    rate: float
    usual: float


def thin_edges(context: ReportContext) -> list[Edge]:
    """Thin months at either end of the data, oldest first.

    A month is thin if its incidents per working day are below a third of the usual rate and every month between it and the edge is
    thin too. A dip in the middle is no edge: that is for the reader to explain. Worked out once for a context.
    """
    if "thin edges" not in context.kept:
        context.kept["thin edges"] = _thin_edges(context)
    return list(context.kept["thin edges"])


def _thin_edges(context: ReportContext) -> list[Edge]:
    rates = _rates(context)
    if len(rates) < FEWEST:
        return []
    # The third-busiest month is full in any extraction of three full months, and no single burst makes it.
    third = sorted((rate for _, rate in rates), reverse=True)[FEWEST - 1]
    usual = median(rate for _, rate in rates if rate >= third * THIN)
    full = [place for place, (_, rate) in enumerate(rates) if rate >= usual * THIN]
    return [Edge(period, rate, usual) for place, (period, rate) in enumerate(rates) if not full[0] <= place <= full[-1]]


def is_complete(context: ReportContext) -> bool:
    """Whether the period was over when the data were extracted, and the extraction does not thin out in it."""
    over = context.period.bounds(context.workspace.settings.organisation.zone)[1] <= context.moment
    return over and all(edge.period != context.period for edge in thin_edges(context))


def _rates(context: ReportContext) -> list[tuple[Period, float]]:
    """Incidents opened per working day, for every month of the data up to the moment of the report."""
    zone = context.workspace.settings.organisation.timezone
    days = context.query(
        "SELECT min((opened_at AT TIME ZONE $zone)::DATE) AS first, max((opened_at AT TIME ZONE $zone)::DATE) AS last "
        "FROM incidents "
        "WHERE opened_at < $moment",
        zone=zone,
        moment=context.moment,
    ).iloc[0]
    if days.isna().any():
        return []
    starts_on = context.workspace.settings.period.month_starts_on
    first, last = month_of(days["first"], starts_on), month_of(days["last"], starts_on)
    count = min(MOST, round((last.start - first.start).days / 30.4) + 1)
    opened = context.workspace.indicators(["incidents_opened"], last.label, history=count, as_of=context.moment)
    working = [context.working_days(period) for period in history(last, count)]
    pairs = zip(history(last, count), opened["value"], working, strict=True)
    return [(period, float(value) / days) for period, value, days in pairs if days]
