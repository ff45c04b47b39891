"""The refused rows of the store after a load: those of its files replace what the same files had before.

A row that has come again and is good, or that was repaired, is cleared: it stays on record with the file that brought the better
one, and counts among the rows that a newer one has replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from itsq_analysis.ingest.conflicts import record_conflicts
from itsq_analysis.ingest.repairs import repaired_ids
from itsq_analysis.store import Transaction, literal, quoted

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.staged import Staged
    from itsq_analysis.ingest.upsert import Upsert


def keep_refused(
    connection: duckdb.DuckDBPyConnection,
    transaction: Transaction,
    inputs: Sequence[Input],
    staged: Sequence[Staged],
    upserts: Mapping[str, Upsert],
) -> dict[str, int]:
    """Write the quarantine, if anything in it changed; return how many rows of each file are in it and not cleared.

    Args:
        connection: with the relations of the staged files.
        transaction: of the load.
        inputs: the files of the load.
        staged: the same files, in the same order; entries of itsq.toml may follow.
        upserts: what each table receives.
    """
    view = transaction.store.view(transaction.base, "quarantine")
    names = ", ".join(literal(facts.file) for facts in staged)
    parts = [f"SELECT *, -1 AS _number FROM ({view.sql})" + (f" WHERE file NOT IN ({names})" if names else "")]
    parts += [
        f"SELECT *, {number} AS _number FROM {quoted(facts.quarantined)}"
        for number, facts in enumerate(staged)
        if facts.quarantined and facts.refused
    ]
    connection.execute(f"CREATE TEMP VIEW old_quarantine AS {view.sql}")
    connection.execute(f"CREATE TEMP TABLE new_quarantine AS {' UNION ALL BY NAME '.join(parts)}")
    if connection.execute("SELECT 1 FROM new_quarantine LIMIT 1").fetchall():
        _clear(connection, inputs, staged, upserts)
    for upsert in upserts.values():
        record_conflicts(connection, inputs, staged, upsert)
    connection.execute("ALTER TABLE new_quarantine DROP COLUMN _number")
    [(differs,)] = connection.execute(
        "SELECT count(*) FROM ((FROM new_quarantine EXCEPT ALL FROM old_quarantine) UNION ALL "
        "(FROM old_quarantine EXCEPT ALL FROM new_quarantine))"
    ).fetchall()
    if differs:
        transaction.write("quarantine", connection, [((), "SELECT * FROM new_quarantine ORDER BY file, line")])
    return dict(connection.execute("SELECT file, count(*) FROM new_quarantine WHERE cleared_by IS NULL GROUP BY 1").fetchall())


def _clear(
    connection: duckdb.DuckDBPyConnection, inputs: Sequence[Input], staged: Sequence[Staged], upserts: Mapping[str, Upsert]
) -> None:
    connection.execute(
        "UPDATE new_quarantine n SET cleared_by = o.cleared_by FROM old_quarantine o WHERE o.cleared_by IS NOT NULL "
        "AND o.file = n.file AND o.line = n.line AND o.table_name = n.table_name AND o.record = n.record"
    )
    for one, facts in zip(inputs, staged, strict=False):
        if one.repairs:
            connection.execute(
                "UPDATE new_quarantine SET cleared_by = $by WHERE file = $file AND list_contains($ids, md5(record))",
                {"by": facts.file, "file": one.repairs, "ids": repaired_ids(one.path)},
            )
    waiting = connection.execute(
        "SELECT DISTINCT table_name FROM new_quarantine WHERE cleared_by IS NULL AND key IS NOT NULL ORDER BY 1"
    ).fetchall()
    for (table,) in waiting:
        if table in upserts:
            _clear_by_key(connection, upserts[table])


def _clear_by_key(connection: duckdb.DuckDBPyConnection, upsert: Upsert) -> None:
    """Clear rows of which a good version came later: with a later change of the row, else further down or in a later file.

    A file that lacks the column whose value was refused has no better one.
    """
    table = upsert.contract
    key = f"json_array({', '.join(f'{quoted(name)}::VARCHAR' for name in table.key)})::VARCHAR"
    refused = f"SELECT key FROM new_quarantine WHERE table_name = {literal(table.name)} AND cleared_by IS NULL"
    for number, facts, relation in upsert.staged:
        carried = facts.provides(table.name, table.updated) if table.updated else False
        version = f"{quoted(str(table.updated))}" if carried else "NULL::TIMESTAMPTZ"
        columns = ", ".join(literal(name) for name in table.columns if facts.provides(table.name, name))
        connection.execute(
            f"UPDATE new_quarantine q SET cleared_by = {literal(facts.file)} FROM (SELECT {key} AS key, max({version}) AS version, "
            f"max(_line) AS line FROM {quoted(relation)} WHERE {key} IN ({refused}) GROUP BY 1) g "
            f"WHERE q.table_name = {literal(table.name)} AND q.cleared_by IS NULL AND q.key = g.key "
            f"AND (q.column_name IS NULL OR q.column_name IN ({columns})) "
            f"AND CASE WHEN g.version <> q.version::TIMESTAMPTZ THEN g.version > q.version::TIMESTAMPTZ "
            f"ELSE ({number}, g.line) > (q._number, q.line) END"
        )


def balanced(rows: Sequence[dict[str, Any]], left: Mapping[str, int]) -> list[dict[str, Any]]:
    """The ledger's rows with what was cleared counted as replaced by a newer row.

    >>> balanced([{"file": "a", "quarantined": 3, "unchanged": 1, "superseded": 0}], {"a": 2})
    [{'file': 'a', 'quarantined': 2, 'unchanged': 2, 'superseded': 1}]
    """
    told = []
    for row in rows:
        cleared = row["quarantined"] - left.get(row["file"], 0)
        moved = {"quarantined": -cleared, "unchanged": cleared, "superseded": cleared}
        told.append(row | {name: row[name] + by for name, by in moved.items()} if cleared else row)
    return told
