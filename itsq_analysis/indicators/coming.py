"""What is planned for the next period: changes and maintenance with their hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from itsq_analysis.facts import Scope, fact


@dataclass(frozen=True)
class Planned:
    """A change or a maintenance that is planned to begin in the next period. Moments in the workspace's zone.

    Attributes:
        kind: of work.
        number: of the change, or of the row of the register of outages.
        service: None is not known.
        start, end: None is not known.
        title: short description of a change; "" for maintenance.
    """

    kind: Literal["change", "maintenance"]
    number: str
    service: str | None
    start: datetime
    end: datetime | None
    title: str


@fact
def planned_work(scope: Scope) -> tuple[Planned, ...]:
    """Changes (not canceled) and maintenance planned to begin in the period after the reporting one, the first to begin first."""
    start, end = scope.period.following().bounds(scope.settings.organisation.zone)
    rows = scope.query(
        "SELECT 'change' AS kind, number, service, planned_start AS start, planned_end AS \"end\", short_description AS title "
        "FROM changes WHERE planned_start >= $first AND planned_start < $last AND opened_at <= $moment "
        "AND state IS DISTINCT FROM 'canceled' "
        "UNION ALL SELECT 'maintenance', number, service, started_at, restored_at, NULL FROM outages "
        "WHERE kind = 'maintenance' AND started_at >= $first AND started_at < $last ORDER BY start, number",
        first=start,
        last=end,
    ).astype(object)
    found = rows.where(rows.notna(), None).to_dict("records")
    return tuple(Planned(**{str(key): cell for key, cell in row.items()} | {"title": row["title"] or ""}) for row in found)
