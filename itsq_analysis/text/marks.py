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
ELEMENT = r'<data value="\1">\2</data>'


class FactKeys:
    """Short keys of the facts that a report prints, in the order in which they are first printed."""

    def __init__(self) -> None:
        self.facts: dict[tuple[Any, ...], str] = {}

    def marked(self, text: str, value: Value, field: str) -> str:
        """The text of a value's number with its key.

        A text that holds marks already is left as it is.
        """
        if OPEN in text:
            return text
        about = (value.indicator, value.start, value.end, value.dimension, value.member, value.as_of, value.basis, field)
        key = self.facts.setdefault(about, f"k{len(self.facts) + 1}")
        return f"{OPEN}{key}{KEYED}{text}{CLOSE}"

    def records(self) -> dict[str, dict[str, Any]]:
        """Key -> what it stands for, as JSON values."""
        names = ("indicator", "start", "end", "dimension", "member", "as_of", "basis", "field")
        return {
            key: {name: part.isoformat() if hasattr(part, "isoformat") else part for name, part in zip(names, about, strict=True)}
            for about, key in self.facts.items()
        }


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
