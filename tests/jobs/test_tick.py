"""Ticks with real processes: what is due is made once, failures are told and tried again, limits hold, secrets stay secret."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from threading import Event, Thread, Timer

import pytest

from itsq_analysis.jobs.child import lock_of
from tests.jobs.conftest import Unattended

JOB = '[[job]]\nid = "small"\nreport = "small"\ncron = "30 7 1 * *"\nretries = 0\n'


def states(unattended: Unattended) -> list[tuple[str, str]]:
    ledger = unattended.ledger()
    found = [(row.state, row.error) for row in ledger.rows()]
    ledger.close()
    return found


def test_a_sweep_is_made_once_and_a_second_tick_does_nothing(unattended: Unattended) -> None:
    unattended.settings(JOB + 'for_each = "language"\nperiod = "newest"\nparameters = { period = "2026-09" }\n')
    ticked = unattended.tick()
    assert sorted((row.state, row.page) for row in ticked.runs) == [
        ("done", "reports/small-2026-09-en.html"),
        ("done", "reports/small-2026-09-zh.html"),
    ]
    pages = unattended.files()
    assert unattended.tick().runs == []
    assert {name: content for name, content in unattended.files().items() if name.startswith("reports/")} == {
        name: content for name, content in pages.items() if name.startswith("reports/")
    }


def test_a_failure_keeps_the_last_good_page_and_says_cell_error_and_log(unattended: Unattended) -> None:
    unattended.settings(JOB.replace("retries = 0", 'retries = 1\nback_off = "1h"') + 'period = "newest"\n')
    unattended.tick()
    good = (unattended.folder / "reports" / "small-2026-10-en.html").read_bytes()
    unattended.write("fate.txt", "fail")
    ledger = unattended.ledger()
    assert ledger.again(1, ledger.row(1).scheduled_for)
    unattended.tick()
    [(state, error)] = states(unattended)
    assert (state, "ValueError: no such column: prioritty" in error) == ("queued", True)
    ledger.query("UPDATE runs SET not_before = scheduled_for")  # the hour is over
    unattended.tick()
    [(state, error)] = states(unattended)
    assert state == "failed"
    assert "cell 4: ValueError: no such column: prioritty" in error
    assert "reports/runs/small-2026-10-en/failed.log" in error
    assert (unattended.folder / "reports" / "small-2026-10-en.html").read_bytes() == good
    assert "prioritty" in (unattended.folder / "reports" / "runs" / "small-2026-10-en" / "failed.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("limit", "fate", "said"),
    [
        ('time_limit = "4s"', "sleep", "longer than the 4 seconds"),
        ("memory_limit = 400", "eat", "MB of memory; it may use 400 MB"),
        ("", "die", "kernel died"),
    ],
)
def test_a_run_at_its_limit_is_ended_and_the_next_one_is_made(unattended: Unattended, limit: str, fate: str, said: str) -> None:
    job = JOB + 'period = "newest"\n'
    unattended.settings(f'{job}parameters = {{ fate = "{fate}" }}\n{limit}\n' + job.replace('id = "small"', 'id = "next"'))
    unattended.tick()
    found = dict(zip(("one", "two"), sorted(states(unattended)), strict=True))
    assert found["one"] == ("done", "")
    assert found["two"][0] == "failed"
    assert said in found["two"][1]


def test_a_killed_child_is_put_right_by_the_next_tick(unattended: Unattended) -> None:
    unattended.settings(JOB.replace("retries = 0", "retries = 1") + 'period = "newest"\nparameters = { fate = "sleep" }\n')
    unattended.tick(stop=_after(0.1))
    ledger = unattended.ledger()
    code = "import sys; from itsq_analysis.jobs.child import main; main(sys.argv[1:], lambda _: None)"
    child = subprocess.Popen([sys.executable, "-P", "-c", code, str(unattended.folder), "small", "1"])
    _until(lambda: ledger.row(1).state == "running")
    child.kill()
    child.wait()
    assert ledger.row(1).state == "running"
    unattended.settings(JOB.replace("retries = 0", "retries = 1") + 'period = "newest"\n')
    ledger.query('UPDATE runs SET parameters = \'{"language":"en"}\'')
    unattended.tick()
    row = ledger.row(1)
    assert (row.state, row.attempt) == ("done", 2)


def test_a_scheduler_that_is_asked_to_end_puts_its_run_back(unattended: Unattended) -> None:
    unattended.settings(JOB + 'period = "newest"\nparameters = { fate = "sleep" }\n')
    stop = Event()

    def stop_when_it_runs() -> None:
        with suppress(AssertionError):  # then the tick ends at the run's own limit, and the test fails
            _until(lambda: [state for state, _ in states(unattended)] == ["running"])
        stop.set()

    Thread(target=stop_when_it_runs).start()
    unattended.tick(stop=stop)
    [(state, error)] = states(unattended)
    assert (state, error) == ("queued", "stopped with the scheduler")
    assert unattended.ledger().row(1).attempt == 0


def test_runs_are_made_at_the_same_time_each_once(unattended: Unattended) -> None:
    unattended.settings(JOB + 'period = "newest"\nfor_each = "language"\nparameters = { fate = "wait" }\n')
    ticked = unattended.tick(at_once=3)  # more than there are runs
    assert [(row.state, row.attempt) for row in ticked.runs] == [("done", 1)] * 2
    begun = [row.started_at for row in ticked.runs if row.started_at]
    ended = [row.finished_at for row in ticked.runs if row.finished_at]
    assert max(begun) < min(ended)
    assert unattended.tick(at_once=3).runs == []


def test_a_job_whose_runs_another_process_makes_is_left_to_it(unattended: Unattended) -> None:
    unattended.settings(JOB + 'period = "newest"\n')
    with lock_of(unattended.folder, 1):
        assert unattended.tick().runs == []
    assert [row.state for row in unattended.tick().runs] == ["done"]


def test_the_foreground_service_ends_cleanly(unattended: Unattended) -> None:
    unattended.settings(JOB + 'period = "newest"\n')
    command = [sys.executable, "-m", "itsq_analysis.cli", "schedule", "--every", "1", "-w", str(unattended.folder)]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
    ledger = unattended.ledger()
    _until(lambda: [row.state for row in ledger.rows()] == ["done"])
    service.send_signal(signal.SIGTERM)
    said, _ = service.communicate(timeout=30)
    assert service.returncode == 0
    assert said.splitlines()[0].startswith("started: ")
    assert "done: small reports/small-2026-10-en.html" in said
    assert said.splitlines()[-1] == "ended"


@pytest.mark.parametrize("fate", ["tell", "tell and fail"])
def test_a_secret_is_in_no_file(unattended: Unattended, fate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = 'Zug"spitze\\2962 密'  # noqa: S105 - planted here
    monkeypatch.setenv("CMDB_TOKEN", secret)
    unattended.settings(JOB + f'period = "newest"\nparameters = {{ fate = "{fate}", token = "env:CMDB_TOKEN" }}\n')
    unattended.tick()
    assert [state for state, _ in states(unattended)] == ["done" if fate == "tell" else "failed"]
    forms = [secret.encode(), b"2962", "密".encode()]
    for name, content in unattended.files().items():
        parts = [content]
        if zipfile.is_zipfile(BytesIO(content)):
            archive = zipfile.ZipFile(BytesIO(content))
            parts += [archive.read(inner) for inner in archive.namelist()]
        assert [form for form in forms for part in parts if form in part] == [], name
    runs = unattended.folder / "reports" / "runs"
    [executed] = [*runs.rglob("notebook.ipynb"), *runs.rglob("failed.ipynb")]
    assert "env:CMDB_TOKEN" in executed.read_text(encoding="utf-8")
    assert "•••" in executed.read_text(encoding="utf-8")


def test_a_secret_that_is_not_set_is_told(unattended: Unattended) -> None:
    unattended.settings(JOB + 'period = "newest"\nparameters = { token = "env:NOT_SET_ANYWHERE" }\n')
    unattended.tick()
    [(state, error)] = states(unattended)
    assert (state, "nothing in NOT_SET_ANYWHERE" in error) == ("failed", True)


def test_a_job_that_is_wrong_does_not_stop_the_others(unattended: Unattended) -> None:
    wrong = JOB.replace('"small"', '"wrong"', 1).replace('report = "small"', 'report = "smal"')
    unattended.settings(wrong + JOB + 'period = "newest"\n')
    ticked = unattended.tick()
    assert [row.state for row in ticked.runs] == ["done"]
    [problem] = ticked.problems
    assert problem.startswith("job wrong: a report must be one of")


def _after(seconds: float) -> Event:
    stop = Event()
    Timer(seconds, stop.set).start()
    return stop


def _until(holds: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.1)
