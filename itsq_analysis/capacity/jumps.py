"""What breaks a series of use: resets (a disk is cleaned), steps (capacity or load added), bursts of a day or two.

A jump is a change from one step to the next, far beyond the usual changes, whose new level stays. A burst is a value far from its
neighbours on both sides. Jumps are taken out by splicing: what comes before one is moved to the level after it, so that growth is
learnt from everything and the level from what came since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.capacity.history import Array, Bools, Ints

FAR = 6.0  # usual changes (robust) beyond which a change is a jump or a burst
STAYS = 0.6  # share of a jump that is still there in the median of the days after it
AROUND = 5  # steps on both sides that tell a level
WAIT = 3  # steps after a first jump before it is believed
LONGEST_BURST = 2
ALIKE = 0.5  # of the usual reset is at least a fall that is one before anything came after it
TAKEN_BACK = 6  # steps within which a jump that is taken back is a burst


@dataclass(frozen=True)
class Jumps:
    """Of one series.

    Attributes:
        at: places at which a new level begins, ascending.
        size: how far the level moves there (below 0: a reset, or capacity taken away).
        bursts: places of values that are no part of the level.
    """

    at: Ints
    size: Array
    bursts: Bools

    def splice(self, y: Array) -> Array:
        """The series as if no jump had been, at today's level; bursts are unknown.

        >>> none = np.zeros(4, dtype=bool)
        >>> Jumps(np.array([2]), np.array([-9.0]), none).splice(np.array([8.0, 9.0, 1.0, 2.0])).tolist()
        [-1.0, 0.0, 1.0, 2.0]
        """
        moved = np.zeros(len(y))
        for place, size in zip(self.at, self.size, strict=True):
            moved[:place] += size
        return np.where(self.bursts, np.nan, y + moved)


def find_jumps(y: Array, season: Array | None = None) -> Jumps:
    """Jumps and bursts of one series.

    Args:
        y: values, oldest first, NaN = not known.
        season: what the course of the week adds at each step; it is taken off first.

    >>> rising = np.arange(40.0) % 20
    >>> found = find_jumps(rising)
    >>> found.at.tolist(), found.size.tolist()
    ([20], [-20.0])
    """
    plain = y if season is None else y - season
    known = np.flatnonzero(~np.isnan(plain))
    none = Jumps(np.array([], dtype=np.int64), np.array([]), np.zeros(len(y), dtype=bool))
    if len(known) < 8:
        return none
    values = plain[known]
    gaps = np.diff(known)
    growth = float(np.median(np.diff(values) / gaps))
    changes = np.diff(values) - growth * gaps
    far = _far(changes, values)
    burst = _bursts(values - growth * known, far)
    at, size = _levels(values, burst, growth, far, known)
    if _cleaned_last(values, burst, size, growth):
        burst[len(burst) - _run_at_end(burst) :] = False
        at, size = _levels(values, burst, growth, far, known)
    bursts = np.zeros(len(y), dtype=bool)
    bursts[known[burst]] = True
    return _paired(at, size, bursts)


def _run_at_end(marked: Bools) -> int:
    """How many of the last values are marked."""
    return int(np.argmin(marked[::-1])) if not marked.all() else len(marked)


def _cleaned_last(values: Array, burst: Bools, size: Array, growth: float) -> bool:
    """Whether what looks like a burst at the end is a fall like the resets before it.

    >>> saw = np.arange(65.0) % 8
    >>> find_jumps(saw).at.tolist()[-1]  # the last value is the first one after a reset
    64
    """
    run, falls = _run_at_end(burst), size[size < 0]
    if not run or len(falls) < 2 or run == len(values):
        return False
    fall = values[-run] - values[-run - 1] - growth
    return bool(fall < ALIKE * float(np.median(falls)))


def _paired(at: Ints, size: Array, bursts: Bools) -> Jumps:
    """A jump that is taken back within days is a burst, not a new level.

    >>> found = _paired(np.array([5, 8]), np.array([30.0, -28.0]), np.zeros(12, dtype=bool))
    >>> found.at.tolist(), np.flatnonzero(found.bursts).tolist()
    ([], [5, 6, 7])
    """
    kept = np.ones(len(at), dtype=bool)
    for piece in range(len(at) - 1):
        back = size[piece] + size[piece + 1]
        soon = at[piece + 1] - at[piece] <= TAKEN_BACK
        if kept[piece] and soon and abs(back) < 0.35 * max(abs(size[piece]), abs(size[piece + 1])):
            kept[piece : piece + 2] = False
            bursts[at[piece] : at[piece + 1]] = True
    return Jumps(at[kept], size[kept], bursts)


def _far(changes: Array, values: Array) -> float:
    """The size from which a change is no ordinary one."""
    size = np.abs(changes)
    usual = 1.4826 * float(np.median(size))
    tail = float(np.quantile(size, 0.8)) * 0.8
    span = float(np.ptp(values))
    return max(FAR * max(usual, tail), 0.02 * span, 1e-12)


def _bursts(values: Array, far: float) -> Bools:
    """Values (growth taken off) far from the median of their neighbours, no more than two on end."""
    padded = np.pad(values, AROUND, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    from itsq_analysis.forecasting.panel import median_known  # facts are read without the forecasts' code

    centre = median_known(windows.T)
    off = np.abs(values - centre) > far / 1.5
    result = np.zeros(len(values), dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], off.astype(np.int8), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first <= LONGEST_BURST and _returns(values, first, end, far):
            result[first:end] = True
    return result


def _returns(values: Array, first: int, end: int, far: float) -> bool:
    """Whether the values after a burst are again those from before it; at the end of the history it is taken so."""
    before, after = values[max(first - AROUND, 0) : first], values[end : end + AROUND]
    if not len(before) or not len(after):
        return bool(len(before))
    height = max(float(np.abs(values[first:end] - np.median(before)).max()), far)
    return bool(abs(float(np.median(after)) - float(np.median(before))) < 0.5 * height)


def _levels(values: Array, burst: Bools, growth: float, far: float, known: Ints) -> tuple[Ints, Array]:
    """Where a new level begins, and how far from the old one."""
    kept = np.flatnonzero(~burst)
    level, place = values[kept], known[kept]
    moves = np.diff(level) - growth * np.diff(place)
    at, size = [], []
    resets = 0
    for move in np.flatnonzero(np.abs(moves) > far):
        before = level[max(move - AROUND + 1, 0) : move + 1] - growth * (place[max(move - AROUND + 1, 0) : move + 1] - place[move])
        after = level[move + 1 : move + 1 + AROUND] - growth * (place[move + 1 : move + 1 + AROUND] - place[move + 1])
        falls = moves[move] < 0
        if len(after) < (1 if falls and resets else WAIT) or len(before) < 2:
            continue
        moved = float(np.median(after) - np.median(before)) - growth * (place[move + 1] - place[move])
        if moved * moves[move] > 0 and abs(moved) > STAYS * abs(moves[move]):
            at.append(int(place[move + 1]))
            size.append(float(moves[move]))
            resets += bool(falls)
    return np.array(at, dtype=np.int64), np.array(size, dtype=float)
