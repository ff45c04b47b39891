"""`itsq indicators` lists what can be measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import itsq


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ITSQ_WORKSPACE", raising=False)


def test_a_section_is_listed_without_a_workspace(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(itsq(capsys, "indicators", "--section", "4.3", "--format", "json").out)
    assert {row["section"] for row in listed} == {"4.3"}
    assert "drills_within_rto" in [row["id"] for row in listed]


def test_a_word_is_found_in_either_language_and_titles_are_told_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(itsq(capsys, "indicators", "--search", "等级保护", "--lang", "zh", "--format", "json").out)
    assert next(row["title"] for row in listed) == "等级保护测评有效率"
    assert itsq(capsys, "indicators", "--search", "drills").out.count("drills_") == 3


def test_the_workspaces_own_indicators_are_among_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert itsq(capsys, "init", "mine", "--holidays", "").code == 0
    (tmp_path / "mine" / "catalogue").mkdir(exist_ok=True)
    entry = 'id = "p1"\nsection = "3.2"\ntitle = "P1"\npopulation = "P1"\nkind = "count"\nunit = "count"\nbetter = "lower"\n'
    own = f'[[indicator]]\n{entry}table = "incidents"\ntime = "opened_at"\nwhere = "priority = 1"\n'
    (tmp_path / "mine" / "catalogue" / "own.toml").write_text(own, encoding="utf-8")
    assert "p1" in itsq(capsys, "indicators", "--section", "3.2", "-w", "mine").out


def test_an_unknown_section_or_workspace_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert itsq(capsys, "indicators", "--section", "9").code == 2
    assert itsq(capsys, "indicators", "-w", "nowhere").code == 2
