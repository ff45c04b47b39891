"""A value's status as a shape and words: never by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import term

if TYPE_CHECKING:
    from itsq_analysis.text.wording import Wording

SHAPES = {"met": "●", "missed": "▲", "no target": "○", "not measurable": "–"}


def judged(value: Any, wording: Wording) -> str:
    """Status and certainty in words, of a value or a row of its frame: "missed, could be chance"."""
    only_reference = value.status == "no target" and value.target_kind == "reference"
    words = [term("reference_only" if only_reference else value.status.replace(" ", "_"), wording.language)]
    if value.status in ("met", "missed") and not is_missing(value.certainty):
        words.append(term(value.certainty.replace(" ", "_"), wording.language))
    return wording.joined(words, "commas")
