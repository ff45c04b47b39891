"""How changes ended: outcomes by period, the failed ones, and incidents that name a change as their cause."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.periods import Period

PERIODS = 13
OUTCOMES = ("successful", "successful_issues", "unsuccessful", "unknown_outcome")
CLOSED = "closed_at >= $start AND closed_at < $end AND state IS DISTINCT FROM 'canceled'"


@dataclass(frozen=True)
class Closed:
    """Changes closed in a period.

    Attributes:
        period: of their closing.
        outcomes: one number for each of OUTCOMES.
        emergency: of them emergency changes.
    """

    period: Period
    outcomes: dict[str, int]
    emergency: int

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())


@fact
def closed_changes(scope: Scope) -> tuple[Closed, ...]:
    """Changes closed in each of 13 periods, the scope's last; canceled ones left out."""
    periods = scope.history(PERIODS)
    bounds = [period.bounds(scope.settings.organisation.zone) for period in periods]
    rows = scope.query(
        "SELECT closed_at, coalesce(outcome, 'unknown_outcome') AS outcome, type IS NOT DISTINCT FROM 'emergency' AS emergency "
        "FROM changes WHERE closed_at >= $first AND closed_at < $end AND state IS DISTINCT FROM 'canceled'",
        first=bounds[0][0],
    )
    closed = []
    for period, (start, end) in zip(periods, bounds, strict=True):
        own = rows[(rows["closed_at"] >= start) & (rows["closed_at"] < end)]
        outcomes = {outcome: int((own["outcome"] == outcome).sum()) for outcome in OUTCOMES}
        closed.append(Closed(period, outcomes, int(own["emergency"].sum())))
    return tuple(closed)


@fact
def failed_changes(scope: Scope) -> pd.DataFrame:
    """Failed changes closed in the period: number, type, service, short_description, closed_at."""
    return scope.query(
        "SELECT number, type, service, short_description, closed_at FROM changes "
        f"WHERE outcome = 'unsuccessful' AND {CLOSED} ORDER BY closed_at, number"
    )


@fact
def caused_by_changes(scope: Scope) -> int:
    """Incidents opened in the period that name a change as their cause."""
    sql = "SELECT count(*) AS n FROM incidents WHERE caused_by_change IS NOT NULL AND opened_at >= $start AND opened_at < $end"
    return int(scope.query(sql)["n"].iloc[0])
