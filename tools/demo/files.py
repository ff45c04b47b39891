"""Writing the demo's files so that the same rows give the same bytes.

A .csv.gz carries no time and no name; its compressed bytes depend on the zlib at hand, its content does not.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xlsxwriter

from tools.demo.draws import Ints
from tools.demo.planted import OFFSET

Frame = dict[str, list[str]]
Names = npt.NDArray[np.object_]


def stamps(moments: Ints, known: npt.NDArray[np.bool_] | None = None, local: bool = False) -> list[str]:
    """Moments (seconds since 1970 UTC) as "2026-10-05 09:20:00" in UTC or local time; empty where `known` is false.

    >>> stamps(np.array([0, 60]), np.array([True, False]), local=True)
    ['1970-01-01 08:00:00', '']
    """
    known = np.ones(moments.size, dtype=bool) if known is None else known
    shown = np.where(known, moments + (OFFSET if local else 0), 0).astype("datetime64[s]")
    return [text.replace("T", " ") if is_known else "" for text, is_known in zip(shown.astype(str), known, strict=True)]


def chosen(texts: Sequence[str], positions: Ints) -> list[str]:
    """The text at each position; empty for −1.

    >>> chosen(["a", "b"], np.array([1, -1, 0]))
    ['b', '', 'a']
    """
    return list(np.array([*texts, ""], dtype=object)[positions])


def numbers(prefix: str, first: int, count: int) -> list[str]:
    """Consecutive ticket numbers.

    >>> numbers("INC", 10001, 2)
    ['INC0010001', 'INC0010002']
    """
    return [f"{prefix}{number:07d}" for number in range(first, first + count)]


def take(frame: Frame, positions: Sequence[int] | Ints) -> Frame:
    """The rows at `positions`, in that order."""
    return {name: [column[position] for position in positions] for name, column in frame.items()}


def joined(*frames: Frame) -> Frame:
    """The rows of frames with the same columns, one after another."""
    return {name: [value for frame in frames for value in frame[name]] for name in frames[0]}


def records(frame: Frame) -> list[tuple[str, ...]]:
    """The rows as tuples."""
    return list(zip(*frame.values(), strict=True))


def size(frame: Frame) -> int:
    """Number of rows."""
    return len(next(iter(frame.values())))


def csv_bytes(frame: Frame, encoding: str = "utf-8", raw_lines: Sequence[str] = ()) -> bytes:
    """The frame as CSV with CRLF line ends; `raw_lines` follow as they are (for rows that are malformed on purpose)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame)
    writer.writerows(records(frame))
    text.writelines(f"{line}\r\n" for line in raw_lines)
    return text.getvalue().encode(encoding)


def write(path: Path, content: bytes) -> None:
    """Write `content`; compressed without time and name where `path` ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0) if path.suffix == ".gz" else content)


def workbook(frame: Frame, title: str, footer: Sequence[str]) -> bytes:
    """The frame as an .xlsx file, below a title and above a footer: times and numbers as Excel keeps them, all else as text.

    The parts are stored uncompressed and undated, so that the bytes do not depend on zlib or the clock.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2026, 11, 3)})
        formats = {datetime: "yyyy/m/d hh:mm:ss", date: "yyyy/m/d", float: "General", str: "@"}
        shown = {kind: book.add_format({"num_format": text}) for kind, text in formats.items()}
        page = book.add_worksheet()
        for row, values in enumerate([(title,), tuple(frame), *records(frame), *((text,) for text in footer)]):
            for column, value in enumerate(map(cell, values)):
                if value != "":
                    page.write(row, column, value, shown[type(value)])
    stored = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(stored, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return stored.getvalue()


def cell(text: str) -> object:
    """The text as a number, date or time where it is one (`datetime` is a kind of `date`).

    >>> cell("0.5"), cell("2026-10-05"), cell("OUT1")
    (0.5, datetime.date(2026, 10, 5), 'OUT1')
    """
    for kind in (float, date.fromisoformat, datetime.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
