"""The open tickets of a workspace as of a moment, with their chance to miss their promise, and how many will be late day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from itsq_analysis.errors import ForecastError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.late.stretches import KINDS, SUPPLIER, UNASSIGNED, USER
from itsq_analysis.indicators.late.tickets import SOON_DAYS
from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.by_day import count_range, resume_chances
from itsq_analysis.late_risk.features import Features
from itsq_analysis.late_risk.fields import filled_at_closing
from itsq_analysis.late_risk.hazard import AT_PROMISE, Hazard, edges, learn
from itsq_analysis.late_risk.reasons import reasons
from itsq_analysis.late_risk.remaining import remaining, wait_hours
from itsq_analysis.late_risk.snapshots import Snapshots, snapshots
from itsq_analysis.late_risk.tickets import Floats, read_tickets
from itsq_analysis.periods import parse_period
from itsq_analysis.worktime import Calendar

FEWEST = 500  # tickets that ended
WORTH = 0.1  # chance from which on reasons are looked for
COUNTED = {"handovers": "moves", "reopened": "reopened"}  # reasons that need one at least
HELP = {"handovers": "one_owner", "reopened": "find_cause", "load": "relieve_group", "time": "next_in_turn"}


@dataclass(frozen=True)
class AtRisk:
    """What `ws.at_risk` gives.

    Attributes:
        tickets: one row per open ticket; see `Workspace.at_risk`.
        days: one row per group and day; see `Workspace.at_risk`.
        ended: tickets to learn from.
        reason: why nothing can be said: "no_promise", "few_tickets"; "" where it can.
        logged: whether there is a state log; without one only what is fixed at opening tells tickets apart.
        left_out: fields that are filled at closing, and tell nothing of an open ticket.
    """

    tickets: pd.DataFrame
    days: pd.DataFrame
    ended: int
    reason: str
    logged: bool
    left_out: tuple[str, ...]


@fact
def at_risk(scope: Scope) -> AtRisk:
    """The open incidents as of the scope's moment, learnt from what was known then and nothing later; the same for any period."""
    return _at_risk(scope.workspace.scope_at(parse_period(scope.today), scope.moment))


@fact(disk=True)
def _at_risk(scope: Scope) -> AtRisk:
    workspace, settings = scope.workspace, scope.settings
    tickets = read_tickets(workspace.connection, settings, workspace.calendar, scope.moment)
    ended = int((~tickets.open).sum())
    left_out = filled_at_closing(workspace.connection)
    features = Features(tickets, settings.organisation.zone, left_out)
    calendar = workspace.calendar(settings.calendars[0].id)
    reason = "no_promise" if not (tickets.allowed != MISSING).any() else "few_tickets" if ended < FEWEST else ""
    if reason:
        return AtRisk(pd.DataFrame(), pd.DataFrame(), ended, reason, tickets.logged, left_out)
    with threadpool_limits(limits=1, user_api="openmp"):  # threads that wait for each other burn a busy machine's time
        frame, chances = _judged(features, calendar)
    ahead, on_day = _ahead(scope, calendar, frame, chances)
    frame["soon"] = on_day.sum(axis=1).clip(upper=frame["probability"]).reindex(frame.index)
    return AtRisk(frame, _by_day(ahead, on_day), ended, "", tickets.logged, left_out)


def known_at_risk(scope: Scope) -> AtRisk:
    """`at_risk`, refused where nothing can be said.

    Raises:
        ForecastError: there is no promise, or too little to learn from.
    """
    known = at_risk(scope)
    if known.reason == "no_promise":
        raise ForecastError(
            "late tickets are told where a rule promises a resolution time; found none that holds for an incident; "
            'add an [[sla]] entry with resolution = "16h" to itsq.toml'
        )
    if known.reason:
        raise ForecastError(
            f"late tickets are learnt from at least {FEWEST} incidents that have ended; found {known.ended} as of "
            f"{scope.today}; load older exports"
        )
    return known


def open_now(features: Features) -> Int64s:
    """Positions of the tickets that are open: neither ended nor resolved by the log."""
    tickets = features.tickets
    everyone = np.arange(tickets.opened.size)
    return np.flatnonzero(tickets.open & ~features.past.over(features.past.place(everyone, np.full(everyone.size, tickets.moment))))


def learnt(features: Features, calendar: Calendar) -> tuple[Hazard, pd.DataFrame, Snapshots]:
    """The model of these tickets, with the snapshots that it was learnt from and their features."""
    past = snapshots(features, calendar)
    of_past = features.at(past.ticket, past.at)
    return learn(of_past, past, features.categorical, features.tickets.canceled[past.ticket]), of_past, past


def _judged(features: Features, calendar: Calendar) -> tuple[pd.DataFrame, Floats]:
    """The rows of the open tickets, and the chance that the clock of each runs on, day by day."""
    tickets, ticket = features.tickets, open_now(features)
    now = features.at(ticket, np.full(ticket.size, tickets.moment))
    left = now["left"].clip(lower=0).fillna(0.0).to_numpy()
    hazard, of_past, past = learnt(features, calendar)
    lasting = hazard.open_after(now, left)
    promised, late = now["left"].notna().to_numpy(), (now["left"] <= 0).to_numpy()
    chance = np.where(promised, np.where(late, 1.0, lasting[:, AT_PROMISE]), np.nan)
    why: list[tuple[str, ...]] = [()] * ticket.size
    asked = np.flatnonzero(promised & ~late & (chance >= WORTH))
    for place, ids in zip(asked, reasons(hazard, now.iloc[asked], left[asked], of_past[past.left > 0]), strict=True):
        why[place] = tuple(name for name in ids if name not in COUNTED or now[COUNTED[name]].iloc[place] > 0)
    hours = remaining(lasting, edges(left))
    wait_hours(features, ticket, now, past, of_past, hours)
    frame = _rows(features, ticket, now).assign(
        probability=chance,
        canceled=hazard.canceled_share(now),
        **dict(zip(("remaining_low", "remaining", "remaining_high"), hours.T, strict=True)),
        reasons=[", ".join(ids) for ids in why],
    )
    frame["help"] = [_help(state, ids) for state, ids in zip(frame["state"], why, strict=True)]
    order = np.lexsort((frame["number"], frame["left"], -frame["probability"].fillna(-1), late))
    chances = resume_chances(features.past, calendar, ticket, SOON_DAYS)
    return frame.iloc[order].reset_index(drop=True), chances[order]


def _rows(features: Features, ticket: Int64s, now: pd.DataFrame) -> pd.DataFrame:
    """What is known of each open ticket."""
    tickets = features.tickets
    fields = tickets.fields.iloc[ticket].reset_index(drop=True)
    due, late = (
        pd.Series(pd.to_datetime(moments[ticket], unit="us", utc=True))
        .dt.tz_convert(features.zone)
        .where(moments[ticket] != MISSING)
        for moments in (tickets.due, tickets.late)
    )
    log = {name: now.get(name, np.nan) for name in ("here", "moves", "reopened", "open", "ended")}
    state = now["state"].map(dict(enumerate(KINDS))) if "state" in now else pd.Series(np.nan, index=now.index, dtype="str")
    return pd.DataFrame(
        {
            "number": tickets.numbers.iloc[ticket].reset_index(drop=True),
            "service": fields["service"],
            "group": tickets.group.iloc[ticket].reset_index(drop=True),
            "priority": fields["priority"].astype("Int64"),
            "due_at": due,
            "late_from": late,
            "used_share": now["used_share"],
            "left": now["left"],
            "state": state.astype("str"),
            "in_state": log["here"],
            "handovers": log["moves"],
            "reopened": log["reopened"],
            "group_open": log["open"],
            "group_ended": log["ended"],
        }
    )


def _help(state: object, why: tuple[str, ...]) -> str:
    """What would help: by the state that the ticket is in, else by its weightiest reason."""
    waiting = {KINDS[UNASSIGNED]: "assign", KINDS[USER]: "ask_user", KINDS[SUPPLIER]: "ask_supplier"}
    return waiting.get(str(state)) or next((HELP[name] for name in why if name in HELP), "next_in_turn")


def _ahead(scope: Scope, calendar: Calendar, frame: pd.DataFrame, resumes: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tickets that may become late, and the chance of each on each local day up to the fifth working one."""
    zone = scope.settings.organisation.zone
    first = scope.moment.astimezone(zone).date()
    days = [first + timedelta(days=ahead) for ahead in range(4 * SOON_DAYS)]
    working = [day for day, works in zip(days, calendar.is_working_day(days), strict=True) if works][:SOON_DAYS]
    days = days[: days.index(working[-1]) + 1] if working else days[:SOON_DAYS]
    ahead = frame["late_from"].notna() & (frame["probability"] < 1)
    on_day = _on_day(calendar, frame[ahead], resumes[ahead.to_numpy()], pd.DatetimeIndex(days))
    return frame[ahead], pd.DataFrame(on_day, index=frame.index[ahead], columns=days)


def _by_day(tickets: pd.DataFrame, on_day: pd.DataFrame) -> pd.DataFrame:
    """Expected number of tickets that become late, by group and local day."""
    rows = []
    for group, part in tickets.groupby("group", dropna=False, sort=True):
        for day, chances in on_day.loc[part.index].items():
            rows.append((group, day, float(chances.sum()), *count_range(chances)))
    return pd.DataFrame(rows, columns=["group", "day", "expected", "low", "high"]).astype({"group": "str"})


def _on_day(calendar: Calendar, tickets: pd.DataFrame, resumes: Floats, days: pd.DatetimeIndex) -> Floats:
    """The chance of each ticket to become late on each day; a clock that stands still runs on some working days later."""
    late = tickets["late_from"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64)
    result = np.zeros((len(tickets), len(days)))
    for delay in range(resumes.shape[1]):
        shifted = calendar.add(late, max(delay - 1, 0) * calendar.seconds_per_day) if delay > 1 else late
        local = (
            pd.Series(pd.to_datetime(shifted, unit="us", utc=True)).dt.tz_convert(tickets["late_from"].dt.tz).dt.tz_localize(None)
        )
        place = days.get_indexer(pd.DatetimeIndex(local.dt.normalize()))
        known = place >= 0
        result[np.flatnonzero(known), place[known]] += (resumes[:, delay] * tickets["probability"].to_numpy())[known]
    return result
