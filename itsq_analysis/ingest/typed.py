"""Raw text to typed columns: one SQL statement per file, made of its contract, its mapping and what its texts look like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import duckdb
import pyarrow as pa

from itsq_analysis.ingest.checks import TIMES, Check, first_failed, is_lenient, is_mark, outside, row_checks, text_of
from itsq_analysis.ingest.durations import duration_sql, unit_of
from itsq_analysis.ingest.mapping import Value
from itsq_analysis.ingest.plain_texts import PlainTexts
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.time_texts import tidied
from itsq_analysis.ingest.times import Formats, WallClock, epoch_micros, local_micros, zoned_micros
from itsq_analysis.ingest.values import LOOKED_UP, UNMAPPED_SHOWN, is_outside, look_up, number_sql
from itsq_analysis.settings.fields import SPACES, UNSEEN
from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import VERSION_NUMBER, Column, Contract

WIDE_SPACES = ("\u00a0", "\u3000")  # no-break, ideographic
WHITESPACE = " \t\r\n" + "".join(WIDE_SPACES)
NAMES = ("service", "assignment_group", "team", "supplier", "category", "subcategory", "ci", "resource")  # rows are grouped by them
BEFORE = re.compile(r"(\w+) < (\w+)")  # a contract's rule that refuses an end before its beginning
STARTS = ("opened_at", "started_at", "sent_at")  # columns before which no other time of a row can lie
SAMPLE = 200  # values by which the formats that are tried first are chosen; which format is right does not depend on it
EPOCH = "seconds since 1970"  # stands among the formats where their use is counted
VERSION = Column(VERSION_NUMBER, "int", {}, {}, required=True, min=0)  # of an event log; not a column of any contract


@dataclass(frozen=True)
class Reading:
    """How a file's texts are read.

    Attributes:
        table: the contract.
        columns: what the file has, by name: the canonical columns, and an event log's version.
        positions: column name -> position in the file.
        required: names of the columns that may not be missing.
        values: column name -> text -> canonical value.
        missing: texts that mean "not known".
        formats: of dates and times.
        clock: of the zone in which local times stand.
        loaded_at: when the load runs (aware); what has happened cannot lie after it. None: times are not compared with it.
        odd: time column -> what is odd in its texts (see `time_texts`).
        decimal: the decimal sign of numbers.
        plain_texts: which columns hold nothing but plain texts.
    """

    table: Contract
    columns: dict[str, Column]
    positions: dict[str, int]
    required: frozenset[str]
    values: dict[str, dict[str, Value]]
    missing: frozenset[str]
    formats: Formats
    clock: WallClock
    loaded_at: datetime | None = None
    odd: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decimal: str = "."
    plain_texts: PlainTexts = field(default_factory=PlainTexts)

    def is_iso(self, column: Column) -> bool:
        """Whether every text of a column of times is a date or time year first, in digits."""
        return column.type in TIMES and self.positions[column.name] in self.plain_texts.iso

    @property
    def looked_up(self) -> list[Column]:
        """Columns whose different texts are parsed one by one."""
        return [
            column
            for column in self.columns.values()
            if (column.type in LOOKED_UP or self._is_mapped_text(column)) and column not in self.numbers
        ]

    @property
    def numbers(self) -> list[Column]:
        """Columns of numbers that no value map names: nearly every row has another text, so SQL reads them."""
        return [column for column in self.columns.values() if column.type == "number" and not self.values.get(column.name)]

    @property
    def plain(self) -> list[Column]:
        """Columns whose texts stay as they are."""
        return [column for column in self.columns.values() if column.type == "text" and not self._is_mapped_text(column)]

    @property
    def times(self) -> list[Column]:
        """Columns of dates and times."""
        return [column for column in self.columns.values() if column.type in TIMES]

    def _is_mapped_text(self, column: Column) -> bool:
        return column.type == "text" and bool(self.values.get(column.name))


@dataclass(frozen=True)
class Typed:
    """Typed rows.

    Attributes:
        relation: the contract's columns, an event log's version, `_line`, `_order` (order in the file), `_check` (position in
            `checks` of the first that the row fails, else NULL), `_ambiguous` and `_shifted` (number of such local times).
        unmapped: column -> text of an optional value that could not be read and so is missing -> number of rows, the most frequent
            first.
    """

    relation: str
    checks: list[Check]
    unmapped: dict[str, dict[str, int]]


def make_typed(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading) -> Typed:
    """Make the typed rows of a file, checked but none left out."""
    relation = raw.relation.replace("raw", "typed")
    checks = row_checks(reading.table, list(reading.columns.values()), reading.required, reading.loaded_at)
    unmapped = {}
    try:
        for column in reading.looked_up:
            unknown = _register_lookup(connection, raw, reading, column)
            if unknown:
                unmapped[column.name] = unknown
        for column in (*reading.numbers, *reading.times):
            unread = _unread(connection, raw, reading, column)
            if unread:
                unmapped[column.name] = unread
        connection.execute(f"CREATE TABLE {quoted(relation)} AS {_statement(connection, raw, reading, checks)}")
    finally:
        for column in reading.looked_up:
            connection.unregister(_lookup_name(column))
    return Typed(relation, checks, unmapped)


def _register_lookup(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, column: Column) -> dict[str, int]:
    """Make `lookup COLUMN` (text, value) of a column's different texts; return those unknown, with their numbers of rows."""
    text = f"c{reading.positions[column.name]}"
    counted = dict(
        connection.execute(
            f"SELECT {text}, count(*) FROM {quoted(raw.relation)} WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
    )
    found = look_up(column, counted, reading.values.get(column.name, {}), reading.missing)
    lenient = is_lenient(column, reading.required)
    read = {text: value for text, value in found.values.items() if not (lenient and is_outside(column, value))}
    unread = [text for text in counted if text in found.unread or (text in found.values and text not in read)]
    texts = [*read, *unread]
    values = pa.array([read.get(text) for text in texts], column.arrow_type)
    connection.register(_lookup_name(column), pa.table({"text": pa.array(texts, pa.string()), "value": values}))
    return {text: counted[text] for text in unread[:UNMAPPED_SHOWN]} if lenient else {}


def _unread(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, column: Column) -> dict[str, int]:
    """Texts of an optional number or time that become missing, with their numbers of rows."""
    if column.name in reading.required or column.strict or reading.is_iso(column):
        return {}
    missing = f"{_number(reading, column, 't', lenient=True)} IS NULL" if column.type == "number" else is_mark("t")
    known = _known(_stripped(f"c{reading.positions[column.name]}"), reading.missing)
    counted = connection.execute(
        f"SELECT t, count(*) FROM (SELECT {known} AS t FROM {quoted(raw.relation)}) WHERE t IS NOT NULL AND {missing} "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {UNMAPPED_SHOWN}"
    ).fetchall()
    return dict(counted)


def _number(reading: Reading, column: Column, text: str, *, lenient: bool) -> str:
    """SQL: the number that a text names; where the column is lenient, one outside its bounds is missing."""
    number = number_sql(text, reading.decimal)
    if unit := unit_of(column.name):
        number = f"coalesce({number}, ({duration_sql(text)}) / {unit})"
    beyond = outside(column).replace(quoted(column.name), f"({number})") if lenient else ""
    return f"CASE WHEN NOT coalesce({beyond}, false) THEN {number} END" if beyond else number


def _lookup_name(column: Column) -> str:
    return f"lookup {column.name}"


def _statement(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, checks: list[Check]) -> str:
    """Strip, drop missing marks and look up, read times, convert them to UTC, check: one level of SELECT each."""
    times = reading.times
    looked_up = reading.looked_up
    numbers = reading.numbers
    texts = [*reading.plain, *times, *numbers]
    raw_texts = {column.name: f"c{reading.positions[column.name]}" for column in reading.columns.values()}
    stripped = [f"{_cleaned(reading, column, raw_texts[column.name])} AS {text_of(column)}" for column in texts]
    kept = [f"{raw_texts[column.name]} AS {quoted(_lookup_name(column))}" for column in looked_up]
    sql = f"SELECT {', '.join(['_line', '_row', *stripped, *kept])} FROM {quoted(raw.relation)}"

    marks = {column.name: frozenset() if reading.is_iso(column) else reading.missing for column in texts}
    known = [f"{_known(text_of(column), marks[column.name])} AS {text_of(column)}" for column in texts]
    values = [f"{_alias(column)}.value AS {quoted(column.name)}" for column in looked_up]
    values += [f"{_alias(column)}.text AS {text_of(column)}" for column in looked_up if column.type != "text"]
    joins = [
        f" LEFT JOIN {quoted(_lookup_name(column))} AS {_alias(column)} ON {_alias(column)}.text = s.{quoted(_lookup_name(column))}"
        for column in looked_up
    ]
    sql = f"SELECT {', '.join(['_line', '_row', *known, *values])} FROM ({sql}) s{''.join(joins)}"

    if numbers:
        lenient = {column.name: is_lenient(column, reading.required) for column in numbers}
        parsed = [
            f"{_number(reading, column, text_of(column), lenient=lenient[column.name])} AS {quoted(column.name)}"
            for column in numbers
        ]
        sql = f"SELECT *, {', '.join(parsed)} FROM ({sql})"
    for level in _time_levels(connection, raw, reading, times):
        sql = f"SELECT *, {', '.join(level)} FROM ({sql})"
    if ordered := _in_order(reading, times):
        sql = f"SELECT * REPLACE ({', '.join(ordered)}) FROM ({sql})"
    absent = [column for column in reading.table.columns.values() if column.name not in reading.columns]
    added = [*(f"NULL::{column.sql_type} AS {quoted(column.name)}" for column in absent), *_doubts(reading, times)]
    sql = f"SELECT *, {', '.join(added)} FROM ({sql})"
    made = {name: f"{_made(column)} AS {quoted(name)}" for name, column in reading.table.made.items()}
    names = [made.get(name, quoted(name)) for name in dict.fromkeys((*reading.table.columns, *reading.columns))]
    return f"SELECT {', '.join(names)}, _line, _row AS _order, _ambiguous, _shifted, {first_failed(checks)} AS _check FROM ({sql})"


def _cleaned(reading: Reading, column: Column, text: str) -> str:
    """SQL: the text of a column as it is kept or read, without what only looks like another character."""
    if reading.is_iso(column):
        return text
    if reading.positions[column.name] in reading.plain_texts.ascii:
        return f"CASE WHEN {text} < '!' OR {text}[-1] < '!' THEN trim({text}, {literal(WHITESPACE)}) ELSE {text} END"
    return _stripped(_composed(column, reading.table.key, text) if column.type == "text" else text)


def _composed(column: Column, key: Sequence[str], text: str) -> str:
    """SQL: a text with each accent and its letter as one character; a name that rows are grouped by as `settings` has it."""
    normal = f"nfc_normalize({text})"
    if column.name not in (*NAMES, *key):
        return normal
    odd = literal(f"{UNSEEN}|{SPACES}")
    blanks = f"regexp_replace(regexp_replace({normal}, {literal(UNSEEN)}, '', 'g'), {literal(SPACES)}, ' ', 'g')"
    return f"CASE WHEN regexp_matches({text}, {odd}) THEN {blanks} ELSE {normal} END"


def _made(column: Column) -> str:
    """SQL: the column's value; where there is none, a name made of other columns, the same for the same values."""
    parts = ", ".join(f"coalesce({quoted(name)}::VARCHAR, '')" for name in column.made_of)
    return f"coalesce({quoted(column.name)}, 'auto-' || left(md5(concat_ws(chr(31), {parts})), 12))"


def _alias(column: Column) -> str:
    return quoted(f"of {column.name}")


def _stripped(text: str) -> str:
    """SQL: a text without surrounding whitespace; `trim` is slow, so only where there is some."""
    wide = " OR ".join(f"{end}({text}, {literal(space)})" for end in ("prefix", "suffix") for space in WIDE_SPACES)
    return f"CASE WHEN {text} < '!' OR {text}[-1] < '!' OR {wide} THEN trim({text}, {literal(WHITESPACE)}) ELSE {text} END"


def _known(text: str, missing: Set[str]) -> str:
    """SQL: NULL for an empty text and one that means "not known" (no IN: DuckDB makes a join of a longer list)."""
    for mark in ("", *sorted(missing)):
        text = f"nullif({text}, {literal(mark)})"
    return text


def _time_levels(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, times: list[Column]) -> list[list[str]]:
    """Four levels of SELECT: texts made usual, times by the kind of format that fits most, the others, then the typed columns."""
    usual, first, second, typed = [], [], [], []
    for column in times:
        formats, zoned_first = _by_use(connection, raw, reading, column)
        text, wall, zoned = quoted(f"usual {column.name}"), quoted(f"wall {column.name}"), quoted(f"zoned {column.name}")
        usual.append(f"{tidied(text_of(column), reading.odd.get(column.name, frozenset()))} AS {text}")
        local = local_micros(text, formats.local, serials=raw.is_workbook or formats.serials)
        offset = zoned_micros(text, formats.zoned, epoch=formats.epoch)
        (early, early_sql), (late, late_sql) = ((zoned, offset), (wall, local)) if zoned_first else ((wall, local), (zoned, offset))
        first.append(f"{early_sql} AS {early}")
        second.append(f"CASE WHEN {early} IS NULL THEN {late_sql} END AS {late}")
        utc = f"make_timestamptz(coalesce({reading.clock.utc_micros(wall)}, {zoned}))"
        typed.append(f"{f'make_timestamp({wall})::DATE' if column.type == 'date' else utc} AS {quoted(column.name)}")
    return [usual, first, second, typed] if times else []


def _in_order(reading: Reading, times: list[Column]) -> list[str]:
    """SQL: times of the hour that occurs twice, in the occurrence that is not before the row's beginning."""
    names = [column.name for column in times if column.type == "time"]
    if len(reading.clock.seconds) == 1:
        return []
    first = next((name for name in STARTS if name in names), None)
    ruled = {match[1]: match[2] for rule in reading.table.rules if (match := BEFORE.fullmatch(rule.when))}
    wanted = {name: ruled.get(name, first) for name in names}
    starts = {name: start for name, start in wanted.items() if start in names and start != name}
    return [
        f"{reading.clock.in_order(quoted(f'wall {name}'), quoted(name), quoted(str(start)))} AS {quoted(name)}"
        for name, start in starts.items()
    ]


def _by_use(connection: duckdb.DuckDBPyConnection, raw: RawTable, reading: Reading, column: Column) -> tuple[Formats, bool]:
    """The formats, those that fit a sample's texts first, and whether most of them have an offset; a question of speed alone."""
    text = f"c{reading.positions[column.name]}"
    usual = tidied(_stripped(text), reading.odd.get(column.name, frozenset()))
    sample = f"SELECT {usual} AS t FROM {quoted(raw.relation)} WHERE {text} <> '' LIMIT {SAMPLE}"
    formats = [*reading.formats.local, *reading.formats.zoned]
    tried = [local_micros("t", [pattern], serials=False) for pattern in reading.formats.local]
    tried += [zoned_micros("t", [pattern]) for pattern in reading.formats.zoned]
    if reading.formats.epoch:
        formats.append(EPOCH)
        tried.append(epoch_micros("t"))
    [counts] = connection.execute(f"SELECT {', '.join(f'count({spelling})' for spelling in tried)} FROM ({sample})").fetchall()
    fits = dict(zip(formats, counts, strict=True))
    local = sorted(reading.formats.local, key=lambda pattern: -fits[pattern])
    zoned = sorted(reading.formats.zoned, key=lambda pattern: -fits[pattern])
    with_offset = sum(fits[pattern] for pattern in zoned) + fits.get(EPOCH, 0)
    return replace(reading.formats, local=tuple(local), zoned=tuple(zoned)), with_offset > sum(fits[pattern] for pattern in local)


def _doubts(reading: Reading, times: list[Column]) -> list[str]:
    """SQL: how many local times of a row occur twice, and how many do not exist."""
    walls = [quoted(f"wall {column.name}") for column in times if column.type == "time"]
    counts = {
        kind: " + ".join(f"({reading.clock.is_doubtful(wall, kind)})::TINYINT" for wall in walls) or "0::TINYINT"
        for kind in ("ambiguous", "shifted")
    }
    return [f"{sql} AS _{kind}" for kind, sql in counts.items()]
