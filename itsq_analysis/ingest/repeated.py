"""Whether a load is the one before once more: the same files, read by the same rules with the same program.

Such a load changes nothing, so it need not read them. What it is made of stands in the snapshot that it made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itsq_analysis.ingest.decode import digest

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.staged import Staged
    from itsq_analysis.store import Snapshot, Store

PACKAGE = Path(__file__).parents[1]
ROOMS = ("ingest", "settings", "store", "tables", "worktime")  # whose code a load runs
LIBRARIES = ("deltalake", "duckdb", "holidays", "pyarrow")


def made_of(inputs: Sequence[Input], staged: Sequence[Staged], resolved: dict[str, Any], rules: Sequence[str]) -> dict[str, Any]:
    """What a snapshot keeps of the load that made it, to know it again."""
    files = [
        [source_file.display, facts.sha256, source_file.path.stat().st_size]
        for source_file, facts in zip(inputs, staged, strict=False)
    ]
    return {"read_by": _read_by(inputs, resolved, rules), "files": files}


def ledger_of_repeated(
    connection: duckdb.DuckDBPyConnection,
    base: Snapshot | None,
    store: Store,
    inputs: Sequence[Input],
    resolved: dict[str, Any],
    rules: Sequence[str],
    loaded_at: datetime,
) -> list[dict[str, Any]] | None:
    """The ledger of a load that repeats the newest one; None where it may change something.

    The clock has a say, too: a row that was refused because it lay after the load may be accepted today, and data that seemed to
    reach the moment of the load may reach further.
    """
    before = base.resolved.get("made_of") if base else None
    if base is None or before is None or not inputs or before["read_by"] != _read_by(inputs, resolved, rules):
        return None
    clock_counts = base.horizon is None or base.horizon >= base.committed_at or loaded_at < base.committed_at
    if clock_counts or not _are_same(inputs, before["files"]):
        return None
    refused = store.view(base, "quarantine").sql
    if connection.execute(f"SELECT 1 FROM ({refused}) WHERE rule = 'after_the_load' LIMIT 1").fetchall():
        return None
    for name in base.versions:  # a damaged file must not be found by a report first; its footer tells
        connection.execute(f"SELECT count(*) FROM ({store.view(base, name).sql})").fetchall()
    rows = {row["file"]: row for row in base.files}
    names = [*(source_file.display for source_file in inputs), *(["itsq.toml"] if resolved["settings"]["services"] else [])]
    if len({*names}) < len(names) or not all(name in rows for name in names):
        return None
    return [
        rows[name] | {"inserted": 0, "updated": 0, "unchanged": rows[name]["read"] - rows[name]["quarantined"]} for name in names
    ]


def _are_same(inputs: Sequence[Input], files: list[list[Any]]) -> bool:
    """Whether the files are there with the same bytes; the cheap questions first."""
    try:
        if [[source_file.display, source_file.path.stat().st_size] for source_file in inputs] != [
            [name, size] for name, _, size in files
        ]:
            return False
        return all(digest(source_file.path) == sha256 for source_file, (_, sha256, _) in zip(inputs, files, strict=True))
    except OSError:
        return False


def _read_by(inputs: Sequence[Input], resolved: dict[str, Any], rules: Sequence[str]) -> str:
    """SHA-256 of all that says how the files are read, the program included."""
    ways = [
        [source_file.member, source_file.source.model_dump(mode="json"), source_file.mapping.source_text] for source_file in inputs
    ]
    content = [ways, resolved, rules, _program(), [version(name) for name in LIBRARIES]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode("utf-8")).hexdigest()


@cache
def _program() -> str:
    found = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*")):
            if path.suffix in (".py", ".toml"):
                found.update(path.read_bytes())
    return found.hexdigest()
