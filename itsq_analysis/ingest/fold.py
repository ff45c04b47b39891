"""Event logs: one row per update of a ticket becomes its latest version and a log of its states and groups."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import Contract, contract

RESOLVED = ("resolved", "closed", "fulfilled")
ENDED = (*RESOLVED, "canceled", "incomplete")
WATCHED = ("state", "hold_reason", "assignment_group")  # a change of any of these is a row of the log


@dataclass(frozen=True)
class Folded:
    """What an event log became.

    Attributes:
        relation: one row per ticket, the contract's columns, `_line` and `_order` of the event it stands on.
        state_log: rows of the state_log contract, with `_line` and `_order`.
        superseded: events that another event of the same ticket replaced.
        state_changes: rows of `state_log`.
    """

    relation: str
    state_log: str
    superseded: int
    state_changes: int


def numbered_by_time(table: Contract, version: str) -> str:
    """SQL: the version of an event that only its time tells, 0, 1, … in each ticket; events of one moment as they stand."""
    at = quoted(table.updated or "updated_at")
    return f"row_number() OVER (PARTITION BY {quoted(table.key[0])} ORDER BY {at}, _order) - 1 AS {quoted(version)}"


def fold(
    connection: duckdb.DuckDBPyConnection,
    events: str,
    table: Contract,
    version: str,
    *,
    first_opens: bool = False,
    ends: bool = False,
) -> Folded:
    """Fold events to tickets.

    The latest version is the row with the highest version number; the later one in the file where two share it. Only its values
    count: an event log carries resolution and closure on every row from the first one. The state log has the first event of each
    ticket and every one whose state, hold reason or group differs from the one before; `seq` is the version number, `at` the time
    of the update.

    Args:
        events: relation with the contract's columns, `version`, `_line`, `_order`.
        table: incidents, requests, changes or problems.
        version: name of the version column.
        first_opens: the file tells of each event only when it was, so that a ticket was opened at its first event.
        ends: only the events tell when a ticket was resolved and closed: at the first event of such a state after the last of
            another one. An event whose state is not known leaves the state as it was.
    """
    if ends:
        events = _with_ends(connection, events, table, version)
    tickets, log = f"{events}_tickets", f"{events}_state_log"
    key, at = quoted(table.key[0]), quoted(table.updated or "updated_at")
    columns = ", ".join(quoted(name) for name in table.columns)
    newest = f"row_number() OVER (PARTITION BY {key} ORDER BY {quoted(version)} DESC, _order DESC) = 1"
    if first_opens:
        columns = columns.replace('"opened_at"', f'min("opened_at") OVER (PARTITION BY {key}) AS "opened_at"')
    connection.execute(f"CREATE TABLE {quoted(tickets)} AS SELECT {columns}, _line, _order FROM {quoted(events)} QUALIFY {newest}")
    watched = [quoted(name) if name in table.columns else f"NULL::VARCHAR AS {quoted(name)}" for name in WATCHED]
    changed = " OR ".join(f"{quoted(name)} IS DISTINCT FROM lag({quoted(name)}) OVER each" for name in WATCHED)
    last_of_version = f"row_number() OVER (PARTITION BY {key}, {quoted(version)} ORDER BY _order DESC) = 1"
    connection.execute(
        f"CREATE TABLE {quoted(log)} AS WITH versions AS (SELECT {key} AS number, {quoted(version)} AS seq, {at} AS at, "
        f"{', '.join(watched)}, _line, _order FROM {quoted(events)} QUALIFY {last_of_version}) "
        f"SELECT {literal(table.name)} AS ticket_table, {', '.join(quoted(name) for name in _log_columns())}, _line, _order "
        f"FROM versions WINDOW each AS (PARTITION BY number ORDER BY seq) QUALIFY lag(seq) OVER each IS NULL OR {changed}"
    )
    return Folded(
        tickets,
        log,
        superseded=_count(connection, events) - _count(connection, tickets),
        state_changes=_count(connection, log),
    )


def _with_ends(connection: duckdb.DuckDBPyConnection, events: str, table: Contract, version: str) -> str:
    """Events with the state carried on, and with resolved_at and closed_at from those of an ended state."""
    key, number, at = quoted(table.key[0]), quoted(version), quoted(table.updated or "updated_at")
    ended = ", ".join(literal(state) for state in ENDED if state in table.columns["state"].values)
    done = ", ".join(literal(state) for state in RESOLVED if state in table.columns["state"].values)
    ticket = f"OVER (PARTITION BY {key})"
    carried = f"last_value(state IGNORE NULLS) OVER (PARTITION BY {key} ORDER BY {number} ROWS UNBOUNDED PRECEDING)"
    first = f"min({at}) FILTER ({number} > _open AND state {{}} IN ({{}})) {ticket}"
    made = [f"coalesce({first.format('NOT', repr('resolved'))}, {first.format('', ended)}) AS closed_at"]
    if "resolved_at" in table.columns:
        made.append(f"{first.format('', done)} AS resolved_at")
    name = f"{events}_ended"
    is_open = f"coalesce(max({number}) FILTER (state IS NULL OR state NOT IN ({ended})) {ticket}, -1) AS _open"
    connection.execute(
        f"CREATE VIEW {quoted(name)} AS SELECT * EXCLUDE (_open) REPLACE ({', '.join(made)}) FROM (SELECT *, {is_open} FROM "
        f"(SELECT * REPLACE ({carried} AS state) FROM {quoted(events)}))"
    )
    return name


def _log_columns() -> list[str]:
    return [name for name in contract("state_log").columns if name != "ticket_table"]


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {quoted(relation)}").fetchall()
    return int(count)
