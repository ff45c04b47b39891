"""Marks around a printed number that lead to its fact: `k17` of `NAME.facts.json`.

A wording puts them in as two private characters and the key, so that sentences stay plain text through every formatter; HTML turns
them into `<data value="k17">`, everything else drops them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from itsq_analysis.indicators.value import Value

OPEN, KEYED, CLOSE = "\ue000", "\ue001", "\ue002"  # OPEN key KEYED text CLOSE
_MARKED = re.compile(f"{OPEN}(k[0-9]+){KEYED}([^{OPEN}{KEYED}{CLOSE}]*){CLOSE}")
_MARKS = re.compile(f"{OPEN}(?:k[0-9]+{KEYED})?|[{KEYED}{CLOSE}]")
_TAG = re.compile("<[^>]*>")
OF_VALUE = ("indicator", "start", "end", "dimension", "member", "as_of", "basis", "field")
OF_CELL = ("fact", "row", "field", "value")
ELEMENT = r'<data value="\1">\2</data>'


class FactKeys:
    """Short keys of the facts that a report prints, in the order in which they are first printed."""

    def __init__(self) -> None:
        self.facts: dict[tuple[Any, ...], str] = {}
        self.amounts: dict[str, Any] = {}  # of numbers that are no values of indicators, by key

    def marked(self, text: str, value: Value, field: str) -> str:
        """The text of a value's number with its key.

        A text that holds marks already is left as it is.
        """
        if OPEN in text:
            return text
        about = (value.indicator, value.start, value.end, value.dimension, value.member, value.as_of, value.basis, field)
        key = self.facts.setdefault(about, f"k{len(self.facts) + 1}")
        return f"{OPEN}{key}{KEYED}{text}{CLOSE}"

    def marked_cell(self, text: str, fact: str, row: str, field: str, amount: Any) -> str:
        """The text of a number or day of a declared table with its key.

        Args:
            text: what is printed.
            fact: the function that makes the rows, such as "capacity.figures".
            row: which of its rows.
            field: which of the table's columns.
            amount: the number or day itself. Two rows of one name that differ have no key: it would lead to one of them.
        """
        key = self.facts.setdefault((fact, row, field), f"k{len(self.facts) + 1}")
        if self.amounts.setdefault(key, amount) != amount:
            return text
        return f"{OPEN}{key}{KEYED}{text}{CLOSE}"

    def records(self) -> dict[str, dict[str, Any]]:
        """Key -> what it stands for, as JSON values: a value of the cube, or a cell with its number or day."""

        def record(key: str, about: tuple[Any, ...]) -> dict[str, Any]:
            if key not in self.amounts:
                return dict(zip(OF_VALUE, map(_plain, about), strict=True))
            return dict(zip(OF_CELL, (*about, _plain(self.amounts[key])), strict=True))

        return {key: record(key, about) for about, key in self.facts.items()}


def _plain(part: Any) -> Any:
    """A JSON value: days as 2026-10-01, numbers of numpy as Python's."""
    if hasattr(part, "isoformat"):
        return part.isoformat()
    return part.item() if hasattr(part, "item") else part


def with_links(html: str) -> str:
    """HTML with marks as elements that name their fact.

    >>> with_links(f"<p>{OPEN}k1{KEYED}92.4%{CLOSE}</p>")
    '<p><data value="k1">92.4%</data></p>'
    >>> with_links(f'<p title="{OPEN}k1{KEYED}92.4%{CLOSE}">')
    '<p title="92.4%">'
    """
    outside_tags = _TAG.sub(lambda tag: _MARKS.sub("", tag[0]), html)
    return _MARKS.sub("", _MARKED.sub(ELEMENT, outside_tags))


def plain(text: str) -> str:
    """A text without marks.

    >>> plain(f"{OPEN}k1{KEYED}92.4%{CLOSE} met")
    '92.4% met'
    """
    return Markup(_MARKS.sub("", text)) if isinstance(text, Markup) else _MARKS.sub("", text)  # noqa: S704 - marks alone are removed
