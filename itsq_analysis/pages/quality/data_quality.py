"""May I trust it? What was read, used and refused; unknown and missing values; thin edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from markupsafe import Markup

from itsq_analysis.indicators.data_quality import (
    AWAITED,
    FileRead,
    MissingValues,
    RefusedRows,
    UnmappedValue,
    files_read,
    missing_values,
    refused_rows,
    thin_stretches,
    unknown_states,
    unmapped_values,
)
from itsq_analysis.indicators.restated import Restated
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.page.cells import headings
from itsq_analysis.page.context import FEW, ReportContext
from itsq_analysis.page.doubts import told_doubts
from itsq_analysis.page.section import Part, Section, bullets, folded
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.demand import unannounced
from itsq_analysis.pages.quality.restated import restated_parts
from itsq_analysis.tables import contract, contracts
from itsq_analysis.text import formats

SAMPLES = 5  # unknown values of one column told
SHOWN = 60  # characters of an offending value
R = TypeVar("R")


def data_quality(context: ReportContext, found: Restated | None = None) -> Section:
    """What became of every row, per file and rule; what the mappings did not know; what is missing; what was restated."""
    scope, files = context.scope, files_read(context.scope)
    totals = {name: sum(getattr(file, name) for file in files) for name in ("read", "used", "superseded", "quarantined")}
    sums = {name: context.number(total) for name, total in totals.items()}
    warnings = [*told_doubts(context), *_edges(context), *_states(context), *unannounced(context)]
    unmapped = [value for value in unmapped_values(scope) if value in _samples(unmapped_values(scope))]
    ignored = [file for file in files if file.ignored_columns]
    parts: list[Part] = [bullets(warnings)] if warnings else []
    parts += [
        *_folded(context, "files_read", _file_columns(context), files),
        *_folded(context, "quarantine_rules", _rule_columns(context), refused_rows(scope)),
        *_folded(context, "unmapped_values", _unmapped_columns(context), unmapped),
        *_folded(context, "ignored_columns", _ignored_columns(context), ignored),
        *_folded(context, "missing_values", _missing_columns(context), missing_values(scope)),
        *restated_parts(context, found),
    ]
    return Section("data_quality", context.term("data_quality"), context.say("data_quality", n=len(files), **sums), tuple(parts))


def quarantine_sheet(context: ReportContext) -> Sheet:
    """Rows that were refused, counted by rule, with the first one of each."""
    texts = ("table", "rule", "file", "offending")
    kinds: dict[str, Kind] = {
        key: "text" if key in texts else "count" for key in ("table", "rule", "rows", "file", "line", "offending")
    }
    rows = [
        [_title(context, row.table), rule_name(context, row.table, row.rule), row.n, row.file, row.line, row.value]
        for row in refused_rows(context.scope)
    ]
    return Sheet(context.term("quarantined"), headings(context, kinds), rows, empty=context.term("none"))


def rule_name(context: ReportContext, table: str, rule: str) -> str:
    """A rule in words: a contract's own, or one of reading; of another version of itsq, its id."""
    own = {one.id: one.meaning[context.language] for one in contracts()[table].rules}
    return own.get(rule) or (RULES[rule][context.language] if rule in RULES else rule)


def _edges(context: ReportContext) -> Iterator[str]:
    """The thin months at each end as one stretch."""
    names = [[formats.period_label(period, context.language) for period in stretch] for stretch in thin_stretches(context.scope)]
    told = [first if first == last else context.say("edges_run", first=first, last=last) for first, last in names]
    if told:
        yield context.say("edges", list=context.listed(told))


def _states(context: ReportContext) -> Iterator[str]:
    """Words for a state that no mapping knows: without a time of their end these tickets count as open."""
    told = [word[:SHOWN] + context.aside(context.number(rows)) for word, rows in unknown_states(context.scope).items()]
    if told:
        yield context.say("unknown_states", list=context.listed(told))


def _samples(values: Sequence[UnmappedValue]) -> set[UnmappedValue]:
    """The most frequent ones of each column and file."""
    by_column: dict[tuple[str, str], list[UnmappedValue]] = {}
    for value in values:
        by_column.setdefault((value.file, value.column), []).append(value)
    return {value for column in by_column.values() for value in column[:SAMPLES]}


def _folded(context: ReportContext, sentence: str, columns: Sequence[Column[R]], rows: Sequence[R]) -> list[Part]:
    return [folded(context.say(sentence), html_table(context, context.wording, columns, rows))] if rows else []


def _title(context: ReportContext, table: str, column: str | None = None) -> str:
    """A table or one of its columns by its name in the contract."""
    return (contract(table).columns[column] if column else contract(table)).title[context.language]


def _file_columns(context: ReportContext) -> list[Column[FileRead]]:
    def encoding(file: FileRead) -> str:
        return context.term("workbook") if file.encoding == "workbook" else file.encoding.upper().replace(" WITH ", " + ")

    return [
        Column("file", lambda file: Markup('<span class="path">{}</span>').format(file.file)),
        Column("table", lambda file: _title(context, file.table)),
        Column("read", lambda file: file.read, "count"),
        Column("used", lambda file: file.used, "count"),
        Column("superseded", lambda file: file.superseded, "count"),
        Column("quarantined", lambda file: file.quarantined, "count"),
        Column("encoding", encoding),
        Column("zone", lambda file: file.timezone),
    ]


def _rule_columns(context: ReportContext) -> list[Column[RefusedRows]]:
    def first(row: RefusedRows) -> str:
        return context.say("quarantine_example", file=row.file, line=row.line, value=row.value[:SHOWN])

    return [
        Column("rule", lambda row: rule_name(context, row.table, row.rule)),
        Column("table", lambda row: _title(context, row.table)),
        Column("rows", lambda row: row.n, "count"),
        Column("first_line", first),
    ]


def _unmapped_columns(context: ReportContext) -> list[Column[UnmappedValue]]:
    return [
        Column("file", lambda value: value.file),
        Column("column", lambda value: _title(context, value.table, value.column)),
        Column("unmapped_value", lambda value: value.value),
        Column("rows", lambda value: value.rows, "count"),
    ]


def _ignored_columns(context: ReportContext) -> list[Column[FileRead]]:
    """Columns of the exports that no canonical column takes."""
    return [Column("file", lambda file: file.file), Column("column", lambda file: context.listed(file.ignored_columns))]


def _missing_columns(context: ReportContext) -> list[Column[MissingValues]]:
    def column(row: MissingValues) -> str:
        return context.term("closed_without") if row.column in AWAITED else _title(context, "incidents", row.column)

    def count(row: MissingValues) -> str:
        return context.say("of_count", numerator=context.plain.counted(row.missing), denominator=context.plain.counted(row.of))

    def share(row: MissingValues) -> str:
        return formats.percent(row.share) if row.of >= FEW else formats.MISSING

    return [
        Column("column", column),
        Column("missing", lambda row: row.missing, "count", count),
        Column("missing_share", lambda row: row.share, "share", share),
    ]
