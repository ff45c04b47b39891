"""The first steps: three commands to a page of one's own data, completion, what doctor tells, data for other programs."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from itsq_analysis.settings import load_settings
from tests.cli.running import itsq


def foreign_export(path: Path) -> Path:
    """Tickets of half a year as a tool might write them that nobody has heard of."""
    lines = ["Ticket,Created,Resolved,Priority,Status,Team"]
    for place in range(400):
        created = datetime(2026, 5, 1, 8) + timedelta(hours=11 * place)
        solved = created + timedelta(hours=3 + place % 40)
        lines.append(f"T-{place:04},{created},{solved},{2 + place % 3},Closed,{('Desk', 'Network', 'ERP')[place % 3]}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_three_commands_lead_from_a_foreign_export_to_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    foreign_export(tmp_path / "tickets.csv")
    made = itsq(
        capsys, "init", "ours", "--timezone", "Europe/Berlin", "--holidays", "DE", "--language", "en", "--from", "tickets.csv"
    )
    assert made.code == 0, made.out + made.err
    assert made.out.splitlines()[-1] == "next: itsq load -w ours"
    assert itsq(capsys, "load", "-w", "ours").code == 0
    page = itsq(capsys, "run", "quality", "-w", "ours")
    assert page.code == 0, page.err
    assert "Resolution" in Path(page.out.strip()).read_text(encoding="utf-8")


def test_on_a_terminal_init_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {"Name": "Ours & co", "Time zone": "Europe/Berlin", "Country": "DE", "Language": "en"}
    asked = {}

    def prompt(text: str, default: str = "") -> str:
        asked[text] = default
        return next(answer for begin, answer in answers.items() if text.startswith(begin))

    monkeypatch.setattr("typer.prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert itsq(capsys, "init", tmp_path / "ours").code == 0
    organisation = load_settings(tmp_path / "ours").organisation
    assert (organisation.name, organisation.timezone, organisation.holidays) == ("Ours & co", "Europe/Berlin", "DE")
    assert asked["Time zone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("shell", "words", "offered"),
    [
        ("bash", "values sla_reso", "sla_resolution_met"),
        ("zsh", "values --services ER", "ERP"),
        ("fish", "values csat --period 2026-1", "2026-10"),
        ("powershell", "values csat --by serv", "service"),
    ],
)
def test_a_shell_completes_what_the_workspace_knows(demo: Path, shell: str, words: str, offered: str) -> None:
    line = f"itsq {words}"
    told = {
        "_ITSQ_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "_TYPER_COMPLETE_ARGS": line,  # of zsh, fish and PowerShell
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": line.split()[-1],
    }
    command = [sys.executable, "-m", "itsq_analysis.cli"]
    done = subprocess.run(command, env={**os.environ, **told, "ITSQ_WORKSPACE": str(demo)}, capture_output=True, encoding="utf-8")
    assert offered in done.stdout
    assert "Traceback" not in done.stderr


def test_completion_is_silent_where_there_is_no_workspace(tmp_path: Path) -> None:
    told = {"_ITSQ_COMPLETE": "complete_bash", "COMP_WORDS": "itsq values x", "COMP_CWORD": "2", "ITSQ_WORKSPACE": ""}
    command = [sys.executable, "-m", "itsq_analysis.cli"]
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, encoding="utf-8", cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_doctor_tells_what_a_bug_report_needs_and_nothing_else(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    told = itsq(capsys, "doctor", "-w", demo)
    assert told.code == 0
    for key in ("itsq", "python", "duckdb", "browser", "Chinese font", "store", "cache", "workspace"):
        assert re.search(rf"^{key}: \S", told.out, re.MULTILINE), key
    assert "hunter2" not in told.out
    assert "Shenpu" not in told.out
    assert str(demo) not in told.out
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ITSQ_WORKSPACE", raising=False)
    assert "make one with: itsq init DIR" in itsq(capsys, "doctor").out


def test_services_are_listed_for_people_and_programs(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = json.loads(itsq(capsys, "services", "-w", demo, "--format", "json").out)
    assert len(records) == 12
    assert {"service": "ERP"}.items() <= next(record for record in records if record["service"] == "ERP").items()
    markdown = itsq(capsys, "services", "-w", demo, "--format", "markdown").out.splitlines()
    assert markdown[:2] == ["| service | incidents | requests | changes |", "| --- | ---: | ---: | ---: |"]
    assert len(markdown) == 14
    assert "ERP" in itsq(capsys, "services", "-w", demo).out


def test_text_of_an_export_is_no_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    import pandas as pd

    from itsq_analysis.cli.output import write_frame

    write_frame(pd.DataFrame({"a": ["x | <b> *y*"], "n": [1.5]}), "markdown")
    assert capsys.readouterr().out.splitlines()[2] == r"| x \| \<b\> \*y\* | 1.5 |"
