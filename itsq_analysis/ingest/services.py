"""The [[service]] entries of itsq.toml, staged like a file."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from itsq_analysis.ingest.staged import Staged
from itsq_analysis.store import QUARANTINE, quoted
from itsq_analysis.tables import contract

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings

FILE = "itsq.toml"


def stage_services(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Staged:
    """Stage the services that itsq.toml declares; `_line` is the number of the entry."""
    entries = [entry.model_dump(mode="json") for entry in settings.services]
    table = contract("services")
    columns = {
        column.name: pa.array([entry.get(column.name) for entry in entries], column.arrow_type) for column in table.columns.values()
    }
    numbers = pa.array(range(1, len(entries) + 1), pa.int64())
    for name, rows in (
        ("staged_services", pa.table(columns | {"_line": numbers, "_order": numbers})),
        ("quarantined_services", QUARANTINE.empty_table()),
    ):
        connection.register("_entries", rows)
        connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS FROM _entries")
        connection.unregister("_entries")
    given = frozenset(name for entry in entries for name, value in entry.items() if value is not None)
    return Staged(
        file=FILE,
        table=table.name,
        mapping="settings",
        relation="staged_services",
        quarantined="quarantined_services",
        columns=given,
        read=len(entries),
        refused=0,
        sha256=hashlib.sha256(json.dumps(entries, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        timezone=settings.organisation.timezone,
        timezone_from="workspace",
        missing={name: sum(entry.get(name) is None for entry in entries) for name in sorted(given)},
    )
