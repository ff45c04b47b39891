"""Starts the process that makes runs, and ends it at a run's limit of time or memory, or when this process is asked to end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import IO

import psutil

from itsq_analysis.jobs.clock import present
from itsq_analysis.jobs.ledger import Ledger, RunRow
from itsq_analysis.jobs.planning import Fate, failed
from itsq_analysis.reports.failure import one_line
from itsq_analysis.reports.forking import AT_START
from itsq_analysis.settings.jobs import JobSettings

LOOK = 0.3  # seconds between two looks at time and memory
MEGABYTE = 2**20


@dataclass
class Child:
    """The process, and the run that it makes: its number and the moment of its begin (monotonic seconds)."""

    process: subprocess.Popen[str]
    number: int | None = None
    begun: float = 0.0


def supervise(
    workspace: Path, ledger: Ledger, job: JobSettings, fate: Fate, rows: Sequence[RunRow], stop: Event | None = None
) -> None:
    """Let a child make runs of one job; a run that reaches a limit has failed, and the others are left queued.

    Args:
        workspace: its folder.
        ledger: the child records in it what became of its runs, this process what becomes of a run whose child it ends.
        job: the job of all the runs.
        fate: what becomes of a run that fails.
        rows: the runs, in the order in which they are made.
        stop: set when this process is to end: the run that is being made goes back into the queue.
    """
    command = [sys.executable, "-P", "-m", "itsq_analysis.jobs.child", str(workspace), job.id, *(str(row.id) for row in rows)]
    with tempfile.TemporaryFile() as stderr:
        # The environment holds no secret that it did not hold before, and the command line none at all.
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            env=_environment(job),
        )
        child = Child(process)
        said: SimpleQueue[str] = SimpleQueue()
        listener = Thread(target=_listen, args=(process, said), daemon=True)
        listener.start()
        limit = ""
        while not limit and not (ended := process.poll() is not None):
            _hear(child, said, LOOK)
            limit = "stopped" if stop is not None and stop.is_set() else _limit(child, job)
        if limit:
            _end(process)
        process.wait()
        listener.join(timeout=5)
        while not said.empty():
            _hear(child, said, 0)
        if child.number is not None and (limit or not ended or process.returncode):
            _record(ledger, child.number, fate, limit or _last_words(process, stderr), stopped=limit == "stopped")


def _environment(job: JobSettings) -> dict[str, str]:
    """The environment of the child: a relative PYTHONPATH would mean another folder to its kernel, which it forks, if it can."""
    search = [str(Path(entry).resolve()) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    fixed = {"PYTHONUTF8": "1"} | ({} if job.load else AT_START)
    return {**os.environ, **fixed, **({"PYTHONPATH": os.pathsep.join(search)} if search else {})}


def _listen(process: subprocess.Popen[str], said: SimpleQueue[str]) -> None:
    """Hear the child until it, and what it has started, has ended."""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with suppress(ValueError, OSError), process.stdout as lines:
        for line in lines:
            said.put(line)


def _hear(child: Child, said: SimpleQueue[str], seconds: float) -> None:
    """Take note of a run that began or ended."""
    try:
        what, _, number = (said.get(timeout=seconds) if seconds else said.get_nowait()).strip().partition(" ")
    except Empty:
        return
    if what in ("begin", "end") and number.isdigit():
        child.number, child.begun = (int(number), monotonic()) if what == "begin" else (None, 0.0)


def _limit(child: Child, job: JobSettings) -> str:
    """Which limit the present run has reached, in words; "" for none."""
    if child.number is None:
        return ""
    if monotonic() - child.begun > job.time_limit:
        return f"it took longer than the {job.time_limit:g} seconds it may take"
    if job.memory_limit is not None:
        used = _memory(child.process.pid) / MEGABYTE
        if used > job.memory_limit:
            return f"it used {used:,.0f} MB of memory; it may use {job.memory_limit:,} MB"
    return ""


def _memory(pid: int) -> int:
    """Bytes that a process and those it started have in memory."""
    total = 0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def _end(process: subprocess.Popen[str]) -> None:
    """End the child and what it has started, such as its kernel."""
    family = []
    with suppress(psutil.Error):
        family = psutil.Process(process.pid).children(recursive=True)
    for member in family:
        with suppress(psutil.Error):
            member.kill()
    process.kill()


def _record(ledger: Ledger, number: int, fate: Fate, error: str, *, stopped: bool) -> None:
    row = ledger.row(number)
    if row.state != "running":  # it got as far as recording its end
        return
    if stopped:
        ledger.update(number, "running", state="queued", attempt=row.attempt - 1, error="stopped with the scheduler")
    else:
        failed(ledger, row, fate, error, present())


def _last_words(process: subprocess.Popen[str], stderr: IO[bytes]) -> str:
    stderr.seek(0)
    lines = stderr.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    return f"its process ended with code {process.returncode}" + (f": {one_line(lines[-1])}" if lines else "")
