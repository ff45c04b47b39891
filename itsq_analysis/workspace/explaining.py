"""What an explanation is made of, read from a workspace: tickets with their members, changes and outages, series of services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError, IndicatorError
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.series import UNKNOWN
from itsq_analysis.tables import contract

if TYPE_CHECKING:
    from itsq_analysis.anomaly.explain import Explanation, Impact
    from itsq_analysis.anomaly.explain.precedents import Courses
    from itsq_analysis.workspace.reader import Reader

LOOKED_AT = ("service", "group", "category", "priority", "channel")  # and the configuration item; the first that tells it is told
HISTORY = 400  # days before an event that are read
KEPT = 1200  # days before the moment whose tickets are held
Holidays = list[str | pd.DataFrame] | None


class Sources:
    """The frames behind explanations of one workspace as of one moment; what several events need is read once."""

    def __init__(self, reader: Reader, holidays: Holidays, moment: datetime) -> None:
        self.reader = reader
        self.holidays = holidays
        self.moment = moment
        self.zone = reader.settings.organisation.timezone
        self._kept: dict[Any, pd.DataFrame] = {}

    @property
    def until(self) -> pd.Timestamp:
        """The moment in naive local time."""
        return pd.Timestamp(self.moment.astimezone(self.reader.settings.organisation.zone).replace(tzinfo=None))

    def tickets(self, table: str) -> pd.DataFrame:
        """Tickets of a table: `opened` (naive local), `ds` (its day), and their members; rows without a time are left out."""
        if table not in self._kept:
            columns = contract(table).all_columns
            names = [name for name in LOOKED_AT if dimension_sql(table, name)]
            told = [f'{dimension_sql(table, name)} AS "{name}"' for name in names]
            told += ['t."ci" AS "ci"'] if "ci" in columns else []
            told += ["t.caused_by_change AS change"] if "caused_by_change" in columns else []
            frame = self.reader.rows(
                f"SELECT t.opened_at AT TIME ZONE $zone AS opened, {', '.join(told)} {from_sql(table, names)} "
                "WHERE t.opened_at < $moment AND t.opened_at >= $since ORDER BY t.opened_at",
                {"zone": self.zone, "moment": self.moment, "since": self.moment - timedelta(days=KEPT)},
            )
            self._kept[table] = frame.assign(ds=frame["opened"].dt.normalize())
        return self._kept[table]

    def of_event(self, table: str, dimension: str, member: str) -> pd.DataFrame:
        """The tickets of an event's series with the members of its other dimensions."""
        tickets = self.tickets(table).drop(columns=["opened", "change"], errors="ignore")
        if not dimension:
            return tickets
        if dimension not in LOOKED_AT or dimension not in tickets:
            raise IndicatorError(
                f"by must be one of {', '.join(LOOKED_AT)} to be explained; found {dimension!r}; detect by one of these"
            )
        members = _members(tickets[dimension])
        if len(tickets) and not (members == member).any():
            raise IndicatorError(
                f"an event must be of a {dimension} that has {table}; found {member!r}; give an event that was found by {dimension}"
            )
        return tickets[members == member].drop(columns=dimension)

    def happenings(self) -> pd.DataFrame:
        """Changes that took effect and outages: kind, id, at (naive local), service, what, outcome."""
        if "happenings" not in self._kept:
            self._kept["happenings"] = self.reader.rows(
                "SELECT 'change' AS kind, number AS id, coalesce(ended_at, started_at) AT TIME ZONE $zone AS at, service, "
                "type AS what, outcome FROM changes WHERE state IS DISTINCT FROM 'canceled' "
                "AND coalesce(ended_at, started_at) < $moment UNION ALL "
                "SELECT 'outage', number, started_at AT TIME ZONE $zone, service, "
                "kind, CASE WHEN major THEN 'major' END FROM outages WHERE started_at < $moment ORDER BY 3, 1, 2",
                {"zone": self.zone, "moment": self.moment},
            )
        return self._kept["happenings"]

    def courses(self, table: str, start: pd.Timestamp, end: pd.Timestamp) -> Courses:
        """Daily counts of all services with what was expected of them before an event."""
        from itsq_analysis.anomaly.explain.days import day_grid, day_slots
        from itsq_analysis.anomaly.explain.expectation import expect
        from itsq_analysis.anomaly.explain.precedents import Courses

        tickets = self.tickets(table)
        first = max(tickets["ds"].min(), start - pd.Timedelta(days=HISTORY))
        days = day_grid(first, end)
        inside = tickets[(tickets["ds"] >= first) & (tickets["ds"] <= end)]
        wide = inside.groupby(["ds", "service"]).size().unstack(fill_value=0).reindex(days, fill_value=0)
        whole = inside.groupby("ds").size().reindex(days, fill_value=0).to_numpy(dtype=float)
        counts, at = np.column_stack([whole, wide.to_numpy(dtype=float)]), int((start - first).days)
        expected = expect(counts, day_slots(days, self.holidays), whole, at)
        return Courses(days, ("", *map(str, wide.columns)), expected, at)


def explain_event(sources: Sources, event: pd.Series, table: str, by: str | None, *, together: bool = False) -> Explanation | None:
    """An event of `to_events` explained; None where fewer than four weeks of data lie before it.

    Raises:
        IndicatorError: the dimension cannot be explained, or has no such member.
        ForecastError: the event is none.
    """
    from itsq_analysis.anomaly.explain import Explanation, contributions, narrow, precedents

    event = _checked(event)
    dimension, member = by or "", str(event["unique_id"])
    tickets = sources.of_event(table, dimension, member)
    if tickets.empty:
        return None
    last = (sources.until - pd.Timedelta(microseconds=1)).normalize()
    counts = tickets["ds"].value_counts().sort_index()
    grid = pd.date_range(sources.tickets(table)["ds"].min(), last, freq="D")
    daily = pd.DataFrame({"ds": grid, "y": counts.reindex(grid, fill_value=0).to_numpy()})
    up = bool(event["size"] >= 0)
    excess = narrow(daily, event["start"], event["end"], event["peak"], up=up, holidays=sources.holidays)
    if excess is None:
        return None
    where = contributions(tickets, excess.start, excess.end, holidays=sources.holidays)
    services = _affected(where, dimension, member)
    courses = sources.courses(table, excess.start, excess.end)
    size = abs(excess.size) / max(excess.expected * where.attrs["spread"], 1.0) ** 0.5
    happenings = sources.happenings() if up else sources.happenings().iloc[:0]  # nothing is changed so that fewer tickets come
    before = precedents(happenings, courses, services, excess.start, size=size)
    beside = _together(sources, table, dimension, member) if together else pd.DataFrame()
    return Explanation(member, dimension, event["peak"], up, float(event["score"]), excess, where, before, beside)


def _members(names: pd.Series) -> pd.Series:
    """Names of members as `detect` gives them."""
    return names.astype("str").where(names.notna(), UNKNOWN)


def _checked(event: pd.Series) -> pd.Series:
    """The event with its days in naive local time."""
    missing = [name for name in ("unique_id", "start", "end", "peak", "size", "score") if name not in event]
    if missing or not isinstance(event, pd.Series):
        found = ", ".join(map(str, event.index[:9])) if isinstance(event, pd.Series) else type(event).__name__
        raise ForecastError(f"event must be one row of to_events; found {found}; give for example events.iloc[-1]")
    days = {name: pd.Timestamp(event[name]).tz_localize(None) for name in ("start", "end", "peak")}
    return pd.Series(event.to_dict() | days)


def _affected(where: pd.DataFrame, dimension: str, member: str) -> tuple[str, ...]:
    """The services that carry an event; () where it is not told by service."""
    if dimension == "service":
        return (member,) if member != UNKNOWN else ()
    named = []
    for _, row in where.iterrows():
        parts = {row["first_dimension"]: row["first_member"], row["second_dimension"]: row["second_member"]} | row["also"]
        named += [parts["service"]] if "service" in parts else []
    return tuple(dict.fromkeys(named))


def _together(sources: Sources, table: str, dimension: str, member: str) -> pd.DataFrame:
    from itsq_analysis.anomaly.explain import moved_together
    from itsq_analysis.anomaly.explain.together import LAGS, SHORTEST

    tickets = sources.tickets(table)
    days = pd.date_range(tickets["ds"].min(), (sources.until - pd.Timedelta(microseconds=1)).normalize(), freq="D")
    if not dimension or len(days) < SHORTEST + LAGS:
        return pd.DataFrame()
    names = _members(tickets[dimension]).rename("unique_id")
    every = pd.MultiIndex.from_product([sorted(names.unique()), days], names=["unique_id", "ds"])
    long = tickets.groupby([names, tickets["ds"]]).size().reindex(every, fill_value=0).rename("y").reset_index()
    return moved_together(long, member, holidays=sources.holidays)


def change_impact(sources: Sources, change: str, table: str, days: int, load: pd.DataFrame | None = None) -> Impact:
    """Tickets on a change's service after it took effect, or the hourly `load` of a resource, against what was to be expected.

    Raises:
        ForecastError: there is no such change, it has not taken effect, or too little lies before it.
    """
    from itsq_analysis.anomaly.explain import impact, impact_on_values

    known = sources.happenings()
    found = known[(known["kind"] == "change") & (known["id"] == change)]
    if found.empty:
        raise ForecastError(
            f"change must be the number of a change that took effect before {sources.until}; found {change!r}; "
            "look at table('changes') for those with ended_at or started_at"
        )
    one = found.iloc[0]
    if load is not None and load["y"].notna().sum() == 0:
        raise ForecastError("resource must be one that has values; found none; see table('resources') and table('metrics')")
    if load is not None:
        return impact_on_values(load.assign(ds=load["ds"].dt.tz_localize(None)), one["at"], days=days)
    tickets = sources.tickets(table)
    moments = tickets.loc[tickets["service"] == one["service"], "opened"] if pd.notna(one["service"]) else tickets["opened"]
    return impact(moments, one["at"], until=sources.until, days=days, holidays=sources.holidays)
