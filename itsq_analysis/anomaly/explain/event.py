"""An event of a scope explained, and what came after one of its changes."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.anomaly.explain.contributions import contributions
from itsq_analysis.anomaly.explain.explanation import Excess, Explanation, Impact
from itsq_analysis.anomaly.explain.impact import impact, impact_on_values
from itsq_analysis.anomaly.explain.narrow import narrow
from itsq_analysis.anomaly.explain.precedents import precedents
from itsq_analysis.anomaly.explain.sources import (
    courses,
    happenings,
    last_day,
    members,
    special,
    tickets,
    tickets_of,
    until,
)
from itsq_analysis.anomaly.explain.together import LAGS, SHORTEST, moved_together
from itsq_analysis.errors import ForecastError
from itsq_analysis.facts import Scope
from itsq_analysis.series import UNKNOWN


def explain_event(
    scope: Scope, event: pd.Series, table: str, by: str | None, *, together: bool = False, excess: Excess | None = None
) -> Explanation | None:
    """An event of `to_events` explained; None where fewer than four weeks of data lie before it.

    Args:
        scope: as of its moment; its period says nothing here.
        event: a row of `to_events`, found in the counts of `table` by the dimension `by`.
        table: incidents or requests.
        by: a dimension, or None for the whole.
        together: look for series that moved with it.
        excess: its `excess_of`, where that is known already.

    Raises:
        IndicatorError: the dimension cannot be explained, or has no such member.
        ForecastError: the event is none.
    """
    event = _checked(event)
    excess = excess or excess_of(scope, event, table, by)
    if excess is None:
        return None
    dimension, member, up = by or "", str(event["unique_id"]), bool(event["size"] >= 0)
    rows = tickets_of(scope, table, dimension, member)
    where = contributions(rows, excess.start, excess.end, holidays=special(scope))
    size = abs(excess.size) / max(excess.expected * where.attrs["spread"], 1.0) ** 0.5
    known = happenings(scope) if up else happenings(scope).iloc[:0]  # nothing is changed so that fewer tickets come
    services = _affected(where, dimension, member)
    before = precedents(known, courses(scope, table, excess.start, excess.end), services, excess.start, size=size)
    beside = moved_with(scope, table, dimension, member) if together else pd.DataFrame()
    return Explanation(member, dimension, event["peak"], up, float(event["score"]), excess, where, before, beside)


def excess_of(scope: Scope, event: pd.Series, table: str, by: str | None) -> Excess | None:
    """The days of an event that its excess lies in; None where fewer than four weeks of data lie before it."""
    event = _checked(event)
    rows = tickets_of(scope, table, by or "", str(event["unique_id"]))
    if rows.empty:
        return None
    days = _days(scope, table)
    counts = rows["ds"].value_counts().reindex(days, fill_value=0)
    daily = pd.DataFrame({"ds": days, "y": counts.to_numpy()})
    return narrow(daily, event["start"], event["end"], event["peak"], up=bool(event["size"] >= 0), holidays=special(scope))


def _days(scope: Scope, table: str) -> pd.DatetimeIndex:
    """All days whose tickets are held."""
    return pd.date_range(tickets(scope, table)["ds"].min(), last_day(scope), freq="D")


def _checked(event: pd.Series) -> pd.Series:
    """The event with its days in naive local time."""
    missing = [name for name in ("unique_id", "start", "end", "peak", "size", "score") if name not in event]
    if missing or not isinstance(event, pd.Series):
        given = ", ".join(map(str, event.index[:9])) if isinstance(event, pd.Series) else type(event).__name__
        raise ForecastError(f"event must be one row of to_events; found {given}; give for example events.iloc[-1]")
    days = {name: pd.Timestamp(event[name]).tz_localize(None) for name in ("start", "end", "peak")}
    return pd.Series(event.to_dict() | days)


def _affected(where: pd.DataFrame, dimension: str, member: str) -> tuple[str, ...]:
    """The services that carry an event; () where it is not told by service."""
    if dimension == "service":
        return (member,) if member != UNKNOWN else ()
    services = []
    for _, row in where.iterrows():
        parts = {row["first_dimension"]: row["first_member"], row["second_dimension"]: row["second_member"]} | row["also"]
        services += [parts["service"]] if "service" in parts else []
    return tuple(dict.fromkeys(services))


def moved_with(scope: Scope, table: str, dimension: str, member: str) -> pd.DataFrame:
    """Series of the same dimension that move together with a member's (`moved_together`); none where the data are too short."""
    days = _days(scope, table)
    if not dimension or len(days) < SHORTEST + LAGS:
        return pd.DataFrame()
    rows = tickets(scope, table)
    names = members(rows[dimension]).rename("unique_id")
    every = pd.MultiIndex.from_product([sorted(names.unique()), days], names=["unique_id", "ds"])
    long = rows.groupby([names, rows["ds"]]).size().reindex(every, fill_value=0).rename("y").reset_index()
    return moved_together(long, member, holidays=special(scope))


def change_impact(scope: Scope, change: str, table: str, days: int, load: pd.DataFrame | None = None) -> Impact:
    """Tickets on a change's service after it took effect, or the hourly `load` of a resource, against what was to be expected.

    Raises:
        ForecastError: there is no such change, it has not taken effect, or too little lies before it.
    """
    known = happenings(scope)
    same = known[(known["kind"] == "change") & (known["id"] == change)]
    if same.empty:
        raise ForecastError(
            f"change must be the number of a change that took effect before {until(scope)}; found {change!r}; "
            "look at table('changes') for those with ended_at or started_at"
        )
    at, service = same.iloc[0]["at"], same.iloc[0]["service"]
    if load is not None and load["y"].notna().sum() == 0:
        raise ForecastError("resource must be one that has values; found none; see table('resources') and table('metrics')")
    if load is not None:
        return impact_on_values(load.assign(ds=load["ds"].dt.tz_localize(None)), at, days=days)
    rows = tickets(scope, table)
    moments = rows.loc[rows["service"] == service, "opened"] if pd.notna(service) else rows["opened"]
    return impact(moments, at, until=until(scope), days=days, holidays=special(scope))
