"""Other ways of counting incidents resolved in time: the tool's flag beside the recomputation, and without pauses."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.attainment import RECOMPUTED
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.exemptions import approved, without
from itsq_analysis.indicators.late import kept_by_pauses


@dataclass(frozen=True)
class Agreement:
    """Resolved incidents with the tool's flag and a recomputed outcome.

    Attributes:
        n: all of them.
        differ: where the two say otherwise.
        lenient: of these flagged in time though late by the rules.
    """

    n: int
    differ: int
    lenient: int


@fact
def agreement(scope: Scope) -> Agreement:
    """How far the tool's flag and the recomputation agree, ticket by ticket."""
    rows = scope.query(
        "SELECT count(*) AS n, count(*) FILTER (made_sla <> sla_resolution_met) AS differ, "
        "count(*) FILTER (made_sla AND NOT sla_resolution_met) AS lenient FROM incidents "
        "WHERE resolved_at >= $start AND resolved_at < $end AND made_sla IS NOT NULL AND sla_resolution_met IS NOT NULL"
    )
    return Agreement(**{name: int(rows[name].iloc[0]) for name in ("n", "differ", "lenient")})


@fact
def in_time_by_pauses(scope: Scope) -> int:
    """Incidents of the recomputed share that were in time only because their clock was stopped."""
    if not cube(scope).value(RECOMPUTED).known:
        return 0
    workspace, tickets = scope.workspace, approved(scope).get(RECOMPUTED, ())
    start, end = scope.period.bounds(scope.settings.organisation.zone)
    with without(workspace.connection, tickets) if tickets else nullcontext():
        return kept_by_pauses(workspace.connection, scope.settings, workspace.calendar, start, min(end, scope.moment))
