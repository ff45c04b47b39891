"""Rows that are refused: where they stand, which rule they break, with which value, and the whole row as it was."""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.checks import TOTALS, Check
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.typed import WHITESPACE, Reading, Typed
from itsq_analysis.store import QUARANTINE, literal, quoted

STOPPED = "Export stopped due to excessive size"  # ServiceNow writes this into the last row of a list that it has cut off


def make_quarantine(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, typed: Typed, display: str) -> str:
    """Make the relation of a file's refused rows (columns of `store.QUARANTINE`, in file order) and return its name.

    Raises:
        IngestError: the tool says in a row that it has cut the export off.
    """
    relation = raw.relation.replace("raw", "quarantined")
    connection.register("_malformed", _malformed(raw, reading, display))
    connection.register("_checks", _checks(typed.checks, reading))
    connection.execute(
        f"CREATE TABLE {quoted(relation)} AS SELECT * FROM (FROM _malformed UNION ALL {_refused(raw, reading, typed, display)}) "
        "ORDER BY line"
    )
    for name in ("_malformed", "_checks"):
        connection.unregister(name)
    stopped = connection.execute(
        f"SELECT line FROM {quoted(relation)} WHERE contains(record, {literal(STOPPED)}) ORDER BY line LIMIT 1"
    ).fetchall()
    if stopped:
        raise IngestError(
            f"an export must be complete; found {STOPPED!r} in line {stopped[0][0]} of {display}; export it in smaller parts"
        )
    return relation


def _malformed(raw: RawTable, reading: Reading, display: str) -> pa.Table:
    rows = [
        (display, line, reading.table.name, rule, None, text, json.dumps({"raw": text}, ensure_ascii=False))
        for line, text in raw.malformed
        for rule in ["swallowed_rows" if line in raw.swallowing else "malformed_row"]
    ]
    return pa.Table.from_pylist([dict(zip(QUARANTINE.names, row, strict=True)) for row in rows], schema=QUARANTINE)


def _checks(checks: list[Check], reading: Reading) -> pa.Table:
    """One row per check: its position, rule, the column shown, and that column's position in the file."""
    return pa.table(
        {
            "position": pa.array(range(len(checks)), pa.int32()),
            "rule": pa.array([check.rule for check in checks], pa.string()),
            "column_name": pa.array([check.column for check in checks], pa.string()),
            "source": pa.array([reading.positions.get(check.column) for check in checks], pa.int32()),
        }
    )


def _refused(raw: RawTable, reading: Reading, typed: Typed, display: str) -> str:
    """SQL: rows that fail a check. One without any text, or that begins as a total does, is no record at all."""
    columns = [f"c{position}" for position in range(len(raw.headers))]
    filled = ", ".join(f"nullif(lower(trim(r.{column}, {literal(WHITESPACE)})), '')" for column in columns)
    totals = ", ".join(literal(word) for word in TOTALS)
    no_record = f"coalesce({filled}, '') IN ('', {totals})"
    used = sorted(set(reading.positions.values()))
    value = f"CASE k.source {' '.join(f'WHEN {position} THEN r.c{position}' for position in used)} END"
    pairs = ", ".join(f"{literal(name)}, r.{column}" for name, column in zip(raw.headers, columns, strict=True))
    return (
        f"SELECT {literal(display)}, t._line, {literal(reading.table.name)}, "
        f"CASE WHEN {no_record} THEN 'not_a_record' ELSE k.rule END, CASE WHEN NOT {no_record} THEN k.column_name END, "
        f"CASE WHEN NOT {no_record} THEN {value} END, json_object({pairs})::VARCHAR FROM {quoted(typed.relation)} t "
        f"JOIN {quoted(raw.relation)} r ON r._row = t._order JOIN _checks k ON k.position = t._check WHERE t._check IS NOT NULL"
    )
