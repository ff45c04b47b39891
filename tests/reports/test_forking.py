"""Kernels that are forked from a preloaded process: the same pages, and nothing left over when a process dies."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from itsq_analysis.reports.forking import AT_START
from itsq_analysis.reports.run import run_report
from tests.reports.made import notebook

PROGRAM = """\
import sys
from pathlib import Path
from itsq_analysis.reports.forking import preloaded, start_anew
from itsq_analysis.reports.run import run_reports

start_anew()
with preloaded(sys.argv[2:]):
    failed = [made.error for made in run_reports(sys.argv[2:], Path(sys.argv[1]), {}) if made.error]
sys.exit("; ".join(map(str, failed)) or 0)
"""
TELL = """\
import os
from pathlib import Path

print("started" if b"ipykernel" in Path("/proc/self/cmdline").read_bytes() else "forked")
"""
PARAMETERS = "from typing import Literal\nlanguage: Literal['en', 'zh'] = 'en'"
HEADER = """\
from IPython.display import display
display({"application/vnd.itsq.report+json": {"title": "Title", "language": language}, "text/plain": ""}, raw=True)
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace without a store, in a folder with a space and Chinese characters."""
    folder = tmp_path / "运维 数据"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "itsq.toml").write_text("", encoding="utf-8")
    return folder


def _write(workspace: Path, name: str, *cells: str) -> None:
    file = workspace / "notebooks" / f"{name}_report.ipynb"
    file.write_text(json.dumps(notebook(HEADER, TELL, *cells, parameters=PARAMETERS)), encoding="utf-8")


def _run(workspace: Path, *names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(workspace), *names]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | environment, timeout=120, check=False)


def _page(workspace: Path, name: str) -> str:
    return (workspace / "reports" / f"{name}-en.html").read_text(encoding="utf-8")


def test_pages_of_a_forked_and_of_a_started_kernel_have_equal_bytes(demo: Path, tmp_path: Path) -> None:
    names = {kind: tmp_path / kind / "forecast.html" for kind in ("forked", "started")}
    for file in names.values():
        file.parent.mkdir()
    command = [sys.executable, "-m", "itsq_analysis.cli", "run", "forecast", "-w", str(demo), "--lang", "zh"]
    answer = subprocess.run(
        [*command, "--out", str(names["forked"])], check=False, capture_output=True, encoding="utf-8", timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    run_report("forecast", demo, {"language": "zh"}, out=names["started"])  # here is no parent of kernels
    for file in names["forked"].parent.iterdir():
        assert file.read_bytes() == (tmp_path / "started" / file.name).read_bytes(), file.name
    assert len([*names["forked"].parent.iterdir()]) >= 4


def test_a_forked_kernel_finds_what_a_started_one_finds(workspace: Path) -> None:
    """The environment, folder, search path, zone and hashes; and what a notebook's shell can do."""
    about = f"""\
import signal, sys, time
private = ("IPYTHONDIR", "JPY_PARENT_PID", "JPY_SESSION_NAME")
print(sorted((name, value) for name, value in os.environ.items() if name not in private))
print(os.getcwd() == {str(workspace)!r}, [entry for entry in sys.path if entry], time.tzname, time.localtime(0).tm_hour, hash("a"))
print(signal.getsignal(signal.SIGINT).__name__, os.getpgid(0) == os.getpid(), __name__)
"""
    shell = "await __import__('asyncio').sleep(0)\n!echo shell\n%env TZ"
    _write(workspace, "one", about, shell)
    answer = _run(workspace, "one", TZ="Asia/Shanghai")
    assert (answer.returncode, answer.stderr) == (0, "")
    forked = _page(workspace, "one")
    run_report("one", workspace, {})
    assert "forked" in forked
    assert forked.replace("forked", "started") == _page(workspace, "one").replace("forked", "started")


def test_where_a_kernel_dies_the_next_report_is_made_by_another_fork(workspace: Path) -> None:
    _write(workspace, "dies", "import os; os.kill(os.getpid(), 9)")
    _write(workspace, "next")
    answer = _run(workspace, "dies", "next")
    assert answer.returncode == 1
    assert "its kernel died" in answer.stderr
    assert "forked" in _page(workspace, "next")


def test_where_the_parent_of_kernels_dies_kernels_are_started(workspace: Path) -> None:
    _write(workspace, "kills", "import os; os.kill(os.getppid(), 9)")
    _write(workspace, "next")
    answer = _run(workspace, "kills", "next")
    assert answer.returncode == 0, answer.stderr
    assert "forked" in _page(workspace, "kills")
    assert "started" in _page(workspace, "next")


def test_a_killed_program_leaves_neither_kernel_nor_parent(workspace: Path, tmp_path: Path) -> None:
    told, part = tmp_path / "pids", str(tmp_path / "part")
    pids = f"import time; Path({part!r}).write_text(f'{{os.getpid()}} {{os.getppid()}}'); os.rename({part!r}, {str(told)!r})"
    _write(workspace, "sleeps", pids, "time.sleep(100)")
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(workspace), "sleeps"], stderr=subprocess.DEVNULL)
    try:
        _wait(told.exists)
        kernel, parent = map(int, told.read_text(encoding="utf-8").split())
        assert parent != program.pid
    finally:
        program.kill()
        program.wait()
    _wait(lambda: not (_lives(kernel) or _lives(parent)))


def test_it_starts_anew_once(workspace: Path) -> None:
    _write(workspace, "one", f"print({{os.environ[name] for name in {[*AT_START]}}} == {set(AT_START.values())})")
    answer = _run(workspace, "one", OMP_NUM_THREADS="7", PYTHONHASHSEED="12")
    assert answer.returncode == 0, answer.stderr
    assert "forked" in _page(workspace, "one")
    assert "True" in _page(workspace, "one")


def _wait(until: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    """Whether a process runs; a zombie, whose new parent has not asked for it yet, does not."""
    with suppress(OSError):
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return False
