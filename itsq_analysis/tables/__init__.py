"""The contracts: what each canonical table holds.

One TOML file per table gives columns, types, meaning in English and Chinese, and named rules. Checks at load, the data dictionary
and the templates of hand-kept registers are all made from these files.
"""

from __future__ import annotations

import json
import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import pyarrow as pa

from itsq_analysis.errors import IngestError

ColumnType = Literal["text", "time", "date", "clock", "period", "int", "number", "bool", "choice"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "clock": "VARCHAR",
    "period": "VARCHAR",
    "time": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
    "int": "BIGINT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
}
ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "choice": pa.string(),
    "clock": pa.string(),
    "period": pa.string(),
    "time": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "int": pa.int64(),
    "number": pa.float64(),
    "bool": pa.bool_(),
}
VERSION_NUMBER = "sys_mod_count"  # of an event log's rows: what a header may mean besides the columns of its table
MONTH, DAY = "_month", "_day"  # columns by which a stored table is partitioned; they hold "2026-10", "2026-10-05" (UTC)


def toml_text(text: str) -> str:
    """A text as TOML writes it, for a message that proposes a line of itsq.toml.

    >>> toml_text('Größe "x"')
    '"Größe \\\\"x\\\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass(frozen=True)
class Column:
    """One column: name, type, bounds, and its meaning in both languages (`title`, `meaning`: keys "en", "zh").

    A column of type "period" holds the label of a reporting period, such as 2026-10; "clock" a time of day, 00:00 to 24:00.
    `choices` are the Chinese words of `values`, in their order: a register may hold either, and its template offers them.
    `made_of` are the columns that a value is made of where the export has none; every row then has one. `strict`: a missing value
    stands for another one, such as "missing = 1", so that one that cannot be read must not become missing. `ahead`: a time that may
    lie in the future, such as a deadline, or the condition (SQL) under which it may; the others tell what has happened.
    """

    name: str
    type: ColumnType
    title: dict[str, str]
    meaning: dict[str, str]
    required: bool = False
    values: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    example: Any = None
    derived: bool = False
    made_of: tuple[str, ...] = ()
    strict: bool = False
    ahead: bool | str = False

    @property
    def sql_type(self) -> str:
        """The column's type in DuckDB."""
        return SQL_TYPES[self.type]

    @property
    def is_time(self) -> bool:
        """Whether it places a row in time: a moment, or a local day, which stands for its beginning."""
        return self.type in ("time", "date")

    def moment_sql(self, zone: str, alias: str = "") -> str:
        """SQL of the moment that a column of time holds: a day begins at midnight of the zone.

        >>> contract("notes").columns["due"].moment_sql("Asia/Shanghai")
        '("due"::TIMESTAMP AT TIME ZONE \\'Asia/Shanghai\\')'
        """
        name = f'{alias}."{self.name}"' if alias else f'"{self.name}"'
        return name if self.type == "time" else f"({name}::TIMESTAMP AT TIME ZONE '{zone}')"

    @property
    def arrow_type(self) -> pa.DataType:
        """The column's type in Arrow and Delta Lake (times are UTC, microseconds)."""
        return ARROW_TYPES[self.type]


@dataclass(frozen=True)
class Rule:
    """A named rule: rows for which `when` is true go to quarantine, with the value of `column`."""

    id: str
    when: str
    column: str
    meaning: dict[str, str]


@dataclass(frozen=True)
class Partition:
    """How a stored table is cut into parts: the partition column, the time column that places a row, and strftime's format."""

    column: str
    time: str
    format: str

    @property
    def sql(self) -> str:
        """The part in which a row lies, as an SQL expression."""
        return f"strftime(make_timestamp(epoch_us(\"{self.time}\")), '{self.format}')"

    def within(self, first: str, last: str) -> str:
        """Whether a row lies in one of the parts from the first to the last, as an SQL expression over its time alone."""
        start, begin = datetime.strptime(first, self.format), datetime.strptime(last, self.format)
        end = begin + timedelta(days=1 if self.column == DAY else monthrange(begin.year, begin.month)[1])
        return f"(\"{self.time}\" >= TIMESTAMPTZ '{start}+00' AND \"{self.time}\" < TIMESTAMPTZ '{end}+00')"


@dataclass(frozen=True)
class Contract:
    """A canonical table: its key, the column that tells the newest version, its columns and rules.

    A table is stored by the month of its column `month`, by the day of its column `day` (for millions of rows whose key holds that
    time), or whole.

    >>> contract("incidents").key
    ('number',)
    """

    name: str
    title: dict[str, str]
    meaning: dict[str, str]
    key: tuple[str, ...]
    updated: str | None
    month: str | None
    columns: dict[str, Column]
    derived: dict[str, Column]
    rules: tuple[Rule, ...]
    day: str | None = None

    @property
    def since(self) -> Column:
        """The column whose earliest value tells since when the table knows something."""
        named = self.month or self.day or next(name for name, column in self.columns.items() if column.is_time)
        return self.columns[named]

    @property
    def partition(self) -> Partition | None:
        """How the stored table is cut; None where it is kept whole."""
        if self.day is not None:
            return Partition(DAY, self.day, "%Y-%m-%d")
        return None if self.month is None else Partition(MONTH, self.month, "%Y-%m")

    @property
    def key_partition(self) -> Partition | None:
        """The partition, where rows of the same key always lie in the same part: others need not be read to compare."""
        return self.partition if self.partition is not None and self.partition.time in self.key else None

    @property
    def all_columns(self) -> dict[str, Column]:
        """Exported columns, then the derived ones."""
        return self.columns | self.derived

    @property
    def made(self) -> dict[str, Column]:
        """Exported columns that are filled from others where the export has no value."""
        return {name: column for name, column in self.columns.items() if column.made_of}

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema under which the table is stored."""
        return pa.schema([(column.name, column.arrow_type) for column in self.all_columns.values()])


def _columns(raw: dict[str, dict[str, Any]], derived: bool) -> dict[str, Column]:
    return {
        name: Column(
            name=name,
            type=spec["type"],
            title={"en": spec["en"], "zh": spec["zh"]},
            meaning=spec["meaning"],
            required=spec.get("required", False),
            values=tuple(spec.get("values", ())),
            choices=tuple(spec.get("choices", ())),
            min=spec.get("min"),
            max=spec.get("max"),
            example=spec.get("example"),
            derived=derived,
            made_of=tuple(spec.get("made_of", ())),
            strict=spec.get("strict", False),
            ahead=spec.get("ahead", False),
        )
        for name, spec in raw.items()
    }


@cache
def contracts() -> dict[str, Contract]:
    """All contracts by table name, in alphabetical order.

    >>> sorted(contracts())[:3]
    ['alerts', 'assessments', 'capacity_options']
    """
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        found[raw["name"]] = Contract(
            name=raw["name"],
            title=raw["title"],
            meaning=raw["meaning"],
            key=tuple(raw["key"]),
            updated=raw.get("updated"),
            month=raw.get("month"),
            columns=_columns(raw["columns"], derived=False),
            derived=_columns(raw.get("derived", {}), derived=True),
            rules=tuple(Rule(**rule) for rule in raw.get("rule", ())),
            day=raw.get("day"),
        )
    return found


def contract(name: str) -> Contract:
    """The contract of one table.

    Raises:
        IngestError: there is no such table.
    """
    known = contracts()
    if name not in known:
        raise IngestError(f"a table must be one of {', '.join(known)}; found {name!r}; use one of these names")
    return known[name]
