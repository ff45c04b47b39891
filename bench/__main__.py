"""Measure everything, or the parts that are named, and write their blocks of RESULTS.md: `python -m bench [PART ...]`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench import data, indicators, loading, page, results
from bench.measure import Cost, table

HERE = Path(__file__).parent
SCRATCH = HERE / "data"
LOAD_AIM, SCAN_AIM = 3, 5  # times the first row
PACKAGES = ("itsq-analysis", "duckdb", "deltalake", "pandas", "pyarrow", "papermill", "nbconvert")


def main(parts: list[str]) -> None:
    """Run the named parts, or all of them, one after the other."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SystemExit(f"parts are {', '.join(PARTS)}; found {', '.join(unknown)}; name one of these")
    for part in parts or PARTS:
        measure, rooms = PARTS[part]
        told = [results.measured(*rooms)] if rooms else []
        text = "\n\n".join([measure(), *told])
        results.write(part, text)
        print(text, flush=True)


def house() -> str:
    """Load and indicators."""
    export = data.write(SCRATCH / "incident.csv")
    folder = SCRATCH / "workspace"
    return "\n\n".join(
        [
            f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; "
            + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
            + ".\nSeconds are of this machine; the ratio, measured against the first row in the same run, is what travels.",
            _load(export.stat().st_size, loading.measure(export, folder)),
            _indicators(*indicators.measure(folder)),
        ]
    )


def _load(size: int, costs: dict[str, Cost]) -> str:
    ratio = costs[loading.LOAD].wall / next(iter(costs.values())).wall
    text = (
        "a whole load (types, zones, checks, dedupe, working time, SLA, Delta snapshot) in at most "
        f"{LOAD_AIM} times the first row's wall time, found {ratio:.2f} times"
    )
    title = f"## Load {data.ROWS:,} incidents ({size / 1e6:.0f} MB of CSV, 18 columns)"
    return table(title, costs, results.aim(text, reached=ratio <= LOAD_AIM))


def _indicators(seconds: dict[str, float], count: int) -> str:
    first, ours, *_ = seconds.values()
    text = (
        f"the {count} SQL indicators with their intervals in at most {SCAN_AIM} times the first row, found {ours / first:.2f} times"
    )
    title = f"## Indicators over 24 months × 12 services of the same {data.ROWS:,} incidents"
    return _seconds(title, seconds, results.aim(text, reached=ours / first <= SCAN_AIM))


def _part(module: str) -> Callable[[], str]:
    """A part in a folder of its own, imported when it is run."""
    return lambda: str(import_module(module).measure())


HOUSE = "itsq_analysis"
MEASUREMENTS = ("ingest", "store", "tables", "series.py")
# What measures a part, and the paths whose commit stands in its block; forecasting says it of every section, as it may keep some.
PARTS: dict[str, tuple[Callable[[], str], tuple[str, ...]]] = {
    "house": (house, (HOUSE, "notebooks", "templates")),
    "scale": (_part("bench.scale"), (HOUSE, "notebooks", "templates")),
    "reports": (_part("bench.reports"), (HOUSE, "notebooks", "templates")),
    "unattended": (_part("bench.unattended"), (HOUSE, "notebooks", "templates")),
    "page": (lambda: page.measure(SCRATCH), (HOUSE, "notebooks", "templates")),
    "forecasting": (_part("bench.forecasting.run"), ()),
    "forecasting-development": (_part("bench.forecasting.development"), (f"{HOUSE}/forecasting", "bench/forecasting")),
    "anomaly": (_part("bench.anomaly.run"), (f"{HOUSE}/anomaly", "bench/anomaly")),
    "explanations": (_part("bench.explanations"), (HOUSE, "data/sample", "bench/explanations.py")),
    "at_risk": (_part("bench.at_risk.run"), (f"{HOUSE}/late_risk", f"{HOUSE}/indicators/late", "bench/at_risk")),
    "capacity": (_part("bench.capacity.run"), (f"{HOUSE}/capacity", "bench/capacity")),
    "capacity-development": (_part("bench.capacity.development"), (f"{HOUSE}/capacity", "bench/capacity")),
    "quiet": (_part("bench.quiet"), (HOUSE, "tests/page/quiet.py")),
    "scorecards": (_part("bench.scorecards"), (HOUSE, "tests/page/quiet.py", "bench/scorecards.py")),
    "recurring": (_part("bench.recurring"), (f"{HOUSE}/recurring", "bench/recurring.py")),
    "metrics": (_part("bench.metrics"), (*(f"{HOUSE}/{room}" for room in MEASUREMENTS), "bench/metrics.py")),
}


def _seconds(title: str, seconds: dict[str, float], note: str) -> str:
    first = next(iter(seconds.values()))
    rows = [f"| {name} | {value:.2f} | {value / first:.2f} |" for name, value in seconds.items()]
    return "\n".join([title, "", "| | wall s | ratio |", "|---|--:|--:|", *rows, "", note])


if __name__ == "__main__":
    main(sys.argv[1:])
