"""Texts of an export made harmless: one line, without control or direction-changing characters, and no formula of a spreadsheet."""

from __future__ import annotations

import re

MISSING = "–"
# Controls, surrogates and non-characters (not allowed in XML), and marks that change the direction of the text around them.
UNDRAWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe-\uffff\u061c\u200e-\u200f\u202a-\u202e\u2066-\u2069]"
)
FORMULA = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20]")  # also in full width, as East Asian input methods write them
SEPARATORS = re.compile('([,;|"])')  # of some country's Excel


def is_missing(value: object) -> bool:
    """None, NaN, NaT or NA, told without importing pandas.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0), is_missing("")
    (True, True, False, False)
    """
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)


def clean(value: object) -> str:
    """A text as it may be drawn: one line, without control or direction-changing characters; a missing value is a dash.

    >>> clean("mail\\n\\x07 server"), clean(None)
    ('mail server', '–')
    """
    if is_missing(value):
        return MISSING
    return " ".join(UNDRAWABLE.sub("", str(value)).split()) or MISSING


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> inert("=1+1"), inert("  -2"), inert("a = b")
    ("'=1+1", "'  -2", 'a = b')
    """
    return f"'{text}" if FORMULA.match(text.lstrip()) else text


def csv_text(value: object) -> str:
    """A text as a cell of a CSV file: clean, and neither it nor a piece of it behind a separator is a formula.

    >>> csv_text("=1+1"), csv_text("'=1+1"), csv_text("a,=b")
    ("'=1+1", "'=1+1", "a,'=b")
    """
    return "".join(inert(piece) for piece in SEPARATORS.split(clean(value)))
