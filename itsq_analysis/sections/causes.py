"""Major incidents that share a cause: the same problem record, or the same cause in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from itsq_analysis.sections.scene import Scene

WINDOW = timedelta(days=365)  # looked back from the end of the period


@dataclass(frozen=True)
class Repeated:
    """A cause of more than one major incident.

    Attributes:
        cause: the problem's number, else the cause in the register's words.
        numbers: of the major incidents of the last twelve months, oldest first.
        service: of the newest; None if not known.
    """

    cause: str
    numbers: tuple[str, ...]
    service: str | None


def repeated_causes(scene: Scene) -> list[Repeated]:
    """Causes of a major incident of the period that had caused another one in the twelve months up to the period's end."""
    known = _majors(scene)
    start = pd.Timestamp(scene.period.bounds(scene.workspace.settings.organisation.zone)[0])
    found: dict[tuple[str, ...], Repeated] = {}
    for column in ("problem", "cause"):
        for _, rows in known[known[f"{column}_key"] != ""].groupby(f"{column}_key", sort=False):
            each = rows.drop_duplicates("number")
            numbers = tuple(each["number"])
            if len(numbers) > 1 and (each["began"] >= start).any():
                last = each.iloc[-1]
                service = None if pd.isna(last["service"]) else str(last["service"])
                found.setdefault(numbers, Repeated(str(last[column]), numbers, service))
    return list(found.values())


def _majors(scene: Scene) -> pd.DataFrame:
    """Major tickets and outages of twelve months; an outage goes under its ticket's number."""
    end = scene.period.bounds(scene.workspace.settings.organisation.zone)[1]
    rows = scene.query(
        "WITH named AS (SELECT number, opened_at AS began, service, problem, NULL::VARCHAR AS cause FROM incidents WHERE major "
        "UNION ALL SELECT coalesce(o.incident, o.number), o.started_at, o.service, coalesce(o.problem, i.problem), o.cause "
        "FROM outages o LEFT JOIN incidents i ON i.number = o.incident WHERE o.kind = 'unplanned' AND (o.major OR i.major)) "
        "SELECT * FROM named WHERE began >= $first AND began < $end ORDER BY began, number",
        first=end - WINDOW,
    )
    for column in ("problem", "cause"):
        rows[f"{column}_key"] = rows[column].fillna("").str.strip().str.casefold()
    return rows
