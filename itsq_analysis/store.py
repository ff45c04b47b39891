"""The store: Delta Lake tables in a folder, and a ledger whose rows are the snapshots.

A snapshot is one row of the ledger: the version of every table that one load committed, and the settings in force. The ledger's
commit is the only commit point of a load: until then readers see the snapshot before, afterwards the new one. What a killed load
leaves behind is rolled back by the next load. Readers never wait and never lock; loaders take turns by an operating-system lock
that is freed when the process dies. Nothing here deletes a data file.

    store/format            the layout's number
    store/tables/NAME/      one Delta table per contract
    store/quarantine/       rows that were refused, with file, line and rule
    store/ledger/           one row per snapshot
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, Schema, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, create_table_with_add_actions
from filelock import FileLock, Timeout

from itsq_analysis.errors import StoreError
from itsq_analysis.tables import Partition, contracts

if TYPE_CHECKING:
    import duckdb

FORMAT = 1
FOREVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("table_name", pa.string()),
        ("rule", pa.string()),
        ("column_name", pa.string()),
        ("value", pa.string()),
        ("record", pa.string()),
    ]
)
LEDGER = pa.schema(
    [
        ("id", pa.int64()),
        ("committed_at", pa.timestamp("us", tz="UTC")),
        ("horizon", pa.timestamp("us", tz="UTC")),
        ("hash", pa.string()),
        ("versions", pa.string()),
        ("files", pa.string()),
        ("resolved", pa.string()),
    ]
)


@dataclass(frozen=True)
class Snapshot:
    """One committed load.

    Attributes:
        id: 1, 2, 3, …
        committed_at: when the load ended (UTC); a record, never an input of a computation.
        horizon: data are known up to this moment (UTC); None while the store holds no time.
        hash: SHA-256 over the versions' input files and the settings in force.
        versions: table name -> Delta version; `quarantine` is one of them.
        files: one dict per file loaded so far (newest load of each path), with its counts.
        resolved: settings, calendars, catalogue and mappings in force, as JSON values.
    """

    id: int
    committed_at: datetime
    horizon: datetime | None
    hash: str
    versions: dict[str, int]
    files: list[dict[str, Any]] = field(repr=False)
    resolved: dict[str, Any] = field(repr=False)


class Store:
    """The tables of one workspace.

    Args:
        root: the store's folder; made by the first load.

    Raises:
        StoreError: the folder's name holds a literal "%20", or its format is newer than this version of itsq.

    >>> import tempfile
    >>> Store(Path(tempfile.mkdtemp()) / "store").snapshots()
    []
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if "%20" in str(self.root):
            raise StoreError(f"a store's path must not hold '%20', which Delta Lake reads as a space; found {self.root}; rename it")
        self._check_format()

    def _check_format(self) -> None:
        path = self.root / "format"
        if not path.exists():
            return
        found = path.read_text(encoding="ascii").strip()
        if not found.isdigit() or int(found) > FORMAT:
            raise StoreError(
                f"the store's format must be {FORMAT} or older; found {found!r} in {path.name}; install a newer itsq to read it"
            )

    # reading ---------------------------------------------------------------------------------------------------------

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, oldest first; empty before the first load."""
        table = _open_newest(self.root / "ledger")
        if table is None:
            return []
        rows = pa.table(table.to_pyarrow_table()).sort_by("id").to_pylist()
        return [
            Snapshot(**{**row, "versions": json.loads(row["versions"]), "files": json.loads(row["files"]),
                        "resolved": json.loads(row["resolved"])})
            for row in rows
        ]  # fmt: skip

    def snapshot(self, number: int | None = None) -> Snapshot:
        """The snapshot of that number, or the newest.

        Raises:
            StoreError: nothing has been loaded, or there is no such snapshot.
        """
        found = self.snapshots()
        if not found:
            raise StoreError(f"a store must have been loaded before it is read; found none in {self.root.name}; run: itsq load")
        if number is None:
            return found[-1]
        for snapshot in found:
            if snapshot.id == number:
                return snapshot
        raise StoreError(f"a snapshot must be one of 1 to {found[-1].id}; found {number}; run: itsq snapshots")

    def files(self, snapshot: Snapshot | None, name: str, parts: Collection[str] | None = None) -> list[Path]:
        """The Parquet files that hold one table (or "quarantine") in a snapshot, sorted; only some of its months or days."""
        if snapshot is None or name not in snapshot.versions:
            return []
        folder = self.folder(name)
        actions = pa.table(DeltaTable(str(folder), version=snapshot.versions[name]).get_add_actions(flatten=True))
        partition = contracts()[name].partition if name in contracts() else None
        if parts is not None and partition is not None:
            actions = actions.filter(pc.is_in(actions[f"partition.{partition.column}"], pa.array(sorted(parts), pa.string())))
        return sorted(folder / unquote(path) for path in actions["path"].to_pylist())

    def folder(self, name: str) -> Path:
        """The folder of a Delta table."""
        return self.root / name if name in ("quarantine", "ledger") else self.root / "tables" / name

    def connect(self, snapshot: Snapshot | None = None, services: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB connection with one view per table and `quarantine`, in UTC, and nothing else within reach.

        With `services`, tables that name a service show only the rows of these.

        Tables that were never loaded are views with typed columns and no rows. Files other than the snapshot's cannot be read or
        written, extensions cannot be loaded, and this cannot be unlocked again.
        """
        import duckdb

        snapshot = snapshot or self.snapshot()
        connection = duckdb.connect()
        connection.execute("SET TimeZone='UTC'")
        allowed: list[str] = []
        for name, view in self._views(snapshot):
            allowed += view.files
            kept = f"service IN ({', '.join(literal(service) for service in services)})"
            narrowed = bool(services) and name in contracts() and "service" in contracts()[name].columns
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM ({view.sql}) WHERE {kept if narrowed else 'true'}")
        connection.execute(f"SET allowed_paths=[{', '.join(literal(path) for path in allowed)}]")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        return connection

    def _views(self, snapshot: Snapshot | None) -> Iterator[tuple[str, View]]:
        for name, contract in contracts().items():
            yield name, View.over(self.files(snapshot, name), contract.schema)
        yield "quarantine", View.over(self.files(snapshot, "quarantine"), QUARANTINE)

    def view(self, snapshot: Snapshot | None, name: str, parts: Collection[str] | None = None) -> View:
        """The SELECT over one table of a snapshot, or these parts of it, for a connection that may read the store's files."""
        schema = QUARANTINE if name == "quarantine" else contracts()[name].schema
        return View.over(self.files(snapshot, name, parts), schema)

    # writing ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def load(self, waiting: Callable[[str], None] | None = None) -> Iterator[Load]:
        """Open the store for one load; leave the block without `commit` and nothing has happened.

        Args:
            waiting: told in a sentence who holds the store, once, when another load is running.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with self._turn(waiting):
            self._check_format()
            (self.root / "format").write_text(f"{FORMAT}\n", encoding="ascii")
            _drop_broken_log(self.root / "ledger")
            found = self.snapshots()
            base = found[-1] if found else None
            self._roll_back(base)
            yield Load(self, base)

    @contextmanager
    def _turn(self, waiting: Callable[[str], None] | None) -> Iterator[None]:
        lock = FileLock(self.root / ".lock")
        owner = self.root / ".lock-owner"
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                with suppress(OSError):
                    waiting(f"another load is running: {owner.read_text(encoding='utf-8').strip()}; waiting for it to end")
            lock.acquire()
        try:
            owner.write_text(f"process {os.getpid()}\n", encoding="utf-8")
            yield
        finally:
            lock.release()

    def _roll_back(self, base: Snapshot | None) -> None:
        """Undo what a killed load wrote: every table shows again what the ledger's newest row names."""
        for folder in [*sorted((self.root / "tables").glob("*")), self.root / "quarantine"]:
            _drop_broken_log(folder)
            table = _open_newest(folder)
            version = (base.versions if base else {}).get(folder.name)
            if table is not None and version is not None and table.version() > version:
                table.restore(version)


@dataclass(frozen=True)
class View:
    """A SELECT over Parquet files, or over nothing with the same typed columns."""

    sql: str
    files: list[str]

    @classmethod
    def over(cls, files: list[Path], schema: pa.Schema) -> View:
        """The view of a table stored in `files`; columns that an older file lacks are NULL."""
        typed = ", ".join(f"NULL::{SQL_OF_ARROW[column.type]} AS {quoted(column.name)}" for column in schema)
        empty = f"SELECT {typed} WHERE false"
        if not files:
            return cls(empty, [])
        paths = [path.as_posix() for path in files]
        listed = ", ".join(literal(path) for path in paths)
        names = ", ".join(quoted(column.name) for column in schema)
        # The empty part names the columns that a file written under an older contract lacks.
        sql = (
            f"SELECT {names} FROM ({empty} UNION ALL BY NAME "
            f"SELECT * FROM read_parquet([{listed}], union_by_name=true, hive_partitioning=false))"
        )
        return cls(sql, paths)


class Load:
    """One load in progress: writes tables, then commits them together."""

    def __init__(self, store: Store, base: Snapshot | None) -> None:
        self.store = store
        self.base = base
        self.versions = dict(base.versions) if base else {}

    def write(
        self,
        name: str,
        connection: duckdb.DuckDBPyConnection,
        sql: str,
        partition: Partition | None = None,
        parts: Sequence[str] = (),
    ) -> None:
        """Replace a table, or those of its parts (months, days), by the rows of a query.

        DuckDB writes the Parquet files, several times faster than delta-rs would, and delta-rs commits them.

        Args:
            name: a contract's name, or "quarantine".
            connection: on which the query runs.
            sql: its SELECT, under the table's schema; with `partition`, also that text column, `_month` or `_day`.
            partition: how the table is cut, by its contract; None replaces the whole table.
            parts: the "YYYY-MM" or "YYYY-MM-DD" that the query's rows replace.
        """
        folder = self.store.folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        schema = QUARANTINE if name == "quarantine" else contracts()[name].schema
        column = None if partition is None else partition.column
        partitions = None if column is None else [column]
        fields = Schema.from_arrow(schema if column is None else schema.append(pa.field(column, pa.string())))
        actions = _write_files(connection, sql, folder, column)
        table = _open_newest(folder)
        if table is None:
            create_table_with_add_actions(str(folder), fields, actions, partition_by=partitions, configuration=FOREVER)
        else:
            _add_columns(table, fields)
            replaced = [(column, "in", [*parts])] if column and name in self.versions else None
            table.create_write_transaction([*actions], "overwrite", fields, partitions, replaced)
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


SQL_OF_ARROW: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}


def quoted(name: str) -> str:
    """A name as SQL.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _write_files(connection: duckdb.DuckDBPyConnection, sql: str, folder: Path, column: str | None) -> list[AddAction]:
    """Write a query's rows as Parquet files with names of their own, and describe them for Delta's log."""
    name = f"part-{uuid4()}"
    target = folder if column else folder / f"{name}.parquet"
    layout = f", PARTITION_BY ({column}), FILENAME_PATTERN '{name}-{{i}}', OVERWRITE_OR_IGNORE" if column else ""
    written = connection.execute(f"COPY ({sql}) TO {literal(target.as_posix())} (FORMAT parquet{layout}, RETURN_STATS)").fetchall()
    return [
        AddAction(
            path=Path(file).relative_to(folder).as_posix(),
            size=size,
            partition_values=dict(keys or {}),
            modification_time=0,
            data_change=True,
            stats=json.dumps({"numRecords": count}),
        )
        for file, count, size, _footer, _statistics, keys, *_ in written
    ]


def _add_columns(table: DeltaTable, wanted: Schema) -> None:
    """Columns that a newer contract has, so that outside readers see them too."""
    known = {field.name for field in table.schema().fields}
    added = [field for field in wanted.fields if field.name not in known]
    if added:
        table.alter.add_columns(added)
        table.update_incremental()


def _log_files(folder: Path) -> list[Path]:
    return sorted((folder / "_delta_log").glob("[0-9]*.json"))


def _open_newest(folder: Path) -> DeltaTable | None:
    """The Delta table at its newest version that can be read; a torn last commit, as a power cut leaves it, is passed over."""
    logs = _log_files(folder)
    if not logs:
        return None
    try:
        return DeltaTable(str(folder))
    except TableNotFoundError:
        return None
    except DeltaError:
        if len(logs) == 1:
            return None
        return DeltaTable(str(folder), version=int(logs[-2].stem))


def _drop_broken_log(folder: Path) -> None:
    """Rename a torn last commit out of the way, so that the next one can be written."""
    logs = _log_files(folder)
    if not logs:
        return
    try:
        DeltaTable(str(folder))
    except DeltaError:
        logs[-1].replace(logs[-1].with_suffix(".broken"))
