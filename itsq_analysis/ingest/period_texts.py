"""Reporting periods as people write them in a register: 2026-10, 2026年10月, Oct-26, Q4 2026."""

from __future__ import annotations

import re

from itsq_analysis.errors import IndicatorError
from itsq_analysis.ingest.header import normal
from itsq_analysis.periods import parse_period

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
HALVES = {"上": 1, "下": 2}

_FIRST_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月]0?1日?(?:[ t]?00:00(?::00)?)?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ t]?00:00(?::00)?)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?", re.ASCII)
_MONTH_NAME = re.compile(r"([a-z]{3,})[-.,]*(\d{4}|\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[-/.年]?(?:第?([1-4])季度|q([1-4]))|q([1-4])[-/. ]?(\d{4})", re.ASCII)
_HALF = re.compile(r"(\d{4})[-/.年]?(?:([上下])半年|h([12]))", re.ASCII)
_YEAR = re.compile(r"(\d{4})年", re.ASCII)


def period_label(text: str) -> str | None:
    """The label of the period that a text names, None where it names none.

    The first day of a month is that month: a spreadsheet makes 2026-10-01, and on saving a CSV "Oct-26", of a typed 2026-10.

    >>> [period_label(text) for text in ("2026年10月", "Oct-26", "2026-10-01 00:00:00", "Q4 2026", "2026年下半年", "soon")]
    ['2026-10', '2026-10', '2026-10', '2026-Q4', '2026-H2', None]
    """
    key = normal(text)
    try:
        return parse_period(_canonical(key) or text).label
    except IndicatorError:
        return None


def _canonical(key: str) -> str | None:
    """The usual form of a text whose case, width and spaces no longer matter; None where it has another one."""
    if match := _FIRST_DAY.fullmatch(key) or _MONTH.fullmatch(key):
        return f"{match[1]}-{int(match[2]):02}"
    if match := _DAY.fullmatch(key):
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    if match := _MONTH_NAME.fullmatch(key):
        months = [number for number, name in enumerate(MONTHS, 1) if name.startswith(match[1])]
        return f"{match[2] if len(match[2]) == 4 else f'20{match[2]}'}-{months[0]:02}" if months else None
    if match := _QUARTER.fullmatch(key):
        return f"{match[1] or match[5]}-Q{match[2] or match[3] or match[4]}"
    if match := _HALF.fullmatch(key):
        return f"{match[1]}-H{match[3] or HALVES[match[2]]}"
    return match[1] if (match := _YEAR.fullmatch(key)) else None
