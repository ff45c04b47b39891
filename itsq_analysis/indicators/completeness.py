"""Which periods are whole: over, reached by the data, and not at an edge where the extraction thins out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import PERIODS, cube
from itsq_analysis.periods import Period, history, month_of
from itsq_analysis.tables import contract

LATEST = 1  # working days that may lie before a table's first row in a complete period
THIN = 1 / 3  # of the usual rate; growth and seasons stay well above it
FEWEST = 3  # months from which a usual rate can be told
MOST = 120  # months looked at, newest first
OPENED = "incidents_opened"


@dataclass(frozen=True)
class Edge:
    """A thin month: its incidents opened per working day, and the usual rate (the median of the full months)."""

    period: Period
    rate: float
    usual: float


@fact(disk=True)
def thin_edges(scope: Scope) -> tuple[Edge, ...]:
    """Thin months at either end of the data, oldest first.

    A month is thin if its incidents per working day are below a third of the usual rate and every month between it and the edge is
    thin too. A dip in the middle is no edge: that is for the reader to explain.
    """
    rates = _rates(scope)
    if len(rates) < FEWEST:
        return ()
    # The third-busiest month is full in any extraction of three full months, and no single burst makes it.
    third = sorted((rate for _, rate in rates), reverse=True)[FEWEST - 1]
    usual = median(rate for _, rate in rates if rate >= third * THIN)
    full = [place for place, (_, rate) in enumerate(rates) if rate >= usual * THIN]
    return tuple(Edge(period, rate, usual) for place, (period, rate) in enumerate(rates) if not full[0] <= place <= full[-1])


def thin_edge(scope: Scope) -> Edge | None:
    """The scope's own period as a thin month; None where the extraction is full in it."""
    return next((edge for edge in thin_edges(scope) if edge.period == scope.period), None)


def is_over(scope: Scope, period: Period) -> bool:
    """Whether a period had ended at the scope's moment."""
    return period.bounds(scope.settings.organisation.zone)[1] <= scope.moment


def is_complete(scope: Scope) -> bool:
    """Whether the scope's period was over when the data were extracted, and the extraction does not thin out in it."""
    return is_over(scope, scope.period) and thin_edge(scope) is None


@fact
def complete(scope: Scope, table: str | None, period: Period) -> bool:
    """Whether a period was over, the table's data reach back to its start, and no month of it is a thin edge."""
    first = first_day(scope, table)
    if first is None or not is_over(scope, period):
        return False
    thin = any(edge.period.start < period.end and period.start < edge.period.end for edge in thin_edges(scope))
    return not thin and _begun(scope, period, first)


@fact
def complete_periods(scope: Scope, table: str | None) -> tuple[Period, ...]:
    """The whole periods among the 24 before the scope's, oldest first."""
    return tuple(period for period in scope.history(PERIODS)[:-1] if complete(scope, table, period))


@fact
def first_day(scope: Scope, table: str | None) -> date | None:
    """The local day of a table's first row; None of an empty one. Services are known since their first outage."""
    name = {"services": "outages"}.get(table or "incidents", table or "incidents")
    zone = scope.settings.organisation.timezone
    sql = f'SELECT min(({contract(name).since.moment_sql(zone)} AT TIME ZONE $zone)::DATE) AS first FROM "{name}"'
    first = scope.query(sql, zone=zone)["first"].iloc[0]
    return None if pd.isna(first) else pd.Timestamp(first).date()


def counted_table(scope: Scope, indicator: str) -> str | None:
    """The table that an indicator counts; of a ratio or difference that of its first part."""
    parts = scope.catalogue[indicator].parts
    return scope.catalogue[parts[0] if parts else indicator].table


def _begun(scope: Scope, period: Period, first: date) -> bool:
    """Whether the data reach back to the period's first working days."""
    if first <= period.start:
        return True
    calendar = scope.workspace.calendar(scope.settings.calendars[0].id)
    return first < period.end and calendar.working_days(period.start, first) <= LATEST


def _rates(scope: Scope) -> list[tuple[Period, float]]:
    """Incidents opened per working day, for every month of the data up to the scope's moment."""
    days = scope.query(
        "SELECT min((opened_at AT TIME ZONE $zone)::DATE) AS first, max((opened_at AT TIME ZONE $zone)::DATE) AS last "
        "FROM incidents WHERE opened_at < $moment",
        zone=scope.settings.organisation.timezone,
    ).iloc[0]
    if days.isna().any():
        return []
    starts_on = scope.settings.period.month_starts_on
    first, last = month_of(days["first"], starts_on), month_of(days["last"], starts_on)
    months = history(last, min(MOST, round((last.start - first.start).days / 30.4) + 1))
    cube(scope).want([OPENED], periods=months)
    working = [(month, scope.working_days(month)) for month in months]
    return [(month, cube(scope).value(OPENED, period=month).value / days) for month, days in working if days]
