"""The forecasting block of RESULTS.md: every model of ours and the peers on every set, ablations, errors by day, speed."""

from __future__ import annotations

import json
import platform
import subprocess

import pandas as pd

from bench.forecasting import days, ours, peers, speed, tables
from bench.forecasting.data import DATASETS
from bench.forecasting.datasets import Dataset

TEST = [name for name in DATASETS if name.startswith(("uci-daily", "vancouver", "bank", "m4")) and not name.endswith("-dev")]
IN_MEDIAN = ("AutoETS", "AutoARIMA", "AutoCES", "DynamicOptimizedTheta", "MSTL", "Prophet", "Prophet-holidays")
M4_MEDIAN = ("AutoETS-1", "DynamicOptimizedTheta", "SeasonalNaive")
LEGEND = """\
sql: scaled quantile loss over 0.025, 0.1, 0.5, 0.9, 0.975; MSIS of 95 %; "in 80 %", "in 95 %": share of actuals within the interval, in
brackets its own 95 % interval with the cutoffs as clusters; "< 0": medians below zero; ms/series: CPU a series and window, one thread, busy
machine: use ratios. Absolute scores from the median, RMSSE from the mean. Every model sees, per window, a frame that ends at the cutoff;
libraries and ours run with their defaults (peers are told the season; ours finds it and is told the country)."""


def measure() -> str:
    """Run what is not kept and write the block."""
    peers.install()
    parts = [f"## Forecasts against the peers\n\nPython {platform.python_version()}; peers: {_versions()}.\n\n{LEGEND}"]
    parts += [_test(DATASETS[name]()) for name in TEST]
    parts.append(f"### Speed: daily series of 730 days, h = 28, with intervals\n\n{speed.table()}")
    return "\n\n".join(parts)


def _versions() -> str:
    wanted = ("statsforecast", "prophet", "statsmodels", "numpy", "pandas")
    listed = subprocess.run([str(peers.install()), "-m", "pip", "list", "--format=json"], capture_output=True, check=True).stdout
    known = {one["name"]: one["version"] for one in json.loads(listed)}
    return ", ".join(f"{name} {known[name]}" for name in wanted)


def results(data: Dataset) -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """Peers, their median, ours, and ours without a part."""
    found = peers.forecasts(data, peers.wanted(data))
    members = [name for name in (M4_MEDIAN if data.scale_season == 1 else IN_MEDIAN) if name in found]
    members = [name for name in members if not (name == "Prophet" and "Prophet-holidays" in found)]
    cost = {"cpu": sum(float(str(found[name][1]["cpu"])) for name in members)}
    found[peers.MEDIAN] = (peers.median([found[name][0] for name in members]), cost)
    return found | ours.forecasts(data, ours.variants(data))


def _test(data: Dataset) -> str:
    found = results(data)
    table = tables.score(data, found)
    lines = [f"### {data.title}", "", tables.markdown(table)]
    skipped = {name: why for name in peers.MODELS if (why := peers.reason(data, name))}
    if skipped:
        lines += ["", "Not run: " + "; ".join(f"{name} ({why})" for name, why in skipped.items()) + "."]
    if data.country:
        shown = [
            name
            for name in ("SeasonalNaive", "AutoETS", "Prophet-holidays", peers.MEDIAN, "itsq", "itsq without holidays")
            if name in found
        ]
        lines += ["", days.markdown(days.split(data, {name: found[name] for name in shown}))]
    return "\n".join(lines)
