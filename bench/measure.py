"""Run a command as a child process and measure it: wall seconds, CPU seconds (children included), peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the clock, seconds of CPU, MiB at the peak (of the largest process)."""

    wall: float
    cpu: float
    peak: float


def run(*command: str, times: int = 1, environment: dict[str, str] | None = None) -> Cost:
    """The cheapest of `times` runs (by CPU); a run that fails ends the benchmark with its output."""
    return min((_once(command, environment) for _ in range(times)), key=lambda cost: cost.cpu)


def python(code: str, *arguments: str, times: int = 1) -> Cost:
    """Run a piece of Python in a fresh interpreter."""
    return run(sys.executable, "-c", code, *arguments, times=times)


def table(title: str, costs: dict[str, Cost], note: str = "") -> str:
    """Markdown: each cost, and as a ratio against the first row."""
    first = next(iter(costs.values()))
    rows = [
        f"| {name} | {cost.wall:.1f} | {cost.wall / first.wall:.2f} | {cost.cpu:.1f} | {cost.cpu / first.cpu:.2f} | {cost.peak:.0f} |"
        for name, cost in costs.items()
    ]
    head = ["| | wall s | ratio | CPU s | ratio | peak MiB |", "|---|--:|--:|--:|--:|--:|"]
    return "\n".join([title, "", *head, *rows, *(["", note] if note else [])])


def _once(command: tuple[str, ...], environment: dict[str, str] | None) -> Cost:
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | (environment or {}))
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:4])} … failed:\n{output.decode(errors='replace')[-4000:]}")
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
