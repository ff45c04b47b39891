"""Incidents that come back."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.indicators.computed.result import Key, Result, joined, notes, over, results, share
from itsq_analysis.indicators.computed_scope import ComputedScope

LOOKBACK = "INTERVAL 2160 HOUR"  # 90 days of 24 hours

# What makes two incidents alike; NULL where the incident does not say enough.
KEY = """CASE WHEN service IS NULL THEN NULL
              WHEN ci IS NOT NULL THEN [service, 'ci', ci]
              WHEN category IS NOT NULL AND subcategory IS NOT NULL THEN [service, 'category', category, subcategory] END"""


@over("incidents", "opened_at")
def repeat_incidents(scope: ComputedScope) -> pd.DataFrame:
    """Share of incidents opened in the period whose like had been resolved within the 90 days (of 24 hours) before.

    Alike: the same service and configuration item, or, for an incident without one, the same service, category and subcategory
    (again without an item). Incidents that do not say this are not in the denominator but counted in the reason; canceled ones
    do not count at all. Where the table reaches back less than 90 days before the period, the reason says `short_history`: the
    share is then too low. Wilson interval.
    """
    rows = scope.connection.sql(
        f"""WITH keyed AS (SELECT number, opened_at, resolved_at, {KEY} AS likeness FROM incidents
                           WHERE state IS DISTINCT FROM 'canceled'),
            earlier AS (SELECT likeness, resolved_at FROM keyed WHERE resolved_at IS NOT NULL AND likeness IS NOT NULL),
            repeats AS (SELECT k.number, k.likeness, e.resolved_at >= k.opened_at - {LOOKBACK} AS repeated
                        FROM keyed k ASOF LEFT JOIN earlier e ON k.likeness = e.likeness AND k.opened_at > e.resolved_at)
            SELECT p.period, {scope.member_sql("incidents")} AS member, count(*) FILTER (WHERE r.repeated), count(r.likeness),
                   count(*), bool_or(p.start - {LOOKBACK} < (SELECT min(opened_at) FROM incidents))
            {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.opened_at >= p.start AND t.opened_at < p.stop
            JOIN repeats r ON r.number = t.number GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, repeated, known, opened, short in rows:
        reason = joined(notes(unknown_key=opened - known), "short_history" if short and known else None)
        measured[period, member] = share(repeated, known, reason)
    return results(scope, measured, share(0, 0, None))
