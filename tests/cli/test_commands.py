"""Commands that need nothing but files, and how errors end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from itsq_analysis.settings import load_settings
from tests.cli.running import itsq

COMMANDS = ["init", "map", "check", "load", "snapshots", "quarantine", "values", "forecast"]
COMMANDS += ["run", "template", "notebooks", "cache", "demo", "at-risk"]
COMMANDS += ["indicators", "explain", "scorecard", "slo"]
COMMANDS += ["jobs", "run-due", "schedule", "backfill", "runs", "rerun", "approve", "portal"]
COMMANDS += ["pull", "recurring", "services", "doctor"]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without any workspace."""
    monkeypatch.delenv("ITSQ_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def workspace(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = nowhere / "运维 数据"
    assert itsq(capsys, "init", folder).code == 0
    return folder


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    ended = itsq(capsys, "--help")
    assert ended.code == 0
    assert [line.split()[0] for line in ended.out.split("Commands:\n")[1].splitlines()] == COMMANDS
    assert "..." not in ended.out.split("Commands:\n")[1]
    assert ended.out.isascii()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_ascii(capsys: pytest.CaptureFixture[str], command: str) -> None:
    ended = itsq(capsys, command, "--help")
    assert (ended.code, ended.out.isascii()) == (0, True)
    assert f"Usage: itsq {command}" in ended.out


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", {"itsq-analysis": "1.2.3"}.__getitem__)
    assert itsq(capsys, "--version").out == "itsq 1.2.3\n"


def test_help_imports_no_heavy_room() -> None:
    heavy = {"pandas", "numpy", "duckdb", "pydantic", "rich", "pyarrow"}
    code = f"import sys, itsq_analysis.cli; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_init_writes_what_is_asked_for(capsys: pytest.CaptureFixture[str], nowhere: Path) -> None:
    ended = itsq(capsys, "init", "ws", "--timezone", "America/Sao_Paulo", "--holidays", "BR", "--language", "en", "--name", "A & B")
    organisation = load_settings(nowhere / "ws").organisation
    assert (organisation.timezone, organisation.holidays, organisation.language, organisation.name) == (
        "America/Sao_Paulo",
        "BR",
        "en",
        "A & B",
    )
    assert ended.out.startswith("written: ws")


def test_a_second_init_overwrites_nothing_and_ends_with_2(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    before = (workspace / "itsq.toml").read_bytes()
    ended = itsq(capsys, "init", workspace, "--language", "en")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("itsq: a new workspace must not hold itsq.toml yet")
    assert (workspace / "itsq.toml").read_bytes() == before


def test_wrong_options_end_with_2(capsys: pytest.CaptureFixture[str], nowhere: Path) -> None:
    assert itsq(capsys, "init", nowhere / "x", "--timezone", "Beijing").code == 2
    assert itsq(capsys, "init", nowhere / "x", "--language", "de").code == 2
    assert itsq(capsys, "values", "--format", "xml").code == 2
    assert itsq(capsys, "unknown").code == 2
    assert not (nowhere / "x").exists()


@pytest.mark.parametrize("command", [["check"], ["load"], ["snapshots"], ["quarantine"], ["values"], ["run", "quality"]])
def test_without_a_workspace_the_message_says_what_to_do(
    capsys: pytest.CaptureFixture[str], nowhere: Path, command: list[str]
) -> None:
    ended = itsq(capsys, *command)
    assert (ended.code, ended.out) == (2, "")
    assert "itsq init" in ended.err
    assert "Traceback" not in ended.err
    named = itsq(capsys, *command, "-w", nowhere / "gone")
    assert named.code == 2
    assert "gone" in named.err


@pytest.mark.parametrize("command", [["check"], ["load"], ["snapshots"], ["values"], ["run", "quality"], ["template", "outages"]])
def test_a_broken_settings_file_never_gives_a_traceback(
    capsys: pytest.CaptureFixture[str], workspace: Path, command: list[str]
) -> None:
    (workspace / "itsq.toml").write_text('[organisation]\nlangauge = "en"\ntimezone = "\\u001b[2J"\n', encoding="utf-8")
    ended = itsq(capsys, *command, "-w", workspace)
    assert ended.code == (1 if command == ["check"] else 2)
    assert "organisation.langauge" in ended.out + ended.err
    assert "organisation.timezone" in ended.out + ended.err
    assert "\x1b" not in ended.out + ended.err
    assert "Traceback" not in ended.err


def test_check_lists_everything_and_says_whether_there_are_errors(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    fresh = itsq(capsys, "check", "-w", workspace)
    assert fresh.code == 0
    assert [line.split(":")[0] for line in fresh.out.splitlines()[:-1]] == ["warning"] * 3
    assert fresh.out.splitlines()[-1] == f"{workspace}: errors 0, warnings 3"
    with (workspace / "itsq.toml").open("a", encoding="utf-8") as file:
        file.write('[[target]]\nindicator = "csatt"\nvalue = "95%"\n[[sla]]\npriority = 9\ncalendar = "5x9"\nresponse = "1h"\n')
    (workspace / "calendar" / "2026.csv").write_text("date,kind\n2026-01-01,fest\n", encoding="utf-8")
    ended = itsq(capsys, "check", "-w", workspace / "itsq.toml")
    assert ended.code == 1
    errors = [line for line in ended.out.splitlines() if line.startswith("error: ")]
    assert [line.split(",")[2].split(":")[0].strip() for line in errors] == ["target[1].indicator", "sla[1].priority[1]", "kind"]
    assert 'write "csat"' in errors[0]
    assert ended.out.splitlines()[-1].endswith("errors 3, warnings 3")


def test_a_broken_catalogue_of_the_workspace_is_a_finding(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    (workspace / "catalogue").mkdir()
    (workspace / "catalogue" / "own.toml").write_text("[[indicator]]\nid = 3\n", encoding="utf-8")
    ended = itsq(capsys, "check", "-w", workspace)
    assert ended.code == 1
    assert any(line.startswith("error: catalogue") for line in ended.out.splitlines())


def test_a_mapping_that_is_wrong_or_reads_another_table_is_a_finding(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    (workspace / "itsq.toml").write_text(
        '[[source]]\nglob = "*.csv"\nmapping = "servicenow"\ntable = "outages"\n'
        '[[source]]\nglob = "*.xlsx"\nmapping = "own.toml"\ntable = "outages"\n',
        encoding="utf-8",
    )
    (workspace / "own.toml").write_text("name = ", encoding="utf-8")
    ended = itsq(capsys, "check", "-w", workspace)
    errors = [line for line in ended.out.splitlines() if line.startswith("error: ")]
    assert [line.split(":")[1].strip() for line in errors] == [
        "itsq.toml, line 3, source[1].mapping",
        "itsq.toml, line 7, source[2].mapping",
    ]


def test_a_template_takes_the_workspace_s_language_and_folder(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    ended = itsq(capsys, "template", "groups", "--format", "csv", "-w", workspace)
    path = workspace / "registers" / "template_groups.csv"
    assert ended.code == 0
    assert str(path) in ended.out
    assert path.read_text(encoding="utf-8-sig").startswith("支持组,")
    assert itsq(capsys, "template", "groups", "--format", "csv", "-w", workspace).code == 2


def test_a_template_outside_a_workspace_goes_to_the_working_directory(capsys: pytest.CaptureFixture[str], nowhere: Path) -> None:
    assert itsq(capsys, "template", "outages").code == 0
    assert (nowhere / "template_outages.xlsx").is_file()
    assert itsq(capsys, "template", "services", "--language", "zh", "--format", "csv", "--out", "a b/服务.csv").code == 0
    assert (nowhere / "a b" / "服务.csv").read_text(encoding="utf-8-sig").startswith("服务,")
    unknown = itsq(capsys, "template", "servces")
    assert (unknown.code, unknown.out) == (2, "")
    assert "services" in unknown.err


def test_a_register_template_is_not_loaded_as_data(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    text = (workspace / "itsq.toml").read_text(encoding="utf-8")
    (workspace / "itsq.toml").write_text(re.sub(r"^#(?=\[\[source|glob|mapping|table)", "", text, flags=re.M), encoding="utf-8")
    globs = [line.split('"')[1] for line in text.splitlines() if "registers/" in line and line.startswith("#glob")]
    assert len(globs) == 11
    for glob in globs:
        table = glob.removeprefix("registers/").removesuffix("*")
        assert itsq(capsys, "template", table, "--format", "csv", "-w", workspace).code == 0
    assert len([*workspace.glob("registers/*")]) == 11
    assert [path for glob in globs for path in workspace.glob(glob)] == []


def test_a_file_system_error_is_a_message(
    capsys: pytest.CaptureFixture[str], nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(directory: Path) -> list[Path]:
        raise OSError(28, "No space left on device", str(directory))

    monkeypatch.setattr("itsq_analysis.reports.notebooks.copy_notebooks", full)
    ended = itsq(capsys, "notebooks", nowhere / "copies")
    assert ended.code == 2
    assert "No space left on device" in ended.err


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_redirected_output_survives_any_encoding(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "运维 ✓ ¥"
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    for arguments in (
        ["init", str(folder)],
        ["check", "-w", str(folder)],
        ["values", "-w", str(folder)],
        ["load", "-w", str(tmp_path / "⚠")],
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "itsq_analysis.cli", *arguments], capture_output=True, env=environment, check=False
        )
        written = (ended.stdout + ended.stderr).decode(encoding)
        assert written
        assert "Traceback" not in written


def test_a_command_can_be_run_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "itsq_analysis.cli", "snapshots", "-w", str(tmp_path / "ws"), "--format", "json"]
    subprocess.run([sys.executable, "-m", "itsq_analysis.cli", "init", str(tmp_path / "ws")], check=True, capture_output=True)
    found = subprocess.run(command, check=True, capture_output=True)
    assert json.loads(found.stdout) == []
