# ruff: noqa: N802 - tests are named after their cases
"""What a command writes of an export runs in no spreadsheet and steers no terminal, in no format."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pandas as pd
import pytest

from tests.cli.running import itsq

SETTINGS = """
[organisation]
timezone = "UTC"
holidays = ""
[[source]]
glob = "exports/*.csv"
mapping = "register"
table = "incidents"
"""
HOSTILE = {
    "formula": '=HYPERLINK("http://x","y")',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": "+1+1",
    "full width": "＝1+1",
    "piece": "a;=1+1",
    "escape": "Mail\x1b[2J\x1b]0;x\x07",
    "control": "Mail\x9b2J",
    "order": "Mail\u202egpj.exe",
    "line": "Mail\r\n=1+1",
    "return": "Mail\r=1+1",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace whose services, and some values in quarantine, are hostile."""
    made = tmp_path_factory.mktemp("hostile")
    (made / "exports").mkdir()
    (made / "itsq.toml").write_text(SETTINGS, encoding="utf-8")
    days = pd.date_range("2026-08-01", "2026-10-31").strftime("%Y-%m-%d").tolist()
    rows = [[f"{day}-{place}", f"{day} 09:00", text] for day in days for place, text in enumerate(HOSTILE.values())]
    refused = [[f"x{place}", text, "A"] for place, text in enumerate(HOSTILE.values())]
    with (made / "exports/a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["number", "opened_at", "service"], *rows, *refused])
    return made


@pytest.fixture
def loaded(folder, capsys):
    """It, loaded."""
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == 0
    harmless(ended.out + ended.err)
    return folder


def harmless(text):
    """Nothing in it steers a terminal."""
    assert not [sign for sign in text if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


COMMANDS = [
    ["values", "incidents_opened", "--by", "service", "--period", "2026-10"],
    ["quarantine"],
    ["quarantine", "--rule", "unreadable_time"],
    ["forecast", "incidents", "3", "--by", "service", "--model", "seasonal-naive"],
    ["snapshots"],
    ["check"],
]


def holds(cells, text):
    return any(" ".join(text.split()) in " ".join(cell.split()) for cell in cells)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_E11_tables_and_csv_and_json_are_harmless(loaded, capsys, command):
    table = itsq(capsys, *command, "-w", loaded)
    assert table.code == 0
    harmless(table.out + table.err)
    if command == ["check"]:
        return
    written = itsq(capsys, *command, "-w", loaded, "--format", "csv")
    harmless(written.out + written.err)
    for cell in (cell for row in csv.reader(io.StringIO(written.out)) for cell in row):
        assert cell.lstrip()[:1] not in ("=", "@", "+", "＝")
        assert number(cell) or not cell.startswith("-")
    printed = itsq(capsys, *command, "-w", loaded, "--format", "json")
    harmless(printed.out + printed.err)
    told = {cell for record in json.loads(printed.out) for cell in record.values() if isinstance(cell, str)}
    assert command == ["snapshots"] or all(holds(told, text) for text in HOSTILE.values())


def number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("command", COMMANDS[:4], ids=" ".join)
def test_E11_raw_on_request(loaded, capsys, command):
    written = itsq(capsys, *command, "-w", loaded, "--format", "csv", "--raw")
    cells = {cell for row in csv.reader(io.StringIO(written.out, newline="")) for cell in row}
    assert all(holds(cells, text) for text in HOSTILE.values())
