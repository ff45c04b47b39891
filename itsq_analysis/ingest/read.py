"""Reading: an export of any kind into a DuckDB table of raw text, every record with its line.

Kinds are told by content, whatever the name says: workbooks, Parquet, JSON, HTML and XML, else delimited text; any of them also
in a gzip or zip. What is a record of delimited text is judged in one place (`records`); what is malformed is kept with its line.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.containers import is_parquet, is_workbook, refuse_misnamed, unpack
from itsq_analysis.ingest.decode import digest, open_text
from itsq_analysis.ingest.delimited import read_delimited
from itsq_analysis.ingest.header import Header, IsHeader, sheet_header, text_header
from itsq_analysis.ingest.json_records import JsonRecords, is_json, read_json, records_of
from itsq_analysis.ingest.markup import markup_of, read_html, read_xml
from itsq_analysis.ingest.workbook import SheetPart, letters_of, read_workbook
from itsq_analysis.store import literal, quoted

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

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
        encoding: of a text, such as "utf-8", "utf-8 with BOM", "gb18030"; else "workbook" or "parquet".
        delimiter: "" for all that is no delimited text.
        sha256: of the file's bytes as they lie on disk.
        warnings: what the tool said beside its data.
        sheets: of a workbook, which lines stand in which sheet.
        letters: of a workbook, what a spreadsheet calls the columns c0, c1, …; "" for one that is made of others.
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
    sheets: tuple[SheetPart, ...] = ()
    letters: tuple[str, ...] = ()

    @property
    def is_workbook(self) -> bool:
        """Whether it was read from a workbook, where dates may be serial numbers."""
        return self.encoding == "workbook"

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Free the memory that the raw records take."""
        connection.execute(
            f"DROP VIEW {quoted(self.relation)}; DROP VIEW IF EXISTS {quoted(self.relation + '_plain')}; "
            f"DROP VIEW IF EXISTS {quoted(self.relation + '_wide')}; DROP VIEW IF EXISTS {quoted(self.relation + '_open')}; "
            f"DROP TABLE IF EXISTS {quoted(self.relation + '_pseudonyms')}; "
            f"DROP TABLE IF EXISTS {quoted(self.relation + '_labels')}"
        )
        connection.unregister(f"{self.relation}_records")
        connection.execute(f"DROP TABLE IF EXISTS {quoted(self.relation + '_records')}")

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
        letters = (*(self.letters[place] for place in kept), "", "") if self.letters else ()
        read = (self.read - len(self.malformed)) * len(cells) + len(self.malformed)
        return replace(self, headers=headers, letters=letters, read=read)

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
        letters = (*self.letters, *("" for _ in added)) if self.letters else ()
        return replace(self, headers=(*self.headers, *added), letters=letters)

    def replaced(self, connection: duckdb.DuckDBPyConnection, made: Mapping[str, str]) -> RawTable:
        """The same with other texts in some columns: c0, c1 … -> SQL over these."""
        told, plain = ", ".join(f"{sql} AS {column}" for column, sql in made.items()), quoted(self.relation + "_open")
        connection.execute(
            f"ALTER VIEW {quoted(self.relation)} RENAME TO {plain}; "
            f"CREATE VIEW {quoted(self.relation)} AS SELECT * REPLACE ({told}) FROM {plain}"
        )
        return self


def read_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    display: str,
    is_header: IsHeader,
    limits: LoadSettings,
    *,
    member: str = "",
    encoding: str | None = None,
) -> RawTable:
    """Read an export whole.

    Args:
        connection: where the relation is made.
        path: the export.
        display: its name in messages.
        is_header: tells a header row from the title rows above it.
        limits: to size and ratio of what is packed.
        member: which file of a zip.
        encoding: of a text, as its source states; None judges it.

    Raises:
        IngestError: the file is missing, empty, damaged, cut off or packed beyond the limits, its encoding is not clear, or a
            workbook is protected or has several sheets that could be meant.
    """
    relation = f"raw_{next(_numbers)}"
    try:
        with tempfile.TemporaryDirectory(prefix="itsq-") as name:
            folder = Path(name)
            plain = unpack(path, display, folder, limits, member)
            refuse_misnamed(path, plain, display)
            if is_workbook(plain):
                header, rows, sheets = read_workbook(plain, display, is_header, limits)
                raw = _store_rows(connection, relation, header, rows, "workbook", digest(path))
                return replace(raw, sheets=sheets, letters=tuple(map(letters_of, range(len(header.names)))))
            if is_parquet(plain):
                return _store_parquet(connection, relation, plain, display, limits, digest(path))
            return _read_text(connection, relation, plain, display, is_header, folder, encoding, digest(path))
    except OSError as error:
        raise IngestError(
            f"an export must be a readable file; found {display}: {error.strerror or error}; check the path and its permissions"
        ) from error


def _read_text(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    plain: Path,
    display: str,
    is_header: IsHeader,
    folder: Path,
    encoding: str | None,
    sha256: str,
) -> RawTable:
    """What is written as text: JSON, markup, else records with delimiters."""
    text = open_text(plain, display, folder, encoding)
    told = (f"read as {text.encoding}, in which it says {text.example!r}",) if text.example else ()
    if is_json(text.path):
        return _store_json(connection, relation, read_json(text.path, display), text.encoding, sha256)
    if kind := markup_of(text.path):
        found = read_html(text.path, display) if kind == "html" else read_xml(text.path, display)
        if found and isinstance(found[0], dict):
            return _store_json(connection, relation, records_of(found), text.encoding, sha256)
        rows = [[str(cell) for cell in row] for row in found]
        return _store_rows(connection, relation, sheet_header(rows, display, is_header), rows, text.encoding, sha256)
    header = text_header(text.path, display, is_header)
    records, cut_short = read_delimited(connection, f"{relation}_records", text.path, header, folder)
    connection.execute(f"CREATE VIEW {quoted(relation)} AS FROM {quoted(relation + '_records')}")
    cut_off = ("its last line has no line end: if it was cut off, so is its last value",) if records.open_end else ()
    return RawTable(
        relation,
        header.names,
        read=len(records.lines) + len(records.malformed),
        malformed=tuple(records.malformed),
        swallowing=frozenset(records.swallowing),
        cut_short=cut_short,
        warnings=(*told, *cut_off),
        encoding=text.encoding,
        delimiter=header.delimiter,
        sha256=sha256,
    )


def _register(connection: duckdb.DuckDBPyConnection, relation: str, table: pa.Table) -> None:
    connection.register(f"{relation}_records", table)
    connection.execute(f"CREATE VIEW {quoted(relation)} AS FROM {quoted(relation + '_records')}")


def _store_parquet(
    connection: duckdb.DuckDBPyConnection, relation: str, path: Path, display: str, limits: LoadSettings, sha256: str
) -> RawTable:
    from itsq_analysis.ingest.columnar import read_parquet

    headers, table = read_parquet(path, display, limits)
    numbers = np.arange(table.num_rows)
    _register(connection, relation, table.append_column("_line", pa.array(numbers + 1)).append_column("_row", pa.array(numbers)))
    return RawTable(relation, headers, table.num_rows, (), "parquet", "", sha256)


def _store_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, header: Header, rows: list[list[str]], encoding: str, sha256: str
) -> RawTable:
    """Make the relation of a sheet's rows; a row without any text is no record."""
    records = [(number, row) for number, row in enumerate(rows[header.rows :], header.rows + 1) if any(row)]
    columns = {f"c{index}": pa.array([row[index] for _, row in records], pa.string()) for index in range(len(header.names))}
    lines = pa.array([number for number, _ in records], pa.int64())
    _register(connection, relation, pa.table(columns | {"_line": lines, "_row": pa.array(np.arange(len(records)))}))
    return RawTable(relation, header.names, len(records), (), encoding, "", sha256)


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
