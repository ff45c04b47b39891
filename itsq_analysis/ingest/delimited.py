"""Delimited text: its sound records as columns of text, cut by pyarrow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from itsq_analysis.ingest.checks import TOTALS
from itsq_analysis.ingest.header import Header
from itsq_analysis.ingest.records import Places, Records, split_records
from itsq_analysis.store import quoted

READ_BLOCK = 1 << 20  # bytes that are cut at once, small enough for the processor's cache; two records must fit
LARGE = 1 << 29  # bytes of a text whose records are not held in memory as a whole


def read_delimited(
    connection: duckdb.DuckDBPyConnection, relation: str, path: Path, header: Header, folder: Path
) -> tuple[Records, frozenset[int]]:
    """Make the relation of a UTF-8 text's sound records: text columns c0, c1, …, `_line` and `_row`.

    Returns:
        The records, and the lines of those that may be cut short.
    """
    records = split_records(path, folder / "records", header.delimiter, len(header.names), header.rows)
    columns = [f"c{place}" for place in range(len(header.names))]
    with _cut(records, columns, header.delimiter) as reader:
        batches = pa.RecordBatchReader.from_batches(_schema(columns), _numbered(reader, records.lines))
        if not is_large(records):
            connection.register(relation, batches.read_all())
        else:  # DuckDB moves to the disk what memory cannot hold
            connection.register("_batches", batches)
            connection.execute(f"CREATE TABLE {quoted(relation)} AS FROM _batches")
            connection.unregister("_batches")
    return records, _cut_short(connection, relation, records, header.delimiter, len(columns))


def _cut_short(
    connection: duckdb.DuckDBPyConnection, relation: str, records: Records, delimiter: str, fields: int
) -> frozenset[int]:
    """Lines of sound records that end, as it seems, on the next line: what stands there is too short and begins as no record does.

    A line break in the last field, without quotation marks around it, looks so; the part before it must not pass for the whole.
    """
    short = [(records.before(line), text) for line, text in records.malformed if text.count(delimiter) < fields - 1]
    places = {place for place, _ in short if place >= 0}
    if not places:
        return frozenset()
    asked = f"SELECT _row, c0 FROM {quoted(relation)} WHERE _row IN (SELECT unnest(?))"
    firsts = dict(connection.execute(asked, [sorted(places)]).fetchall())
    found = set()
    for place, text in short:
        first = text.split(delimiter, 1)[0].strip('" ')
        if place >= 0 and _shape(first) != _shape(firsts[place] or "") and not first.lower().startswith(TOTALS):
            found.add(int(records.lines[place]))
    return frozenset(found)


def _shape(text: str) -> str:
    """A text with its digits and its other signs as one sign each: INC0012 and INC7 have the same shape."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text))


def is_large(records: Records) -> bool:
    """Whether the fields of all records would take too much memory."""
    return records.path.stat().st_size >= LARGE


def _schema(columns: list[str]) -> pa.Schema:
    return pa.schema([*((name, pa.string()) for name in columns), ("_line", pa.int64()), ("_row", pa.int64())])


def _numbered(reader: Iterable[pa.RecordBatch], lines: Places) -> Iterator[pa.RecordBatch]:
    """Batches of fields with the line of each record and its place among the sound ones."""
    place = 0
    for batch in reader:
        after = place + batch.num_rows
        numbers = (pa.array(lines[place:after]), pa.array(np.arange(place, after)))
        yield pa.RecordBatch.from_arrays([*batch.columns, *numbers], schema=_schema(batch.schema.names))
        place = after
    assert place == len(lines), "the records of a text"  # noqa: S101 - both follow one grammar


@contextmanager
def _cut(records: Records, columns: list[str], delimiter: str) -> Iterator[Iterable[pa.RecordBatch]]:
    """The fields of sound records, as text; an empty one without quotation marks is NULL."""
    kinds = dict.fromkeys(columns, pa.string())
    if not len(records.lines):
        yield []
        return
    with pa.OSFile(str(records.path)) as text:
        text.seek(records.start)
        ways = (
            pc.ReadOptions(column_names=columns, block_size=max(READ_BLOCK, 2 * records.longest + 2)),
            pc.ParseOptions(delimiter=delimiter, newlines_in_values=records.multiline),
            pc.ConvertOptions(column_types=kinds, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False),
        )
        if is_large(records):
            with pc.open_csv(text, *ways) as reader:
                yield reader
        else:
            yield pc.read_csv(text, *ways).to_batches()
