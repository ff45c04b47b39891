"""Reading: an export (CSV, JSON, both also .gz, Excel) into a DuckDB table of raw text, every record with its line.

What is a record of a delimited text is judged in one place (`records`); what is malformed is kept aside with line and text.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.checks import TOTALS
from itsq_analysis.ingest.decode import digest, open_text
from itsq_analysis.ingest.header import Header, IsHeader, text_header
from itsq_analysis.ingest.json_records import JsonRecords, is_json, read_json
from itsq_analysis.ingest.records import LONGEST, Records, split_records
from itsq_analysis.ingest.workbook import is_workbook, read_workbook
from itsq_analysis.store import literal, quoted

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

READ_BLOCK = 4 * LONGEST  # bytes; a record must fit
_numbers = itertools.count(1)  # relation names are unique in the process, so also in a connection


@dataclass(frozen=True)
class RawTable:
    """A file's records as they stand in it.

    Attributes:
        relation: in DuckDB: VARCHAR columns c0, c1, … as in the file, `_line` (1-based physical line or sheet row) and `_row` (0,
            1, … in file order).
        headers: what c0, c1, … are called in the file.
        read: records in the file, malformed ones included.
        malformed: physical line and text of records that have no sound fields.
        cut_short: lines of records that may go on in the malformed line below them.
        swallowing: lines of those among `malformed` of which one quoted field holds lines that look like records.
        encoding: "utf-8", "utf-8 with BOM", "gb18030", or "workbook".
        delimiter: "" for a workbook and for JSON.
        sha256: of the file's bytes as they lie on disk.
        warnings: what the tool said beside its data.
    """

    relation: str
    headers: tuple[str, ...]
    read: int
    malformed: tuple[tuple[int, str], ...]
    encoding: str
    delimiter: str
    sha256: str
    warnings: tuple[str, ...] = ()
    swallowing: frozenset[int] = frozenset()
    cut_short: frozenset[int] = frozenset()

    @property
    def is_workbook(self) -> bool:
        """Whether it was read from a workbook, where dates may be serial numbers."""
        return self.encoding == "workbook"

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Free the memory that the raw records take."""
        connection.execute(
            f"DROP VIEW {quoted(self.relation)}; DROP VIEW IF EXISTS {quoted(self.relation + '_plain')}; "
            f"DROP VIEW IF EXISTS {quoted(self.relation + '_wide')}; "
            f"DROP TABLE IF EXISTS {quoted(self.relation + '_labels')}"
        )
        connection.unregister(f"{self.relation}_records")

    def lengthened(self, connection: duckdb.DuckDBPyConnection, kept: Sequence[int], names: tuple[str, str]) -> RawTable:
        """A wide file as a long one: each cell of a column that is not `kept` is a record, its header and text called `names`."""
        cells = [place for place in range(len(self.headers)) if place not in kept]
        if not cells:
            return self
        columns = [f"c{place} AS c{number}" for number, place in enumerate(kept)]
        columns.append(f"unnest([{', '.join(literal(self.headers[place]) for place in cells)}]) AS c{len(kept)}")
        columns.append(f"unnest([{', '.join(f'c{place}' for place in cells)}]) AS c{len(kept) + 1}")
        wide = quoted(self.relation + "_wide")
        connection.execute(
            f"ALTER VIEW {quoted(self.relation)} RENAME TO {wide}; CREATE VIEW {quoted(self.relation)} AS "
            f"SELECT {', '.join(columns)}, _line, _row * {len(cells)} + unnest(range({len(cells)})) AS _row FROM {wide}"
        )
        headers = (*(self.headers[place] for place in kept), *names)
        return replace(self, headers=headers, read=(self.read - len(self.malformed)) * len(cells) + len(self.malformed))

    def with_columns(self, connection: duckdb.DuckDBPyConnection, added: Mapping[str, str]) -> RawTable:
        """The same with further columns: header -> SQL over c0, c1, ..."""
        if not added:
            return self
        listed = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(added.values(), len(self.headers)))
        plain = quoted(self.relation + "_plain")
        connection.execute(
            f"ALTER VIEW {quoted(self.relation)} RENAME TO {plain}; "
            f"CREATE VIEW {quoted(self.relation)} AS SELECT *, {listed} FROM {plain}"
        )
        return replace(self, headers=(*self.headers, *added))


def read_file(
    connection: duckdb.DuckDBPyConnection, path: Path, display: str, is_header: IsHeader, limits: LoadSettings
) -> RawTable:
    """Read an export whole.

    Args:
        connection: where the relation is made.
        path: the export.
        display: its name in messages.
        is_header: tells a header row from the title rows above it.
        limits: to size and ratio of what is packed.

    Raises:
        IngestError: the file is missing or empty, a .gz cut off, packed beyond the limits, its text neither UTF-8 nor GB18030, or a
            workbook is damaged, protected, or has several sheets that could be meant.
    """
    relation = f"raw_{next(_numbers)}"
    try:
        if is_workbook(path):
            header, rows = read_workbook(path, display, is_header, limits)
            count = _store_rows(connection, relation, header, rows)
            return RawTable(relation, header.names, count, (), "workbook", "", digest(path))
        with tempfile.TemporaryDirectory(prefix="itsq-") as folder:
            text = open_text(path, display, Path(folder), limits)
            if is_json(text.path):
                return _store_json(connection, relation, read_json(text.path, display), text.encoding, digest(path))
            header = text_header(text.path, display, is_header)
            records, cut_short = _read_text(connection, relation, text.path, header, Path(folder))
            return RawTable(
                relation,
                header.names,
                read=len(records.lines) + len(records.malformed),
                malformed=tuple(records.malformed),
                swallowing=frozenset(records.swallowing),
                cut_short=cut_short,
                warnings=("its last line has no line end: if it was cut off, so is its last value",) if records.open_end else (),
                encoding=text.encoding,
                delimiter=header.delimiter,
                sha256=digest(path),
            )
    except OSError as error:
        raise IngestError(
            f"an export must be a readable file; found {display}: {error.strerror or error}; check the path and its permissions"
        ) from error


def _store_rows(connection: duckdb.DuckDBPyConnection, relation: str, header: Header, rows: list[list[str]]) -> int:
    """Make the relation of a sheet's rows; a row without any text is no record."""
    records = [(number, row) for number, row in enumerate(rows[header.rows :], header.rows + 1) if any(row)]
    columns = {f"c{index}": pa.array([row[index] for _, row in records], pa.string()) for index in range(len(header.names))}
    lines = pa.array([number for number, _ in records], pa.int64())
    table = pa.table(columns | {"_line": lines, "_row": pa.array(np.arange(len(records)))})
    connection.register(f"{relation}_records", table)
    connection.execute(f"CREATE VIEW {quoted(relation)} AS FROM {quoted(relation + '_records')}")
    return len(records)


def _store_json(connection: duckdb.DuckDBPyConnection, relation: str, found: JsonRecords, encoding: str, sha256: str) -> RawTable:
    """Make the relation of JSON records; labels are kept once a series."""
    records, labels = quoted(f"{relation}_records"), quoted(f"{relation}_labels")
    points = found.points.append_column("_row", pa.array(np.arange(found.points.num_rows)))
    connection.register(f"{relation}_records", points)
    if found.labels is not None:
        connection.register("_json", found.labels)
        connection.execute(f"CREATE TABLE {labels} AS FROM _json")
        connection.unregister("_json")
    joined = f"{records} r JOIN {labels} USING (series)" if found.labels is not None else f"{records} r"
    columns = ", ".join(f"c{place}" for place in range(len(found.headers)))
    connection.execute(f"CREATE VIEW {quoted(relation)} AS SELECT {columns}, line AS _line, _row FROM {joined}")
    malformed, warnings = tuple(found.malformed), tuple(found.warnings)
    return RawTable(relation, tuple(found.headers), found.read, malformed, encoding, "", sha256, warnings)


def _read_text(
    connection: duckdb.DuckDBPyConnection, relation: str, path: Path, header: Header, folder: Path
) -> tuple[Records, frozenset[int]]:
    """Make the relation of a text's sound records; return them, and the lines of those that may be cut short."""
    records = split_records(path, folder / "records", header.delimiter, len(header.names), header.rows)
    columns = [f"c{place}" for place in range(len(header.names))]
    table = _cut(records, columns, header.delimiter)
    numbers = {"_line": pa.array(records.lines), "_row": pa.array(np.arange(len(records.lines)))}
    cut_short = _cut_short(records, table["c0"], header.delimiter, len(columns))
    for name, values in numbers.items():
        table = table.append_column(name, values)
    connection.register(f"{relation}_records", table)
    connection.execute(f"CREATE VIEW {quoted(relation)} AS FROM {quoted(relation + '_records')}")
    return records, cut_short


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
