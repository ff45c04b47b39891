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

from bench.anomaly.nab_scorer import PROFILES, Array, Labelled, best_threshold, corpus_at, label
from bench.forecasting.data import SHARED
from itsq_analysis.anomaly.gate import gate
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.rate import METRIC, learn, score
from itsq_analysis.anomaly.witnesses import unusual

PUBLISHED = {
    "ARTime": (74.9, 65.2, 80.4),
    "Numenta HTM": (70.1, 63.1, 74.3),
    "CAD OSE": (69.9, 67.0, 73.2),
    "KNN CAD": (58.0, 43.4, 64.8),
}
PUBLISHED |= {"Windowed Gaussian": (39.6, 20.9, 47.4)}
HALVINGS = 20


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


def strengths() -> tuple[list[Array], list[Array]]:
    """Of every file the excess over the usual worst, and the score with the alarm budget's learning; both behind the event gate."""
    plain, learned = [], []
    for series in corpus():
        told = unusual(history(series))
        passed = gate(told, METRIC.rest)[0]
        plain.append(passed)
        learned.append(np.where(passed > 0, score(learn(told, METRIC).log_of(told), 8640.0)[0], 0.0))
    return plain, learned


def halves(scores: Sequence[Array], count: int = HALVINGS) -> float:
    """The standard score where the threshold comes from the other half of the files, over random halvings."""
    labels = [series.labels for series in corpus()]
    folders = [series.name.split("/")[0] for series in corpus()]
    profile = PROFILES["standard"]
    results = []
    for seed in range(count):
        first = _half(folders, np.random.default_rng(seed), seed % 2)
        for chosen in (first, [place for place in range(len(labels)) if place not in first]):
            rest = [place for place in range(len(labels)) if place not in chosen]
            limit, _ = best_threshold([scores[i] for i in chosen], [labels[i] for i in chosen], profile)
            results.append(corpus_at([scores[i] for i in rest], [labels[i] for i in rest], limit, profile))
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
    labels = [series.labels for series in corpus()]
    lines = ["| | " + " | ".join(PROFILES) + " | threshold from the other half |", "|---" * (len(PROFILES) + 2) + "|"]
    lines += [f"| {name} (published) | " + " | ".join(f"{one:.1f}" for one in row) + " | – |" for name, row in PUBLISHED.items()]
    plain, learned = strengths()
    for name, scores in (("itsq, excess over the usual worst", plain), ("itsq, score within the alarm budget", learned)):
        row = [best_threshold(scores, labels, profile)[1] for profile in PROFILES.values()]
        lines.append(f"| {name} | " + " | ".join(f"{one:.1f}" for one in row) + f" | {halves(scores):.1f} |")
    return "\n".join(lines)
