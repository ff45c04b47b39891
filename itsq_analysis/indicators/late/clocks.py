"""The clocks of incidents: working time under their rule, its limit, and how it divides among the kinds of stretches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itsq_analysis.indicators.late.stretches import KINDS, Stretches
from itsq_analysis.ingest.sla import MISSING, Int64s, choose_rules
from itsq_analysis.ingest.terms import Terms, read_terms
from itsq_analysis.worktime import Calendar, due_at, late_from

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from itsq_analysis.settings import Settings, SlaRule

SECOND = 1_000_000


@dataclass(frozen=True)
class Clocks:
    """Per incident, in whole working seconds of its rule's calendar: `whole`, from opened until it ended or now; `used`, the same
    without the pauses of the rule; `allowed` (`MISSING`: no rule); `spent`, whole by kind (columns: `KINDS`), where it is
    `logged`. `due` is when the allowed time runs out, `late` from when on it is exceeded, microseconds since the epoch (`MISSING`:
    no rule).
    """

    whole: Int64s
    used: Int64s
    allowed: Int64s
    due: Int64s
    late: Int64s
    spent: Int64s
    logged: NDArray[np.bool_]


def rules_of(
    connection: DuckDBPyConnection, incidents: pa.Table, settings: Settings, calendars: Callable[[str], Calendar]
) -> tuple[Terms, Int64s]:
    """The rules' terms and the position of each incident's rule, as at the load; columns service, priority, opened_at."""
    services = connection.sql("SELECT service, tier FROM services").to_arrow_table()
    rule = choose_rules(incidents, services, settings.sla, settings.organisation.zone)
    return read_terms(settings, {calendar.id: calendars(calendar.id) for calendar in settings.calendars}), rule


def read_clocks(
    terms: Terms, rule: Int64s, rules: Sequence[SlaRule], stretches: Stretches, opened: Int64s, until: Int64s
) -> Clocks:
    """Read the clocks of incidents.

    Args:
        terms: of the rules.
        rule: the position of each incident's rule, -1 = none: its time is then counted in the first calendar.
        rules: in the order of itsq.toml.
        stretches: of these incidents.
        opened: when each was opened, microseconds since the epoch.
        until: when it ended, or now; not before opened.
    """
    size, calendar = opened.size, terms.calendar[rule]
    row, start, end, kind = stretches.within(opened, until)
    stops = np.flatnonzero(stretches.stopping(rules, rule))
    at_first = on_clock(terms, calendar, opened)
    begin = on_clock(terms, calendar[row], start) - at_first[row]
    finish = on_clock(terms, calendar[row], end) - at_first[row]
    spent = np.zeros((size, len(KINDS)), np.int64)
    np.add.at(spent, (row, kind), finish // SECOND - begin // SECOND)  # whole seconds that still add up to the whole
    paused = np.zeros(size, np.int64)
    np.add.at(paused, row[stops], finish[stops] - begin[stops])
    whole = (on_clock(terms, calendar, until) - at_first) // SECOND
    allowed = terms.resolution[rule]
    due, late = np.full(size, MISSING), np.full(size, MISSING)
    for number, hours in enumerate(terms.calendars):
        mine = np.flatnonzero((calendar == number) & (allowed != MISSING))
        place = np.full(size, -1)
        place[mine] = np.arange(mine.size)
        own = stops[place[row[stops]] >= 0]
        of_due = (hours, opened[mine], allowed[mine], place[row[own]], start[own], end[own])
        due[mine], late[mine] = due_at(*of_due), late_from(*of_due)
    return Clocks(whole, whole - paused // SECOND, allowed, due, late, spent, stretches.logged(size))


def on_clock(terms: Terms, calendar: Int64s, at: Int64s) -> Int64s:
    """What the clock of each moment's calendar shows (see `Calendar.worked`), microseconds."""
    shown = np.empty_like(at)
    for number, hours in enumerate(terms.calendars):
        shown[calendar == number] = hours.worked(at[calendar == number])
    return shown
