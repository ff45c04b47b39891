"""The plan of a workspace: what its contacts, tickets and roster say about the people needed in the coming weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd
from duckdb import DuckDBPyConnection

from itsq_analysis.errors import ForecastError
from itsq_analysis.facts import Scope, fact, keep
from itsq_analysis.facts.keeping import origin
from itsq_analysis.settings import Settings
from itsq_analysis.staffing import reading
from itsq_analysis.staffing.desk import Desk, daily_contacts, desk
from itsq_analysis.staffing.handling import WEEKS as RECENT
from itsq_analysis.staffing.tickets import LIKELY, TeamWork, team_work
from itsq_analysis.staffing.weeks import SpecialDay, Weeks
from itsq_analysis.worktime import Calendar

WEEKS = 6  # of a plan: this one and the five after it
LEVELS = (50, 80, 95)
FEWEST_DAYS = 14  # of history, below which nothing is forecast
OLDEST = 14  # days that contacts may lie back
CONTACTS, TICKETS = "contacts: ", "tickets: "


@dataclass(frozen=True, eq=False)
class Plan:
    """What is known about the people needed from a day on.

    Attributes:
        start, last: days of the plan; `last` is a Sunday.
        special_days: those of them that are not like others of their weekday.
        desks: those whose contacts wait to be answered; without contacts there are none.
        teams: those on the roster, or with a stated handling time, that work on tickets.
        has_contacts, has_roster: whether the tables hold any row.
        roster_ends: the last day that the roster reaches, where working days of the plan lie after it; else None.
        unplanned: desks whose contacts are too few days, or end too long ago, for a forecast.
        notes: sentences of the forecast that a reader must know.
    """

    start: date
    last: date
    special_days: tuple[SpecialDay, ...]
    desks: tuple[Desk, ...]
    teams: tuple[TeamWork, ...]
    has_contacts: bool
    has_roster: bool
    roster_ends: date | None
    unplanned: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def hours(self) -> pd.DataFrame:
        """The hours of all desks, with their team first."""
        columns = ["team", "ds", "expected", "needed", "rostered", "gap", "busy", "holiday", "special"]
        frames = [desk.hours.assign(team=desk.team)[columns] for desk in self.desks if len(desk.hours)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)

    @property
    def calendar_weeks(self) -> tuple[tuple[date, date], ...]:
        """First and last day of each calendar week; the first may be short."""
        monday = self.start - timedelta(days=self.start.weekday())
        mondays = [monday + timedelta(weeks=place) for place in range(((self.last - monday).days + 1) // 7)]
        return tuple((max(first, self.start), first + timedelta(days=6)) for first in mondays)

    @property
    def special(self) -> Mapping[date, SpecialDay]:
        """The special days by day."""
        return {special.day: special for special in self.special_days}

    @property
    def at_risk(self) -> tuple[TeamWork, ...]:
        """Teams whose backlog ends within its limit with less than 80 % probability, those over it of late first."""
        risky = [work for work in self.teams if work.people is not None and work.chance_now < LIKELY]
        return tuple(sorted(risky, key=lambda work: (work.bounds, work.chance_now, work.team)))

    @property
    def at_ease(self) -> tuple[TeamWork, ...]:
        """Teams whose backlog ends within its limit with at least 80 % probability."""
        return tuple(work for work in self.teams if work.people is not None and work.chance_now >= LIKELY)


@fact
def staffing_plan(scope: Scope, weeks: int = WEEKS) -> Plan:
    """People needed in the rest of this week and the weeks after it; kept on disk, the same for every period.

    Args:
        scope: as of its moment; a roster is not of one service, so that the plan is of all of them.
        weeks: calendar weeks, the one of the moment included.

    >>> staffing_plan(open_workspace("data/sample").scope()).teams  # doctest: +SKIP
    """
    key = ("staffing plan", weeks, *origin(replace(scope, period=None)))  # type: ignore[arg-type]
    return keep(scope.cache, key, lambda: make_plan(scope, weeks))


def make_plan(scope: Scope, weeks: int) -> Plan:
    """The plan, worked out anew."""
    connection, settings, moment = scope.workspace.connection, scope.settings, scope.moment
    calendar = scope.workspace.calendar
    zone = settings.organisation.zone
    planned = Weeks(moment.astimezone(zone).date(), weeks, calendar(settings.calendars[0].id))
    contacts = reading.contact_hours(connection, zone, moment)
    roster = reading.roster_rows(connection, planned.start - timedelta(weeks=RECENT + 2), planned.last)
    unnamed = _answers(roster, reading.first_lines(connection))
    contacts["team"] = contacts["team"].astype(object).where(contacts["team"].notna(), unnamed)
    tickets = _by_team(reading.ticket_days(connection, zone, moment), connection, roster, settings)
    every = {str(team): rows for team, rows in contacts.groupby("team")}
    desks = {team: rows for team, rows in every.items() if _usable(daily_contacts(rows, planned), planned)}
    teams = {team: rows for team, rows in tickets.items() if team not in desks}
    forecasts = _forecast(desks, teams, planned, scope.special_days or ())
    known = {team: rows for team, rows in desks.items() if _has(forecasts, team)}
    return Plan(
        planned.start,
        planned.last,
        planned.special_days,
        tuple(_desk(team, rows, forecasts, roster, settings, planned, calendar) for team, rows in known.items()),
        tuple(_teams(connection, teams, forecasts, roster, settings, planned, moment)),
        bool(len(contacts)),
        bool(len(roster)),
        _roster_ends(roster, planned),
        tuple(sorted(set(every) - set(known))),
        tuple(forecasts.attrs.get("notes", ())),
    )


def _roster_ends(roster: pd.DataFrame, weeks: Weeks) -> date | None:
    last: date | None = roster["date"].max() if len(roster) else None
    return last if last and any(day > last and weeks.calendar.is_working_day(day) for day in weeks.days) else None


def _answers(roster: pd.DataFrame, first: set[str]) -> str:
    """The rostered team that answers contacts which name no group: the only first line, else the only team; "" if not clear."""
    rostered = {str(team) for team in roster["team"]}
    for candidates in (rostered & first, rostered):
        if len(candidates) == 1:
            return candidates.pop()
    return ""


def _usable(daily: pd.DataFrame, weeks: Weeks) -> bool:
    """Whether there are enough days of contacts, up to the last weeks, to forecast from."""
    return len(daily) >= FEWEST_DAYS and daily["ds"].max() >= pd.Timestamp(weeks.start - timedelta(days=OLDEST))


def _has(forecasts: pd.DataFrame, team: str) -> bool:
    return bool((forecasts["unique_id"] == CONTACTS + team).any())


def _by_team(
    days: pd.DataFrame, connection: DuckDBPyConnection, roster: pd.DataFrame, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Tickets per day of the teams that are rostered or have stated times; a rostered team is a group, or has groups."""
    belongs = reading.teams_of_groups(connection)
    rostered = {str(team) for team in roster["team"]}
    groups = {str(team) for team in days["team"]}
    named = rostered or (groups if set(settings.staffing.handling) & {"incidents", "requests"} else set())
    daily: dict[str, pd.DataFrame] = {}
    for team in sorted(named | {stated.team for stated in settings.staffing.teams if stated.handling}):
        rows = days[days["team"].isin(groups_of(team, groups, belongs))].groupby("ds", as_index=False)[["opened", "ended"]].sum()
        if len(rows) >= FEWEST_DAYS:
            daily[team] = rows
    return daily


def groups_of(team: str, groups: set[str], belongs: dict[str, str]) -> list[str]:
    """The assignment groups of a rostered team: the one of its name, else those that the register puts into it.

    >>> groups_of("Apps", {"ERP", "WMS"}, {"ERP": "Apps"}), groups_of("ERP", {"ERP"}, {})
    (['ERP'], ['ERP'])
    """
    return [team] if team in groups else sorted(group for group in groups if belongs.get(group) == team)


def _forecast(
    desks: dict[str, pd.DataFrame], teams: dict[str, pd.DataFrame], weeks: Weeks, holidays: Sequence[str | pd.DataFrame]
) -> pd.DataFrame:
    """All series at once, since most of the time goes into making ready; an empty frame where there is none."""
    yesterday = pd.Timestamp(weeks.start - timedelta(days=1))
    frames = [daily_contacts(rows, weeks).assign(unique_id=CONTACTS + team) for team, rows in desks.items()]
    for team, rows in teams.items():
        days = pd.date_range(rows["ds"].min(), yesterday, freq="D", unit="us")
        counts = rows.set_index("ds")["opened"].reindex(days).fillna(0.0)
        frames.append(pd.DataFrame({"unique_id": TICKETS + team, "ds": counts.index, "y": counts.to_numpy()}))
    if not frames:
        return _nothing()
    series = pd.concat(frames, ignore_index=True)[["unique_id", "ds", "y"]]
    late = (yesterday - series.groupby("unique_id")["ds"].max().min()).days  # a closed day at the end has no row
    from itsq_analysis.forecasting.active import forecast_active

    try:
        result = forecast_active(series, len(weeks.days) + max(late, 0), freq="D", levels=LEVELS, holidays=list(holidays))
    except ForecastError as error:  # such as only series that have ended
        return _nothing(str(error))
    notes = result.attrs.get("notes", [])
    inside = result[(result["ds"] >= pd.Timestamp(weeks.start)) & (result["ds"] <= pd.Timestamp(weeks.last))]
    inside.attrs["notes"] = notes
    return inside


def _nothing(*notes: str) -> pd.DataFrame:
    """No forecast, and why."""
    frame = pd.DataFrame(columns=["unique_id", "ds", "mean"])
    frame.attrs["notes"] = list(notes)
    return frame


def _desk(
    team: str,
    rows: pd.DataFrame,
    forecasts: pd.DataFrame,
    roster: pd.DataFrame,
    settings: Settings,
    weeks: Weeks,
    calendar: Callable[[str], Calendar],
) -> Desk:
    staffing = settings.staffing.of(team)
    daily = forecasts.loc[forecasts["unique_id"] == CONTACTS + team, ["ds", "mean"]]
    opens = calendar(staffing.calendar) if staffing.calendar else None
    return desk(team, rows, daily.reset_index(drop=True), roster[roster["team"] == team], staffing, weeks, opens)


def _teams(
    connection: DuckDBPyConnection,
    teams: dict[str, pd.DataFrame],
    forecasts: pd.DataFrame,
    roster: pd.DataFrame,
    settings: Settings,
    weeks: Weeks,
    moment: datetime,
) -> list[TeamWork]:
    opened = reading.open_tickets(connection, moment)
    mixes = reading.kinds_of_tickets(connection, moment - timedelta(weeks=RECENT), moment)
    belongs = reading.teams_of_groups(connection)
    works = []
    for team, rows in teams.items():
        own = forecasts[forecasts["unique_id"] == TICKETS + team]
        if len(own) < len(weeks.days):
            continue
        groups = groups_of(team, {*opened, *mixes}, belongs)
        staffing, shifts = settings.staffing.of(team), roster[roster["team"] == team]
        now, mix = _added(opened, groups), _added(mixes, groups)
        works.append(team_work(team, rows, own.reset_index(drop=True), shifts, now, mix, staffing, weeks))
    return works


def _added(counts: dict[str, dict[str, int]], groups: list[str]) -> dict[str, int]:
    """The counts by kind of several groups together."""
    kinds = sorted({kind for group in groups for kind in counts.get(group, {})})
    return {kind: sum(counts.get(group, {}).get(kind, 0) for group in groups) for kind in kinds}
