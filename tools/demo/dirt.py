"""Rows that are wrong on purpose, and texts that try to be more than text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tools.demo.files import Frame, joined, size, take

HOSTILE = ("<script>alert(1)</script>", "=cmd()", "{{7*7}}", "' OR 1=1 --")


@dataclass(frozen=True)
class Spoiled:
    """`count` extra rows that the rule `rule` sends to quarantine; without a rule they load, but the new text is not read.

    `becomes` gives the new text of columns, or (another column, hours) for the time of that column moved by so many hours. Each
    row is a copy of a good one under a number of its own, so that losing it loses nothing else.
    """

    rule: str | None
    count: int
    becomes: dict[str, str | tuple[str, int]]


@dataclass
class Export:
    """A file to be written: its rows, raw lines after them (in a workbook: footers), and what the load should find in it.

    `quarantined` counts rows by rule, `unmapped` values that are not read by canonical column and value. `again` holds, for
    spoiled rows that load, (row, the one that it is a copy of).
    """

    path: str
    table: str
    frame: Frame
    encoding: str = "utf-8"  # as Python calls it
    title: str = ""  # a row above the header, in a workbook
    raw_lines: list[str] = field(default_factory=list)
    quarantined: dict[str, int] = field(default_factory=dict)
    unmapped: dict[str, dict[str, int]] = field(default_factory=dict)
    again: list[tuple[int, int]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows below the header."""
        return size(self.frame) + len(self.raw_lines)


def moved(stamp: str, hours: int) -> str:
    """A time text moved by some hours.

    >>> moved("2026-10-05 09:20:00", -2)
    '2026-10-05 07:20:00'
    """
    return str(datetime.fromisoformat(stamp) + timedelta(hours=hours))


def spoil(export: Export, key: str, first_number: str, recipes: tuple[Spoiled, ...]) -> None:
    """Append spoiled copies of the export's first complete rows; the spoiled rows are numbered on from `first_number`."""
    complete = [row for row in range(size(export.frame)) if all(export.frame[name][row] for name in _needed(recipes))]
    prefix, number = first_number.rstrip("0123456789"), int(first_number[len(first_number.rstrip("0123456789")) :])
    width = len(first_number) - len(prefix)
    for recipe in recipes:
        copied, first = complete[:: max(1, len(complete) // recipe.count)][: recipe.count], size(export.frame)
        copies = take(export.frame, copied)
        copies[key] = [f"{prefix}{number + row:0{width}d}" for row in range(recipe.count)]
        for column, change in recipe.becomes.items():
            copies[column] = (
                [change] * recipe.count if isinstance(change, str) else [moved(at, change[1]) for at in copies[change[0]]]
            )
        number += recipe.count
        export.frame = joined(export.frame, copies)
        if recipe.rule is None:
            export.again += [(first + place, row) for place, row in enumerate(copied)]
            export.unmapped |= {column: {str(text): recipe.count} for column, text in recipe.becomes.items()}
        else:
            export.quarantined[recipe.rule] = export.quarantined.get(recipe.rule, 0) + recipe.count


def _needed(recipes: tuple[Spoiled, ...]) -> set[str]:
    changes = [change for recipe in recipes for change in recipe.becomes.items()]
    return {column for column, change in changes} | {change[0] for _, change in changes if not isinstance(change, str)}


def relabel(frame: Frame, column: str, text: str, count: int, instead_of: str) -> None:
    """Give `count` rows with `instead_of` in `column` another text, from the top."""
    rows = [row for row, value in enumerate(frame[column]) if value == instead_of][:count]
    frame[column] = list(frame[column])
    for row in rows:
        frame[column][row] = text


def make_hostile(frame: Frame, columns: tuple[str, ...], first_row: int) -> None:
    """Write every hostile text into each of `columns`, one row per text."""
    for column in columns:
        frame[column] = list(frame[column])
        for offset, text in enumerate(HOSTILE):
            frame[column][first_row + offset] = text
