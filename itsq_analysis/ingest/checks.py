"""Checks of a row, each a named rule; a row that fails one goes to quarantine under the first that it fails."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from itsq_analysis.ingest.times import FIRST_YEAR, LAST_YEAR
from itsq_analysis.store import quoted
from itsq_analysis.tables import Column, Rule

TIMES = ("time", "date")

# Rules that hold for every table, in the order in which they are checked; a contract's own rules come after them.
RULES = {
    "malformed_row": {
        "en": "Not a record: another number of fields than the header, or broken quotation marks.",
        "zh": "不是完整记录：字段数与表头不符，或引号不成对。",
    },
    "not_a_record": {"en": "An empty row, or a total below the records.", "zh": "空行，或记录之后的合计行。"},
    "missing_required": {"en": "A required value is missing.", "zh": "缺少必填值。"},
    "unreadable_time": {"en": "Not a date or time in a known format.", "zh": "无法识别的日期或时间。"},
    "unreadable_number": {"en": "Not a number.", "zh": "无法识别的数字。"},
    "unreadable_clock": {"en": "Not a time of day such as 09:00.", "zh": "无法识别的时刻（应如 09:00）。"},
    "unreadable_period": {"en": "Not a period such as 2026-10 or 2026-Q4.", "zh": "无法识别的统计期（应如 2026-10、2026-Q4）。"},
    "unknown_choice": {"en": "A required choice that the mapping does not know.", "zh": "映射中没有的必填选项。"},
    "out_of_range": {"en": "A number outside the bounds of its column.", "zh": "数值超出该列允许的范围。"},
    "implausible_time": {
        "en": f"A time before {FIRST_YEAR} or after {LAST_YEAR}.",
        "zh": f"早于 {FIRST_YEAR} 年或晚于 {LAST_YEAR} 年的时间。",
    },
}
TOTALS = ("合计", "总计", "小计", "total", "grand total", "subtotal", "sum")


@dataclass(frozen=True)
class Check:
    """One check: the rule's name, the canonical column whose value is shown, and when a row fails (SQL)."""

    rule: str
    column: str
    when: str


def row_checks(columns: Sequence[Column], required: Collection[str], rules: Iterable[Rule]) -> list[Check]:
    """The checks of a row, in order, as SQL over typed columns and the texts they are made of (`text_of`).

    Args:
        columns: those that the file has; only these are checked.
        required: names of the columns that may not be missing.
        rules: of the contract.
    """
    return [
        *(Check("missing_required", column.name, f"{text_of(column)} IS NULL") for column in columns if column.name in required),
        *(Check("unreadable_time", column.name, _unread(column)) for column in columns if column.type in TIMES),
        *(Check("unreadable_number", column.name, _unread(column)) for column in columns if column.type in ("int", "number")),
        *(Check("unreadable_clock", column.name, _unread(column)) for column in columns if column.type == "clock"),
        *(Check("unreadable_period", column.name, _unread(column)) for column in columns if column.type == "period"),
        *(Check("unknown_choice", column.name, _unread(column)) for column in columns if _must_be_known(column, required)),
        *(Check("out_of_range", column.name, _outside(column)) for column in columns if _outside(column)),
        *(Check("implausible_time", column.name, _implausible(column)) for column in columns if column.type in TIMES),
        *(Check(rule.id, rule.column, f"({rule.when})") for rule in rules),
    ]


def text_of(column: Column) -> str:
    """The SQL name of the text that a typed column is made of; NULL where it is missing."""
    return quoted(column.name if column.type == "text" else f"text of {column.name}")


def first_failed(checks: list[Check]) -> str:
    """SQL: the position of the first check that a row fails, NULL for a sound row."""
    return "CASE " + " ".join(f"WHEN {check.when} THEN {number}" for number, check in enumerate(checks)) + " END"


def _unread(column: Column) -> str:
    return f"{quoted(column.name)} IS NULL AND {text_of(column)} IS NOT NULL"


def _must_be_known(column: Column, required: Collection[str]) -> bool:
    return column.name in required and column.type in ("choice", "bool")


def _outside(column: Column) -> str:
    name = quoted(column.name)
    bounds = ((f"{name} < {column.min}", column.min), (f"{name} > {column.max}", column.max))
    return " OR ".join(text for text, bound in bounds if bound is not None)


def _implausible(column: Column) -> str:
    name, kind = quoted(column.name), column.sql_type
    return f"{name} < {kind} '{FIRST_YEAR}-01-01' OR {name} >= {kind} '{LAST_YEAR + 1}-01-01'"
