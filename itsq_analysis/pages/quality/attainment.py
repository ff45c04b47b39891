"""Which number a page means by "resolved in time": one for all of its sections."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.page.context import ReportContext

RECOMPUTED, FLAGGED, ENDED = "sla_resolution_met", "sla_resolved_flagged", "sla_resolution_flagged"


def attainment(context: ReportContext) -> str:
    """The indicator: recomputed by the workspace's rules; else the tool's flag; that of all that ended only where nothing else is.

    Where none can be measured it is the recomputed one, which says why.
    """
    if "attainment" not in context.kept:
        now = context.now([RECOMPUTED, FLAGGED, ENDED])
        measured = (name for name in now if pd.notna(now[name]["value"]))
        rules = any(rule.resolution for rule in context.workspace.settings.sla)
        context.kept["attainment"] = RECOMPUTED if rules else next(measured, RECOMPUTED)
    return str(context.kept["attainment"])


def headline(context: ReportContext) -> list[str]:
    """The headline indicators of the workspace; without a rule for resolution, attainment is told by the tool's flag."""
    ids = context.workspace.settings.report.headline
    return list(dict.fromkeys(attainment(context) if name == RECOMPUTED else name for name in ids))


def unresolved(context: ReportContext) -> int:
    """Incidents with the tool's flag that were closed in the period without a resolution time: in no share of those resolved."""
    rows = context.query(
        "SELECT count(*) AS n FROM incidents WHERE resolved_at IS NULL AND closed_at >= $start AND closed_at < $end "
        "AND made_sla IS NOT NULL AND state IS DISTINCT FROM 'canceled'"
    )
    return int(rows["n"].iloc[0])
