"""How much the first line resolves by itself."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.indicators.computed.result import Key, Result, notes, over, results, share
from itsq_analysis.indicators.computed_scope import ComputedScope


@over("incidents", "resolved_at")
def first_level_resolution_rate(scope: ComputedScope) -> pd.DataFrame:
    """Share of incidents resolved in the period by a group of level 1, of those resolved by a group of known level.

    The group is the one that resolved the incident. Incidents whose group, or its level, is not known are left out and counted in
    the reason; canceled ones do not count at all. Wilson interval.
    """
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("incidents")} AS member,
                   count(*) FILTER (WHERE l.level = 1), count(l.level), count(*)
            {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.resolved_at >= p.start AND t.resolved_at < p.stop
            LEFT JOIN groups l ON l.assignment_group = t.assignment_group
            WHERE t.state IS DISTINCT FROM 'canceled' GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, first_line, known, resolved in rows:
        measured[period, member] = share(first_line, known, notes(unknown_level=resolved - known))
    return results(scope, measured, share(0, 0, None))
