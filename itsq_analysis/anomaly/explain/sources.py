"""What explanations are made of, read from a scope: tickets with their members, changes and outages, series of services."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.explain.days import day_grid, day_slots
from itsq_analysis.anomaly.explain.expectation import expect
from itsq_analysis.anomaly.explain.precedents import Courses
from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.forecasting.calendar import SpecialDays, special_days
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.series import UNKNOWN
from itsq_analysis.tables import contract

# Dimensions that an explanation looks at, besides the configuration item; of several that tell it, the first is told.
LOOKED_AT = ("service", "group", "category", "priority", "channel")
HISTORY = 400  # days before an event that are read
HELD = 1200  # days before the moment whose tickets are held


@fact
def tickets(scope: Scope, table: str) -> pd.DataFrame:
    """Tickets of a table: `opened` (naive local), `ds` (its day), and their members; rows without a time are left out."""
    columns = contract(table).all_columns
    names = [name for name in LOOKED_AT if dimension_sql(table, name)]
    chosen = [f'{dimension_sql(table, name)} AS "{name}"' for name in names]
    chosen += ['t."ci" AS "ci"'] if "ci" in columns else []
    chosen += ["t.caused_by_change AS change"] if "caused_by_change" in columns else []
    frame = scope.query(
        f"SELECT t.opened_at AT TIME ZONE $zone AS opened, {', '.join(chosen)} {from_sql(table, names)} "
        "WHERE t.opened_at < $moment AND t.opened_at >= $since ORDER BY t.opened_at",
        zone=scope.settings.organisation.timezone,
        since=scope.moment - timedelta(days=HELD),
    )
    return frame.assign(ds=frame["opened"].dt.normalize())


def tickets_of(scope: Scope, table: str, dimension: str, member: str) -> pd.DataFrame:
    """The tickets of a series ("" is the whole table) with the members of its other dimensions.

    Raises:
        IndicatorError: the dimension cannot be explained, or has no such member.
    """
    every = tickets(scope, table)
    other = every.drop(columns=["opened", "change"], errors="ignore")
    if not dimension:
        return other
    if dimension not in LOOKED_AT or dimension not in every:
        raise IndicatorError(
            f"by must be one of {', '.join(LOOKED_AT)} to be explained; found {dimension!r}; detect by one of these"
        )
    rows = members(every[dimension]) == member
    if len(every) and not rows.any():
        raise IndicatorError(
            f"an event must be of a {dimension} that has {table}; found {member!r}; give an event that was found by {dimension}"
        )
    return other[rows].drop(columns=dimension)


def members(names: pd.Series) -> pd.Series:
    """Names of members as `detect` gives them."""
    return names.astype("str").where(names.notna(), UNKNOWN)


@fact
def named_changes(scope: Scope) -> dict[str, int]:
    """Change -> incidents that name it as their cause."""
    return {str(change): int(n) for change, n in tickets(scope, "incidents")["change"].value_counts().items()}


@fact
def happenings(scope: Scope) -> pd.DataFrame:
    """Changes that took effect and outages: kind, id, at (naive local), service, what, outcome."""
    return scope.query(
        "SELECT 'change' AS kind, number AS id, coalesce(ended_at, started_at) AT TIME ZONE $zone AS at, service, "
        "type AS what, outcome FROM changes WHERE state IS DISTINCT FROM 'canceled' "
        "AND coalesce(ended_at, started_at) < $moment UNION ALL "
        "SELECT 'outage', number, started_at AT TIME ZONE $zone, service, "
        "kind, CASE WHEN major THEN 'major' END FROM outages WHERE started_at < $moment ORDER BY 3, 1, 2",
        zone=scope.settings.organisation.timezone,
    )


@fact
def special(scope: Scope) -> SpecialDays:
    """The special days of all days whose tickets are held."""
    last = last_day(scope).date()
    return special_days(scope.special_days, last - timedelta(days=HELD + 1), last, last)


def until(scope: Scope) -> pd.Timestamp:
    """The scope's moment in naive local time."""
    return pd.Timestamp(scope.moment.astimezone(scope.settings.organisation.zone).replace(tzinfo=None))


def last_day(scope: Scope) -> pd.Timestamp:
    """The day of the last moment that is known."""
    return (until(scope) - pd.Timedelta(microseconds=1)).normalize()


def courses(scope: Scope, table: str, start: pd.Timestamp, end: pd.Timestamp) -> Courses:
    """Daily counts of all services with what was expected of them before an event."""
    every = tickets(scope, table)
    first = max(every["ds"].min(), start - pd.Timedelta(days=HISTORY))
    days = day_grid(first, end)
    inside = every[(every["ds"] >= first) & (every["ds"] <= end)]
    wide = inside.groupby(["ds", "service"]).size().unstack(fill_value=0).reindex(days, fill_value=0)
    whole = inside.groupby("ds").size().reindex(days, fill_value=0).to_numpy(dtype=float)
    counts, at = np.column_stack([whole, wide.to_numpy(dtype=float)]), int((start - first).days)
    expected = expect(counts, day_slots(days, special(scope)), whole, at)
    return Courses(days, ("", *map(str, wide.columns)), expected, at)
