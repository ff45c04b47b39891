"""Checks of a row, each a named rule; a row that fails one goes to quarantine under the first that it fails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsq_analysis.ingest.times import FIRST_YEAR, LAST_YEAR
from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import Column, Contract

TIMES = ("time", "date")
CLOCKS_DIFFER = timedelta(hours=1)  # by which the clock of a tool may be ahead of the loader's
# Marks of a time that is not known.
MARKS = (
    *("NA", "N/A", "#N/A", "NAN", "NULL", "NONE", "NIL", "-", "--", "—", "?", "无", "空"),
    *("0", "0000-00-00", "0000-00-00 00:00:00"),
)
LOST_DIGITS = r"[0-9]([.,][0-9]+)?[eE]\+[0-9]{2,3}"

# Rules that hold for every table, in the order in which they are checked; a contract's own rules come after them.
RULES = {
    "malformed_row": {
        "en": "Not a record: another number of fields than the header, or broken quotation marks.",
        "zh": "不是完整记录：字段数与表头不符，或引号不成对。",
    },
    "swallowed_rows": {
        "en": "A quoted field over several lines that look like records: a quotation mark may be missing.",
        "zh": "引号内跨多行，其中的行形似记录：可能缺少引号。",
    },
    "cut_short": {
        "en": "The line below is no record and begins as none does: the last field of this one may go on there.",
        "zh": "下一行不是记录，本行末字段可能在下一行继续。",
    },
    "another_header": {
        "en": "Below a second, different header: rows of another table.",
        "zh": "位于另一个不同的表头之后，属于另一张表。",
    },
    "not_a_record": {"en": "An empty row, or a total below the records.", "zh": "空行，或记录之后的合计行。"},
    "missing_required": {"en": "A required value is missing.", "zh": "缺少必填值。"},
    "unreadable_time": {"en": "Not a date or time in a known format.", "zh": "无法识别的日期或时间。"},
    "unreadable_number": {"en": "Not a number.", "zh": "无法识别的数字。"},
    "unreadable_clock": {"en": "Not a time of day such as 09:00.", "zh": "无法识别的时刻（应如 09:00）。"},
    "unreadable_period": {"en": "Not a period such as 2026-10 or 2026-Q4.", "zh": "无法识别的统计期（应如 2026-10、2026-Q4）。"},
    "unknown_choice": {"en": "A required choice that the mapping does not know.", "zh": "映射中没有的必填选项。"},
    "out_of_range": {"en": "A number outside the bounds of its column.", "zh": "数值超出该列允许的范围。"},
    "lost_digits": {
        "en": "An identifier that a spreadsheet has turned into a number such as 2.02611E+13.",
        "zh": "编号已被电子表格转成 2.02611E+13 一类的数字，末位丢失。",
    },
    "after_the_load": {
        "en": "Tells of something that happened after the load: a time ahead of its clock.",
        "zh": "所述之事晚于加载时刻：时间超前于加载时的时钟。",
    },
    "implausible_time": {
        "en": f"A time before {FIRST_YEAR} or after {LAST_YEAR}.",
        "zh": f"早于 {FIRST_YEAR} 年或晚于 {LAST_YEAR} 年的时间。",
    },
    "conflict": {
        "en": "Another source says something else under the same key, and neither is the newer one; that one is used.",
        "zh": "另一来源对同一主键的内容不同，且无法判断新旧；采用该来源的记录。",
    },
}
TOTALS = ("合计", "总计", "小计", "total", "grand total", "subtotal", "sum")


@dataclass(frozen=True)
class Check:
    """One check: the rule's name, the canonical column whose value is shown, and when a row fails (SQL)."""

    rule: str
    column: str
    when: str


def row_checks(table: Contract, columns: Sequence[Column], required: Collection[str], clock: datetime | None) -> list[Check]:
    """The checks of a row, in order, as SQL over typed columns and the texts they are made of (`text_of`).

    A value that is optional and cannot be read becomes missing instead (`is_lenient`). A time does not, unless its text is one of
    `MARKS`: a missing time means that something has not happened.

    Args:
        table: the contract; its own rules are checked last.
        columns: those that the file has; only these are checked.
        required: names of the columns that may not be missing.
        clock: when the load runs (aware); None where times are not compared with it.
    """
    firm = [column for column in columns if not is_lenient(column, required)]
    times = [column for column in columns if column.type in TIMES]
    past = [column for column in times if column.ahead is not True] if clock else []
    names = [column for column in columns if column.type == "text" and column.name in table.key]
    return [
        *(Check("missing_required", column.name, f"{text_of(column)} IS NULL") for column in columns if column.name in required),
        *(Check("unreadable_time", column.name, _unread_time(column, required)) for column in times),
        *(Check("unreadable_number", column.name, _unread(column)) for column in firm if column.type in ("int", "number")),
        *(Check("unreadable_clock", column.name, _unread(column)) for column in firm if column.type == "clock"),
        *(Check("unreadable_period", column.name, _unread(column)) for column in firm if column.type == "period"),
        *(Check("unknown_choice", column.name, _unread(column)) for column in firm if column.type in ("choice", "bool")),
        *(Check("out_of_range", column.name, outside(column)) for column in firm if outside(column)),
        *(Check("lost_digits", column.name, _lost_digits(column)) for column in names),
        *(Check("implausible_time", column.name, _implausible(column)) for column in times),
        *(Check("after_the_load", column.name, _after(column, clock)) for column in past if clock),
        *(Check(rule.id, rule.column, f"({rule.when})") for rule in table.rules),
    ]


def is_lenient(column: Column, required: Collection[str]) -> bool:
    """Whether a value that cannot be read is taken for missing: it is optional, and missing means not known."""
    return column.name not in required and not column.strict and column.type not in ("text", *TIMES)


def text_of(column: Column) -> str:
    """The SQL name of the text that a typed column is made of; NULL where it is missing."""
    return quoted(column.name if column.type == "text" else f"text of {column.name}")


def first_failed(checks: list[Check]) -> str:
    """SQL: the position of the first check that a row fails, NULL for a sound row."""
    return "CASE " + " ".join(f"WHEN {check.when} THEN {number}" for number, check in enumerate(checks)) + " END"


def _unread(column: Column) -> str:
    return f"{quoted(column.name)} IS NULL AND {text_of(column)} IS NOT NULL"


def is_mark(text: str) -> str:
    """SQL: whether a text is a mark of what is not known."""
    return f"length({text}) <= 19 AND upper({text}) IN ({', '.join(literal(mark) for mark in MARKS)})"


def _unread_time(column: Column, required: Collection[str]) -> str:
    optional = "" if column.name in required else f" AND NOT ({is_mark(text_of(column))})"
    return _unread(column) + optional


def _lost_digits(column: Column) -> str:
    name = quoted(column.name)
    return f"contains(upper({name}), 'E+') AND regexp_full_match({name}, '{LOST_DIGITS}')"


def _after(column: Column, clock: datetime) -> str:
    """SQL: whether a time is ahead of the load's clock; a day is one only when it has begun nowhere on earth."""
    allowed = CLOCKS_DIFFER if column.type == "time" else timedelta(hours=14)
    later = f"{quoted(column.name)} > TIMESTAMPTZ '{(clock + allowed).isoformat()}'"
    return f"{later} AND NOT coalesce({column.ahead}, false)" if isinstance(column.ahead, str) else later


def outside(column: Column) -> str:
    """SQL: whether a number lies outside the bounds of its column; "" where it has none."""
    name = quoted(column.name)
    bounds = ((f"{name} < {column.min}", column.min), (f"{name} > {column.max}", column.max))
    return " OR ".join(text for text, bound in bounds if bound is not None)


def _implausible(column: Column) -> str:
    name, kind = quoted(column.name), column.sql_type
    return f"{name} < {kind} '{FIRST_YEAR}-01-01' OR {name} >= {kind} '{LAST_YEAR + 1}-01-01'"
