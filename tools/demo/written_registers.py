"""Registers written by hand: every CSV file of the folder `registers` is one table, in either language, and goes out as it is."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

from itsq_analysis.tables import contract
from tools.demo.files import Frame, size

LARGE = 250  # rows from which on a file goes out compressed


@cache
def written() -> dict[str, Frame]:
    """By table its rows."""
    folder = files(__package__).joinpath("registers")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)
    return {file.name.removesuffix(".csv"): _frame(file.read_bytes().decode("utf-8")) for file in found}


def path(table: str) -> str:
    """Where the register of a table stands in the workspace."""
    return f"registers/{table}.csv{'.gz' if size(written()[table]) > LARGE else ''}"


def keys() -> dict[str, tuple[str, ...]]:
    """By table the headers of its key."""
    return {table: tuple(_header(table, column, frame) for column in contract(table).key) for table, frame in written().items()}


def _header(table: str, column: str, frame: Frame) -> str:
    title = contract(table).columns[column].title["zh"]
    return title if title in frame else column


def _frame(text: str) -> Frame:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}
