"""Refused rows: named by their cells, repaired in a workbook, cleared by a later good version; nothing is lost on the way."""

import csv
import json

import pytest
import python_calamine
import xlsxwriter

from itsq_analysis import IngestError, open_workspace
from itsq_analysis.ingest.plausibility import sentence
from itsq_analysis.workspace.repairing import export_refused, reload_refused

SOURCE = '[[source]]\nglob = "{}/*"\nmapping = "register"\ntable = "incidents"\n{}\n'
HEAD = "number,opened_at,resolved_at,updated_at,short_description\n"
GOOD = "1,2026-10-05 09:00,2026-10-05 10:00,2026-10-06 10:00,good\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exports").mkdir()
    head = '[organisation]\ntimezone = "UTC"\nholidays = ""\n[load]\nkeep_at_least = 0\n'
    (tmp_path / "itsq.toml").write_text(head + SOURCE.format("exports", ""), encoding="utf-8")
    return tmp_path


def put(folder, text, name="exports/a.csv"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def load(folder, file=None):
    ledger = open_workspace(folder).load(file)
    assert (ledger["read"] == ledger[["inserted", "updated", "unchanged", "quarantined"]].sum(axis=1)).all()
    return ledger.set_index("file")


def repaired(source, target, change):
    """Write a copy of a workbook whose rows, as dicts, have gone through `change`."""
    book = python_calamine.load_workbook(source)
    with xlsxwriter.Workbook(target) as copy:
        for name in book.sheet_names:
            head, *rows = book.get_sheet_by_name(name).to_python()
            sheet = copy.add_worksheet(name)
            sheet.write_row(0, 0, head)
            for number, row in enumerate(rows, 1):
                cells = dict(zip(head, row, strict=True))
                change(cells)
                sheet.write_row(number, 0, [cells[name] for name in head])


def kinds(ledger):
    return {doubt["kind"]: doubt["facts"] for doubt in ledger.attrs["doubts"]}


def test_a_refused_row_of_a_sheet_names_its_cell(folder):
    with xlsxwriter.Workbook(folder / "exports" / "tickets.xlsx") as book:
        book.add_worksheet("notes").write(0, 0, "")
        for month in ("October", "November"):
            sheet = book.add_worksheet(month)
            sheet.write_row(1, 3, ["number", "opened_at", "resolved_at"])
            sheet.write_row(2, 3, [f"{month} 1", "2026-10-05 09:00", ""])
            sheet.write_row(3, 3, [f"{month} 2", "2026-10-05 09:00", "never"])
    ledger = load(folder)
    rows = open_workspace(folder).quarantine()
    assert rows[["cell", "header", "value"]].to_numpy().tolist() == [
        ["sheet 2, F4", "resolved_at", "never"],
        ["sheet 3, F4", "resolved_at", "never"],
    ]
    [doubt] = [doubt for doubt in ledger.attrs["doubts"] if doubt["kind"] == "refused_cells"]
    assert "exports/tickets.xlsx, sheet 2, F4 resolved_at: unreadable_time never" in sentence(doubt)


def test_rows_are_repaired_in_a_workbook_and_stay_repaired(folder):
    put(folder, HEAD + GOOD + '2,never,,2026-10-06 10:00,"two\nlines"\n,2026-10-06 09:00,,2026-10-06 10:00,no number\n5,a\n')
    load(folder)
    ws = open_workspace(folder)
    assert export_refused(ws, folder / "refused.xlsx") == 3

    def change(row):
        if row["rule"] == "malformed_row":
            row |= {"number": "5", "opened_at": "tomorrow"}
        elif row["rule"] == "unreadable_time":
            row["opened_at"] = "2026-10-06 08:00"
        else:
            row["number"] = 3

    repaired(folder / "refused.xlsx", folder / "once.xlsx", change)
    ledger, changed, gone = reload_refused(ws, folder / "once.xlsx")
    assert (changed, gone) == (3, 0)
    assert ledger[["read", "inserted", "quarantined"]].to_numpy().tolist() == [[3, 2, 1]]
    assert ws.table("incidents")["short_description"].tolist() == ["good", "two\nlines", "no number"]
    [refused] = ws.quarantine().to_dict("records")
    assert (refused["file"], refused["value"]) == ("repaired/exports/a.csv.csv", "tomorrow")
    totals = {entry["file"]: (entry["quarantined"], entry["superseded"]) for entry in ws.snapshot.files}
    assert totals == {"exports/a.csv": (0, 3), "repaired/exports/a.csv.csv": (1, 0)}

    export_refused(ws, folder / "rest.xlsx")
    repaired(folder / "rest.xlsx", folder / "twice.xlsx", lambda row: row.update(opened_at="2026-10-07 09:00"))
    assert reload_refused(ws, folder / "twice.xlsx")[1:] == (1, 0)
    assert ws.quarantine().empty
    with pytest.raises(IngestError, match="changed row that is still in quarantine; found none"):
        reload_refused(ws, folder / "twice.xlsx")

    again = load(folder)  # as the first time, and as a store that is made anew
    assert again["quarantined"].tolist() == [0, 0]
    assert again.loc["exports/a.csv", "superseded"] == 3
    (folder / "itsq.toml").write_text((folder / "itsq.toml").read_text(encoding="utf-8") + '[store]\npath = "new"\n', "utf-8")
    load(folder)
    assert open_workspace(folder).quarantine().empty
    assert open_workspace(folder).table("incidents").equals(ws.table("incidents"))
    with (folder / "repaired/exports/a.csv.csv").open(encoding="utf-8", newline="") as file:
        assert len([*csv.DictReader(file)]) == 3


def test_a_later_good_version_clears_a_refused_row_and_an_earlier_one_does_not(folder):
    put(folder, HEAD + GOOD + "2,2026-10-06 09:00,2026-10-05 09:00,2026-10-06 10:00,refused\n")
    load(folder)
    put(folder, HEAD + "2,2026-10-06 09:00,,2026-10-06 08:00,before\n", "exports/b.csv")
    assert load(folder, folder / "exports/b.csv")["quarantined"].tolist() == [0]
    assert len(open_workspace(folder).quarantine()) == 1
    put(folder, "number,opened_at,updated_at\n2,2026-10-06 09:00,2026-10-09 08:00\n", "exports/c.csv")  # without the refused column
    load(folder, folder / "exports/c.csv")
    assert len(open_workspace(folder).quarantine()) == 1
    put(folder, HEAD + "2,2026-10-06 09:00,2026-10-07 09:00,2026-10-09 09:00,good\n", "exports/d.csv")
    load(folder, folder / "exports/d.csv")
    ws = open_workspace(folder)
    assert ws.quarantine().empty
    assert [entry["quarantined"] for entry in ws.snapshot.files] == [0, 0, 0, 0]
    assert load(folder).loc["exports/a.csv", ["quarantined", "superseded"]].tolist() == [0, 1]
    assert len(open_workspace(folder, snapshot=1).quarantine()) == 1


def test_an_event_that_was_refused_is_not_cleared_by_another_event(folder):
    (folder / "itsq.toml").write_text(
        '[organisation]\ntimezone = "UTC"\nholidays = ""\n[[source]]\nglob = "exports/*"\nmapping = "servicenow_event_log"\n'
        'table = "incidents"\n',
        encoding="utf-8",
    )
    head = "number,incident_state,sys_mod_count,sys_updated_at,opened_at\n"
    put(folder, head + "INC1,New,0,1/10/2026 09:00,1/10/2026 09:00\nINC1,Active,1,never,1/10/2026 09:00\n"
        "INC1,Closed,2,13/10/2026 09:00,1/10/2026 09:00\n")  # fmt: skip
    load(folder)
    assert len(open_workspace(folder).quarantine()) == 1


def test_two_sources_that_differ_are_told_and_both_are_on_record(folder):
    toml = folder / "itsq.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + SOURCE.format("other", ""), encoding="utf-8")
    put(folder, "number,opened_at,service\n1,2026-10-05 09:00,Mail\n2,2026-10-05 09:00,ERP\n3,2026-10-05 09:00,\n")
    put(folder, "number,opened_at,service\n1,2026-10-05 09:00,Web\n2,2026-10-05 09:00,ERP\n3,2026-10-05 09:00,ERP\n", "other/b.csv")
    ledger = load(folder)
    facts = kinds(ledger)["conflict"]
    assert (facts["rows"], facts["file"], facts["other"], facts["example"]) == (1, "exports/a.csv", "other/b.csv", "service Mail")
    ws = open_workspace(folder)
    assert ws.quarantine().empty
    [lost] = ws.quarantine("conflict").to_dict("records")
    assert (lost["line"], lost["used"], json.loads(lost["record"])["service"]) == (2, "other/b.csv", "Mail")
    assert ws.table("incidents")["service"].tolist() == ["Web", "ERP", "ERP"]


def test_columns_that_go_come_or_change_their_type_are_told(folder):
    rows = "".join(f"{number},2026-10-05 09:00,{number % 4 + 1},Portal\n" for number in range(1, 41))
    put(folder, "number,opened_at,priority,channel\n" + rows)
    assert not {"missing_columns", "new_columns", "changed_type"} & kinds(load(folder)).keys()
    rows = "".join(f"{number},2026-11-05 09:00,soon,x\n" for number in range(41, 81))
    put(folder, "number,opened_at,priority,Kanal\n" + rows, "exports/b.csv")
    found = kinds(load(folder))
    assert found["missing_columns"] == {"file": "exports/b.csv", "files": 1, "rows": 40, "columns": "channel"}
    assert found["new_columns"]["columns"] == "Kanal"
    assert found["changed_type"] == {"file": "exports/b.csv", "column": "priority", "rows": 40, "share": 1.0, "earlier": 0.0}
    put(folder, "opened_at,priority\n2026-11-05 09:00,1\n", "exports/c.csv")
    with pytest.raises(IngestError, match="must have the columns number"):
        load(folder)
