"""Run a command as a child process and measure it: wall seconds, CPU seconds (children included), peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# Linux tells the peak of a process that begins another one as that of the other, too. So a small one begins what is measured.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    file.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(code)
"""


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
    with tempfile.TemporaryDirectory() as folder:
        usage, started = Path(folder) / "usage", time.perf_counter()
        launched = [sys.executable, "-S", "-c", LAUNCHER, str(usage), *command]
        done = subprocess.run(launched, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | (environment or {}))
        wall = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{' '.join(command[:4])} … failed:\n{done.stdout.decode(errors='replace')[-4000:]}")
        cpu, peak = map(float, usage.read_text().split())
    return Cost(wall, cpu, peak / 1024)
