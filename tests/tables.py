"""Contract tables in memory, made of lists of dicts: only the columns that matter to a test need to be written.

Moments are text in Shanghai's local time ("2026-10-05 09:00") or aware datetimes. Derived columns that follow from others are
filled in where a row does not give them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from itsq_analysis.store import SQL_OF_ARROW
from itsq_analysis.tables import contract, contracts

SHANGHAI = ZoneInfo("Asia/Shanghai")
Row = dict[str, Any]
Tables = dict[str, list[Row]]

FINISHED = {"closed", "canceled"}
REQUIRED = {"opened_at": "2026-01-01", "sent_at": "2026-01-01", "kind": "unplanned", "ticket_table": "incidents"}


def moment(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value).replace(tzinfo=SHANGHAI) if isinstance(value, str) else value


def tables(**given: Sequence[Mapping[str, Any]]) -> Tables:
    """All contract tables as lists of complete rows; numbers of tickets and log rows are counted where missing."""
    assert given.keys() <= contracts().keys()
    return {name: [_complete(name, dict(row), place) for place, row in enumerate(given.get(name, ()))] for name in contracts()}


def _complete(table: str, given: Row, place: int) -> Row:
    columns = contract(table).all_columns
    assert given.keys() <= columns.keys(), f"{table} has no column {given.keys() - columns.keys()}"
    row = dict.fromkeys(columns) | {name: value for name, value in REQUIRED.items() if name in columns} | given
    for name, column in columns.items():
        row[name] = moment(row[name]) if column.type == "time" else row[name]
    if "number" in columns and row["number"] is None:
        row["number"] = f"{place:04d}"
    return _derived(table, row, given)


def _derived(table: str, row: Row, given: Row) -> Row:
    """The row with the derived columns that follow from others; what the test itself gives is kept."""
    found: Row = {}
    if table == "incidents":
        finished = row["updated_at"] if row["state"] in FINISHED else None
        found["ended_at"] = row["resolved_at"] or row["closed_at"] or finished
        found["elapsed_seconds"] = seconds(row["opened_at"], row["resolved_at"])
        found["ack_seconds"] = seconds(row["opened_at"], row["acknowledged_at"])
    if table == "requests":
        found["elapsed_seconds"] = seconds(row["opened_at"], row["closed_at"])
        found["on_time"] = row["closed_at"] <= row["due_at"] if row["closed_at"] and row["due_at"] else None
    return row | {name: value for name, value in found.items() if name not in given}


def seconds(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) if start and end else None


@cache
def _database() -> tuple[duckdb.DuckDBPyConnection, Iterator[int]]:
    """One database for all tests of a process: making one takes longer than most of them."""
    return duckdb.connect(), count()


@cache
def _empty(name: str) -> str:
    columns = ", ".join(f'NULL::{SQL_OF_ARROW[column.type]} AS "{column.name}"' for column in contract(name).schema)
    return f'CREATE VIEW "{name}" AS SELECT {columns} WHERE false'


def connect(data: Tables) -> duckdb.DuckDBPyConnection:
    """A connection in UTC, with a schema of its own that has every contract table."""
    database, numbers = _database()
    connection, schema = database.cursor(), f"test_{next(numbers)}"
    empty = [_empty(name) for name, rows in data.items() if not rows]
    connection.execute("; ".join(["SET TimeZone = 'UTC'", f"CREATE SCHEMA {schema}", f"USE {schema}", *empty]))
    for name, rows in data.items():
        if rows:
            connection.register("arrow_rows", pa.Table.from_pylist(rows, schema=contract(name).schema))
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM arrow_rows')
            connection.unregister("arrow_rows")
    return connection
