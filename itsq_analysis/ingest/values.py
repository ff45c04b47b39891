"""Texts of choices, numbers and yes/no columns as canonical values.

Such a column has few different texts, so each is parsed once, in Python, and joined to its rows in SQL.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.clock_texts import clock_time
from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.mapping import Value
from itsq_analysis.ingest.period_texts import period_label
from itsq_analysis.settings.fields import composed
from itsq_analysis.tables import Column

UNMAPPED_SHOWN = 50  # different unmapped texts kept per column
ANY_OTHER = "*"  # in a value map: every text that it does not name
LOOKED_UP = ("choice", "clock", "period", "int", "number", "bool")  # types whose texts are parsed here
TRUE = frozenset(("true", "1", "yes", "y", "t", "是", "真", "对"))
FALSE = frozenset(("false", "0", "no", "n", "f", "否", "假", "不"))

_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.0+)?", re.ASCII)
_NUMBER_TEXT = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_NUMBER = re.compile(_NUMBER_TEXT)
_SCALE = re.compile(
    r"(?:P|S|L|T|Tier|Level|Priority)?\s*(\d{1,2})(?:\.0+)?(?:\s*[-–—::.、]\s*[^\s\d].*|\s*级)?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Lookup:
    """What the texts of one column mean.

    Attributes:
        values: text as in the file -> canonical value; texts that mean "missing" or nothing are absent.
        unread: texts that mean nothing in this column.
    """

    values: dict[str, Value] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def is_outside(column: Column, value: Value) -> bool:
    """Whether a number lies outside the bounds of its column."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return (column.min is not None and value < column.min) or (column.max is not None and value > column.max)


def check_values(table: str, column: Column, mapped: Mapping[str, Value], where: str) -> None:
    """Refuse a value map whose values the column cannot hold; "" (missing) always fits.

    Raises:
        IngestError: with the column, the value and `where` it stands.
    """
    for text, value in mapped.items():
        if value != "" and not _fits(column, value):
            must = f"one of {', '.join(column.values)}" if column.values else f"of type {column.type}"
            raise IngestError(
                f"values of {table}.{column.name} must be {must}; found {value!r} for the text {text!r} in {where}; correct it"
            )


def _fits(column: Column, value: Value) -> bool:
    match column.type:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "choice":
            return value in column.values
        case "clock":
            return clock_time(str(value)) == value
        case "period":
            return period_label(str(value)) == value
        case "text":
            return isinstance(value, str)
    return False


def look_up(column: Column, texts: Iterable[str], mapped: Mapping[str, Value], missing: frozenset[str]) -> Lookup:
    """Parse every different text of a column.

    Args:
        column: of type choice, int, number or bool; or of type text, whose texts stay as they are unless mapped.
        texts: the different texts, as in the file.
        mapped: text -> canonical value of the mapping and the source; "" means missing; "*" stands for any other text.
        missing: stripped texts that mean "not known".

    >>> from itsq_analysis.tables import contract
    >>> column = contract("incidents").columns["priority"]
    >>> look_up(column, ["1 - Critical", "P3", "严重", "x"], {"严重": 1}, frozenset())
    Lookup(values={'1 - Critical': 1, 'P3': 3, '严重': 1}, unread=['x'])
    """
    known = {normal(value): value for value in column.values} | {normal(text): value for text, value in mapped.items()}
    found = Lookup()
    for text in texts:
        stripped = text.strip()
        if not stripped or stripped in missing:
            continue
        value = known.get(normal(text))
        if value is None:
            value = _parse(column, stripped)
        if value is None:
            value = mapped.get(ANY_OTHER)
        if value is None:
            found.unread.append(text)
        elif value != "":
            found.values[text] = value
    return found


def _parse(column: Column, text: str) -> Value | None:
    """A text that no value map names; None where it means nothing."""
    match column.type:
        case "bool":
            key = normal(text)
            return True if key in TRUE else False if key in FALSE else None
        case "int":
            return _int(text, is_scale=column.min is not None and column.max is not None)
        case "number":
            return _number(text)
        case "clock":
            return clock_time(text)
        case "period":
            return period_label(text)
        case "text":
            return composed(text)
    return None


def number_sql(text: str, decimal: str = ".") -> str:
    """SQL: the number that a text names, NULL where it names none or one too large to be kept; as `look_up` reads it.

    With `decimal` "," points and spaces part thousands.
    """
    if decimal == ",":
        text = f"replace(regexp_replace({text}, '(\\d)[. \u00a0\u202f''](\\d{{3}})', '\\1\\2', 'g'), ',', '.')"
    number = f"try_cast({text} AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({text}, '{_NUMBER_TEXT}') AND isfinite({number}) THEN {number} END"


def _number(text: str) -> float | None:
    found = float(text) if _NUMBER.fullmatch(text) else math.inf
    return found if math.isfinite(found) else None


def _int(text: str, *, is_scale: bool) -> int | None:
    """A whole number; "1,200" too, and on a scale (a column with both bounds) also "3 - Moderate", "P3" and "3 级"."""
    if is_scale and (match := _SCALE.fullmatch(text)):
        return int(match[1])
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return int(text.split(".")[0]) if _WHOLE.fullmatch(text) else None
