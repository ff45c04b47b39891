"""The forecasting block of RESULTS.md: every model of ours and the peers on every set, ablations, errors by day, speed."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess

import pandas as pd

from bench.forecasting import days, ours, peers, speed, tables
from bench.forecasting.data import DATASETS
from bench.forecasting.datasets import Dataset
from bench.forecasting.peers import SCRATCH
from bench.results import RESULTS, commit

MODELS = "itsq_analysis/forecasting"
TEST = [name for name in DATASETS if name.startswith(("uci-daily", "vancouver", "bank", "m4")) and not name.endswith("-dev")]
IN_MEDIAN = ("AutoETS", "AutoARIMA", "AutoCES", "DynamicOptimizedTheta", "MSTL", "Prophet", "Prophet-holidays")
M4_MEDIAN = ("AutoETS-1", "DynamicOptimizedTheta", "SeasonalNaive")
LEGEND = """\
sql: scaled quantile loss over 0.025, 0.1, 0.5, 0.9, 0.975; MSIS of 95 %; "in 80 %", "in 95 %": share of actuals within the interval, in
brackets its own 95 % interval with the cutoffs as clusters; "< 0": medians below zero; ms/series: CPU a series and window, one thread, busy
machine: use ratios. Absolute scores from the median, RMSSE from the mean. Every model sees, per window, a frame that ends at the cutoff;
libraries and ours run with their defaults (peers are told the season; ours finds it and is told the country)."""


def measure() -> str:
    """Run what is not kept and write the block.

    Where ITSQ_BENCH_KEPT is set nothing is run: what an interrupted run has kept is scored, what it lacks is named, and a set or the
    costs without any keep the section of the earlier run.
    """
    peers.install()
    parts = [f"## Forecasts against the peers\n\nPython {platform.python_version()}; peers: {_versions()}.\n\n{LEGEND}"]
    parts += [_test(DATASETS[name]()) for name in TEST]
    parts.append(_speed())
    return "\n\n".join(part for part in parts if part)


def _kept_only() -> bool:
    return bool(os.environ.get("ITSQ_BENCH_KEPT"))


def _commit() -> str:
    """The commit of the models, for the reader."""
    return f"Models of commit {commit(MODELS)}."


def _earlier(title: str) -> str:
    """The section of an earlier run, with the commit of its models; empty where there is none."""
    block = RESULTS.read_text(encoding="utf-8").partition("<!-- forecasting -->")[2].partition("<!-- end of forecasting -->")[0]
    section = block.partition(f"### {title}\n")[2].partition("\n### ")[0].strip()
    commit = re.search(r"models of commit (\w+)", block)
    if not section or "Models of commit" in section or commit is None:
        return f"### {title}\n\n{section}" if section else ""
    return f"### {title}\n\nModels of commit {commit[1]}.\n\n{section}"


def _speed() -> str:
    """The section of costs, kept on disk by source."""
    title = "Speed: daily series of 730 days, h = 28, with intervals"
    path = SCRATCH / f"speed-{ours._source()}.md"
    if not path.exists():
        if _kept_only():
            return _earlier(title)
        path.write_text(speed.table(), encoding="utf-8")
    return f"### {title}\n\n{_commit()}\n\n{path.read_text(encoding='utf-8')}"


def _measured(data: Dataset) -> tuple[tuple[str, ...], tuple[ours.Variant, ...]]:
    """The peers and our variants that are to be scored."""
    others, wanted = peers.wanted(data), ours.variants(data)
    if not _kept_only():
        return others, wanted
    theirs = SCRATCH / f"{data.name}-{data.digest}-{peers._version()}"
    mine = SCRATCH / f"{data.name}-{data.digest}-ours-{ours._source()}"
    return (
        tuple(name for name in others if (theirs / f"{name}.json").exists()),
        tuple(one for one in wanted if (mine / f"{one.name}.json").exists()),
    )


def _versions() -> str:
    wanted = ("statsforecast", "prophet", "statsmodels", "numpy", "pandas")
    listed = subprocess.run([str(peers.install()), "-m", "pip", "list", "--format=json"], capture_output=True, check=True).stdout
    known = {one["name"]: one["version"] for one in json.loads(listed)}
    return ", ".join(f"{name} {known[name]}" for name in wanted)


def results(data: Dataset) -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """Peers, their median, ours, and ours without a part."""
    others, wanted = _measured(data)
    found = peers.forecasts(data, others)
    members = [name for name in (M4_MEDIAN if data.scale_season == 1 else IN_MEDIAN) if name in found]
    members = [name for name in members if not (name == "Prophet" and "Prophet-holidays" in found)]
    if len(members) > 1:
        cost = {"cpu": sum(float(str(found[name][1]["cpu"])) for name in members)}
        found[peers.MEDIAN] = (peers.median([found[name][0] for name in members]), cost)
    return found | ours.forecasts(data, wanted)


def _test(data: Dataset) -> str:
    if _kept_only() and not _measured(data)[1]:
        return _earlier(data.title)
    found = results(data)
    table = tables.score(data, found)
    lines = [f"### {data.title}", "", _commit(), "", tables.markdown(table)]
    skipped = {name: why for name in peers.MODELS if (why := peers.reason(data, name))}
    if skipped:
        lines += ["", "Not run: " + "; ".join(f"{name} ({why})" for name, why in skipped.items()) + "."]
    lacking = [name for name in (*peers.wanted(data), *(one.name for one in ours.variants(data))) if name not in found]
    if lacking:
        lines += ["", f"Not measured in this run: {', '.join(lacking)}."]
    common = tables.together(data, found["itsq"][0]) if "itsq" in found else ""
    if common:
        lines += ["", common]
    if data.country:
        shown = [
            name
            for name in ("SeasonalNaive", "AutoETS", "Prophet-holidays", peers.MEDIAN, "itsq", "itsq without holidays")
            if name in found
        ]
        lines += ["", days.markdown(days.split(data, {name: found[name] for name in shown}))]
    return "\n".join(lines)
