"""The registers of notes and exemptions: templates in both languages, later versions of a row, refused rows."""

import csv
from collections import Counter
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
import xlsxwriter

from itsq_analysis import open_workspace
from itsq_analysis.ingest.period_texts import period_label
from itsq_analysis.tables import contract
from itsq_analysis.tables.template import template

SOURCE = '[[source]]\nglob = "registers/{table}.*"\nmapping = "register"\ntable = "{table}"\n'
LINE = {"period": "2026-10", "indicator": "csat", "cause": "slow", "action": "hire", "due": "2026-11-30"}


def workspace(folder: Path, **registers: list[dict[str, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "itsq.toml").write_text("".join(SOURCE.format(table=name) for name in ("notes", "exemptions")), encoding="utf-8")
    for name, rows in registers.items():
        write(folder, name, rows)
    return folder


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    path = folder / "registers" / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)


def load(folder: Path) -> dict[str, int]:
    ledger = open_workspace(folder).load()
    return ledger[["read", "inserted", "updated", "unchanged", "quarantined"]].sum().to_dict()


@pytest.mark.parametrize("table", ["notes", "exemptions"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_loaded_as_it_is(
    tmp_path: Path, table: str, language: Literal["en", "zh"], form: Literal["csv", "xlsx"]
) -> None:
    folder = workspace(tmp_path / "demo")
    template(table, language, form, folder / "registers" / f"{table}.{form}")
    assert load(folder) == {"read": 1, "inserted": 1, "updated": 0, "unchanged": 0, "quarantined": 0}
    [row] = open_workspace(folder).table(table).to_dict("records")
    for name, column in contract(table).columns.items():
        if column.example is not None:
            assert str(row[name]).lower() == str(column.example).lower()


def test_a_row_without_a_number_is_told_by_what_it_is_about_and_its_action(tmp_path: Path) -> None:
    """An owner and the day it was done are filled in later; another action for the same value is another note."""
    folder = workspace(tmp_path / "demo", notes=[LINE, LINE | {"action": "train"}, LINE | {"service": "E-mail"}])
    assert load(folder)["inserted"] == 3
    assert load(folder) == {"read": 3, "inserted": 0, "updated": 0, "unchanged": 3, "quarantined": 0}
    later = LINE | {"owner": "desk", "due": "2026-12-15", "done_on": "2026-11-20", "cause": "too few"}
    write(folder, "notes", [later, LINE | {"action": "train"}, LINE | {"service": "E-mail"}])
    assert load(folder) == {"read": 3, "inserted": 0, "updated": 1, "unchanged": 2, "quarantined": 0}
    notes = open_workspace(folder).table("notes").set_index(["action", "service"])
    changed = notes.loc["hire"].loc[notes.loc["hire"].index.isna()].iloc[0]
    assert (changed["owner"], changed["cause"], str(changed["done_on"]), str(changed["due"])) == (
        "desk", "too few", "2026-11-20", "2026-12-15",
    )  # fmt: skip
    assert notes["number"].str.fullmatch("auto-[0-9a-f]{12}").all()


def test_a_numbered_row_may_be_reworded(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "demo", notes=[LINE | {"number": "A1"}])
    load(folder)
    write(folder, "notes", [LINE | {"number": "A1", "action": "hire two"}])
    assert load(folder)["updated"] == 1
    assert open_workspace(folder).table("notes")[["number", "action"]].to_numpy().tolist() == [["A1", "hire two"]]


def test_the_same_text_split_otherwise_is_another_note(tmp_path: Path) -> None:
    rows = [LINE | {"service": "a", "assignment_group": ""}, LINE | {"service": "", "assignment_group": "a"}]
    assert load(workspace(tmp_path / "demo", notes=rows))["inserted"] == 2


def test_rows_that_cannot_be_used_are_refused_by_name(tmp_path: Path) -> None:
    notes = [
        LINE,
        LINE | {"period": "last month"},
        LINE | {"period": "2026-13"},
        LINE | {"period": ""},
        LINE | {"indicator": ""},
        LINE | {"cause": "", "action": ""},
        LINE | {"due": "soon"},
        LINE | {"done_on": "2026-02-30"},
    ]
    exemptions = [
        {"ticket": "INC1", "indicator": "csat", "reason": "agreed", "approved_by": "", "approved_on": ""},
        {"ticket": "", "indicator": "csat", "reason": "agreed"},
        {"ticket": "INC2", "indicator": "csat", "reason": ""},
        {"ticket": "INC3", "indicator": "csat", "reason": "agreed", "approved_on": "yesterday"},
    ]
    folder = workspace(tmp_path / "demo", notes=notes, exemptions=exemptions)
    assert load(folder) == {"read": 12, "inserted": 2, "updated": 0, "unchanged": 0, "quarantined": 10}
    assert Counter(open_workspace(folder).quarantine()["rule"]) == {
        "unreadable_period": 2,
        "missing_required": 4,
        "empty_note": 1,
        "unreadable_time": 3,
    }


def test_an_approval_filled_in_later_replaces_the_row(tmp_path: Path) -> None:
    row = {"ticket": "INC1", "indicator": "csat", "reason": "agreed"}
    folder = workspace(tmp_path / "demo", exemptions=[row, row | {"indicator": "csat_score"}])
    assert load(folder)["inserted"] == 2
    write(folder, "exemptions", [row | {"approved_by": "Board", "approved_on": "2026-11-02"}])
    assert load(folder)["updated"] == 1
    assert open_workspace(folder).table("exemptions")["approved_by"].isna().tolist() == [False, True]


def test_excel_makes_a_day_of_a_month_and_it_is_read_back(tmp_path: Path) -> None:
    """A cell in which 2026-10 was typed holds 1 October, shown as Oct-26."""
    folder = workspace(tmp_path / "demo")
    (folder / "registers").mkdir()
    with xlsxwriter.Workbook(folder / "registers" / "notes.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["\u7edf\u8ba1\u671f", "\u6307\u6807", "\u539f\u56e0", "\u9700\u8981\u51b3\u7b56"])
        sheet.write_datetime(1, 0, pd.Timestamp("2026-10-01").to_pydatetime(), book.add_format({"num_format": "mmm-yy"}))
        sheet.write_row(1, 1, ["csat", "x", "\u662f"])
    load(folder)
    assert open_workspace(folder).table("notes")[["period", "decision_needed"]].to_numpy().tolist() == [["2026-10", True]]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-10", "2026-10"),
        ("2026\u5e7410\u6708", "2026-10"),
        ("\uff12\uff10\uff12\uff16\uff0d\uff11\uff10", "2026-10"),
        ("2026/9", "2026-09"),
        ("Oct-26", "2026-10"),
        ("October 2026", "2026-10"),
        ("2026-10-01", "2026-10"),
        ("2026-10-01 00:00:00", "2026-10"),
        ("2026/10/5", "2026-10-05"),
        ("2026Q4", "2026-Q4"),
        ("Q4 2026", "2026-Q4"),
        ("2026\u5e74\u7b2c4\u5b63\u5ea6", "2026-Q4"),
        ("2026\u5e74\u4e0b\u534a\u5e74", "2026-H2"),
        ("2026h1", "2026-H1"),
        ("2026", "2026"),
        ("2026\u5e74", "2026"),
        ("2026-w41", "2026-W41"),
        ("2026-10-01..2026-10-15", "2026-10-01..2026-10-15"),
        ("26-Oct", None),
        ("Octopus 26", None),
        ("2026-13", None),
        ("2026-02-30", None),
        ("next month", None),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, label: str | None) -> None:
    assert period_label(text) == label
