"""Seconds and memory: 1,000 metrics of 30 days at 5 minutes, 10,000 daily series of two years. Each in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pandas as pd

CASES = {"1,000 metrics × 30 days at 5 min": (1000, 8640, "5min"), "10,000 daily series × 2 years": (10_000, 730, "D")}


def frame(series: int, length: int, freq: str) -> pd.DataFrame:
    """Series with a season, seeded."""
    generator = np.random.default_rng(0)
    ds = pd.date_range("2026-01-01", periods=length, freq=freq)
    season = 288 if freq == "5min" else 7
    mean = 50 + 10 * np.sin(2 * np.pi * np.arange(length) / season)
    y = (
        mean + generator.normal(0, 3, (series, length))
        if freq == "5min"
        else generator.poisson(mean, (series, length)).astype(float)
    )
    ids = np.repeat([f"s{place:05d}" for place in range(series)], length)
    return pd.DataFrame({"unique_id": ids, "ds": np.tile(ds, series), "y": y.ravel()})


def measure(name: str) -> None:
    """Print seconds on the clock, seconds of the processor and the process' peak memory in GiB."""
    import resource

    from itsq_analysis import detect

    table = frame(*CASES[name])
    clock, processor = time.perf_counter(), time.process_time()
    detect(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{time.perf_counter() - clock:.0f} {time.process_time() - processor:.0f} {peak:.1f}")


def run() -> str:
    """Markdown."""
    lines = ["| | seconds | of the processor | peak GiB |", "|---|---|---|---|"]
    for name in CASES:
        done = subprocess.run([sys.executable, "-m", "bench.anomaly.speed", name], check=True, capture_output=True, text=True)
        clock, processor, peak = done.stdout.split()
        lines.append(f"| {name} | {clock} | {processor} | {peak} |")
    load = f"Processes that wanted a core meanwhile: {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores; one thread is used."
    return "\n".join([*lines, "", load])


if __name__ == "__main__":
    measure(sys.argv[1])
