"""Sheets of Excel workbooks as rows of text."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import python_calamine as calamine

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.containers import refuse_bomb
from itsq_analysis.ingest.header import Header, IsHeader, sheet_header

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

EXACT = 1e15

Cell = int | float | str | bool | time | date | datetime | timedelta
Sheet = list[list[str]]


@dataclass(frozen=True)
class SheetPart:
    """Which rows of a workbook stand in one sheet: its number among the visible ones, and two names of its first row.

    `line` counts over all sheets that are read, `row` within the sheet.
    """

    number: int
    line: int
    row: int


def read_workbook(
    path: Path, display: str, is_header: IsHeader, limits: LoadSettings
) -> tuple[Header, Sheet, tuple[SheetPart, ...]]:
    """The header and all rows of the sheet that holds the records, and which rows stand where; row 1 of the sheet is the first.

    Several visible sheets with text are told apart by their headers: exactly one must be accepted by `is_header`.

    Raises:
        IngestError: the file is no workbook, unpacks beyond the limits, is protected by a password, is empty, or several sheets
            could be meant.
    """
    size = path.stat().st_size
    refuse_bomb(size, _unpacked(path), display, limits)
    visible = sheets_of(path, display)
    numbers = {name: number for number, name in enumerate(visible, 1)}
    sheets = {name: rows for name, rows in visible.items() if any(any(row) for row in rows)}
    if not sheets:
        raise IngestError(f"an export must have a header; found nothing in {display}; export it again")
    fitting = {name: rows for name, rows in sheets.items() if any(is_header(row) for row in rows[:20])}
    chosen = fitting or sheets
    if len(chosen) > 1 and (same := _one_table({numbers[name]: rows for name, rows in chosen.items()}, display, is_header)):
        return same
    if len(chosen) > 1:
        raise IngestError(
            f"a workbook must have one sheet with the records; found {', '.join(map(repr, chosen))} in {display}; "
            "hide or remove the others"
        )
    [(name, rows)] = chosen.items()
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    return sheet_header(rows, display, is_header), rows, (SheetPart(numbers[name], 1, 1),)


def _one_table(sheets: dict[int, Sheet], display: str, is_header: IsHeader) -> tuple[Header, Sheet, tuple[SheetPart, ...]] | None:
    """Sheets with the same header, as one for each month, one below the other; None where their headers differ.

    Lines are then counted over the sheets in their order.
    """
    headers = [sheet_header(rows, display, is_header) for rows in sheets.values()]
    if any(header.names != headers[0].names for header in headers):
        return None
    width = len(headers[0].names)
    joined: Sheet = []
    parts = []
    for (number, sheet), header in zip(sheets.items(), headers, strict=True):
        skipped = header.rows if joined else 0
        parts.append(SheetPart(number, len(joined) + 1, skipped + 1))
        joined += sheet[skipped:]
    return headers[0], [(row + [""] * width)[:width] for row in joined], tuple(parts)


def _unpacked(path: Path) -> int:
    """Bytes of a workbook once unpacked, as its directory says; its own size where it is not packed."""
    try:
        with zipfile.ZipFile(path) as packed:
            return sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError):
        return path.stat().st_size


def sheets_of(path: Path, display: str) -> dict[str, Sheet]:
    """The visible sheets of a workbook by name, every cell as text.

    Raises:
        IngestError: it is protected by a password, or no workbook.
    """
    try:
        with calamine.load_workbook(path) as book:
            visible = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            return {name: _rows(book.get_sheet_by_name(name)) for name in visible}
    except calamine.PasswordError as error:
        raise IngestError(
            f"a workbook must open without a password; found {display} protected; save it without a password"
        ) from error
    except calamine.CalamineError as error:
        raise IngestError(
            f"a workbook must be readable by Excel; found {display} damaged ({error}); save it again as .xlsx"
        ) from error


def _rows(sheet: calamine.CalamineSheet) -> Sheet:
    return [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def letters_of(position: int) -> str:
    """What a spreadsheet calls a column.

    >>> [letters_of(position) for position in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(cell: Cell) -> str:
    """A cell as text: dates in ISO form, whole numbers without a decimal point.

    >>> [cell_text(cell) for cell in (3.0, 0.25, True, datetime(2026, 10, 5, 9, 20), date(2026, 10, 5), " x ")]
    ['3', '0.25', 'true', '2026-10-05 09:20:00', '2026-10-05', 'x']
    """
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float():
            if abs(cell) >= EXACT:
                return f"{cell:.14E}"  # a spreadsheet keeps 15 digits: what it shows beyond them was made up
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return cell_text(cell.total_seconds())
    return str(cell)
