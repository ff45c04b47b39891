"""Tickets sent back and forth between groups."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.indicators.computed.result import Key, Result, notes, over, results, share
from itsq_analysis.indicators.computed_scope import ComputedScope


@over("incidents", "resolved_at")
def ping_pong_share(scope: ComputedScope) -> pd.DataFrame:
    """Share of incidents resolved in the period that went from a group to another and straight back (A → B → A).

    The sequence of groups comes from the state log before `as_of`; rows without a group are passed over. Canceled incidents do
    not count, nor do those without a known group in the log, which are counted in the reason. Wilson interval.
    """
    rows = scope.connection.sql(
        f"""WITH visits AS (
                SELECT number, seq, assignment_group AS visited,
                       lag(assignment_group) OVER (PARTITION BY number ORDER BY seq) AS previous
                FROM state_log
                WHERE ticket_table = 'incidents' AND assignment_group IS NOT NULL AND "at" < {scope.as_of_sql}
            ), moves AS (
                SELECT number, visited = lag(visited, 2) OVER (PARTITION BY number ORDER BY seq) AS returned
                FROM visits WHERE visited IS DISTINCT FROM previous
            ), logged AS (SELECT number, coalesce(bool_or(returned), false) AS returned FROM moves GROUP BY number)
            SELECT p.period, {scope.member_sql("incidents")} AS member, count(*) FILTER (WHERE logged.returned),
                   count(logged.number), count(*)
            {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.resolved_at >= p.start AND t.resolved_at < p.stop
            LEFT JOIN logged ON logged.number = t.number
            WHERE t.state IS DISTINCT FROM 'canceled' GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, returned, logged, resolved in rows:
        reason = notes(no_state_log=resolved - logged)
        measured[period, member] = share(returned, logged, reason)
    return results(scope, measured, share(0, 0, None))
