"""Sheets of a workbook: typed cells in, the bytes of an XLSX file out, the same for the same cells.

Texts come from exports. Each is written as a string, so that none is ever run as a formula, and begins with an apostrophe where a
spreadsheet would take it for one when the sheet has been saved as CSV and is opened again.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, Literal

import pandas as pd
import xlsxwriter

from itsq_analysis.tables.plain_text import clean, inert
from itsq_analysis.tables.template import CREATED
from itsq_analysis.text import Language, formats

Kind = Literal["text", "count", "number", "share", "hours", "date", "time"]

LONGEST = 32_000  # characters of a cell; Excel takes 32,767
WIDEST = 60  # digits; longer texts are wrapped
HOURS = {"en": '#,##0.00 "h"', "zh": '#,##0.00 "小时"'}
FORMATS: dict[Kind, str] = {"count": "#,##0", "number": "#,##0.00", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class Column:
    """A column's heading and what its cells hold: shares are 0 to 1, hours are hours, times local without a zone."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Cell:
    """A value of another kind than its column's."""

    value: Any
    kind: Kind


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its columns, and rows of values or `Cell`s; missing values are left blank.

    Attributes:
        empty: what stands beneath the headings where there are no rows.
        fixed: columns on the left that stay in sight.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    empty: str = ""
    fixed: int = 0


def cell_text(value: object) -> str:
    """A text as a cell holds it: one line, without control characters, no formula; "" where there is none.

    >>> cell_text("\\t=cmd|' /C calc'!A0"), cell_text(None)
    ("'=cmd|' /C calc'!A0", '')
    """
    known = not pd.isna(value) and str(value).strip()  # type: ignore[call-overload]
    return inert(clean(value)[:LONGEST]) if known else ""


def width(text: str) -> int:
    """Digits that a text is as wide as; an East Asian wide character is as two.

    >>> width("IT 服务")
    7
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def workbook(sheets: Sequence[Sheet], title: str, language: Language) -> bytes:
    """The XLSX file of some sheets.

    Args:
        sheets: in order; names are cut to the 31 characters that Excel allows.
        title: in the file's properties.
        language: of the unit that hours are shown with.
    """
    buffer = io.BytesIO()
    # Whatever looks like a formula, a number or an address is written as the text it is.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": cell_text(title), "created": CREATED})
        writer = _Writer(book, language)
        for sheet in sheets:
            writer.add(sheet)
    return buffer.getvalue()


class _Writer:
    """Writes sheets into one book; formats are made once each."""

    def __init__(self, book: Any, language: Language) -> None:
        self.book = book
        self.language = language
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.long_text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.numbers: dict[str, Any] = {}

    def add(self, sheet: Sheet) -> None:
        """Write a sheet: headings that stay in sight and are printed on every page, rows, widths, a filter."""
        paper = self.book.add_worksheet(sheet.name[:31])
        widths = [max(width(word) for word in column.title.split(" ")) + 2 for column in sheet.columns]
        for place, column in enumerate(sheet.columns):
            paper.write_string(0, place, cell_text(column.title), self.heading)
        for line, row in enumerate(sheet.rows, start=1):
            for place, (column, value) in enumerate(zip_longest(sheet.columns, row)):
                cell = value if isinstance(value, Cell) else Cell(value, column.kind)
                widths[place] = max(widths[place], self._cell(paper, line, place, cell) + 2)
        if not sheet.rows and sheet.empty:
            paper.write_string(1, 0, cell_text(sheet.empty), self.text)
        for place, wide in enumerate(widths):
            paper.set_column(place, place, min(wide, WIDEST))
        paper.freeze_panes(1, sheet.fixed)
        paper.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)
        paper.repeat_rows(0)
        paper.set_landscape()
        paper.set_paper(9)
        paper.fit_to_pages(1, 0)

    def _cell(self, paper: Any, line: int, place: int, cell: Cell) -> int:
        """Write a cell and return its width."""
        if pd.isna(cell.value):
            return 0
        if cell.kind == "text":
            text = cell_text(cell.value)
            if not text:
                return 0
            paper.write_string(line, place, text, self.text if width(text) <= WIDEST - 2 else self.long_text)
            return width(text)
        form = self._number(number_format(cell, self.language))
        if cell.kind in ("date", "time"):
            paper.write_datetime(line, place, local(cell.value), form)
            return len(FORMATS[cell.kind])
        paper.write_number(line, place, float(cell.value), form)
        return width(printed(cell, self.language))

    def _number(self, pattern: str) -> Any:
        if pattern not in self.numbers:
            self.numbers[pattern] = self.book.add_format({"num_format": pattern, "valign": "top"})
        return self.numbers[pattern]


def number_format(cell: Cell, language: Language) -> str:
    """The number format of a cell; a share has the decimals that the page prints it with.

    >>> [number_format(Cell(value, "share"), "en") for value in (0.9123, 0.99953, 1.0)], number_format(Cell(2.5, "hours"), "zh")
    (['0.0%', '0.000%', '0%'], '#,##0.00 "小时"')
    """
    if cell.kind == "hours":
        return HOURS[language]
    if cell.kind != "share":
        return FORMATS[cell.kind]
    _, point, decimals = formats.percent(float(cell.value)).rstrip("%").partition(".")
    return f"0{point}{'0' * len(decimals)}%"


def printed(cell: Cell, language: Language) -> str:
    """A number as its format shows it.

    >>> printed(Cell(1234.5, "hours"), "zh"), printed(Cell(1234.5, "count"), "en")
    ('1,234.50 小时', '1,234')
    """
    if cell.kind == "share":
        return formats.percent(float(cell.value))
    unit = HOURS[language].split('"')[1] if cell.kind == "hours" else ""
    return f"{float(cell.value):,.{0 if cell.kind == 'count' else 2}f} {unit}".rstrip()


def local(moment: date | datetime) -> date | datetime:
    """A moment as Excel knows it: the local time that it says, without zone and parts of a second."""
    return moment.replace(tzinfo=None, microsecond=0) if isinstance(moment, datetime) else moment
