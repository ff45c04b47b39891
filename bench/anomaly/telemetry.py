"""Labelled telemetry of a large cloud: average precision and event F1 of `detect`'s score, against peers in the same run.

The series in even places of the sorted names (the second, the fourth, …) are those that development may look at; the others are
reported.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score

from bench.forecasting.data import SHARED
from itsq_analysis import detect

Floats = npt.NDArray[np.float64]
FOLDER = SHARED / "labelled_metrics"
LIMITS = 80  # common to all series


@cache
def series(development: bool) -> tuple[pd.DataFrame, ...]:
    """unique_id, ds, y, label of one half of the series; where a time comes twice, its last value. Series without a label are left out."""
    tables: dict[str, pd.DataFrame] = {}
    for archive in sorted(FOLDER.glob("*.tar.xz")):
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                if member.name.endswith(".csv"):
                    content = tar.extractfile(member)
                    assert content is not None
                    tables[member.name.split("/")[-1][:-4]] = pd.read_csv(io.BytesIO(content.read()))
    chosen = sorted(tables)[1 if development else 0 :: 2]
    return tuple(frame for name in chosen if (frame := _clean(name, tables[name]))["label"].any())


def _clean(name: str, table: pd.DataFrame) -> pd.DataFrame:
    frame = table.set_axis(["ds", "y", "label"], axis=1).assign(unique_id=name)
    frame["ds"] = pd.to_datetime(frame["ds"])
    frame["label"] = frame["label"] > 0
    return frame.groupby(["unique_id", "ds"], as_index=False).agg(y=("y", "last"), label=("label", "max")).dropna(subset=["y"])


def ours(frame: pd.DataFrame) -> Floats:
    """The public score."""
    return detect(frame[["unique_id", "ds", "y"]])["score"].to_numpy()


def isolation_forest(frame: pd.DataFrame) -> Floats:
    """scikit-learn's, of value, hour, the values an hour and a day before and the mean of a day; it sees the whole series."""
    y = frame["y"]
    table = pd.DataFrame(
        {"y": y, "hour": frame["ds"].dt.hour, "last": y.shift(1), "day": y.shift(24), "mean": y.rolling(24, 1).mean()}
    )
    features = table.bfill().to_numpy()
    return -np.asarray(IsolationForest(random_state=0).fit(features).score_samples(features))


def seasonal_z(frame: pd.DataFrame) -> Floats:
    """Distance from the mean of the hour of the day in its standard deviations; it sees the whole series."""
    hours = frame.groupby(frame["ds"].dt.hour)["y"]
    return ((frame["y"] - hours.transform("mean")).abs() / (hours.transform("std") + 1e-9)).to_numpy()


def runs(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First row and end of each run.

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.r_[0, marked.astype(int), 0])).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def event_f1(scores: list[Floats], labels: list[npt.NDArray[np.bool_]], limit: float) -> float:
    """A labelled run is found where a row of it reaches the limit; a run of alarms is false where none of its rows is labelled."""
    found = missed = false = 0
    for score, label in zip(scores, labels, strict=True):
        alarm = score >= limit
        hits = sum(bool(alarm[first:end].any()) for first, end in runs(label))
        found, missed = found + hits, missed + len(runs(label)) - hits
        false += sum(not label[first:end].any() for first, end in runs(alarm))
    return 2 * found / max(2 * found + missed + false, 1)


METHODS: dict[str, Callable[[pd.DataFrame], Floats]] = {
    "itsq detect (each row from the past alone)": ours,
    "isolation forest (scikit-learn), whole series": isolation_forest,
    "seasonal z, whole series": seasonal_z,
}


def run(development: bool = False) -> str:
    """Markdown."""
    frames = series(development)
    labels = [frame["label"].to_numpy(dtype=bool) for frame in frames]
    lines = [f"| {len(frames)} series | mean average precision | best event F1, one limit for all |", "|---|---|---|"]
    for name, method in METHODS.items():
        scores = [method(frame) for frame in frames]
        precision = np.mean([average_precision_score(label, score) for label, score in zip(labels, scores, strict=True)])
        limits = np.unique(np.quantile(np.concatenate(scores), 1 - np.geomspace(3e-4, 0.4, LIMITS)))
        best = max(event_f1(scores, labels, limit) for limit in limits.tolist())
        lines.append(f"| {name} | {precision:.3f} | {best:.3f} |")
    return "\n".join(lines)
