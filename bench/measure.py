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
