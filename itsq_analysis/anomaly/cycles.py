"""The cycle of a daily or slower series: how many steps it takes until the same comes again, or that none is seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from itsq_analysis.anomaly.histories import Ints
from itsq_analysis.anomaly.windows import Array

SHORTEST, LONGEST = 2, 100  # steps
SEEN = 3  # times that a cycle was seen
NEAR = 0.6  # at most so far apart, against a week and against shorter steps, are values a cycle apart
ALIKE = 0.3  # correlation from which on a cycle is looked for
GROWTH = 1.5  # a cycle is looked for anew where the history has grown so many times


def checkpoints(first: int, length: int) -> list[int]:
    """Rows at which a cycle is looked for in what came before: what comes later moves no earlier row.

    >>> checkpoints(28, 100)
    [28, 42, 63, 94]
    """
    rows, row = [], float(first)
    while row < length:
        rows.append(int(row))
        row *= GROWTH
    return rows


def cycle(x: Array, usual: int = 1) -> int:
    """Steps of the shortest cycle that brings values far nearer than the usual one does; the usual one where none does.

    Args:
        x: known and missing values on a regular grid.
        usual: cycle that is taken where none is seen: 7 for days, 1 (none).

    >>> saw = np.arange(60) % 10 * 1.0
    >>> cycle(saw, 7), cycle(np.random.default_rng(0).normal(size=60), 7)
    (10, 7)
    """
    most = min(LONGEST, len(x) // SEEN)
    if most < SHORTEST:
        return usual
    distances = np.array([_apart(x, lag) for lag in range(1, most + 1)])
    farther = np.maximum.accumulate(np.where(np.isinf(distances), 0.0, distances))  # a trend or a slow walk never comes back
    limit = NEAR * np.minimum(np.r_[0.0, farther[:-1]], _apart(x, usual) if usual > 1 else np.inf)
    near = distances <= 1.2 * distances.min() + 1e-9  # multiples of a cycle are cycles too: the shortest counts
    matches = np.flatnonzero(near & (distances < limit))
    return int(matches[0]) + 1 if len(matches) else usual


def cycles(grid: Array, usual: int = 1) -> Ints:
    """The cycle of every series.

    Args:
        grid: series × step; NaN where nothing is known.
        usual: as in `cycle`.
    """
    lengths = np.full(len(grid), usual, dtype="int64")
    for row in np.flatnonzero(_likely(grid, usual)).tolist():
        lengths[row] = cycle(grid[row], usual)
    return lengths


def _likely(grid: Array, usual: int) -> npt.NDArray[np.bool_]:
    """Series that are like themselves some steps ago, and more so than the usual cycle ago: cheap for thousands of them."""
    known = ~np.isnan(grid)
    mean = np.where(known, grid, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    apart = np.where(known, grid - mean[:, None], 0.0)
    most = min(LONGEST, grid.shape[1] // SEEN)
    spectrum = np.fft.rfft(apart, 2 * grid.shape[1], axis=1)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : most + 1]
    alike /= np.maximum(alike[:, :1], 1e-12) * (1 - np.arange(most + 1) / grid.shape[1])
    reference = alike[:, usual] if 1 < usual <= most else np.zeros(len(grid))
    return np.asarray(alike[:, SHORTEST:].max(axis=1, initial=0.0) > np.maximum(reference + ALIKE / 3, ALIKE))


def _apart(x: Array, lag: int) -> float:
    """Mean distance of values so many steps apart, the farthest twentieth left out: an event is no reason against a cycle."""
    apart = np.abs(x[lag:] - x[:-lag])
    apart = np.sort(apart[~np.isnan(apart)])
    kept = apart[: max(int(0.95 * len(apart)), 1)]
    return float(kept.mean()) if len(apart) > lag else np.inf
