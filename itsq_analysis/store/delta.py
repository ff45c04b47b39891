"""Delta Lake: files written by DuckDB and committed by delta-rs, tables opened and mended after a power cut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction

from itsq_analysis.errors import StoreError
from itsq_analysis.store.sql import literal

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.tables import Partition

FOREVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


@contextmanager
def told_as_one_line() -> Iterator[None]:
    """Faults of the disk, as the libraries that write and read tables raise them, as a StoreError."""
    import duckdb

    try:
        yield
    except (DeltaError, duckdb.Error, pa.ArrowException) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise StoreError(
            f"a store's files must be readable and writable; found: {said}; check free space and permissions, or restore the store "
            "from its backup; what was loaded before is as it was"
        ) from error


def write_files(
    connection: duckdb.DuckDBPyConnection, sql: str, folder: Path, partition: Partition | None, parts: Sequence[str]
) -> list[AddAction]:
    """Write a query's rows as Parquet files with names of their own, and describe them for Delta's log.

    The rows of a single part are written as they come; DuckDB sorts those of several, which takes twice as long.
    """
    name, layout, values = f"part-{uuid4()}", "", {}
    target = folder / f"{name}.parquet"
    if partition is not None and len(parts) == 1:
        values = {partition.column: parts[0]}
        target = folder / f"{partition.column}={parts[0]}" / target.name
        target.parent.mkdir(exist_ok=True)
    elif partition is not None:
        target, layout = folder, f", PARTITION_BY ({partition.column}), FILENAME_PATTERN '{name}-{{i}}', OVERWRITE_OR_IGNORE"
    written = connection.execute(f"COPY ({sql}) TO {literal(target.as_posix())} (FORMAT parquet{layout}, RETURN_STATS)").fetchall()
    return [
        AddAction(
            path=Path(file).relative_to(folder).as_posix(),
            size=size,
            partition_values=dict(keys or values),
            modification_time=0,
            data_change=True,
            stats=json.dumps({"numRecords": count}),
        )
        for file, count, size, _footer, _statistics, keys, *_ in written
    ]


def add_columns(table: DeltaTable, wanted: Schema) -> None:
    """Columns that a newer contract has, so that outside readers see them too."""
    known = {field.name for field in table.schema().fields}
    added = [field for field in wanted.fields if field.name not in known]
    if added:
        table.alter.add_columns(added)
        table.update_incremental()


def _log_files(folder: Path) -> list[Path]:
    return sorted((folder / "_delta_log").glob("[0-9]*.json"))


def open_newest(folder: Path) -> DeltaTable | None:
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


def drop_broken_log(folder: Path) -> None:
    """Rename a torn last commit out of the way, so that the next one can be written."""
    logs = _log_files(folder)
    if not logs:
        return
    try:
        DeltaTable(str(folder))
    except DeltaError:
        logs[-1].replace(logs[-1].with_suffix(".broken"))
