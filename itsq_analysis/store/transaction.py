"""The transaction of one load: its tables are written one by one and committed together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import DeltaTable, Schema, write_deltalake
from deltalake.transaction import AddAction, create_table_with_add_actions

from itsq_analysis.store.delta import FOREVER, add_columns, open_newest, write_files
from itsq_analysis.store.ledger import LEDGER, QUARANTINE, Snapshot
from itsq_analysis.tables import Partition, contracts

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.store.store import Store


class Transaction:
    """Writes the tables of one load, then commits them together."""

    def __init__(self, store: Store, base: Snapshot | None) -> None:
        self.store = store
        self.base = base
        self.versions = dict(base.versions) if base else {}

    def write(
        self,
        name: str,
        connection: duckdb.DuckDBPyConnection,
        queries: Iterable[tuple[Sequence[str], str]],
        partition: Partition | None = None,
    ) -> None:
        """Replace a table, or those of its parts (months, days), by the rows of queries, in one commit; without a query do nothing.

        DuckDB writes the Parquet files, several times faster than delta-rs would, and delta-rs commits them.

        Args:
            name: a contract's name, or "quarantine".
            connection: on which the queries run, each when its turn comes.
            queries: the parts ("YYYY-MM" or "YYYY-MM-DD") that a query's rows replace, and its SELECT of the table's columns; of
                several parts also of the text column of `partition`, `_month` or `_day`.
            partition: how the table is cut, by its contract; None replaces the whole table.
        """
        folder = self.store.folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        actions: list[AddAction] = []
        parts: list[str] | None = None
        for replaced, sql in queries:
            actions += write_files(connection, sql, folder, partition, replaced)
            parts = [*(parts or ()), *replaced]
        if parts is None:
            return
        schema = QUARANTINE if name == "quarantine" else contracts()[name].schema
        column = None if partition is None else partition.column
        partitions = None if column is None else [column]
        fields = Schema.from_arrow(schema if column is None else schema.append(pa.field(column, pa.string())))
        table = open_newest(folder)
        if table is None:
            create_table_with_add_actions(str(folder), fields, actions, partition_by=partitions, configuration=FOREVER)
        else:
            add_columns(table, fields)
            within = [(column, "in", parts)] if column and name in self.versions else None
            table.create_write_transaction([*actions], "overwrite", fields, partitions, within)
        self.versions[name] = DeltaTable(str(folder)).version()

    def commit(
        self,
        *,
        committed_at: datetime,
        horizon: datetime | None,
        hash: str,  # noqa: A002 - the ledger's own column name
        files: list[dict[str, Any]],
        resolved: dict[str, Any],
    ) -> Snapshot:
        """Append the snapshot to the ledger: the moment at which readers see the load."""
        snapshot = Snapshot(
            id=self.base.id + 1 if self.base else 1,
            committed_at=committed_at.astimezone(UTC),
            horizon=horizon,
            hash=hash,
            versions=dict(sorted(self.versions.items())),
            files=files,
            resolved=resolved,
        )
        row = {
            **{name: getattr(snapshot, name) for name in ("id", "committed_at", "horizon", "hash")},
            **{name: json.dumps(getattr(snapshot, name), ensure_ascii=False, sort_keys=True)
               for name in ("versions", "files", "resolved")},
        }  # fmt: skip
        folder = self.store.folder("ledger")
        folder.mkdir(parents=True, exist_ok=True)
        write_deltalake(str(folder), pa.Table.from_pylist([row], schema=LEDGER), mode="append", configuration=FOREVER)
        return snapshot
