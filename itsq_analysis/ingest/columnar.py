"""Parquet files as columns of text."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.containers import refuse_bomb
from itsq_analysis.ingest.header import names
from itsq_analysis.settings import LoadSettings

EXACT = 1e15


def read_parquet(path: Path, display: str, limits: LoadSettings) -> tuple[tuple[str, ...], pa.Table]:
    """Headers, and the records as text columns c0, c1, …; times in ISO form, those of a zone in UTC with Z.

    Raises:
        IngestError: the file is damaged, or beyond the limits.
    """
    try:
        with pq.ParquetFile(path) as file:
            groups = range(file.metadata.num_row_groups)
            refuse_bomb(
                path.stat().st_size, sum(file.metadata.row_group(group).total_byte_size for group in groups), display, limits
            )
            table = file.read()
    except pa.ArrowException as error:
        raise IngestError(f"a Parquet file must be complete; found {display} damaged ({error}); export it again") from error
    columns = {f"c{place}": _text(column) for place, column in enumerate(table.columns)}
    return names(table.column_names), pa.table(columns)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        shown = pc.strftime(column.cast(pa.timestamp("us", tz="UTC" if kind.tz else None), safe=False), "%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(shown, pa.scalar("Z"), "") if kind.tz else shown
    if pa.types.is_floating(kind) or pa.types.is_nested(kind) or pa.types.is_binary(kind):
        texts = [None if value is None else _shown(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(pa.string())


def _shown(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else str(value)
