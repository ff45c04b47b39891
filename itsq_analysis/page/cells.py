"""From frames to the cells of a sheet: headings in the report's language, words for codes, values in their indicator's unit.

And the two sheets of words that close every workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from itsq_analysis.indicators import words
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Cell, Column, Kind, Sheet
from itsq_analysis.tables import contract
from itsq_analysis.text import formats

UNITS: dict[str, Kind] = {"%": "share", "h": "hours", "count": "count"}


def headings(context: ReportContext, kinds: Mapping[str, Kind], table: str | None = None) -> list[Column]:
    """Headings and kinds of columns; those of a contract's table have its titles, others are words of the page."""
    known = contract(table).columns if table else {}
    return [Column(known[key].title[context.language] if key in known else context.term(key), kind) for key, kind in kinds.items()]


def cell_rows(frame: pd.DataFrame, kinds: Mapping[str, Kind], **say: Callable[[Any], str]) -> list[list[Any]]:
    """The cells of a frame; columns named in `say` are put into words."""
    cells = frame[[*kinds]].astype(object)
    for key, worded in say.items():
        cells[key] = [None if pd.isna(value) else worded(value) for value in cells[key]]
    return [list(row) for row in cells.itertuples(index=False, name=None)]


def yes(context: ReportContext) -> Callable[[Any], str]:
    """Yes and no in the report's language."""
    return lambda value: context.term("yes" if value else "no")


def unit_word(context: ReportContext, unit: str) -> str:
    """A unit as it is read, such as "hours"."""
    return words()["unit"].get(unit, {}).get(context.language, unit)


def in_unit(value: Any, unit: Any) -> Cell:
    """A value in its indicator's unit; without one a plain number.

    >>> in_unit(0.95, "%"), in_unit(3, None)
    (Cell(value=0.95, kind='share'), Cell(value=3, kind='number'))
    """
    return Cell(value, "number" if pd.isna(unit) else UNITS.get(unit, "number"))


def definitions_sheet(context: ReportContext, prefix: str, names: Iterable[str]) -> Sheet:
    """How each kind of number is computed: terms and sentences of the same name."""
    rows = [[context.term(f"{prefix}{name}"), context.say(f"{prefix}{name}")] for name in names]
    return Sheet(context.term("definitions"), headings(context, {"item": "text", "definition": "text"}), rows)


def about_sheet(context: ReportContext, *, period: str = "month", moment: str = "data_as_of", **more: str) -> Sheet:
    """Which report this is the workbook of; `period` and `moment` are the terms for what they tell."""
    settings, snapshot = context.workspace.settings, context.workspace.snapshot
    facts = {
        "organisation": context.called(settings.organisation.name),
        period: context.period_name,
        moment: formats.minute(context.moment, context.language),
        **more,
        "services": context.listed(context.workspace.services) or context.term("all_services"),
        "classification": settings.report.classification,
        "zone": settings.organisation.timezone,
        "snapshot": f"{snapshot.id}{context.aside(snapshot.hash[:16])}",
    }
    rows = [[context.term(key), text] for key, text in facts.items()]
    return Sheet(context.term("about"), headings(context, {"item": "text", "content": "text"}), rows)
