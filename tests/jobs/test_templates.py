"""The templates that give the tick: they parse, and call a command that there is."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import typer

from itsq_analysis.cli import app
from tests.documents import ROOT

FOLDER = ROOT / "docs" / "schedulers"
COMMAND = re.compile(r"itsq(?:\.exe)?\"?</Command>\s*<Arguments>([^<]+)|bin/itsq ([^<>\n\"]+)|^CMD \[(.+)\]", re.MULTILINE)


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_each_calls_a_command_with_options_that_it_has(path: Path) -> None:
    found = [
        first or second or third.replace(",", "") for first, second, third in COMMAND.findall(path.read_text(encoding="utf-8"))
    ]
    if path.suffix == ".timer":
        return
    assert found
    group = typer.main.get_command(app)
    for line in found:
        name, *arguments = shlex.split(line.replace("\\", "/"))
        command = group.get_command(typer.Context(group), name)  # type: ignore[attr-defined]
        assert command is not None, line
        command.make_context(name, arguments)


def test_the_task_runs_for_a_user_who_is_logged_off_with_a_chinese_name_and_path() -> None:
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ElementTree.fromstring(text("itsq-task.xml"))  # noqa: S314 - our own file
    value = {path: task.findtext(path, namespaces=space) for path in (
        ".//t:LogonType", ".//t:Command", ".//t:Arguments", ".//t:MultipleInstancesPolicy", ".//t:StartWhenAvailable",
        ".//t:ExecutionTimeLimit", ".//t:Interval", ".//t:RunLevel",
    )}  # fmt: skip
    assert value[".//t:LogonType"] == "Password"  # InteractiveToken would need a user who is logged on
    assert value[".//t:RunLevel"] == "LeastPrivilege"
    assert value[".//t:Command"] == '"C:\\Users\\张伟\\itsq\\.venv\\Scripts\\itsq.exe"'
    assert value[".//t:Arguments"] == 'run-due -w "C:\\Users\\张伟\\运维 报告\\ours"'
    assert (value[".//t:MultipleInstancesPolicy"], value[".//t:StartWhenAvailable"]) == ("IgnoreNew", "true")
    assert (value[".//t:ExecutionTimeLimit"], value[".//t:Interval"]) == ("PT0S", "PT10M")


@pytest.mark.parametrize("name", ["itsq.service", "itsq-run-due.service", "itsq-run-due.timer"])
def test_units_of_systemd_have_their_sections(name: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text(name))
    assert {"Unit", "Timer" if name.endswith("timer") else "Service"} <= set(unit.sections())
    if name.endswith(".service"):
        assert unit["Service"]["EnvironmentFile"] == "/etc/itsq.env"


def test_the_dag_is_python_and_leaves_missed_runs_to_the_ledger() -> None:
    calls = [node for node in ast.walk(ast.parse(text("airflow_dag.py"))) if isinstance(node, ast.Call)]
    [dag] = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "DAG"]
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in dag.keywords}
    assert (given["catchup"], given["max_active_runs"]) == ("False", "1")
