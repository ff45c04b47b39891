"""The committed demo workspace, read by plain means: csv, gzip and calamine, no code of the package."""

import csv
import gzip
import io
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SHANGHAI = timedelta(hours=8)


@cache
def raw_bytes(path: str) -> bytes:
    content = (SAMPLE / path).read_bytes()
    return gzip.decompress(content) if path.endswith(".gz") else content


@cache
def rows(path: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """The well-formed rows of a CSV."""
    reader = csv.reader(io.StringIO(raw_bytes(path).decode(encoding), newline=""))
    header = next(reader)
    return [dict(zip(header, row, strict=True)) for row in reader if len(row) == len(header)]


@cache
def sheet(path: str) -> list[dict[str, object]]:
    """The records of a workbook that has a title above its header and a total below its records."""
    _, header, *body, _ = CalamineWorkbook.from_path(str(SAMPLE / path)).get_sheet_by_index(0).to_python()
    return [dict(zip(header, row, strict=True)) for row in body]


def local(stamp: str) -> datetime:
    """Naive local time of a stored (UTC) stamp."""
    return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).replace(tzinfo=None) + SHANGHAI


@pytest.fixture(scope="session")
def latest(truth):
    """The newest version of every good incident, by number.

    Spoiled rows have numbers from INC0900000 on, or none; those load of which only a count cannot be read.
    """
    found: dict[str, dict[str, str]] = {}
    for path, facts in truth["files"].items():
        if facts["table"] != "incidents":
            continue
        for row in rows(path):
            number = row["number"]
            good = number < "INC09" or not (row["reopen_count"].isdigit() and row["reassignment_count"].isdigit())
            if number and good and row["sys_updated_on"] >= found.get(number, row)["sys_updated_on"]:
                found[number] = row
    return found
