"""A report's files appear together, whatever happens to the process, the disk or another program."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.publish import JOURNAL, LOCK, publish, settle

NAMES = ("quality.xlsx", "quality.values.csv", "quality.html")
KILLS = 30


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run, and beside it that of the pages with an old report."""
    pages = tmp_path / "运维 pages"
    pages.mkdir()
    for name in NAMES:
        (pages / name).write_bytes(b"old")
    (tmp_path / "runs" / "quality").mkdir(parents=True)
    return tmp_path / "runs" / "quality"


def pages(run: Path) -> Path:
    return run.parents[1] / "运维 pages"


def contents(run: Path, text: bytes = b"new") -> dict[Path, bytes]:
    return {pages(run) / name: text for name in NAMES} | {run / "manifest.json": text}


def test_all_are_replaced_and_what_goes_is_gone(run: Path) -> None:
    gone = pages(run) / "quality.charts.zip"
    gone.write_bytes(b"old")
    publish(run, contents(run), [gone])
    assert files_of(pages(run)) == dict.fromkeys(NAMES, b"new")
    assert files_of(run) == {"manifest.json": b"new"}


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(run: Path) -> None:
    (run.parent / "file").write_bytes(b"no folder")
    with pytest.raises(ReportError, match="files must be writable; found b in use"):
        publish(run, {**contents(run), run.parent / "file" / "b": b"new"})
    assert files_of(pages(run)) == dict.fromkeys(NAMES, b"old")
    assert files_of(run) == {}


@pytest.mark.parametrize("open_elsewhere", NAMES)
def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(run: Path, open_elsewhere: str) -> None:
    """A folder of that name stands for a file that a program on Windows has open."""
    (pages(run) / open_elsewhere).unlink()
    (pages(run) / open_elsewhere).mkdir()
    with pytest.raises(ReportError, match=f"found {open_elsewhere} in use"):
        publish(run, contents(run))
    assert files_of(pages(run)) == {name: b"old" for name in NAMES if name != open_elsewhere}
    assert files_of(run) == {}


CHILD = """
import os, signal, sys
from pathlib import Path
from itsq_analysis.reports import publish as room

left = int(sys.argv[2])

def dying(event, arguments):
    '''Kill the process before its n-th touch of the disk.'''
    global left
    if event in ("os.rename", "os.remove") or (event == "open" and arguments[1] in ("w", "wb")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

run, pages = Path(sys.argv[1]), Path(sys.argv[1]).parents[1] / "运维 pages"
gone = pages / "quality.charts.zip"
names = ("quality.xlsx", "quality.values.csv", "quality.html")
sys.addaudithook(dying)
room.publish(run, {**{pages / name: b"new" for name in names}, run / "manifest.json": b"new"}, [gone])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no SIGKILL")
def test_E7_a_process_that_is_killed_at_any_touch_of_the_disk_leaves_the_old_report_or_the_new_one(run: Path) -> None:  # noqa: N802 - case
    seen = []
    for touches in range(KILLS):
        for name in (*NAMES, "quality.charts.zip"):
            (pages(run) / name).write_bytes(b"old")
        (run / "manifest.json").write_bytes(b"old")
        killed = subprocess.run([sys.executable, "-X", "utf8", "-c", CHILD, str(run), str(touches)], check=False).returncode
        settle(run.parent)
        found = {**files_of(pages(run)), **files_of(run)}
        found.pop(LOCK, None)
        assert not [name for name in found if name.startswith(".") or name == JOURNAL]
        assert len(set(found.values())) == 1
        assert ("quality.charts.zip" in found) == (b"old" in found.values())
        seen.append(next(iter(found.values())))
        if killed == 0:
            break
    assert touches >= 10  # it was killed at as many moments
    assert killed == 0
    assert seen == sorted(seen, reverse=True)  # the old one, and from one moment on the new one
    assert set(seen) == {b"old", b"new"}


def test_a_run_that_another_process_works_in_is_left_alone(run: Path) -> None:
    (run / JOURNAL).write_text('{"state": "writing", "files": [], "removed": []}', encoding="utf-8")
    with FileLock(run / LOCK):
        settle(run.parent)
        assert (run / JOURNAL).exists()
    settle(run.parent)
    assert not (run / JOURNAL).exists()


@pytest.mark.parametrize(
    "journal",
    [
        "",
        "[]",
        '{"state": "written", "files": [["HIDDEN", "VICTIM"]], "removed": []}',
        '{"state": "written", "files": [], "removed": ["VICTIM"]}',
        '{"state": "writing", "files": [["VICTIM", "HIDDEN"]], "removed": []}',
        '{"state": "written", "files": [["FOLDER/.a.html.1.tmp", "FOLDER/a.html"]], "removed": ["VICTIM"]}',
    ],
)
def test_a_journal_of_somebody_elses_making_touches_nothing(run: Path, tmp_path: Path, journal: str) -> None:
    victim, hidden = tmp_path / "victim.txt", tmp_path / "hidden"
    for file in (victim, hidden, run / "a"):
        file.write_bytes(b"mine")
    (run / JOURNAL).write_text(
        journal.replace("VICTIM", victim.as_posix()).replace("HIDDEN", hidden.as_posix()).replace("FOLDER", run.as_posix()),
        encoding="utf-8",
    )
    settle(run.parent)
    assert (victim.read_bytes(), hidden.read_bytes()) == (b"mine", b"mine")
    assert not (run / JOURNAL).exists()


def test_the_journal_names_what_happens(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    replace = Path.replace

    def look(path: Path, target: Path) -> Path:
        done = replace(path, target)
        told.append(json.loads((run / JOURNAL).read_text(encoding="utf-8"))["state"])
        return done

    monkeypatch.setattr(Path, "replace", look)
    publish(run, contents(run))
    assert told == ["writing", *["written"] * 5]
    assert files_of(run) == {"manifest.json": b"new"}
