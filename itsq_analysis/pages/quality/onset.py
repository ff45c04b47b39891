"""In which week a member's attainment fell: the counts by day of opening that `anomaly.onset` divides."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.anomaly.onset import Onset
from itsq_analysis.anomaly.onset import onset as onset_of
from itsq_analysis.page.context import ReportContext


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
        f'SELECT (opened_at AT TIME ZONE $zone)::DATE AS day, count(*) FILTER ("{flag}") AS hits, '
        f'count("{flag}") AS n FROM incidents WHERE {column} = $member AND resolved_at >= $start AND resolved_at < $end '
        "AND state IS DISTINCT FROM 'canceled' GROUP BY 1 ORDER BY 1",
        zone=context.workspace.settings.organisation.timezone,
        member=str(row["member"]),
    )
    daily = pd.DataFrame({"hits": rows["hits"].astype(float), "n": rows["n"].astype(float)}).set_index(pd.to_datetime(rows["day"]))
    return onset_of(daily, context.period.start, context.period.end, usual)
