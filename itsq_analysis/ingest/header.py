"""Finding the header of an export: which delimiter, which row, which names."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.records import is_sound_header

DELIMITERS = (",", ";", "\t", "|")
TITLE_ROWS = 20  # a header is looked for in so many rows
HEAD = 1 << 20  # bytes in which the header must end

IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Header:
    """A file's header.

    Attributes:
        names: one per column, unique; a column without a name is called "column N".
        rows: rows up to and including the header: of the sheet, or physical lines of the text.
        delimiter: of a text; "" in a workbook.
    """

    names: tuple[str, ...]
    rows: int
    delimiter: str = ""


def normal(text: str) -> str:
    """A header or choice text as it is compared: width, case, spaces, underscores and byte-order mark do not matter.

    >>> normal("\\ufeffOpened At") == normal("opened_at")
    True
    >>> normal("ＳＬＡ 达标")
    'sla达标'
    """
    return re.sub(r"[\s_\ufeff]+", "", unicodedata.normalize("NFKC", text).casefold())


def text_header(path: Path, display: str, is_header: IsHeader) -> Header:
    """The header of a UTF-8 text.

    The first row that `is_header` accepts under some delimiter is the header; rows above it are titles. Where none is accepted it
    is the first row with as many columns as most rows, split by the delimiter that makes most rows alike. A first line `sep=;`
    states the delimiter.

    Raises:
        IngestError: the file is empty, or the header has a quotation mark inside a name.
    """
    with path.open("rb") as file:
        text = file.read(HEAD).decode("utf-8-sig", errors="ignore")
    text, stated, above = _without_separator_line(text)
    heads = {delimiter: _head(text, delimiter) for delimiter in ((stated,) if stated else DELIMITERS)}
    for delimiter, rows in heads.items():
        for line, row in rows:
            if is_header(row):
                _refuse_broken(text, line, row, delimiter, display)
                return Header(names(row), line + above, delimiter)
    likely = {delimiter: _likely(rows) for delimiter, rows in heads.items() if rows}
    if not likely:
        raise _empty(display)
    delimiter = max(likely, key=lambda sign: (likely[sign][0] * (likely[sign][1] > 1), likely[sign][1]))
    line, row = next((line, row) for line, row in heads[delimiter] if len(row) == likely[delimiter][1])
    return Header(names(row), line + above, delimiter)


def _likely(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, int]:
    """How many of the first rows have the commonest number of fields, and that number (the larger one of two)."""
    widths = Counter(len(row) for _, row in rows)
    return max((count, width) for width, count in widths.items())


def _without_separator_line(text: str) -> tuple[str, str, int]:
    """A text without the line `sep=;` that spreadsheets write, the delimiter that it states, and how many lines it was."""
    match = re.match(r'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', text, re.IGNORECASE)
    return (text[match.end() :], match[1], 1) if match else (text, "", 0)


def sheet_header(rows: Sequence[Sequence[str]], display: str, is_header: IsHeader) -> Header:
    """The header of a sheet's rows; found as in `text_header`. A header may span two rows.

    Raises:
        IngestError: the sheet is empty.
    """
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if not filled:
        raise _empty(display)
    candidates = [_with_row_below(rows, number) for number, _ in filled[:TITLE_ROWS]]
    accepted = next((found for found in candidates if is_header(found[1])), None)
    most = max(sum(map(bool, row)) for _, row in filled[:TITLE_ROWS])
    number, row = accepted or next(found for found in candidates if sum(map(bool, found[1])) > most / 2)
    return Header(names(row), number)


def _with_row_below(rows: Sequence[Sequence[str]], number: int) -> tuple[int, Sequence[str]]:
    """A row that may be a header, and its number; with the names below its groups where it spans two rows.

    Such a group is one cell over several: the others are empty, or repeat it. All other cells of the row below are empty, or repeat
    the one above.
    """
    upper = rows[number - 1]
    lower = rows[number] if number < len(rows) else ()
    named = [place for place, cell in enumerate(lower) if cell and (place >= len(upper) or cell != upper[place])]
    beside = [*upper[1:], "-"]
    grouped = all(not upper[place] or beside[place] in ("", upper[place]) for place in named if place < len(upper))
    rest = [place for place, cell in enumerate(upper) if cell and place not in named]
    if len(named) < 2 or not grouped or not rest:
        return number, upper
    return number + 1, [lower[place] if place in named else cell for place, cell in enumerate(upper)]


def names(row: Sequence[str]) -> tuple[str, ...]:
    """The column names of a header row, stripped; one that stands several times is numbered.

    >>> names(["Comment", "number", "comment", ""])
    ('Comment (1)', 'number', 'comment (2)', 'column 4')
    """
    keys = [normal(raw) for raw in row]
    counted: dict[str, int] = {}
    taken: set[str] = set()
    found = []
    for position, (raw, key) in enumerate(zip(row, keys, strict=True), 1):
        name = raw.strip().strip("\ufeff").replace("\0", "") or f"column {position}"
        shown = name
        while key and (keys.count(key) > 1 or key in taken) and (shown == name or normal(shown) in taken):
            counted[key] = counted.get(key, 0) + 1
            shown = f"{name} ({counted[key]})"
        taken.add(normal(shown))
        found.append(shown)
    return tuple(found)


def without_number(header: str) -> str:
    """The key of a header that was numbered because it stands several times; of another, its own.

    >>> without_number("Comment (2)") == normal("comment")
    True
    """
    return normal(re.sub(r" \([0-9]+\)$", "", header))


def _refuse_broken(text: str, line: int, row: Sequence[str], delimiter: str, display: str) -> None:
    """Nothing, or an IngestError where the quotation marks of a header are not sound."""
    lines = text.split("\n" if "\n" in text else "\r")
    height = 1 + sum(value.count("\n") for value in row)
    if not is_sound_header("\n".join(lines[line - height : line]).rstrip("\r"), delimiter):
        raise IngestError(
            f"quotation marks of a header must stand around whole names; found others in line {line} of {display}; export it again"
        )


def _head(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows with text, each with the physical line on which it ends."""
    lines = io.StringIO(text, newline="\n" if "\n" in text else "\r")
    reader = csv.reader(lines, delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(value.strip() for value in row):
                found.append((reader.line_num, row))
            if len(found) == TITLE_ROWS:
                break
    except csv.Error:  # broken quotation marks further down
        return found
    return found


def _empty(display: str) -> IngestError:
    return IngestError(f"an export must have a header; found nothing in {display}; export it again")
