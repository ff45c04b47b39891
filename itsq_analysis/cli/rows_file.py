"""The rows behind a value as a CSV file or a workbook; texts of an export are never formulas in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.evidence.repr import facts_of
from itsq_analysis.page import spreadsheet, values_csv

if TYPE_CHECKING:
    from itsq_analysis.indicators.evidence import Evidence
    from itsq_analysis.text import Language


def write_rows(evidence: Evidence, file: Path, language: Language) -> None:
    """Write the rows; their kind is that of the file's ending.

    Raises:
        ReportError: the ending is neither .csv nor .xlsx.
    """
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise ReportError(
            f"--rows takes a file that ends in .csv or .xlsx; found {file.name!r}; write for example --rows rows.xlsx"
        )
    file.write_bytes(csv_of(evidence.rows) if file.suffix.lower() == ".csv" else _book(evidence, language))


def csv_of(rows: pd.DataFrame) -> bytes:
    """A frame as the bytes of a CSV file that Excel and pandas read."""
    columns = [_written(rows[name]) for name in rows.columns]
    return values_csv.written(rows.columns, zip(*columns, strict=True))


def _written(column: pd.Series[Any]) -> list[str]:
    if pd.api.types.is_bool_dtype(column):
        return ["" if pd.isna(value) else str(bool(value)).lower() for value in column]
    if pd.api.types.is_numeric_dtype(column):
        return [values_csv.number(value) for value in column]
    if pd.api.types.is_datetime64_any_dtype(column):
        return ["" if pd.isna(value) else value.isoformat() for value in column]
    return [values_csv.name(value) for value in column]


def _book(evidence: Evidence, language: Language) -> bytes:
    """Two sheets: what the value is, and its rows."""
    about = [*facts_of(evidence), *(("SQL", statement) for statement in evidence.sql)]
    sheets = [
        spreadsheet.Sheet("value", [spreadsheet.Column("what"), spreadsheet.Column("told")], about),
        _sheet("rows", evidence.rows),
    ]
    return spreadsheet.workbook(sheets, evidence.indicator.title[language], language)


def write_frames(frames: Mapping[str, pd.DataFrame], file: Path, title: str, language: Language) -> None:
    """Write frames as the sheets of a workbook."""
    file.write_bytes(spreadsheet.workbook([_sheet(name, frame) for name, frame in frames.items()], title, language))


def _sheet(name: str, frame: pd.DataFrame) -> spreadsheet.Sheet:
    columns = [spreadsheet.Column(column, _kind(frame[column])) for column in frame.columns]
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return spreadsheet.Sheet(name, columns, rows, fixed=2)


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _kind(column: pd.Series[Any]) -> spreadsheet.Kind:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "time"
    return "number" if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) else "text"
