"""The value frame as a CSV file: stable, readable by Excel and pandas, and read back by the next report.

UTF-8 with a byte order mark, which Excel needs; numbers with 12 significant digits, days as 2026-10-01, true and false, nothing for
a missing value. Names come from exports: none of them, nor a piece of one behind a separator of some country's Excel, is a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.tables.plain_text import csv_text

NUMBERS = ("value", "numerator", "denominator", "n", "lower", "upper", "target")
DAYS = ("start", "end")
KEY = ["indicator", "start", "end", "dimension", "member"]


def to_csv(frame: pd.DataFrame) -> bytes:
    """A value frame as the bytes of a CSV file, rows in the frame's order.

    >>> row = dict.fromkeys(COLUMNS) | {"indicator": "csat", "member": "=1+1", "value": 0.1 + 0.2, "n": 3, "provisional": False}
    >>> to_csv(pd.DataFrame([row])).decode("utf-8-sig").splitlines()[1]
    "csat,,,,,'=1+1,0.3,,,3,,,,,,,false,"
    """
    return written(COLUMNS, zip(*([_form(name)(value) for value in frame[name]] for name in COLUMNS), strict=True))


def written(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Rows of cells as the bytes of a CSV file; each cell as it stands (see `number` and `name`).

    >>> written(["a", "b"], [["x, y", 1]]).decode("utf-8-sig").splitlines()
    ['a,b', '"x, y",1']
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def from_csv(content: bytes, name: str) -> pd.DataFrame:
    """The frame of such a file: numbers as float64, `provisional` as bool, all else as text, "" where it is missing.

    Raises:
        ReportError: the content is no value frame; `name` is the file's, for the message.

    >>> from_csv(to_csv(pd.DataFrame(columns=COLUMNS)), "x.values.csv").empty
    True
    """
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype={name: "float64" if name in NUMBERS else "str" for name in COLUMNS},
            keep_default_na=False,
            na_values={name: [""] for name in NUMBERS},
            encoding="utf-8-sig",
        )
        if tuple(frame.columns) != COLUMNS:
            raise ValueError(f"columns {', '.join(frame.columns)[:200]}")
        for column in DAYS:
            pd.to_datetime(frame[column], format="%Y-%m-%d")
    except ValueError as error:  # of Unicode, of pandas' parser, of a number or a day
        found = " ".join(str(error).split())[:200]
        raise ReportError(
            f"an earlier report's values must be the NAME.values.csv that itsq run wrote beside the page; found {found} in {name}; "
            "name that file"
        ) from None
    return frame.assign(provisional=frame["provisional"] == "true")


def number(value: Any) -> str:
    """A number with 12 significant digits; "" where it is missing."""
    return "" if pd.isna(value) else f"{float(value) + 0.0:.12g}"


def name(value: Any) -> str:
    """A name of which no spreadsheet makes a formula; "" where it is missing."""
    return "" if pd.isna(value) else csv_text(value)


def _form(column: str) -> Callable[[Any], str]:
    """How a column's values are written."""
    if column in NUMBERS:
        return number
    if column in DAYS:
        return lambda value: "" if pd.isna(value) else f"{value:%Y-%m-%d}"
    if column == "provisional":
        return lambda value: "true" if value else "false"
    return name
