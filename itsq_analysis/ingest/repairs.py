"""Refused rows as a workbook to be repaired, and the repaired rows as files of the workspace.

The workbook has a sheet for each way of reading. What was repaired goes into `repaired/`, one CSV file for each file whose rows
were refused; a load reads it after that file and by the same source, so that a store that is made anew holds the repaired rows too.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.binding import REPAIRS
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.ingest.quarantine import RAW
from itsq_analysis.ingest.workbook import sheets_of
from itsq_analysis.tables import contracts
from itsq_analysis.tables.template import CREATED, Language

FOLDER = "repaired"
UNSOUND = ("malformed_row", "swallowed_rows")  # rules that refuse a row without sound fields
TOLD = ("file", "place", "rule", "reason", "column", "row")  # the first columns of a sheet; `row` knows the refused row again
LONGEST = 32_000  # characters of a cell; Excel takes 32,767
SHEET = 31  # characters of a sheet's name


@dataclass(frozen=True)
class Repaired:
    """A refused row as it was (`refused`, of the quarantine) and as it came back."""

    refused: Mapping[str, Any]
    record: dict[str, str]


def row_id(record: str) -> str:
    """What a refused row is known by: the MD5 of its record's JSON text."""
    return hashlib.md5(record.encode("utf-8"), usedforsecurity=False).hexdigest()


def reason(table: str, rule: str, language: Language) -> str:
    """A rule in words: a contract's own, or one of reading."""
    own = {one.id: one.meaning for one in contracts()[table].rules}
    return own.get(rule, RULES.get(rule, {})).get(language, rule)


def workbook_of(rows: Sequence[Mapping[str, Any]], sources: Mapping[str, str], language: Language) -> bytes:
    """The workbook: one sheet a source, a row for each refused one, its refused cell marked and the reason noted there.

    Args:
        rows: of the quarantine.
        sources: file -> name of its source, under which its rows stand.
        language: of the reasons.
    """
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_source.setdefault(sources.get(row["file"], row["table_name"]), []).append(row)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": CREATED})
        taken: set[str] = set()
        for name, refused in by_source.items():
            _sheet(book, _sheet_name(name, taken), refused, language)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = "".join("_" if sign in "[]:*?/\\'" else sign for sign in name)[: SHEET - 4]
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain} {number}"
    taken.add(found.casefold())
    return found


def _sheet(book: xlsxwriter.Workbook, name: str, refused: Sequence[Mapping[str, Any]], language: Language) -> None:
    sheet = book.add_worksheet(name)
    text, bold, told, marked = (
        book.add_format({"num_format": "@", **more})
        for more in ({}, {"bold": True, "bottom": 1}, {"font_color": "#666666"}, {"bg_color": "#FFC7CE"})
    )
    records = [json.loads(row["record"]) for row in refused]
    headers = [*dict.fromkeys(header for record in records for header in record)]
    for position, header in enumerate((*TOLD, *headers)):
        sheet.write_string(0, position, header, bold)
    sheet.set_column(0, len(TOLD) - 1, 14, told)
    sheet.set_column(len(TOLD), len(TOLD) + len(headers), 18, text)
    sheet.freeze_panes(1, 0)
    for number, (row, record) in enumerate(zip(refused, records, strict=True), 1):
        why = reason(row["table_name"], row["rule"], language)
        place = row["cell"] or f"line {row['line']}"
        for position, cell in enumerate((row["file"], place, row["rule"], why, row["column_name"] or "", row_id(row["record"]))):
            sheet.write_string(number, position, cell, told)
        for position, header in enumerate(headers, len(TOLD)):
            sheet.write_string(number, position, (record.get(header) or "")[:LONGEST], marked if header == row["header"] else text)
            if header == row["header"]:
                sheet.write_comment(number, position, f"{row['rule']}: {why}", {"author": ""})


def repaired_rows(path: Path, refused: Iterable[Mapping[str, Any]]) -> tuple[list[Repaired], int]:
    """The rows of a workbook that were changed, and how many of its rows are no longer in quarantine.

    Raises:
        IngestError: it is no such workbook.
    """
    known = {(row["file"], row_id(row["record"])): row for row in refused}
    changed: list[Repaired] = []
    gone = 0
    for name, rows in sheets_of(path, path.name).items():
        head = rows[0] if rows else []
        if tuple(head[: len(TOLD)]) != TOLD:
            raise IngestError(
                f"a workbook of refused rows must begin with the columns {', '.join(TOLD)}; found {', '.join(head[: len(TOLD)])} "
                f"in sheet {name!r} of {path.name}; write one with: itsq quarantine export FILE.xlsx"
            )
        for cells in rows[1:]:
            row = known.get((cells[0], cells[len(TOLD) - 1]))
            if row is None:
                gone += any(cells)
                continue
            before = json.loads(row["record"])
            columns = zip(head[len(TOLD) :], cells[len(TOLD) :], strict=False)
            after = {header: cell for header, cell in columns if header in before}
            if any(after.get(header, "") != (text or "").strip()[:LONGEST] for header, text in before.items()):
                kept = {header: text if len(text or "") > LONGEST else after.get(header, "") for header, text in before.items()}
                changed.append(Repaired(row, kept))
    return changed, gone


def write_repaired(folder: Path, changed: Sequence[Repaired]) -> list[Path]:
    """Put repaired rows into the files of `repaired/`, and return these. A row that was repaired before takes its own place.

    Each file is written whole or not at all.
    """
    by_file: dict[Path, list[Repaired]] = {}
    for one in changed:
        file = one.refused["file"]
        path = folder / file if is_repaired(file) else folder / FOLDER / f"{file}.csv"
        if ".." in path.relative_to(folder).parts:  # a zip's member may be called so
            raise IngestError(
                f"a file whose rows are repaired must lie in the workspace; found {file!r}; unpack it beside itsq.toml"
            )
        by_file.setdefault(path, []).append(one)
    for path, repaired in by_file.items():
        kept = _read(path) if path.is_file() else {}
        for one in repaired:
            again = one.refused["file"] == path.relative_to(folder).as_posix()
            name = (_id_at(path, one.refused["line"]) if again else None) or row_id(one.refused["record"])
            unsound = one.refused["rule"] in UNSOUND
            kept[name] = {header: text for header, text in one.record.items() if not (unsound and header == RAW)}
        _write(path, kept)
    return list(by_file)


def is_repaired(file: str) -> bool:
    """Whether a file of the ledger is one of repaired rows."""
    return file.startswith(f"{FOLDER}/")


def original_of(file: str) -> str:
    """The file whose refused rows a file of `repaired/` replaces.

    >>> original_of("repaired/exports/incident.csv.csv")
    'exports/incident.csv'
    """
    return file.removeprefix(f"{FOLDER}/").removesuffix(".csv")


def repaired_ids(path: Path) -> list[str]:
    """Which refused rows the rows of a file of `repaired/` stand for."""
    return list(_read(path))


def _read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop(REPAIRS): row for row in csv.DictReader(file, restval="")}


def _id_at(path: Path, line: int) -> str | None:
    """The id of the row of a file that begins in a line; None where there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="")
        before = reader.line_num if reader.fieldnames else 0
        for row in reader:
            if before < line <= reader.line_num:
                return row[REPAIRS]
            before = reader.line_num
    return None


def _write(path: Path, rows: Mapping[str, Mapping[str, str]]) -> None:
    headers = [*dict.fromkeys(header for row in rows.values() for header in row if header != REPAIRS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*headers, REPAIRS], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, REPAIRS: name} for name, row in rows.items())
    partial.replace(path)
