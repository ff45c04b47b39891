"""In which week a member's attainment fell: the Monday that divides its days best."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from itsq_analysis.page.context import ReportContext

CLEAR = 6.0  # twice the log of how much likelier the best week must be than the whole period: about one in 100 for four weeks


def onset(context: ReportContext, row: pd.Series, usual: float) -> date | None:
    """The Monday of the period from which on a share in time differs from its usual level; None where no week stands out.

    Binomial likelihood: the usual level before the week, another from it on; against another level in the whole period.

    Args:
        row: of attainment by group or service, for the reporting period.
        usual: the level of the periods before, between 0 and 1.
    """
    daily = _daily(context, row)
    if daily.empty or not 0 < usual < 1:
        return None
    start = context.period.start
    first = start + timedelta(days=-start.weekday() % 7)
    weeks = [first + timedelta(days=days) for days in range(0, (context.period.end - first).days, 7)]
    weeks = [week for week in weeks if start < week and (daily.index >= pd.Timestamp(week)).any()]
    whole = _likelihood(daily, pd.Timestamp(start), usual)
    gains = [2 * (_likelihood(daily, pd.Timestamp(week), usual) - whole) for week in weeks]
    if not gains or max(gains) < CLEAR:
        return None
    return weeks[int(np.argmax(gains))]


def _daily(context: ReportContext, row: pd.Series) -> pd.DataFrame:
    """Hits and cases by local day of opening, of the member's incidents resolved in the period."""
    column = {"group": "assignment_group", "service": "service"}[row["dimension"]]
    flag = "sla_resolution_met" if row["indicator"] == "sla_resolution_met" else "made_sla"
    rows = context.query(
        f'SELECT (opened_at AT TIME ZONE $zone)::DATE AS day, count(*) FILTER ("{flag}") AS hits, '
        f'count("{flag}") AS n FROM incidents WHERE {column} = $member AND resolved_at >= $start AND resolved_at < $end '
        "AND state IS DISTINCT FROM 'canceled' GROUP BY 1 ORDER BY 1",
        zone=context.workspace.settings.organisation.timezone,
        member=str(row["member"]),
    )
    return pd.DataFrame({"hits": rows["hits"].astype(float), "n": rows["n"].astype(float)}).set_index(pd.to_datetime(rows["day"]))


def _likelihood(daily: pd.DataFrame, cut: pd.Timestamp, usual: float) -> float:
    """Log-likelihood of the usual level before the cut and the best one from it on."""
    old, new = daily[daily.index < cut].sum(), daily[daily.index >= cut].sum()
    return _log(old, usual) + (_log(new, new["hits"] / new["n"]) if new["n"] else 0.0)


def _log(counts: pd.Series, level: float) -> float:
    missed = counts["n"] - counts["hits"]
    parts = ((counts["hits"], level), (missed, 1 - level))
    return float(sum(count * np.log(share) for count, share in parts if count))
