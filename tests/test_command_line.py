"""The commands as processes of their own: papermill's, a schedule's, two at a time, into a pipe of another encoding."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.reports.engine import ItsqEngine
from tests.cli.running import itsq

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "quality_report.ipynb"
PERIOD = "2026-10"


def command(*arguments: object, **environment: str) -> dict[str, Any]:
    """What subprocess needs to run a module of this interpreter, such as `itsq_analysis.cli`."""
    return {
        "args": [sys.executable, *map(str, arguments)],
        "env": os.environ | {"PYTHONUTF8": "1"} | environment,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }


def cli(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**command("-m", "itsq_analysis.cli", *arguments, **environment), encoding="utf-8", check=False)


def outputs(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", ())]


@pytest.fixture(scope="module")
def executed(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped notebook run by papermill's own command, with its own engine and with ours, side by side."""
    folder = tmp_path_factory.mktemp("papermill 输出")
    given = ["--no-progress-bar", "-p", "period", PERIOD, "-p", "workspace", str(demo)]
    engines: dict[str, list[str]] = {"stock": [], "itsq": ["--engine", "itsq"]}
    started = {
        name: subprocess.Popen(**command("-m", "papermill", NOTEBOOK, folder / f"{name}.ipynb", *given, *options), cwd=folder)
        for name, options in engines.items()
    }
    said = {name: process.communicate()[1].decode("utf-8", "replace") for name, process in started.items()}
    assert {name: process.returncode for name, process in started.items()} == {"stock": 0, "itsq": 0}, said
    return {name: folder / f"{name}.ipynb" for name in engines}


def test_the_plain_papermill_command_runs_the_notebook(executed: dict[str, Path]) -> None:
    found = outputs(executed["stock"])
    assert {output["output_type"] for output in found} <= {"display_data", "execute_result"}  # no error, no stream
    headers = [output["data"][kind] for output in found for kind in output["data"] if kind == "application/vnd.itsq.report+json"]
    assert [(header["period_label"], header["language"], header["complete"]) for header in headers] == [(PERIOD, "en", True)]
    charts = [output for output in found if "application/vnd.vegalite.v5+json" in output["data"]]
    assert len(charts) >= 8


def test_both_engines_give_the_same_outputs(executed: dict[str, Path]) -> None:
    stock, ours = ([output["data"] for output in outputs(file)] for file in executed.values())
    assert stock == ours


def test_papermill_and_then_nbconvert_give_the_page_of_itsq_run(executed: dict[str, Path], demo: Path, tmp_path: Path) -> None:
    converted = ["nbconvert", "--to", "itsq", executed["stock"], "--output-dir", tmp_path]
    subprocess.run(**command("-m", *converted), check=True)
    ended = cli("run", "quality", "-w", demo, "--period", PERIOD, "--lang", "en", "--out", tmp_path / "run")
    assert ended.returncode == 0, ended.stderr
    (page,) = (tmp_path / "run").glob("*.html")
    assert (tmp_path / "stock.html").read_bytes() == page.read_bytes()


def test_our_engine_refuses_a_misspelt_parameter_before_it_writes(demo: Path, tmp_path: Path) -> None:
    options = ["--engine", "itsq", "--no-progress-bar", "-p", "perod", PERIOD, "-p", "workspace", demo]
    ended = subprocess.run(**command("-m", "papermill", NOTEBOOK, tmp_path / "out.ipynb", *options), check=False)
    assert ended.returncode != 0
    assert b"did you mean 'period'" in ended.stderr
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_output_redirected_on_a_chinese_windows_is_gbk(demo: Path, tmp_path: Path, format_: str) -> None:
    arguments = ["values", "availability", "-w", demo, "--period", PERIOD, "--by", "service", "--format", format_]
    given = command("-X", "utf8=0", "-m", "itsq_analysis.cli", *arguments, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    with (tmp_path / "values.txt").open("wb") as file:
        ended = subprocess.run(**given | {"stdout": file}, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    text = (tmp_path / "values.txt").read_bytes().decode("gbk")
    assert "仓储管理 WMS" in (text if format_ != "json" else "".join(str(row["member"]) for row in json.loads(text)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["quality", "--period", "2026-13"], "2026-13"),
        (["quality", "--period", "October"], "October"),
        (["quality", "--as-of", "yesterday"], "'as_of'"),
        (["quality", "--snapshot", "99"], "99"),
        (["qualty"], "'qualty'"),
        (["forecast", "--set", "horizon=four"], "'horizon'"),
        (["forecast", "--set", "tabel=requests"], "did you mean 'table'?"),
        (["forecast", "--set", "table"], "--set takes NAME=VALUE; found 'table'"),
        (["forecast", "--period", "2026-10"], "'period'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_parameter_ends_in_one_line_and_starts_no_kernel(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo: Path, options: list[str], said: str
) -> None:
    monkeypatch.setattr(ItsqEngine, "execute_managed_notebook", None)  # a kernel would need it
    before = {path for path in demo.rglob("*") if "reports" in path.parts}
    ended = itsq(capsys, "run", *options, "-w", demo)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("itsq: ")
    assert said in ended.err
    assert {path for path in demo.rglob("*") if "reports" in path.parts} == before


EXPORT = "number,opened_at,resolved_at,sys_updated_on,state,priority,u_service,short_description\n"
OWN = """\
[[indicator]]
id = "p1_share"
section = "3.2"
title = { en = "P1 share", zh = "P1 占比" }
population = "incidents opened in the period"
table = "incidents"
time = "opened_at"
kind = "proportion"
of = "priority = PRIORITY"
unit = "%"
better = "lower"
"""


def export(workspace: Path, name: str, numbers: range) -> None:
    """A list export: one incident every second hour from 1 September on, resolved after 1 to 9 hours."""
    rows = []
    for number in numbers:
        day, hour = divmod(2 * number, 24)
        opened = f"2026-{9 + day // 30:02}-{1 + day % 30:02} {hour:02}:00:00"
        resolved = f"{opened[:11]}{hour + 1:02}:{number % 60:02}:00"
        rows.append(f"INC{number:06},{opened},{resolved},{resolved},Closed,{1 + number % 4} - X,Mail {number % 3},第 {number} 件")
    (workspace / "exports" / name).write_text(EXPORT + "\n".join(rows) + "\n", encoding="utf-8")


def settings(workspace: Path, name: str, target: str) -> None:
    (workspace / "itsq.toml").write_text(
        f'[organisation]\nname = "{name}"\nlanguage = "en"\n'
        '[[source]]\nglob = "exports/*.csv"\nmapping = "servicenow"\ntable = "incidents"\ncolumns = { service = ["u_service"] }\n'
        '[[sla]]\ncalendar = "7x24"\nresolution = "90m"\n'
        f'[[target]]\nindicator = "sla_resolution_met"\nvalue = "{target}"\n'
        '[report]\nheadline = ["incidents_opened", "sla_resolution_met", "p1_share"]\n',
        encoding="utf-8",
    )


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A small workspace with exports, nothing loaded yet."""
    workspace = tmp_path / "运维 数据"
    (workspace / "exports").mkdir(parents=True)
    (workspace / "catalogue").mkdir()
    (workspace / "catalogue" / "own.toml").write_text(OWN.replace("PRIORITY", "1"), encoding="utf-8")
    settings(workspace, "Before", "95%")
    export(workspace, "a.csv", range(700))
    return workspace


def test_two_loads_at_a_time_take_turns(fresh: Path) -> None:
    """Both wait for this process, which holds the store, and say so; then one of them brings the rows."""
    with open_workspace(fresh).store.load():
        loads = [subprocess.Popen(**command("-m", "itsq_analysis.cli", "load", "-w", fresh)) for _ in range(2)]
        waiting = [load.stderr.readline().decode("utf-8") for load in loads]
    said = [load.communicate() for load in loads]
    assert [line.strip() for line in waiting] == [f"another load is running: process {os.getpid()}; waiting for it to end"] * 2
    assert ([load.returncode for load in loads], [error for _, error in said]) == ([0, 0], [b"", b""])
    totals = sorted(out.decode("utf-8").splitlines()[-1] for out, _ in said)
    assert totals == [
        "total: 700 read = 0 inserted + 0 updated + 700 unchanged + 0 quarantined",
        "total: 700 read = 700 inserted + 0 updated + 0 unchanged + 0 quarantined",
    ]
    assert len(open_workspace(fresh).snapshots()) == 1


def test_a_failed_run_and_a_new_load_leave_the_last_good_report_as_it_was(fresh: Path, tmp_path: Path) -> None:
    assert cli("load", "-w", fresh).returncode == 0
    made = cli("run", "quality", "-w", fresh, "--period", PERIOD)
    assert (made.returncode, made.stderr) == (0, "")
    page = Path(made.stdout.strip())
    good = page.read_bytes()
    assert b"Before" in good

    own = fresh / "notebooks" / "quality_report.ipynb"
    own.parent.mkdir()
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    failing = {"cell_type": "code", "id": "own", "metadata": {}, "source": "1 / 0", "outputs": [], "execution_count": None}
    notebook["cells"].insert(3, failing)
    own.write_text(json.dumps(notebook), encoding="utf-8")
    failed = cli("run", "quality", "-w", fresh, "--period", PERIOD)
    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (2, "", 1)
    assert "ZeroDivisionError: division by zero" in failed.stderr
    [log] = [fresh / word for word in failed.stderr.split() if word.endswith(".log")]
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert page.read_bytes() == good
    own.unlink()

    settings(fresh, "After", "20%")
    (fresh / "catalogue" / "own.toml").write_text(OWN.replace("PRIORITY", "2 OR priority = 3"), encoding="utf-8")
    (fresh / "calendar").mkdir()
    (fresh / "calendar" / "2026.csv").write_text("date,kind,name\n2026-10-21,holiday,After\n", encoding="utf-8")
    export(fresh, "b.csv", range(600, 800))
    assert cli("load", "-w", fresh).returncode == 0
    again = cli("run", "quality", "-w", fresh, "--period", PERIOD, "--snapshot", "1", "--out", tmp_path / "again.html")
    assert (again.returncode, again.stderr) == (0, "")
    assert (tmp_path / "again.html").read_bytes() == good
    assert page.read_bytes() == good
    before, after = (open_workspace(fresh, snapshot=number).values(["incidents_opened", "p1_share"], PERIOD) for number in (1, 2))
    assert (before["value"] != after["value"]).all()
