"""Tables that are declared once: the same columns make a table of the page and a sheet of the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import pandas as pd
from markupsafe import Markup

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, table
from itsq_analysis.page.spreadsheet import Column as SheetColumn
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import formats
from itsq_analysis.text.wording import Wording

R = TypeVar("R")
NUMERIC: frozenset[Kind] = frozenset({"count", "number", "share", "hours"})


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a table.

    Attributes:
        key: its heading, a term.
        value: a row's typed value for the workbook: shares 0 to 1, days dates, None is missing; or a part of a sentence.
        kind: how a workbook shows it.
        text: what the page shows instead: a text, markup, or a part of a sentence.
    """

    key: str
    value: Callable[[R], Any]
    kind: Kind = "text"
    text: Callable[[R], Any] | None = None


@dataclass(frozen=True)
class Source(Generic[R]):
    """Where the rows of a table come from, so that each printed number and day leads to its fact.

    Attributes:
        fact: the function that makes them, such as "capacity.figures".
        row: what tells a row from the others.
    """

    fact: str
    row: Callable[[R], str]


def html_table(
    context: ReportContext,
    wording: Wording,
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    caption: str = "",
    first: int = 2,
    source: Source[R] | None = None,
) -> Html:
    """The table of the page; its first column heads the rows; `first` more stand in the second line of a phone's row."""

    def cell(column: Column[R], row: R) -> str | Markup:
        text = _shown((column.text or column.value)(row), column.kind, wording)
        amount = column.value(row) if source else None
        if source is None or isinstance(text, Markup) or not isinstance(amount, int | float | date) or is_missing(amount):
            return text
        return context.keys.marked_cell(text, source.fact, source.row(row), column.key, amount)

    cells = [{column.key: cell(column, row) for column in columns} for row in rows]
    numeric = {one.key for one in columns if one.kind in NUMERIC}
    return table({one.key: context.term(one.key) for one in columns}, cells, numeric=numeric, caption=caption, first=first)


def _shown(value: Any, kind: Kind, wording: Wording) -> str | Markup:
    """A cell: shares in whole per cent, days as the wording says them, what is missing as a dash."""
    if is_dataclass(value):
        return wording.part(value).strip()
    if is_missing(value):
        return formats.MISSING
    if isinstance(value, str):
        return value if isinstance(value, Markup) else wording.called(value)
    if isinstance(value, date):
        return wording.day(value)
    return f"{value:.0%}" if kind == "share" else formats.number(value)


def sheet(
    context: ReportContext,
    wording: Wording,
    name: str,
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    empty: str = "",
    fixed: int = 1,
) -> Sheet:
    """The sheet of the workbook; its name is a term."""
    headings = [SheetColumn(context.term(one.key), one.kind) for one in columns]
    cells = [[_typed(one.value(row), wording) for one in columns] for row in rows]
    return Sheet(context.term(name), headings, cells, empty, fixed)


def _typed(value: Any, wording: Wording) -> Any:
    return wording.part(value).strip() if is_dataclass(value) else value


def frame_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of facts as a chart takes them.

    >>> frame_of([{"member": "A", "value": 1.0}]).shape
    (1, 2)
    """
    return pd.DataFrame(list(rows), columns=None if columns is None else list(columns))
