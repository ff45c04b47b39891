"""From frames to the cells of a sheet: headings in the report's language, words for codes, values in their indicator's unit.

And the two sheets of words that close every workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from itsq_analysis.indicators import words
from itsq_analysis.narrative import formats
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.spreadsheet import Cell, Column, Kind, Sheet
from itsq_analysis.tables import contract

UNITS: dict[str, Kind] = {"%": "share", "h": "hours", "count": "count"}


def headings(scene: Scene, kinds: Mapping[str, Kind], table: str | None = None) -> list[Column]:
    """Headings and kinds of columns; those of a contract's table have its titles, others are words of the page."""
    known = contract(table).columns if table else {}
    return [Column(known[key].title[scene.language] if key in known else scene.term(key), kind) for key, kind in kinds.items()]


def cell_rows(frame: pd.DataFrame, kinds: Mapping[str, Kind], **say: Callable[[Any], str]) -> list[list[Any]]:
    """The cells of a frame; columns named in `say` are put into words."""
    cells = frame[[*kinds]].astype(object)
    for key, worded in say.items():
        cells[key] = [None if pd.isna(value) else worded(value) for value in cells[key]]
    return [list(row) for row in cells.itertuples(index=False, name=None)]


def yes(scene: Scene) -> Callable[[Any], str]:
    """Yes and no in the report's language."""
    return lambda value: scene.term("yes" if value else "no")


def unit_word(scene: Scene, unit: str) -> str:
    """A unit as it is read, such as "hours"."""
    return words()["unit"].get(unit, {}).get(scene.language, unit)


def in_unit(value: Any, unit: Any) -> Cell:
    """A value in its indicator's unit; without one a plain number.

    >>> in_unit(0.95, "%"), in_unit(3, None)
    (Cell(value=0.95, kind='share'), Cell(value=3, kind='number'))
    """
    return Cell(value, "number" if pd.isna(unit) else UNITS.get(unit, "number"))


def definitions_sheet(scene: Scene, prefix: str, names: Iterable[str]) -> Sheet:
    """How each kind of number is computed: terms and sentences of the same name."""
    rows = [[scene.term(f"{prefix}{name}"), scene.say(f"{prefix}{name}")] for name in names]
    return Sheet(scene.term("definitions"), headings(scene, {"item": "text", "definition": "text"}), rows)


def about_sheet(scene: Scene, *, period: str = "month", moment: str = "data_as_of", **more: str) -> Sheet:
    """Which report this is the workbook of; `period` and `moment` are the terms for what they tell."""
    settings, snapshot = scene.workspace.settings, scene.workspace.snapshot
    facts = {
        "organisation": settings.organisation.name,
        period: scene.period_name,
        moment: formats.minute(scene.moment, scene.language),
        **more,
        "services": scene.listed(scene.workspace.services) or scene.term("all_services"),
        "classification": settings.report.classification,
        "zone": settings.organisation.timezone,
        "snapshot": f"{snapshot.id}{scene.aside(snapshot.hash[:16])}",
    }
    rows = [[scene.term(key), text] for key, text in facts.items()]
    return Sheet(scene.term("about"), headings(scene, {"item": "text", "content": "text"}), rows)
