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
            likes AS (SELECT likeness, row_number() OVER () AS place FROM (SELECT DISTINCT likeness FROM told)),
            earlier AS (SELECT l.place, t.resolved_at FROM told t JOIN likes l ON l.likeness = t.likeness
                        WHERE t.resolved_at >= {moment_sql(min(scope.starts))} - {LOOKBACK}),
            asked AS (SELECT p.period, p.start, {scope.member_sql("incidents")} AS member, t.opened_at, t.service, t.ci, t.category,
                             t.subcategory
                      {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.opened_at >= p.start AND t.opened_at < p.stop
                      WHERE NOT EXISTS (SELECT 1 FROM incidents c WHERE c.number = t.number AND c.state = 'canceled')),
            k AS (SELECT a.period, a.start, a.member, a.opened_at, l.place FROM (SELECT *, {KEY} AS likeness FROM asked) a
                  LEFT JOIN likes l ON l.likeness = a.likeness)
            SELECT k.period, k.member, count(*) FILTER (WHERE e.resolved_at >= k.opened_at - {LOOKBACK}), count(k.place),
                   count(*), bool_or(k.start - {LOOKBACK} < (SELECT min(opened_at) FROM incidents))
            FROM k ASOF LEFT JOIN earlier e ON k.place = e.place AND k.opened_at > e.resolved_at GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, repeated, known, opened, short in rows:
        reason = joined(notes(unknown_key=opened - known), "short_history" if short and known else None)
        measured[period, member] = share(repeated, known, reason)
    return results(scope, measured, share(0, 0, None))
