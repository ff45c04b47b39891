"""Opening exports to look at them: which row is the header, and the records of several files below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.recognition.vocabulary import meanings
from itsq_analysis.store import quoted

KNOWN_HEADERS = 3  # of a row that is taken for the header
SURE = 0.6


@dataclass(frozen=True)
class Export:
    """A file to look at, what it is called, and the part of a zip."""

    path: Path
    display: str
    member: str = ""


def looks_like_header(row: Sequence[str]) -> bool:
    """Whether so many cells of a row are headers that the vocabulary knows, that it is the header."""
    cells = [cell for cell in row if cell.strip()]
    known = sum(max(meanings(cell).values(), default=0) >= SURE for cell in cells)
    return known >= min(KNOWN_HEADERS, max(2, len(cells) - 1))


def together(connection: duckdb.DuckDBPyConnection, opened: Sequence[RawTable]) -> tuple[RawTable, str]:
    """The records of all files below one another, by the names of their columns; the first file's columns come first."""
    first = opened[0]
    headers = list(first.headers)
    for other in opened[1:]:
        headers += [header for header in other.headers if normal(header) not in set(map(normal, headers))]
    parts = []
    for number, export in enumerate(opened):
        places = {normal(header): place for place, header in enumerate(export.headers)}
        cells = [f"c{places[normal(header)]}" if normal(header) in places else "NULL::VARCHAR" for header in headers]
        listed = ", ".join(f"{cell} AS c{place}" for place, cell in enumerate(cells))
        parts.append(f"SELECT {listed}, _row::BIGINT + {number}::BIGINT * 1000000000 AS _row FROM {quoted(export.relation)}")
    name = f"{first.relation}_together"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {' UNION ALL '.join(parts)}")
    return replace(first, headers=tuple(headers)), name
