"""How changes ended: outcomes by period, the failed ones, and incidents that name a change as their cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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


@dataclass(frozen=True)
class ChangeDay:
    """The changes that took effect on a day.

    Attributes:
        day: local.
        changes: ended (else started, else closed) on it; canceled ones left out.
        failed, issues, emergency: of them.
        caused: incidents that name one of them as their cause.
    """

    day: date
    changes: int
    failed: int
    issues: int
    emergency: int
    caused: int


@fact
def change_days(scope: Scope) -> tuple[ChangeDay, ...]:
    """Every day of the period with the changes that took effect on it."""
    rows = scope.query(
        "WITH named AS (SELECT caused_by_change AS number, count(*) AS n FROM incidents GROUP BY caused_by_change), "
        "done AS (SELECT *, coalesce(ended_at, started_at, closed_at) AS effect FROM changes "
        "WHERE state IS DISTINCT FROM 'canceled') "
        "SELECT (effect AT TIME ZONE $zone)::DATE AS day, count(*) AS changes, "
        "count(*) FILTER (WHERE outcome = 'unsuccessful') AS failed, "
        "count(*) FILTER (WHERE outcome = 'successful_issues') AS issues, "
        "count(*) FILTER (WHERE type = 'emergency') AS emergency, coalesce(sum(n), 0) AS caused "
        "FROM done LEFT JOIN named USING (number) WHERE effect >= $start AND effect < $end GROUP BY day",
        zone=scope.settings.organisation.timezone,
    )
    counted = {row.pop("day"): row for row in rows.to_dict("records")}
    days = [scope.period.start + timedelta(days=place) for place in range(scope.period.days)]
    names = ("changes", "failed", "issues", "emergency", "caused")
    return tuple(ChangeDay(day, **{name: int(counted.get(day, {}).get(name, 0)) for name in names}) for day in days)


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
