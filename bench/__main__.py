"""Measure everything, or the parts that are named, and write their blocks of RESULTS.md: `python -m bench [PART ...]`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench import data, indicators, loading, report, results
from bench.measure import Cost

HERE = Path(__file__).parent
SCRATCH = HERE / "data"
PACKAGES = ("itsq-analysis", "duckdb", "deltalake", "pandas", "pyarrow", "papermill", "nbconvert")


def main(parts: list[str]) -> None:
    """Run the named parts, or all of them, one after the other."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SystemExit(f"parts are {', '.join(PARTS)}; found {', '.join(unknown)}; name one of these")
    for part in parts or PARTS:
        text = PARTS[part]()
        results.write(part, text)
        print(text, flush=True)


def house() -> str:
    """Load, indicators and report."""
    export = data.write(SCRATCH / "incident.csv")
    folder = SCRATCH / "workspace"
    sections = [
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + ".\nSeconds are of this machine; the ratio, measured against the first row in the same run, is what travels.",
        _costs(
            f"## Load {data.ROWS:,} incidents ({export.stat().st_size / 1e6:.0f} MB of CSV, 18 columns)",
            loading.measure(export, folder),
            "Aim: a whole load (types, zones, checks, dedupe, working time, SLA, Delta snapshot) in at most 3 times the first row's "
            "wall time.",
        ),
    ]
    seconds, count = indicators.measure(folder)
    sections.append(
        _seconds(
            f"## Indicators over 24 months × 12 services of the same {data.ROWS:,} incidents",
            seconds,
            f"Aim: the {count} SQL indicators with their intervals in at most 5 times the first row.",
        )
    )
    sections.append(
        _costs(
            "## One quality report of the demo workspace (12 sections, English)",
            report.measure(SCRATCH),
            "The chain's page is stock nbconvert: code hidden, charts without our page around them.",
        )
    )
    return "\n\n".join(sections)


def _part(module: str) -> Callable[[], str]:
    """A part in a folder of its own, imported when it is run."""
    return lambda: str(import_module(module).measure())


PARTS: dict[str, Callable[[], str]] = {
    "house": house,
    "page": lambda: report.page(SCRATCH),
    "forecasting": _part("bench.forecasting.run"),
    "forecasting-development": _part("bench.forecasting.development"),
    "anomaly": _part("bench.anomaly.run"),
    "explanations": _part("bench.explanations"),
    "capacity": _part("bench.capacity.run"),
    "quiet": _part("bench.quiet"),
    "metrics": _part("bench.metrics"),
}


def _costs(title: str, costs: dict[str, Cost], note: str) -> str:
    first = next(iter(costs.values()))
    rows = [
        f"| {name} | {cost.wall:.1f} | {cost.wall / first.wall:.2f} | {cost.cpu:.1f} | {cost.cpu / first.cpu:.2f} | {cost.peak:.0f} |"
        for name, cost in costs.items()
    ]
    head = ["| | wall s | ratio | CPU s | ratio | peak MiB |", "|---|--:|--:|--:|--:|--:|"]
    return "\n".join([title, "", *head, *rows, "", note])


def _seconds(title: str, seconds: dict[str, float], note: str) -> str:
    first = next(iter(seconds.values()))
    rows = [f"| {name} | {value:.2f} | {value / first:.2f} |" for name, value in seconds.items()]
    return "\n".join([title, "", "| | wall s | ratio |", "|---|--:|--:|", *rows, "", note])


if __name__ == "__main__":
    main(sys.argv[1:])
