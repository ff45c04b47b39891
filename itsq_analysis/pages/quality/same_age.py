"""Values that can still move: the earlier periods as they stood at the same age."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period, history
from itsq_analysis.tables import contract

# One row per resolution in the log: when the next one came, whether it had been reopened before, and when it was next.
_RESOLUTIONS = """
WITH entries AS (
    SELECT l.number, l."at", l.state, lag(l.state) OVER ticket AS before,
    FROM state_log AS l
    JOIN incidents AS i ON i.number = l.number AND i.state IS DISTINCT FROM 'canceled'
    WHERE l.ticket_table = 'incidents' AND l."at" < $moment
    WINDOW ticket AS (PARTITION BY l.number ORDER BY l.seq)
), steps AS (
    SELECT *, state = 'resolved' AND before IS DISTINCT FROM 'resolved' AS resolution,
        before IN ('resolved', 'closed') AND state NOT IN ('resolved', 'closed', 'canceled') AS reopening
    FROM entries
)
SELECT "at", resolution,
    min(CASE WHEN resolution THEN "at" END) OVER later AS next_resolved,
    min(CASE WHEN reopening THEN "at" END) OVER later AS next_reopened,
    coalesce(bool_or(reopening) OVER earlier, FALSE) AS reopened
FROM steps
WHERE resolution OR reopening
WINDOW later AS (PARTITION BY number ORDER BY "at" ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
    earlier AS (PARTITION BY number ORDER BY "at" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
"""


def at_same_age(context: ReportContext, row: pd.Series, count: int) -> pd.DataFrame | None:
    """A provisional value of the reporting period and the periods before it, each as it stood so long after its own end.

    Args:
        row: of the value frame, of the reporting period, for the whole.
        count: periods before.

    Returns:
        period, value, numerator and denominator, oldest first; None where what was known at an earlier moment cannot be told (the
        column that moves has no times, or the log does not give the value of today).
    """
    periods = history(context.period, count + 1)
    indicator = context.workspace.catalogue[row["indicator"]]
    if pd.notna(row["dimension"]) or indicator.table is None or indicator.kind not in ("proportion", "count"):
        return None
    if "reopen_count" in indicator.columns:
        told = _reopened(context, periods)
    elif _dated(context, row["indicator"]):
        told = pd.concat([_as_of(context, row["indicator"], one) for one in periods], ignore_index=True)
    else:
        return None
    now = told.iloc[-1]
    same = all(now[name] == row[name] for name in ("numerator", "denominator"))
    return told if same else None


def _ages(context: ReportContext, periods: list[Period]) -> list[datetime]:
    """The moment at which each period was as old as the reporting period is now."""
    zone = context.workspace.settings.organisation.zone
    age: timedelta = context.moment - context.period.bounds(zone)[1]
    return [one.bounds(zone)[1] + age for one in periods]


def _dated(context: ReportContext, name: str) -> bool:
    """Whether what the indicator asks for carries its own time, so that a later event can be left out."""
    indicator = context.workspace.catalogue[name]
    columns = contract(str(indicator.table)).all_columns
    return indicator.of is not None and any(columns[one].type == "time" for one in indicator.of.columns)


def _as_of(context: ReportContext, name: str, period: Period) -> pd.DataFrame:
    moment = _ages(context, [period])[0].astimezone(context.workspace.settings.organisation.zone)
    frame = context.workspace.indicators([name], period.label, as_of=moment)
    return frame[["period", "value", "numerator", "denominator"]]


def _reopened(context: ReportContext, periods: list[Period]) -> pd.DataFrame:
    """Incidents resolved in each period and reopened, as the log tells it at each moment."""
    zone = context.workspace.settings.organisation.zone
    steps = context.query(_RESOLUTIONS)
    rows = []
    for period, known in zip(periods, _ages(context, periods), strict=True):
        start, end = period.bounds(zone)
        resolved = steps[steps["resolution"] & (steps["at"] >= start) & (steps["at"] < end)]
        # The last resolution before that moment is the one that was known, unless the incident was open again.
        standing = resolved[~(resolved["next_resolved"] < known) & ~(resolved["next_reopened"] < known)]
        total, again = len(standing), int(standing["reopened"].sum())
        share = again / total if total else float("nan")
        rows.append({"period": period.label, "value": share, "numerator": float(again), "denominator": float(total)})
    return pd.DataFrame(rows)
