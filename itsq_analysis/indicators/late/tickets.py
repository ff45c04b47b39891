"""Which incidents were late in a period, which are late and open, which soon will be: one row each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from itsq_analysis.indicators.known import known_sql
from itsq_analysis.indicators.late.clocks import Clocks, read_clocks, rules_of
from itsq_analysis.indicators.late.stretches import KINDS, read_stretches
from itsq_analysis.ingest.sla import MISSING, Int64s, integers, moments
from itsq_analysis.worktime import Calendar, microseconds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from itsq_analysis.settings import Settings

SOON_DAYS = 5
"""An open incident is soon late if its time runs out within so many working days of the first calendar of itsq.toml."""

Calendars = Callable[[str], Calendar]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_RESOLVED = "resolved_at >= $start AND resolved_at < $end AND state IS DISTINCT FROM 'canceled'"
_OPEN = "opened_at < $end AND (ended_at IS NULL OR ended_at >= $end) AND sla_due_at IS NOT NULL"
_TICKETS = f"""
SELECT number, t.service, priority, opened_at, CASE WHEN ended_at < $end THEN ended_at END AS ended_at, sla_due_at,
       coalesce(sla_late_from, sla_due_at) AS sla_late_from,
       assignment_group, t.supplier, s.supplier AS service_supplier
FROM {known_sql("incidents", "$end")} t LEFT JOIN services s ON s.service = t.service
WHERE (NOT sla_resolution_met AND {_RESOLVED}) OR ({_OPEN}) ORDER BY number
"""
_PAUSED = f"""
SELECT service, priority, opened_at, working_seconds + paused_seconds AS gross FROM incidents
WHERE sla_resolution_met AND paused_seconds > 0 AND {_RESOLVED}
"""


def late_tickets(
    connection: DuckDBPyConnection, settings: Settings, calendars: Calendars, start: datetime, end: datetime
) -> pd.DataFrame:
    """Every late incident of a period, with what became of its working time.

    Late are the incidents that were resolved in the period, not canceled, and not in time by the recomputed SLA
    (`sla_resolution_met`); those open at its end and past their limit ("open"); and those open at its end whose limit lies within
    `SOON_DAYS` working days ("soon"). Nothing that the log says at or after `end` is used; a clock that stands still at `end` is
    taken to run on from there.

    Args:
        connection: over the contract tables, in UTC.
        settings: of the workspace: its SLA rules and calendars.
        calendars: gives the business calendar of an id of itsq.toml.
        start: of the period, aware.
        end: of the period, exclusive, aware; not later than the data are known.

    Returns:
        One row per incident, by number. Columns: number; standing ("late", "open", "soon"); service; priority; group that held it
        when the limit passed (by the log, else its current one; of those soon late at `end`); supplier (the incident's, else that
        group's, else the service's); opened_at, ended_at, due_at (UTC); and in whole working seconds of its rule's calendar: over
        (past the limit, pauses subtracted; negative: left), whole (opened to ended, or to `end`), and one column for each of
        `KINDS` (see `stretches`), which add up to whole. Without rows in the state log these are missing.

    Raises:
        SettingsError: a rule names a calendar that does not exist, or its time has no valid form.
    """
    tickets = connection.sql(_TICKETS, params={"start": start, "end": end}).to_arrow_table().combine_chunks()
    stretches = read_stretches(connection, tickets["number"], end)
    terms, rule = rules_of(connection, tickets, settings, calendars)
    stop, ended = np.int64(microseconds(end)), moments(tickets, "ended_at")
    until = np.where(ended == MISSING, stop, ended)
    clocks = read_clocks(terms, rule, settings.sla, stretches, moments(tickets, "opened_at"), until)
    due = np.where(clocks.due == MISSING, moments(tickets, "sla_due_at"), clocks.due)
    late = np.where(clocks.late == MISSING, moments(tickets, "sla_late_from"), clocks.late)
    group = _texts(stretches.holder_at(due)).fillna(_texts(tickets["assignment_group"]))
    frame = pd.DataFrame(
        {
            "number": _texts(tickets["number"]),
            "standing": pd.Series(np.where(ended != MISSING, "late", np.where(late < stop, "open", "soon")), dtype="str"),
            "service": _texts(tickets["service"]),
            "priority": _integers(integers(tickets["priority"])),
            "group": group,
            "supplier": _suppliers(connection, tickets, group),
            "opened_at": tickets["opened_at"].to_pandas(),
            "ended_at": tickets["ended_at"].to_pandas(),
            "due_at": pd.Series(pd.to_datetime(due, unit="us", utc=True)),
            **_seconds(clocks),
        }
    )
    ahead = frame["standing"] == "soon"
    if ahead.any():
        frame = frame[~ahead | (frame["due_at"] <= soon_until(settings, calendars, end))]
    return frame.reset_index(drop=True)


def soon_until(settings: Settings, calendars: Calendars, end: datetime) -> datetime:
    """The moment (UTC) at which `SOON_DAYS` working days have run since `end`, in the first calendar of itsq.toml."""
    calendar = calendars(settings.calendars[0].id)
    return EPOCH + timedelta(microseconds=int(calendar.add(end, SOON_DAYS * calendar.seconds_per_day)))


def kept_by_pauses(connection: DuckDBPyConnection, settings: Settings, calendars: Calendars, start: datetime, end: datetime) -> int:
    """How many incidents resolved in the period are in time only because their clock stood still; arguments as above."""
    tickets = connection.sql(_PAUSED, params={"start": start, "end": end}).to_arrow_table().combine_chunks()
    terms, rule = rules_of(connection, tickets, settings, calendars)
    return int((integers(tickets["gross"]) > terms.resolution[rule]).sum())


def _seconds(clocks: Clocks) -> dict[str, pd.Series]:
    """The columns in working seconds."""
    over = np.where(clocks.allowed == MISSING, MISSING, clocks.used - clocks.allowed)
    spent = np.where(clocks.logged[:, np.newaxis], clocks.spent, MISSING)
    return {"over": _integers(over), "whole": _integers(clocks.whole)} | {
        kind: _integers(spent[:, place]) for place, kind in enumerate(KINDS)
    }


def _suppliers(connection: DuckDBPyConnection, tickets: pa.Table, group: pd.Series) -> pd.Series:
    """The incident's own supplier, else that of the group, else the service's."""
    known = dict(connection.sql("SELECT assignment_group, supplier FROM groups WHERE supplier IS NOT NULL").fetchall())
    return _texts(tickets["supplier"]).fillna(group.map(known).astype("str")).fillna(_texts(tickets["service_supplier"]))


def _texts(column: pa.ChunkedArray) -> pd.Series:
    return pd.Series(column.to_pandas(), dtype="str")


def _integers(values: Int64s) -> pd.Series:
    """Whole numbers, missing where they are `MISSING`."""
    return pd.Series(values, dtype="Int64").mask(values == MISSING)
