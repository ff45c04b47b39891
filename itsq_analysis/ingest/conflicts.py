"""Rows of two sources that differ under one key although neither is the newer one: one is used, the other is on record.

Such a row stands among the refused ones of the store under the rule `conflict`, cleared by the file whose row is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from itsq_analysis.ingest.upsert import same_key
from itsq_analysis.store import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.staged import Staged
    from itsq_analysis.ingest.upsert import Upsert

RULE = "conflict"


def record_conflicts(
    connection: duckdb.DuckDBPyConnection, inputs: Sequence[Input], staged: Sequence[Staged], upsert: Upsert
) -> None:
    """Add the losing rows of a table to `new_quarantine`, with the first column in which they differ.

    Tables of measurements are left out: there the later file is a correction. So are the events of a log, and repaired rows.

    Args:
        connection: with `incoming_TABLE`, `winner_TABLE` and `new_quarantine`.
        inputs: the files of the load.
        staged: the same files, in the same order; entries of itsq.toml may follow, which are meant to say otherwise.
        upsert: what the table receives.
    """
    table = upsert.contract
    files = [number for number, facts, _ in upsert.staged if facts.table == table.name and number < len(inputs)]
    sources = {number: inputs[number].source.glob for number in files if not inputs[number].repairs}
    if not upsert.meets or table.key_partition is not None or len({*sources.values()}) < 2:
        return
    source_of = " ".join(f"WHEN {number} THEN {literal(glob)}" for number, glob in sources.items())
    updated = quoted(table.updated) if table.updated else None
    not_older = f"AND coalesce(i.{updated} = w.{updated}, true)" if updated else ""
    values = [name for name in table.columns if name not in table.key and name != table.updated]
    differing = " ".join(f"WHEN i.{quoted(name)} <> w.{quoted(name)} THEN {literal(name)}" for name in values)
    value = " ".join(f"WHEN {literal(name)} THEN i.{quoted(name)}::VARCHAR" for name in values)
    pairs = ", ".join(f"{literal(name)}, i.{quoted(name)}::VARCHAR" for name in table.columns)
    lines = " UNION ALL ".join(
        f"SELECT {number} AS _file, _order, _line FROM {quoted(relation)}" for number, _, relation in upsert.staged
    )
    names = " ".join(f"WHEN {number} THEN {literal(staged[number].file)}" for number in files)
    connection.execute(
        "INSERT INTO new_quarantine BY NAME SELECT file, _line AS line, table_name, rule, column_name, value, record, cleared_by, "
        f"_file AS _number FROM (SELECT CASE i._file {names} END AS file, i._file, i._order, {literal(table.name)} AS table_name, "
        f"{literal(RULE)} AS rule, CASE {differing} END AS column_name, CASE column_name {value} END AS value, "
        f"json_object({pairs})::VARCHAR AS record, CASE w._file {names} END AS cleared_by "
        f"FROM incoming_{table.name} i JOIN winner_{table.name} w ON {same_key(table, 'i', 'w')} {not_older} "
        f"WHERE CASE i._file {source_of} END <> CASE w._file {source_of} END) JOIN ({lines}) USING (_file, _order) "
        "WHERE column_name IS NOT NULL"
    )
