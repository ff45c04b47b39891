"""Tables declared once: the same columns make a table of the page and a sheet of the workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, table
from itsq_analysis.page.spreadsheet import Column, Kind, Sheet
from itsq_analysis.text import formats

R = TypeVar("R")


@dataclass(frozen=True)
class Declared(Generic[R]):
    """One column of rows of a kind.

    Attributes:
        key: its heading, a term.
        value: of a row, as a sheet holds it; None is missing.
        kind: what a sheet's cells hold; all but texts stand on the right of the page's columns.
        shown: of a row, as the page says it; None shows the value: a text as it is, a number without decimals.
    """

    key: str
    value: Callable[[R], Any]
    kind: Kind = "text"
    shown: Callable[[R], str] | None = None

    def text(self, context: ReportContext, row: R) -> str:
        """The cell of the page."""
        if self.shown is not None:
            return self.shown(row)
        value = self.value(row)
        return formats.MISSING if value is None else value if self.kind == "text" else context.number(value)


def declared_table(context: ReportContext, columns: Sequence[Declared[R]], rows: Sequence[R], caption: str = "") -> Html:
    """The table of the page."""
    cells = [{column.key: column.text(context, row) for column in columns} for row in rows]
    numeric = {column.key for column in columns if column.kind != "text"}
    return table({column.key: context.term(column.key) for column in columns}, cells, numeric=numeric, caption=caption)


def declared_sheet(context: ReportContext, name: str, columns: Sequence[Declared[R]], rows: Sequence[R], fixed: int = 0) -> Sheet:
    """The sheet of the workbook."""
    headings = [Column(context.term(column.key), column.kind) for column in columns]
    return Sheet(context.term(name), headings, [[column.value(row) for column in columns] for row in rows], fixed=fixed)
