"""Delimited text: its sound records as columns of text, cut by pyarrow."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

from itsq_analysis.ingest.checks import TOTALS
from itsq_analysis.ingest.header import Header
from itsq_analysis.ingest.records import LONGEST, Records, split_records

READ_BLOCK = 4 * LONGEST  # bytes; a record must fit


def read_delimited(path: Path, header: Header, folder: Path) -> tuple[Records, pa.Table, frozenset[int]]:
    """The records of a UTF-8 text, its sound ones as text columns c0, c1, …, and the lines of those that may be cut short."""
    records = split_records(path, folder / "records", header.delimiter, len(header.names), header.rows)
    columns = [f"c{place}" for place in range(len(header.names))]
    table = _cut(records, columns, header.delimiter)
    return records, table, _cut_short(records, table["c0"], header.delimiter, len(columns))


def _cut_short(records: Records, firsts: pa.ChunkedArray, delimiter: str, fields: int) -> frozenset[int]:
    """Lines of sound records that end, as it seems, on the next line: what stands there is too short and begins as no record does.

    A line break in the last field, without quotation marks around it, looks so; the part before it must not pass for the whole.
    """
    found = set()
    for line, text in records.malformed:
        place = records.before(line)
        if place >= 0 and text.count(delimiter) < fields - 1:
            first = text.split(delimiter, 1)[0].strip('" ')
            if _shape(first) != _shape(firsts[place].as_py() or "") and not first.lower().startswith(TOTALS):
                found.add(int(records.lines[place]))
    return frozenset(found)


def _shape(text: str) -> str:
    """A text with its digits and its other signs as one sign each: INC0012 and INC7 have the same shape."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text))


def _cut(records: Records, columns: list[str], delimiter: str) -> pa.Table:
    """The fields of sound records, as text; an empty one without quotation marks is NULL."""
    kinds = dict.fromkeys(columns, pa.string())
    if not len(records.lines):
        return pa.schema(kinds.items()).empty_table()
    with pa.OSFile(str(records.path)) as text:
        text.seek(records.start)
        table = pc.read_csv(
            text,
            pc.ReadOptions(column_names=columns, block_size=READ_BLOCK),
            pc.ParseOptions(delimiter=delimiter, newlines_in_values=records.multiline),
            pc.ConvertOptions(column_types=kinds, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False),
        )
    assert table.num_rows == len(records.lines), "the records of a text"  # noqa: S101 - both follow one grammar
    return table
