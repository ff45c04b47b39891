"""Rows that are refused: where they stand, which rule they break, with which value, and the whole row as it was.

Of a workbook the cell is told. A row has the key and the version that were read, so that a later good version of it is known.
"""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.checks import TOTALS, Check
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.typed import WHITESPACE, Reading, Typed
from itsq_analysis.store import QUARANTINE, literal, quoted

RAW = "raw"  # what a row without sound fields has in place of columns
STOPPED = "Export stopped due to excessive size"  # ServiceNow writes this into the last row of a list that it has cut off


def make_quarantine(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, typed: Typed, display: str, *, is_log: bool = False
) -> str:
    """Make the relation of a file's refused rows (columns of `store.QUARANTINE`, in file order) and return its name.

    An event of a log has no key of its own, since later events of the same ticket do not stand for it.

    Raises:
        IngestError: the tool says in a row that it has cut the export off.
    """
    relation = raw.relation.replace("raw", "quarantined")
    connection.register("_malformed", _malformed(raw, reading, display))
    connection.register("_checks", _checks(typed.checks, reading, raw))
    refused = _refused(raw, reading, typed, display, is_log=is_log)
    connection.execute(f"CREATE TABLE {quoted(relation)} AS SELECT * FROM (FROM _malformed UNION ALL {refused}) ORDER BY line")
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
    empty = dict.fromkeys(raw.headers, "")  # so that whoever repairs the row sees which columns it should have
    rows = [
        {"file": display, "line": line, "table_name": reading.table.name, "value": text,
         "rule": "swallowed_rows" if line in raw.swallowing else "malformed_row",
         "record": json.dumps({**empty, RAW: text}, ensure_ascii=False)}
        for line, text in raw.malformed
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=QUARANTINE)


def _checks(checks: list[Check], reading: Reading, raw: RawTable) -> pa.Table:
    """One row per check: its position, rule, the column shown, that column's position in the file, its header and letters."""
    places = [reading.positions.get(check.column) for check in checks]
    return pa.table(
        {
            "position": pa.array(range(len(checks)), pa.int32()),
            "rule": pa.array([check.rule for check in checks], pa.string()),
            "column_name": pa.array([check.column for check in checks], pa.string()),
            "source": pa.array(places, pa.int32()),
            "header": pa.array([None if place is None else raw.headers[place] for place in places], pa.string()),
            "letters": pa.array(["" if place is None or not raw.letters else raw.letters[place] for place in places], pa.string()),
        }
    )


def _cell(raw: RawTable, line: str) -> str:
    """SQL: where in a workbook a row's refused value stands, such as "sheet 1, D17"; NULL for a file without sheets."""
    if not raw.sheets:
        return "NULL"
    later = sorted(raw.sheets, key=lambda part: -part.line)
    parts = " ".join(
        f"WHEN {line} >= {part.line} THEN 'sheet {part.number}, ' || coalesce(nullif(k.letters, ''), 'row ') || "
        f"({line} - {part.line} + {part.row})"
        for part in later
    )
    return f"CASE {parts} END"


def _key(reading: Reading, *, is_log: bool) -> tuple[str, str]:
    """SQL: the key of a typed row as a JSON list, NULL where a part is missing, and its version as text."""
    table = reading.table
    if is_log or any(name not in reading.columns and name not in table.made for name in table.key):
        return "NULL", "NULL"
    texts = [f"t.{quoted(name)}::VARCHAR" for name in table.key]
    present = " AND ".join(f"{text} IS NOT NULL" for text in texts)
    version = f"t.{quoted(table.updated)}::VARCHAR" if table.updated in reading.columns else "NULL"
    return f"CASE WHEN {present} THEN json_array({', '.join(texts)})::VARCHAR END", version


def _refused(raw: RawTable, reading: Reading, typed: Typed, display: str, *, is_log: bool) -> str:
    """SQL: rows that fail a check. One without any text, or that begins as a total does, is no record at all."""
    columns = [f"c{position}" for position in range(len(raw.headers))]
    filled = ", ".join(f"nullif(lower(trim(r.{column}, {literal(WHITESPACE)})), '')" for column in columns)
    totals = ", ".join(literal(word) for word in TOTALS)
    no_record = f"coalesce({filled}, '') IN ('', {totals})"
    used = sorted(set(reading.positions.values()))
    value = f"CASE k.source {' '.join(f'WHEN {position} THEN r.c{position}' for position in used)} END"
    pairs = ", ".join(f"{literal(name)}, r.{column}" for name, column in zip(raw.headers, columns, strict=True))
    key, version = _key(reading, is_log=is_log)
    of_record = f"CASE WHEN NOT {no_record} THEN {{}} END"
    return (
        f"SELECT {literal(display)}, t._line, {literal(reading.table.name)}, "
        f"CASE WHEN {no_record} THEN 'not_a_record' ELSE k.rule END, {of_record.format('k.column_name')}, "
        f"{of_record.format(value)}, json_object({pairs})::VARCHAR, {of_record.format('k.header')}, {_cell(raw, 't._line')}, "
        f"{key}, {version}, NULL FROM {quoted(typed.relation)} t "
        f"JOIN {quoted(raw.relation)} r ON r._row = t._order JOIN _checks k ON k.position = t._check WHERE t._check IS NOT NULL"
    )
