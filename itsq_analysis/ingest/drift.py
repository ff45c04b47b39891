"""What differs between the files of a load and the earlier ones of the same kind: columns that are missing, new, or no longer read.

A required column that is missing stops the load (see `binding`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from itsq_analysis.ingest.plausibility import EXAMPLES, Doubt

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.staged import Staged

FEWEST = 20  # values of a column; of fewer nothing is said about its type
USUALLY_READ, HARDLY_READ = 0.05, 0.5  # shares of a column's values that could not be read, before and now


def doubts_of_columns(staged: Sequence[Staged], earlier: Sequence[Mapping[str, Any]]) -> Iterator[Doubt]:
    """Columns that differ from the earlier loads of the same table and mapping.

    Args:
        staged: of this load.
        earlier: the ledger's files before it.
    """
    for facts in staged:
        before = [
            entry for entry in earlier if (entry["table"], entry["mapping"]) == (facts.table, facts.mapping) and entry["read"]
        ]
        if not before or not facts.read or all(entry["sha256"] == facts.sha256 for entry in before):
            continue
        where: dict[str, Any] = {"file": facts.file, "files": len(before), "rows": facts.read}
        missing = sorted(set.intersection(*({*entry["columns"]} for entry in before)) - facts.columns)
        if missing:
            yield Doubt("missing_columns", facts.table, where | {"columns": ", ".join(missing)})
        known = {header for entry in before for header in entry["ignored_columns"]}
        new = sorted({*facts.ignored_columns} - known)
        if new:
            yield Doubt("new_columns", facts.table, where | {"columns": ", ".join(new)})
        yield from _changed_types(facts, before)


def _changed_types(facts: Staged, before: Sequence[Mapping[str, Any]]) -> Iterator[Doubt]:
    """Columns whose values were nearly all read before and hardly are now."""
    for column in sorted(facts.unmapped):
        unread, values = _unread(column, facts.unmapped, facts.missing, facts.read - facts.refused)
        counted = [_unread(column, row["unmapped"], row["missing"], row["read"] - row["quarantined"]) for row in before]
        known = sum(one[1] for one in counted)
        usual = sum(one[0] for one in counted) / max(known, 1)
        if values >= FEWEST and unread > HARDLY_READ * values and known > 0 and usual < USUALLY_READ:
            told = {"file": facts.file, "column": column, "rows": unread, "share": unread / values, "earlier": usual}
            yield Doubt("changed_type", facts.table, told)


def _unread(column: str, unmapped: Mapping[str, Mapping[str, int]], missing: Mapping[str, int], rows: int) -> tuple[int, int]:
    """Values of a column that could not be read, and all of its values; where a file lacks the column, none."""
    unread = sum(unmapped.get(column, {}).values())
    return (unread, unread + rows - missing[column]) if column in missing else (0, 0)


def doubts_of_refused(connection: duckdb.DuckDBPyConnection, staged: Sequence[Staged]) -> Iterator[Doubt]:
    """Refused rows of workbooks by their cells, and rows on which two sources differ.

    Args:
        connection: with `new_quarantine` (see `clearing`).
        staged: of this load.
    """
    tables = {facts.file: facts.table for facts in staged}
    cells = connection.execute(
        "SELECT file, count(*), list(cell || ' ' || coalesce(column_name, '') || ': ' || rule || coalesce(' ' || value, '') "
        f"ORDER BY line)[:{EXAMPLES}] FROM new_quarantine WHERE cell IS NOT NULL AND cleared_by IS NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for file, rows, examples in cells:
        if file in tables:
            yield Doubt("refused_cells", tables[file], {"file": file, "rows": rows, "cells": f"; {file}, ".join(examples)})
    conflicts = connection.execute(
        "SELECT table_name, file, cleared_by, count(*), arg_min(column_name || ' ' || value, line) FROM new_quarantine "
        "WHERE rule = 'conflict' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ).fetchall()
    for table, file, kept, rows, example in conflicts:
        if file in tables or kept in tables:
            yield Doubt("conflict", table, {"file": file, "other": kept, "rows": rows, "example": example})
