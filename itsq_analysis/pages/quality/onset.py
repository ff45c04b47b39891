"""In which week a member's attainment fell: the counts by day that `anomaly.onset` divides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsq_analysis.anomaly.onset import Onset
from itsq_analysis.anomaly.onset import onset as onset_of
from itsq_analysis.page.context import ReportContext

if TYPE_CHECKING:
    import pandas as pd


def onset(context: ReportContext, row: pd.Series, usual: float) -> Onset | None:
    """The onset of a lower share in time of a group or service in the reporting period; None where no week stands out.

    Args:
        context: whose period.
        row: of attainment by group or service, for the reporting period.
        usual: the level of the periods before, between 0 and 1.
    """
    column = {"group": "assignment_group", "service": "service"}[row["dimension"]]
    flag = "sla_resolution_met" if row["indicator"] == "sla_resolution_met" else "made_sla"
    rows = context.query(
        "SELECT (opened_at AT TIME ZONE $zone)::DATE::TIMESTAMP AS began, (resolved_at AT TIME ZONE $zone)::DATE::TIMESTAMP AS "
        f'counted, (count(*) FILTER ("{flag}"))::DOUBLE AS hits, count("{flag}")::DOUBLE AS n FROM incidents '
        f"WHERE {column} = $member AND resolved_at >= $start AND resolved_at < $end AND state IS DISTINCT FROM 'canceled' "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        zone=context.workspace.settings.organisation.timezone,
        member=str(row["member"]),
    )
    return onset_of(rows, context.period.start, context.period.end, usual)
