"""Incidents that come back."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.indicators.computed.result import Key, Result, joined, notes, over, results, share
from itsq_analysis.indicators.computed_scope import ComputedScope, moment_sql

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
        f"""WITH told AS (SELECT resolved_at, {KEY} AS likeness FROM incidents WHERE state IS DISTINCT FROM 'canceled'),
            asked AS (SELECT p.period, p.start, {scope.member_sql("incidents")} AS member, t.opened_at, t.service, t.ci, t.category,
                             t.subcategory
                      {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.opened_at >= p.start AND t.opened_at < p.stop
                      WHERE NOT EXISTS (SELECT 1 FROM incidents c WHERE c.number = t.number AND c.state = 'canceled')),
            moments AS (
                SELECT period, start, member, {KEY} AS likeness, opened_at, NULL::TIMESTAMPTZ AS resolved_at FROM asked
                UNION ALL SELECT NULL, NULL, NULL, likeness, NULL, resolved_at FROM told
                WHERE likeness IS NOT NULL AND resolved_at >= {moment_sql(min(scope.starts))} - {LOOKBACK}),
            k AS (
                SELECT *, max(resolved_at) OVER (
                    PARTITION BY likeness ORDER BY coalesce(opened_at, resolved_at), opened_at IS NULL ROWS UNBOUNDED PRECEDING
                ) AS before FROM moments)
            SELECT period, member, count(*) FILTER (WHERE before >= opened_at - {LOOKBACK}), count(likeness), count(*),
                   bool_or(start - {LOOKBACK} < (SELECT min(opened_at) FROM incidents))
            FROM k WHERE period IS NOT NULL GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, repeated, known, opened, short in rows:
        reason = joined(notes(unknown_key=opened - known), "short_history" if short and known else None)
        measured[period, member] = share(repeated, known, reason)
    return results(scope, measured, share(0, 0, None))
