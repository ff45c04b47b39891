"""Why a run failed: one line for the person who waits for the report, the full traceback for the log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from itsq_analysis import errors

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
OURS = tuple(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.ItsqError))
RAISED = re.compile(rf"^(?:itsq_analysis\.errors\.)?(?:{'|'.join(OURS)}): (.+)", re.MULTILINE)


def why(notebook: Mapping[str, Any]) -> str | None:
    """The reason in one line why an executed notebook is not complete; None if no cell failed.

    An error of itsq anywhere in the chain of causes is preferred, the first one raised: its message says what to do.
    """
    for number, output in _failed(notebook):
        raised = RAISED.search(plain("\n".join(output.get("traceback", []))))
        if raised:
            return one_line(raised[1])
        if output["ename"] in OURS:
            return one_line(output["evalue"])
        return one_line(f"cell {number}: {output['ename']}: {output['evalue']}")
    return None


def tracebacks(notebook: Mapping[str, Any]) -> str:
    """The traceback of every failed cell, without the colours of a terminal."""
    return "\n".join(f"cell {number}:\n" + plain("\n".join(output["traceback"])) for number, output in _failed(notebook))


def _failed(notebook: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The error outputs of cells that papermill marked as failed, with the cell's number from 1."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("metadata", {}).get("papermill", {}).get("exception"):
            found = [output for output in cell.get("outputs", []) if output["output_type"] == "error"]
            yield number, (found or [{"ename": "an error", "evalue": "without a message", "traceback": []}])[-1]


def plain(text: str) -> str:
    """Text without terminal colours and other control characters; line ends stay.

    >>> plain("\\x1b[31mred\\x1b[0m\\x07")
    'red'
    """
    return "".join(letter for letter in ESCAPES.sub("", text) if letter in "\n\t" or letter.isprintable())


def one_line(text: str, length: int = 400) -> str:
    """A message on one line, cut at `length` characters.

    >>> one_line("a\\n  b")
    'a b'
    """
    line = " ".join(plain(text).split())
    return line if len(line) <= length else line[: length - 1] + "…"
