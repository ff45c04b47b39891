"""Which number a report means by "resolved in time": one for all of its sections."""

from __future__ import annotations

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube

RECOMPUTED, FLAGGED, ENDED = "sla_resolution_met", "sla_resolved_flagged", "sla_resolution_flagged"


@fact
def attainment(scope: Scope) -> str:
    """The indicator: recomputed by the workspace's rules; else the tool's flag; that of all that ended only where nothing else is.

    Where none can be measured it is the recomputed one, which says why.
    """
    if any(rule.resolution for rule in scope.settings.sla):
        return RECOMPUTED
    cells = cube(scope)
    cells.want([RECOMPUTED, FLAGGED, ENDED])
    return next((name for name in (RECOMPUTED, FLAGGED, ENDED) if cells.value(name).known), RECOMPUTED)


@fact
def headline(scope: Scope) -> tuple[str, ...]:
    """The headline indicators of the workspace; without a rule for resolution, attainment is told by the tool's flag."""
    ids = scope.settings.report.headline
    return tuple(dict.fromkeys(attainment(scope) if name == RECOMPUTED else name for name in ids))


@fact
def closed_unresolved(scope: Scope) -> int:
    """Incidents with the tool's flag that were closed in the period without a resolution time: in no share of those resolved."""
    rows = scope.query(
        "SELECT count(*) AS n FROM incidents WHERE resolved_at IS NULL AND closed_at >= $start AND closed_at < $end "
        "AND made_sla IS NOT NULL AND state IS DISTINCT FROM 'canceled'"
    )
    return int(rows["n"].iloc[0])
