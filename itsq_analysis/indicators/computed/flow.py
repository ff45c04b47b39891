"""Counts set against each other: incidents opened and ended, incidents caused and changes made."""

from __future__ import annotations

from collections import Counter
from math import nan

import pandas as pd

from itsq_analysis.indicators.computed.result import Key, Result, limits, over, results
from itsq_analysis.indicators.computed.scope import Scope
from itsq_analysis.indicators.intervals import difference, poisson


@over("incidents")
def incident_net_flow(scope: Scope) -> pd.DataFrame:
    """Incidents opened minus incidents ended (resolved, else closed) in the period: by how much the backlog grew.

    Canceled incidents count on both sides, as they do in the backlog. n is the number of both events. The interval is that of a
    difference of two Poisson counts, from their exact limits.
    """
    opened, ended = _count(scope, "opened_at"), _count(scope, "ended_at")
    measured = {key: _growth(opened[key], ended[key]) for key in {*opened, *ended}}
    return results(scope, measured, _growth(0, 0))


def _count(scope: Scope, column: str) -> Counter[Key]:
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("incidents")} AS member, count(*) {scope.from_sql("incidents")}
            JOIN {scope.periods_sql} ON t.{column} >= p.start AND t.{column} < p.stop GROUP BY ALL"""
    ).fetchall()
    return Counter({(period, member): count for period, member, count in rows})


def _growth(opened: int, ended: int) -> Result:
    lower, upper = limits(difference(opened, poisson(opened), ended, poisson(ended)))
    return Result(opened - ended, opened - ended, nan, opened + ended, lower, upper)


@over("changes")
def incidents_per_100_changes(scope: Scope) -> pd.DataFrame:
    """Incidents opened in the period that a change caused, per 100 changes closed in it.

    An incident belongs to the service, group, … of the change that caused it. Canceled incidents and changes do not count.
    Numerator: incidents; denominator and n: changes. The interval is the exact Poisson one of the incidents; the number of
    changes is taken as it is.
    """
    caused = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("changes")} AS member, count(*) {scope.from_sql("changes")}
            RIGHT JOIN incidents i ON i.caused_by_change = t.number
            JOIN {scope.periods_sql} ON i.opened_at >= p.start AND i.opened_at < p.stop
            WHERE i.caused_by_change IS NOT NULL AND i.state IS DISTINCT FROM 'canceled' GROUP BY ALL"""
    ).fetchall()
    closed = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("changes")} AS member, count(*) {scope.from_sql("changes")}
            JOIN {scope.periods_sql} ON t.closed_at >= p.start AND t.closed_at < p.stop
            WHERE t.state IS DISTINCT FROM 'canceled' GROUP BY ALL"""
    ).fetchall()
    incidents, changes = (Counter({(period, member): count for period, member, count in rows}) for rows in (caused, closed))
    measured = {key: _per_100(incidents[key], changes[key]) for key in {*incidents, *changes}}
    return results(scope, measured, _per_100(0, 0))


def _per_100(incidents: int, changes: int) -> Result:
    if not changes:
        return Result(numerator=incidents, denominator=0, reason="empty")
    fewest, most = limits(poisson(incidents))
    return Result(100 * incidents / changes, incidents, changes, changes, 100 * fewest / changes, 100 * most / changes)
