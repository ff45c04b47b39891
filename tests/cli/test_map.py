"""itsq map: what it prints, when it writes, and that the next command is `itsq load`."""

import json

import pytest

from tests.cli.running import itsq

TEXT = (
    "Ticket ID,Status,Priority,Created,Resolved\nT1,Closed,High,2026-02-01 09:00,2026-02-02 09:00\n"
    "T2,{word},Low,2026-02-03 09:00,\n"
)


@pytest.fixture
def export(tmp_path):
    def writing(word="Open"):
        path = tmp_path / "tickets.csv"
        path.write_text(TEXT.format(word=word), encoding="utf-8")
        return path

    return writing


@pytest.fixture
def folder(tmp_path, capsys):
    itsq(capsys, "init", tmp_path / "ws", "--timezone", "UTC", "--holidays", "", "--language", "en")
    return tmp_path / "ws"


def test_an_export_without_a_question_is_mapped_and_loads(export, folder, capsys):
    mapped = itsq(capsys, "map", export(), "-w", folder)
    assert mapped.code == 0
    for line in (
        "trial: 2 rows read, 0 refused",
        "median from opening to end: 24.0 h",
        "written: exports/tickets.csv, mappings/tickets.toml",
    ):
        assert line in mapped.out
    loaded = itsq(capsys, "load", "-w", folder)
    assert (loaded.code, "2 read = 2 inserted" in loaded.out) == (0, True)


def test_an_open_question_writes_nothing_until_it_is_answered_or_the_proposal_accepted(export, folder, capsys):
    path, before = export("Xyzzy"), (folder / "itsq.toml").read_text(encoding="utf-8")
    asked = itsq(capsys, "map", path, "-w", folder)
    assert (asked.code, "--answer" in asked.out) == (1, True)
    assert (folder / "itsq.toml").read_text(encoding="utf-8") == before
    assert not (folder / "mappings").exists()
    answered = itsq(capsys, "map", path, "-w", folder, "--answer", "state.Xyzzy=on_hold")
    assert answered.code == 0
    assert '"Xyzzy" = "on_hold"' in (folder / "mappings/tickets.toml").read_text(encoding="utf-8")
    assert itsq(capsys, "map", path, "-w", folder, "--yes").code == 0
    assert '# state: "Xyzzy" (1 rows)' in (folder / "mappings/tickets.toml").read_text(encoding="utf-8")


def test_json_has_the_proposal_and_writes_nothing_without_yes(export, folder, capsys):
    mapped = itsq(capsys, "map", export("Xyzzy"), "-w", folder, "--json")
    found = json.loads(mapped.out)
    assert (mapped.code, found["table"], found["columns"]["number"], found["written"]) == (1, "incidents", ["Ticket ID"], [])
    assert [question["word"] for question in found["questions"]] == ["Xyzzy"]
    assert json.loads(itsq(capsys, "map", export("Xyzzy"), "-w", folder, "--json", "--yes").out)["written"]


def test_a_folder_without_a_workspace_becomes_one_where_that_is_accepted(export, tmp_path, capsys):
    new = tmp_path / "new"
    assert itsq(capsys, "map", export(), "-w", new).code == 2
    assert itsq(capsys, "map", export(), "-w", new, "--yes").code == 0
    assert itsq(capsys, "load", "-w", new).code == 0


def test_files_of_two_kinds_are_two_mappings(export, folder, tmp_path, capsys):
    both = tmp_path / "both"
    both.mkdir()
    (both / "tickets.csv").write_bytes(export().read_bytes())
    (both / "changes.csv").write_text(
        "number,type,planned_start,planned_end,opened_at,state\n"
        "CHG1,normal,2026-02-02 09:00,2026-02-02 10:00,2026-02-01 09:00,closed\n",
        encoding="utf-8",
    )
    assert itsq(capsys, "map", both, "-w", folder).code == 0
    loaded = itsq(capsys, "load", "-w", folder)
    assert "-> changes: 1 read" in loaded.out
    assert "-> incidents: 2 read" in loaded.out


@pytest.mark.parametrize("options", [("--answer", "x"), ("--as", "nope")])
def test_what_cannot_be_is_one_line(export, folder, capsys, options):
    ended = itsq(capsys, "map", export(), "-w", folder, *options)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
