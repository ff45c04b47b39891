"""Which number a page means by "resolved in time": one for all of its sections."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.sections.scene import Scene

RECOMPUTED, FLAGGED, ENDED = "sla_resolution_met", "sla_resolved_flagged", "sla_resolution_flagged"


def attainment(scene: Scene) -> str:
    """The indicator: recomputed by the workspace's rules; else the tool's flag; that of all that ended only where nothing else is.

    Where none can be measured it is the recomputed one, which says why.
    """
    if "attainment" not in scene.kept:
        now = scene.now([RECOMPUTED, FLAGGED, ENDED])
        measured = (name for name in now if pd.notna(now[name]["value"]))
        rules = any(rule.resolution for rule in scene.workspace.settings.sla)
        scene.kept["attainment"] = RECOMPUTED if rules else next(measured, RECOMPUTED)
    return str(scene.kept["attainment"])


def headline(scene: Scene) -> list[str]:
    """The headline indicators of the workspace; without a rule for resolution, attainment is told by the tool's flag."""
    ids = scene.workspace.settings.report.headline
    return list(dict.fromkeys(attainment(scene) if name == RECOMPUTED else name for name in ids))


def unresolved(scene: Scene) -> int:
    """Incidents with the tool's flag that were closed in the period without a resolution time: in no share of those resolved."""
    rows = scene.query(
        "SELECT count(*) AS n FROM incidents WHERE resolved_at IS NULL AND closed_at >= $start AND closed_at < $end "
        "AND made_sla IS NOT NULL AND state IS DISTINCT FROM 'canceled'"
    )
    return int(rows["n"].iloc[0])
