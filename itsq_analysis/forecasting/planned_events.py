"""Planned events of the register of demand (`demand_drivers`), as forecasts of tickets take them.

The register feeds forecasts and capacity alike. An event is about the tickets of its service: a series that holds other services
too changes by that service's share of it. An event whose row says when it was last changed is known from that day on; where the row
says nothing, it is known at the cutoff that is forecast from now, and recomputed forecasts of earlier cutoffs do without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.forecasting.event_effects import LEAST, MOST
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.series import UNKNOWN

if TYPE_CHECKING:
    from itsq_analysis.workspace import Workspace

DRIVEN = ("incidents", "requests")  # tables whose rows follow demand
RECENT = 28  # days up to the cutoff from which the usual amount of a driver is taken; the last one is not over yet
SHARES = 84  # days from which a service's share of a series is taken
COLUMNS = ("name", "first", "last", "effect", "unique_id", "known")
_YEAR = re.compile(r"\s*\b(?:19|20)\d\d\b\s*")


@fact
def events_of(scope: Scope, table: str, dimension: str, cutoff: date) -> pd.DataFrame | None:
    """The events for the whole of a table (named as the table) and its members ("dimension=name", without a dimension none)."""
    parts = [planned_events(scope.workspace, table, None, cutoff)]
    parts += [_prefixed(scope.workspace, table, dimension, cutoff)] if dimension else []
    return _together(parts)


def events_of_members(workspace: Workspace, table: str, dimensions: Sequence[str], cutoff: date) -> pd.DataFrame | None:
    """The events for the series that `ws.series` gives by these dimensions, named as there."""
    if len(dimensions) < 2:
        return planned_events(workspace, table, dimensions[0] if dimensions else None, cutoff)
    return _together([_prefixed(workspace, table, dimension, cutoff) for dimension in dimensions])


def _prefixed(workspace: Workspace, table: str, dimension: str, cutoff: date) -> pd.DataFrame | None:
    members = planned_events(workspace, table, dimension, cutoff)
    return None if members is None else members.assign(unique_id=f"{dimension}=" + members["unique_id"])


def _together(parts: Sequence[pd.DataFrame | None]) -> pd.DataFrame | None:
    known = [part for part in parts if part is not None]
    return pd.concat(known, ignore_index=True).drop_duplicates(ignore_index=True) if known else None


def planned_events(workspace: Workspace, table: str, by: str | None, cutoff: date) -> pd.DataFrame | None:
    """The register's events as `forecast` takes them; None where there are none for the table.

    Args:
        workspace: holds the tables.
        table: incidents or requests; nothing else follows demand.
        by: the dimension whose members are forecast; None for the whole, named as the table.
        cutoff: the first day that is not known.

    Returns:
        name (without a year), first, last (missing: it lasts), effect (missing: not announced), unique_id (missing: every series),
        known.
    """
    if table not in DRIVEN:
        return None
    rows = register(workspace)
    events = rows[rows["event"].notna() | (rows["growth"].notna() & (rows["kind"] == "planned"))]
    result = [row for event in events.to_dict("records") for row in _of_series(workspace, table, by, _event(event, rows, cutoff))]
    return pd.DataFrame(result, columns=list(COLUMNS)).drop_duplicates(ignore_index=True) if result else None


def register(workspace: Workspace) -> pd.DataFrame:
    """The rows of the register with their days as timestamps, oldest first."""
    rows = workspace.rows('SELECT * FROM "demand_drivers" ORDER BY "date", driver, service, event', {})
    zone = workspace.settings.organisation.zone
    changed = pd.to_datetime(rows["updated_at"], utc=True).dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    days = {name: pd.to_datetime(rows[name]) for name in ("date", "until")}
    return rows.assign(**days, changed=changed, value=rows["value"].astype("float64"), growth=rows["growth"].astype("float64"))


def announced_on(event: dict[Any, Any], cutoff: date) -> date:
    """The day to which an event's amount is compared: its registration's, but neither after the cutoff nor after its own start."""
    return pd.Timestamp(min(day for day in (event["changed"], pd.Timestamp(cutoff), event["date"]) if not pd.isna(day))).date()


def announced_change(rows: pd.DataFrame, event: dict[Any, Any], day: date) -> float:
    """By what share demand changes: as the register says, or its amount against the driver's mean of the four weeks up to a day."""
    if not pd.isna(event["growth"]):
        return float(event["growth"])
    if pd.isna(event["value"]):
        return float("nan")
    before = pd.Timestamp(day)
    lately = (rows["kind"] == "measured") & (rows["date"] < before) & (rows["date"] > before - timedelta(days=RECENT))
    service = rows["service"].isna() if pd.isna(event["service"]) else rows["service"] == event["service"]
    mean = rows.loc[lately & service & (rows["driver"] == event["driver"]), "value"].mean()
    return float(event["value"]) / float(mean) - 1 if mean > 0 else float("nan")


def _event(event: dict[Any, Any], rows: pd.DataFrame, cutoff: date) -> dict[str, Any]:
    """An event of the register with its change and the day from which it is known."""
    title = str(event["driver"] if pd.isna(event["event"]) else event["event"])
    known = pd.Timestamp(cutoff) if pd.isna(event["changed"]) else event["changed"]
    day = announced_on(event, cutoff)
    return {
        "name": _YEAR.sub(" ", title).strip() or title,
        "first": event["date"],
        "last": event["until"],
        "effect": announced_change(rows, event, day),
        "service": None if pd.isna(event["service"]) else str(event["service"]),
        "known": known,
        "day": day,
    }


def _of_series(workspace: Workspace, table: str, by: str | None, event: dict[str, Any]) -> list[dict[str, Any]]:
    """An event as rows of the series that it is about, each with the service's share of its change."""
    effect = min(max(event["effect"], LEAST), MOST)
    about = {key: event[key] for key in ("name", "first", "last", "known")}
    if event["service"] is None:
        return [about | {"unique_id": None, "effect": effect}]
    if by == "service":
        return [about | {"unique_id": event["service"], "effect": effect}]
    shares = _shares(workspace, table, by, event["service"], event["day"])
    return [about | {"unique_id": member, "effect": effect * share} for member, share in shares.items() if share]


def _shares(workspace: Workspace, table: str, by: str | None, service: str, day: date) -> dict[str, float]:
    """A service's share of the rows of each member (or of the whole) in the twelve weeks before a day."""
    dimensions = ["service", *([by] if by else [])]
    member = f"'{table}'" if by is None else f"coalesce(({dimension_sql(table, by)})::VARCHAR, '{UNKNOWN}')"
    local = 't."opened_at" AT TIME ZONE $zone'
    rows = workspace.rows(
        f"""SELECT {member} AS member, count(*) AS n, count(*) FILTER ({dimension_sql(table, "service")} = $service) AS own
            {from_sql(table, dimensions, None)} WHERE ({local})::DATE < $day AND ({local})::DATE >= $since GROUP BY 1""",
        {"zone": workspace.settings.organisation.timezone, "service": service, "day": day, "since": day - timedelta(days=SHARES)},
    )
    return {str(row["member"]): float(row["own"]) / float(row["n"]) for row in rows.to_dict("records")}
