"""The store of a workspace: its snapshots, the files and views of their tables, and the turn of a load."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from filelock import FileLock, Timeout
from pyarrow.parquet import ParquetFile

from itsq_analysis.errors import StoreError
from itsq_analysis.store.delta import drop_broken_log, open_newest, told_as_one_line
from itsq_analysis.store.ledger import QUARANTINE, Snapshot
from itsq_analysis.store.sql import TableView, literal, quoted
from itsq_analysis.store.transaction import Transaction
from itsq_analysis.tables import contracts

if TYPE_CHECKING:
    import duckdb

FORMAT = 1
SHOWN_OF_REFUSED = "file, line, cell, table_name, rule, column_name, header, value, record"
UNFINISHED = ".unfinished"  # is there while a load works, and after one that did not end
UNNAMEABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\[\]|^\\\x00-\x1f\x7f]")


class Store:
    """The tables of one workspace.

    Args:
        root: the store's folder; made by the first load.

    Raises:
        StoreError: the path holds what Delta Lake cannot name, or its format is newer than this version of itsq.

    >>> import tempfile
    >>> Store(Path(tempfile.mkdtemp()) / "store").snapshots()
    []
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        refused = UNNAMEABLE.search(self.root.as_posix() if os.name == "nt" else str(self.root))
        if refused:
            raise StoreError(
                f"a store's path must not hold {refused[0]!r}, which Delta Lake cannot name; found {str(self.root)!r}; rename the "
                'folder, or keep the store elsewhere, in [store] of itsq.toml: path = "/another/folder"'
            )
        self._check_format()

    def _check_format(self) -> None:
        path = self.root / "format"
        if not path.exists():
            return
        number = path.read_text(encoding="ascii", errors="replace").strip()
        if not number.isdigit() or int(number) > FORMAT:
            raise StoreError(
                f"the store's format must be {FORMAT} or older; found {number[:20]!r} in {path.name}; install a newer itsq"
            )

    # reading ---------------------------------------------------------------------------------------------------------

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, oldest first; empty before the first load."""
        with told_as_one_line():
            table = open_newest(self.root / "ledger")
            if table is None:
                return []
            # Not by `to_pyarrow_table`: one of its threads that still runs when Python ends aborts the process.
            paths = pa.table(table.get_add_actions())["path"].to_pylist()
            parts = [ParquetFile(self.root / "ledger" / unquote(path)).read(use_threads=False) for path in paths]
            rows = pa.concat_tables(parts, promote_options="default").sort_by("id").to_pylist() if parts else []
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
        snapshots = self.snapshots()
        if not snapshots:
            raise StoreError(f"a store must have been loaded before it is read; found none in {self.root.name}; run: itsq load")
        if number is None:
            return snapshots[-1]
        for snapshot in snapshots:
            if snapshot.id == number:
                return snapshot
        raise StoreError(f"a snapshot must be one of 1 to {snapshots[-1].id}; found {number}; run: itsq snapshots")

    def files(self, snapshot: Snapshot | None, name: str, parts: Collection[str] | None = None) -> list[Path]:
        """The Parquet files that hold one table (or "quarantine") in a snapshot, sorted; only some of its months or days."""
        if snapshot is None or name not in snapshot.versions:
            return []
        folder = self.folder(name)
        with told_as_one_line():
            actions = pa.table(DeltaTable(str(folder), version=snapshot.versions[name]).get_add_actions(flatten=True))
        partition = contracts()[name].partition if name in contracts() else None
        if parts is not None and partition is not None:
            actions = actions.filter(pc.is_in(actions[f"partition.{partition.column}"], pa.array(sorted(parts), pa.string())))
        return sorted(folder / unquote(path) for path in actions["path"].to_pylist())

    @property
    def spill(self) -> Path:
        """Where a load keeps rows that its memory cannot hold; gone when it ends."""
        return self.root / ".spill"

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

        connection = duckdb.connect()
        for statement in self.setup(snapshot, services):
            with told_as_one_line():
                connection.execute(statement)
        return connection

    def setup(self, snapshot: Snapshot | None = None, services: Sequence[str] = ()) -> list[str]:
        """The statements that make an empty connection such a one (see `connect`)."""
        statements, allowed = ["SET TimeZone='UTC'"], []
        for name, view in self._views(snapshot or self.snapshot()):
            allowed += view.files
            kept = f"service IN ({', '.join(literal(service) for service in services)})"
            narrowed = bool(services) and name in contracts() and "service" in contracts()[name].columns
            statements.append(f"CREATE VIEW {quoted(name)} AS SELECT * FROM ({view.sql}) WHERE {kept if narrowed else 'true'}")
        statements.append(f"SET allowed_paths=[{', '.join(literal(path) for path in allowed)}]")
        return [*statements, "SET enable_external_access=false", "SET lock_configuration=true"]

    def _views(self, snapshot: Snapshot | None) -> Iterator[tuple[str, TableView]]:
        for name, contract in contracts().items():
            yield name, TableView.over(self.files(snapshot, name), contract.schema)
        refused = self.view(snapshot, "quarantine")
        yield "quarantine", TableView(f"SELECT {SHOWN_OF_REFUSED} FROM ({refused.sql}) WHERE cleared_by IS NULL", refused.files)
        conflicts = f"SELECT {SHOWN_OF_REFUSED}, cleared_by AS used FROM ({refused.sql}) WHERE rule = 'conflict'"
        yield "conflicts", TableView(conflicts, refused.files)

    def view(self, snapshot: Snapshot | None, name: str, parts: Collection[str] | None = None) -> TableView:
        """The SELECT over one table of a snapshot, or these parts of it, for a connection that may read the store's files."""
        schema = QUARANTINE if name == "quarantine" else contracts()[name].schema
        return TableView.over(self.files(snapshot, name, parts), schema)

    # writing ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def load(self, waiting: Callable[[str], None] | None = None) -> Iterator[Transaction]:
        """Open the store for one load; leave the block without `commit` and nothing has happened.

        Raises:
            StoreError: a file cannot be read or written, be it of the store or where a load keeps its rows meanwhile.

        Args:
            waiting: told in a sentence who holds the store, once, when another load is running.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with self._locked(waiting), told_as_one_line():
            self._check_format()
            (self.root / "format").write_text(f"{FORMAT}\n", encoding="ascii")
            drop_broken_log(self.root / "ledger")
            snapshots = self.snapshots()
            base = snapshots[-1] if snapshots else None
            self._roll_back(base)
            unfinished = self.root / UNFINISHED
            if unfinished.exists():
                self._sweep(snapshots)
            unfinished.touch()
            rmtree(self.spill, ignore_errors=True)
            try:
                yield Transaction(self, base)
            finally:
                rmtree(self.spill, ignore_errors=True)
            unfinished.unlink(missing_ok=True)  # a load that fails leaves it, as one that is killed does

    @contextmanager
    def _locked(self, waiting: Callable[[str], None] | None) -> Iterator[None]:
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
            drop_broken_log(folder)
            table = open_newest(folder)
            version = (base.versions if base else {}).get(folder.name)
            if table is not None and version is not None and table.version() > version:
                table.restore(version)

    def _sweep(self, snapshots: Sequence[Snapshot]) -> None:
        """Remove what loads that did not end have written: files that no snapshot names."""
        versions = {(name, version): snapshot for snapshot in snapshots for name, version in snapshot.versions.items()}
        named = {path for (name, _), snapshot in versions.items() for path in self.files(snapshot, name)}
        ledger = open_newest(self.root / "ledger")
        rows = pa.table(ledger.get_add_actions())["path"].to_pylist() if ledger else []
        named |= {self.root / "ledger" / unquote(path) for path in rows}
        for path in [*self.root.rglob("*.parquet"), *self.root.rglob("_delta_log/*.tmp")]:
            if path not in named and (path.parent.name != "_delta_log" or path.suffix == ".tmp"):
                path.unlink(missing_ok=True)
