"""Derived columns of incidents and requests: durations, pauses, and the SLA outcome by the workspace's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itsq_analysis.ingest.sla import MISSING, Int64s, Log, choose_rules, moments, read_log
from itsq_analysis.ingest.terms import build_calendars, read_terms, rules_hash
from itsq_analysis.tables import contract
from itsq_analysis.worktime import Calendar, due_at, late_from, microseconds, paused_working_seconds

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings

__all__ = ["build_calendars", "derive_incidents", "derive_requests", "rules_hash"]

SECOND = 1_000_000
ENDED_STATES = ("resolved", "closed", "canceled")


def derive_requests(requests: pa.Table, calendars: Mapping[str, Calendar], settings: Settings) -> pa.Table:
    """Key and derived columns of requests, one row each in the order given; see the contract for their meaning.

    Args:
        requests: columns number, opened_at, due_at, closed_at.
        calendars: by id (see `build_calendars`).
        settings: of the workspace; working time is counted in its first calendar.
    """
    opened, due, closed = (moments(requests, column) for column in ("opened_at", "due_at", "closed_at"))
    columns = {
        "elapsed_seconds": _elapsed(opened, closed),
        "working_seconds": _working(calendars[settings.calendars[0].id], opened, closed),
        "on_time": np.where((closed != MISSING) & (due != MISSING), closed <= due, MISSING),
    }
    return _table("requests", requests, columns)


def derive_incidents(
    incidents: pa.Table,
    state_log: pa.Table,
    services: pa.Table,
    settings: Settings,
    calendars: Mapping[str, Calendar],
    horizon: datetime,
) -> pa.Table:
    """Key and derived columns of incidents, one row each in the order given; see the contract for their meaning.

    Working time, pauses and the deadline are counted in the calendar of the ticket's rule (`choose_rules`), without a rule in the
    first calendar and without pauses. A moment outside the years of the calendar leaves working time and outcome unknown.

    Args:
        incidents: the exported columns of the contract.
        state_log: of these tickets (see `read_log`).
        services: columns service, tier.
        settings: of the workspace.
        calendars: by id (see `build_calendars`).
        horizon: aware; the data are known up to here, a ticket still on hold is on hold until here.

    Raises:
        SettingsError: a rule names a calendar that does not exist, or its time has no valid form.
    """
    opened, acknowledged, resolved = (moments(incidents, name) for name in ("opened_at", "acknowledged_at", "resolved_at"))
    log = read_log(incidents["number"], state_log, "incidents")
    ended = _ended(incidents, opened, resolved, log)
    chosen = choose_rules(incidents, services, settings.sla, settings.organisation.zone)
    terms = read_terms(settings, calendars)
    times = _Times(opened, acknowledged, resolved, _first_known(resolved, ended, np.full(opened.size, microseconds(horizon))))
    stops = log.stopping(settings.sla, chosen)
    pauses = _Pauses(log.row[stops], log.start[stops], log.end[stops]).cut(times)
    clock = _Clock.unknown(opened.size)
    for number, calendar in enumerate(terms.calendars):
        rows = np.flatnonzero(terms.calendar[chosen] == number)
        clock.fill(rows, _read_clock(calendar, times.take(rows), pauses.of(rows, opened.size), terms.resolution[chosen[rows]]))
    names = pa.array([*(rule.id for rule in settings.sla), None], pa.string())
    return _table(
        "incidents",
        incidents,
        {
            "ended_at": ended,
            "elapsed_seconds": _elapsed(opened, resolved),
            "paused_seconds": np.where(log.logged & (clock.working != MISSING), clock.paused, MISSING),
            "working_seconds": clock.working,
            "ack_seconds": _elapsed(opened, acknowledged),
            "sla_rule": names.take(pa.array(np.where(chosen < 0, len(settings.sla), chosen))),
            "sla_response_met": _met(clock.answered, terms.response[chosen]),
            "sla_resolution_met": _met(clock.working, terms.resolution[chosen]),
            "sla_due_at": clock.due,
            "sla_late_from": clock.late,
        },
    )


@dataclass(frozen=True)
class _Times:
    """Moments per ticket; `end`: until when its clock can stand still."""

    opened: Int64s
    acknowledged: Int64s
    resolved: Int64s
    end: Int64s

    def take(self, rows: Int64s) -> _Times:
        return _Times(self.opened[rows], self.acknowledged[rows], self.resolved[rows], self.end[rows])


@dataclass(frozen=True)
class _Pauses:
    """Pauses: position of the ticket, from when, until when."""

    row: Int64s
    start: Int64s
    end: Int64s

    def cut(self, times: _Times) -> _Pauses:
        """None goes on after its ticket has ended."""
        end = times.end[self.row]
        return _Pauses(self.row, self.start, np.where(self.end == MISSING, end, np.minimum(self.end, end)))

    def of(self, rows: Int64s, size: int) -> _Pauses:
        """The pauses of some of `size` tickets, which take the positions 0, 1, ..."""
        position = np.full(size, -1, dtype=np.int64)
        position[rows] = np.arange(rows.size)
        kept = position[self.row] >= 0
        return _Pauses(position[self.row[kept]], self.start[kept], self.end[kept])


@dataclass(frozen=True)
class _Clock:
    """What a calendar's clock shows per ticket: seconds to the answer, working and paused seconds, deadline, late from when on."""

    answered: Int64s
    working: Int64s
    paused: Int64s
    due: Int64s
    late: Int64s

    @classmethod
    def unknown(cls, size: int) -> _Clock:
        return cls(*(np.full(size, MISSING) for _ in range(5)))

    def fill(self, rows: Int64s, part: _Clock) -> None:
        self.answered[rows], self.working[rows] = part.answered, part.working
        self.paused[rows], self.due[rows], self.late[rows] = part.paused, part.due, part.late


def _read_clock(calendar: Calendar, times: _Times, pauses: _Pauses, allowed: Int64s) -> _Clock:
    """Read the clock of tickets that share a calendar; `allowed` seconds to resolve each, `MISSING` = no limit."""
    clock = _Clock.unknown(times.opened.size)
    known = _inside(calendar, times.opened)
    begin = np.where(known, times.opened, calendar.span[0])
    end = np.where(_inside(calendar, times.end), np.maximum(times.end, begin), begin)
    paused = paused_working_seconds(calendar, begin, end, pauses.row, pauses.start, pauses.end)
    gross = _working(calendar, times.opened, times.resolved)
    left = calendar.working_seconds(begin, np.full(begin.shape, calendar.span[1]))
    due = np.flatnonzero(known & (allowed != MISSING) & (left > allowed + paused))
    stopped = _Pauses(pauses.row, pauses.start, np.minimum(pauses.end, end[pauses.row])).of(due, begin.size)
    of_due = (calendar, begin[due], allowed[due], stopped.row, stopped.start, stopped.end)
    clock.due[due], clock.late[due] = due_at(*of_due), late_from(*of_due)
    clock.answered[:] = _working(calendar, times.opened, times.acknowledged)
    clock.working[:] = np.where(gross == MISSING, MISSING, gross - paused)
    clock.paused[:] = paused
    return clock


def _ended(incidents: pa.Table, opened: Int64s, resolved: Int64s, log: Log) -> Int64s:
    """Resolved, else closed; a ticket in a final state without either ended when it was last touched."""
    closed, updated = moments(incidents, "closed_at"), moments(incidents, "updated_at")
    final = pc.is_in(incidents["state"], value_set=pa.array(ENDED_STATES)).to_numpy()
    touched = np.where(final, _first_known(updated, log.last, opened), MISSING)
    return _first_known(resolved, closed, touched)


def _first_known(*choices: Int64s) -> Int64s:
    found = choices[0]
    for other in choices[1:]:
        found = np.where(found == MISSING, other, found)
    return found


def _elapsed(start: Int64s, end: Int64s) -> Int64s:
    known = (start != MISSING) & (end != MISSING)
    return np.where(known, (end - np.where(known, start, 0)) // SECOND, MISSING)


def _working(calendar: Calendar, start: Int64s, end: Int64s) -> Int64s:
    """Working seconds where both moments are known and within the calendar's years."""
    found = np.full(start.shape, MISSING)
    known = _inside(calendar, start) & _inside(calendar, end)
    found[known] = calendar.working_seconds(start[known], end[known])
    return found


def _inside(calendar: Calendar, at: Int64s) -> NDArray[np.bool_]:
    low, high = calendar.span
    return np.asarray((at >= low) & (at <= high))


def _met(seconds: Int64s, allowed: Int64s) -> Int64s:
    return np.where((seconds != MISSING) & (allowed != MISSING), seconds <= allowed, MISSING)


def _table(name: str, tickets: pa.Table, columns: Mapping[str, Int64s | pa.Array]) -> pa.Table:
    """Key and derived columns in the contract's order and types."""
    table = contract(name)
    found = {key: tickets[key] for key in table.key}
    for column in table.derived.values():
        values = columns[column.name]
        if isinstance(values, np.ndarray):
            values = pa.array(values, pa.int64(), mask=values == MISSING).cast(column.arrow_type)
        found[column.name] = values
    return pa.table(found)
