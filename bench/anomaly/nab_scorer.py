"""The Numenta Anomaly Benchmark's rules of scoring.

Within a labelled window only the best detection counts, worth more the earlier it comes; every row that is detected
outside of windows costs, less so shortly after a window; a window without a detection costs a whole point. The first
15 % of a series (at most 750 rows) are not scored. One threshold, chosen for the whole corpus, is used for every series.
A corpus' score is scaled so that detecting nothing is 0 and a perfect detector 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Weights of the three outcomes."""

    hit: float
    false: float
    miss: float


PROFILES = {"standard": Profile(1, 0.11, 1), "low false positives": Profile(1, 0.22, 1), "low false negatives": Profile(1, 0.11, 2)}


@dataclass(frozen=True)
class Labelled:
    """What a score of one series is measured against.

    Attributes:
        worth: of a detection in each row, unweighted: −1 … 1.
        window: number of the row's window, −1 outside.
        scored: whether the row counts.
        windows: how many there are.
    """

    worth: Array
    window: npt.NDArray[np.int64]
    scored: npt.NDArray[np.bool_]
    windows: int


def sigmoid(place: Array) -> Array:
    """Worth of a detection: place −1 = beginning of a window, 0 = its end, above = after it, in lengths of the window.

    >>> sigmoid(np.array([-1.0, -0.5, 0.0, 3.0])).round(5).tolist()
    [0.98661, 0.84828, 0.0, -1.0]
    """
    return np.where(place >= 3.0, -1.0, 2.0 / (1.0 + np.exp(5.0 * np.minimum(place, 3.0))) - 1.0)


def label(rows: int, windows: Sequence[tuple[int, int]]) -> Labelled:
    """The worth of every row of a series.

    Args:
        rows: of the series.
        windows: first and last row of each, in order.
    """
    worth = np.full(rows, -1.0)
    window = np.full(rows, -1, dtype="int64")
    best = float(sigmoid(np.array(-1.0)))
    for number, (first, last) in enumerate(windows):
        size = last - first + 1
        inside = np.arange(first, last + 1)
        worth[inside] = sigmoid(-(last - inside + 1) / size) / best
        window[inside] = number
        end = windows[number + 1][0] if number + 1 < len(windows) else rows
        after = np.arange(last + 1, end)
        worth[after] = sigmoid((after - last) / max(size - 1, 1))
    scored = np.arange(rows) >= min(int(0.15 * rows), 750)
    return Labelled(worth, window, scored, len(windows))


def points(score: Array, labelled: Labelled, threshold: float, profile: Profile) -> float:
    """The points of one series at a threshold, plainly counted."""
    detected = (score >= threshold) & labelled.scored
    total = float(labelled.worth[detected & (labelled.window < 0)].sum()) * profile.false
    for number in range(labelled.windows):
        worth = labelled.worth[detected & (labelled.window == number)]
        total += max(float(worth.max()) * profile.hit, -profile.miss) if len(worth) else -profile.miss
    return total


def scaled(total: float, windows: int, profile: Profile) -> float:
    """Points of a corpus on the scale where nothing detected is 0 and perfection 100."""
    least = -profile.miss * windows
    return 100.0 * (total - least) / (profile.hit * windows - least)


def corpus_at(scores: Sequence[Array], labels: Sequence[Labelled], threshold: float, profile: Profile) -> float:
    """The scaled score of a corpus at a threshold."""
    total = sum(points(score, one, threshold, profile) for score, one in zip(scores, labels, strict=True))
    return scaled(total, sum(one.windows for one in labels), profile)


def best_threshold(scores: Sequence[Array], labels: Sequence[Labelled], profile: Profile) -> tuple[float, float]:
    """The threshold with the highest scaled score of the corpus, and that score; 1.1 and 0 where nothing is better.

    All thresholds are tried at once: rows are sorted by score, and each adds what lowering the threshold to it changes.
    """
    change, strength = [], []
    for score, one in zip(scores, labels, strict=True):
        outside = one.scored & (one.window < 0)
        change.append(one.worth[outside] * profile.false)
        strength.append(score[outside])
        for number in range(one.windows):
            inside = one.scored & (one.window == number)
            order = np.argsort(-score[inside], kind="stable")
            worth = np.maximum.accumulate(np.maximum(one.worth[inside][order] * profile.hit, -profile.miss))
            change.append(np.diff(worth, prepend=-profile.miss))
            strength.append(score[inside][order])
    every, added = np.concatenate(strength), np.concatenate(change)
    order = np.argsort(-every, kind="stable")
    every, total = every[order], np.cumsum(added[order])
    windows = sum(one.windows for one in labels)
    last = np.r_[every[1:] != every[:-1], True] & (every > 0)
    if not last.any():
        return 1.1, 0.0
    total = np.where(last, total - profile.miss * windows, -np.inf)
    best = int(total.argmax())
    found = scaled(float(total[best]), windows, profile)
    return (float(every[best]), found) if found > 0 else (1.1, 0.0)
