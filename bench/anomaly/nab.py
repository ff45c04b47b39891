"""The Numenta Anomaly Benchmark: 58 series, one fixed causal configuration, the benchmark's own rules."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.anomaly.nab_scorer import PROFILES, Array, Labelled, Profile, label, points, scaled
from bench.forecasting.data import SHARED
from itsq_analysis.anomaly.ensemble import unusual
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.hour_of_week import adjust
from itsq_analysis.anomaly.rate import METRIC, learn, score, threshold

PUBLISHED = {
    "ARTime": (74.9, 65.2, 80.4),
    "Numenta HTM": (70.1, 63.1, 74.3),
    "CAD OSE": (69.9, 67.0, 73.2),
    "KNN CAD": (58.0, 43.4, 64.8),
}
PUBLISHED |= {"Windowed Gaussian": (39.6, 20.9, 47.4)}
HALVINGS = 20
BUDGETS = np.geomspace(1, 60, 80)  # alarms a month


@dataclass(frozen=True)
class Series:
    """One file of the corpus."""

    name: str
    time: npt.NDArray[np.datetime64]
    y: Array
    labels: Labelled


@cache
def corpus() -> tuple[Series, ...]:
    """All files with their labels."""
    files = _unpacked("nab.tar.xz")
    windows = json.loads(next(text for name, text in files.items() if name.endswith("labels/combined_windows.json")))
    data = {name.split("data/", 1)[1]: text for name, text in files.items() if "data/" in name and name.endswith(".csv")}
    result = []
    for name in sorted(data):
        table = pd.read_csv(io.StringIO(data[name]))
        time = pd.to_datetime(table["timestamp"]).to_numpy(dtype="datetime64[s]")
        row = {stamp: place for place, stamp in enumerate(time)}
        limits = [(row[np.datetime64(a[:19])], row[np.datetime64(b[:19])]) for a, b in windows[name]]
        result.append(Series(name, time, table["value"].to_numpy(dtype=float), label(len(table), limits)))
    return tuple(result)


def reference(detector: str) -> list[Array]:
    """The published scores of a reference detector, file by file."""
    files = _unpacked("nab_reference_results.tar.xz")
    found = []
    for series in corpus():
        folder, file = series.name.split("/")
        text = next(text for name, text in files.items() if name.endswith(f"{detector}/{folder}/{detector}_{file}"))
        found.append(pd.read_csv(io.StringIO(text))["anomaly_score"].to_numpy(dtype=float))
    return found


def published() -> dict[str, dict[str, float]]:
    """Detector -> profile -> published final score."""
    files = _unpacked("nab_reference_results.tar.xz")
    result: dict[str, dict[str, float]] = json.loads(
        next(text for name, text in files.items() if name.endswith("final_results.json"))
    )
    return result


@cache
def _unpacked(archive: str) -> dict[str, str]:
    with tarfile.open(SHARED / archive) as tar:
        members = [one for one in tar.getmembers() if one.isfile()]
        return {one.name: tar.extractfile(one).read().decode("utf-8") for one in members}  # type: ignore[union-attr]


def history(series: Series) -> Histories:
    """A file as the detector is given it: row by row; the clock tells only the time of the day and of the week."""
    seconds = np.diff(series.time).astype(int)
    step = max(int(np.median(seconds)) // 60, 1)
    minutes = series.time.astype("int64") // 60 - 4 * 1440
    seasons = tuple(size // step for size in (1440, 10080) if size % step == 0)
    return Histories(np.array([series.name]), series.y[None], (minutes // step)[None], step, seasons)


@cache
def log_rates() -> tuple[Array, ...]:
    """Of every file what `detect` makes its score of: the log of the alarms per row that a series that is well would raise."""
    told = [unusual(past, adjust(past)) for past in map(history, corpus())]
    return tuple(learn(one, METRIC).log_of(one)[0] for one in told)


def alarms(log_rate: Array, rows: float, budget: float) -> Array:
    """1 in the first row of every event (as `to_events` joins them) at so many alarms in so many rows, else 0.

    >>> alarms(np.log([[9, 1e-6, 1e-6, 9]])[0], 8640, 1.0).tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    flagged = np.flatnonzero(score(log_rate, rows) >= threshold(budget))
    result = np.zeros(len(log_rate))
    result[flagged[np.diff(flagged, prepend=-METRIC.rest - 1) > METRIC.rest]] = 1.0
    return result


def by_budget(profile: Profile, rows: Sequence[float]) -> Array:
    """Points, budget × file, of alarms within each of BUDGETS; `rows` says in how many rows of each file."""
    cases = [(one, count, series.labels) for one, count, series in zip(log_rates(), rows, corpus(), strict=True)]
    return np.array(
        [[points(alarms(one, count, budget), labels, 0.5, profile) for one, count, labels in cases] for budget in BUDGETS]
    )


def whole(table: Array, profile: Profile) -> float:
    """The scaled score at the best budget of the corpus."""
    return scaled(float(table.sum(axis=1).max()), sum(series.labels.windows for series in corpus()), profile)


def halves(table: Array, count: int = HALVINGS) -> float:
    """The standard score where the budget comes from the other half of the files, over random halvings."""
    folders = [series.name.split("/")[0] for series in corpus()]
    windows = np.array([series.labels.windows for series in corpus()])
    results = []
    for seed in range(count):
        first = np.isin(np.arange(len(folders)), _half(folders, np.random.default_rng(seed), seed % 2))
        for chosen in (first, ~first):
            best = table[:, chosen].sum(axis=1).argmax()
            results.append(scaled(float(table[best, ~chosen].sum()), int(windows[~chosen].sum()), PROFILES["standard"]))
    return float(np.mean(results))


def _half(folders: list[str], generator: np.random.Generator, more: int) -> list[int]:
    """Half of the files of every folder."""
    chosen: list[int] = []
    for folder in sorted(set(folders)):
        places = generator.permutation([place for place, one in enumerate(folders) if one == folder])
        chosen += places[: (len(places) + more) // 2].tolist()
    return chosen


def run() -> str:
    """Markdown."""
    lines = ["| | " + " | ".join(PROFILES) + " | budget from the other half |", "|---" * (len(PROFILES) + 2) + "|"]
    lines += [
        f"| {name} (published) | " + " | ".join(f"{one:.1f}" for one in row) + " | \N{EN DASH} |" for name, row in PUBLISHED.items()
    ]
    monthly = [history(series).per_month for series in corpus()]
    for name, rows in (
        ("itsq detect, one budget in rows", [8640.0] * len(monthly)),
        ("itsq detect, one budget in months", monthly),
    ):
        tables = {kind: by_budget(profile, rows) for kind, profile in PROFILES.items()}
        row = [f"{whole(table, PROFILES[kind]):.1f}" for kind, table in tables.items()]
        best = BUDGETS[tables["standard"].sum(axis=1).argmax()]
        lines.append(f"| {name} ({best:.0f} a month) | " + " | ".join(row) + f" | {halves(tables['standard']):.1f} |")
    return "\n".join(lines)
