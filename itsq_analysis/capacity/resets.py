"""The sawtooth: a resource that is cleaned again and again. Where its peaks and floors lie, and when it is cleaned next.

Some are cleaned when they reach a level, some when the time has come; which of the two is steadier in the history is believed more
(each path follows one). Peaks and floors may rise from cycle to cycle: the trend over the cycles is drawn with its uncertainty, so
that a sawtooth that stays below its limit never reaches it and one with a rising floor does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.capacity.history import Array, Bools, Ints
from itsq_analysis.capacity.jumps import Jumps

FEWEST = 2  # resets that make a habit
EDGE = 3  # values that tell a level at the end of a stretch
UNKNOWN = 0.2  # scatter of intervals and peaks of which one is known
LATE = 1.6  # of the longest cycle, and
OMITTED, OMITTED_WORTH = 0.1, 1.0  # share of cleanings left out before any was seen, and how many cycles that is worth
SELDOM = 0.3  # share of cycles up to which long ones are cleanings left out
STOPPED = 0.02  # how likely cleaning has stopped for good, before the present cycle is looked at
MOST_OMITTED = 3  # on end
DRAWS = 400  # of which those are kept that the present cycle has not outlived
PRIOR, SCATTER, RISE = 2.0, 0.08, 0.3  # what is assumed of peaks and floors, in falls: worth so many cycles, scatter, rise a cycle
ONCE = 0.3  # how likely one reset is the first of a habit
TAKES_BACK = 0.4  # of the growth up to the last fall
BEYOND = 0.15  # of the usual fall above the highest peak: cleaning has stopped


@dataclass(frozen=True)
class Cycles:
    """The resets of one series, oldest first.

    Attributes:
        at: steps before the end of the history (0 = the last step) at which a new cycle began.
        peaks: values before each reset.
        floors: values after each reset.
        intervals: steps between resets.
        overdue: the present cycle is longer and higher than any before: cleaning seems to have stopped.
        now: the level at the end of the history.
    """

    at: Ints
    peaks: Array
    floors: Array
    intervals: Array
    overdue: bool
    now: float = -np.inf


def find_cycles(x: Array, jumps: Jumps) -> Cycles | None:
    """Cycles where resets are a habit, else None.

    Args:
        x: values as they were (season taken off), NaN = not known.
        jumps: of this series.

    >>> saw = np.arange(70.0) % 20
    >>> from itsq_analysis.capacity.jumps import find_jumps
    >>> found = find_cycles(saw, find_jumps(saw))
    >>> found.peaks.tolist(), found.floors.tolist(), found.intervals.tolist(), found.overdue
    ([19.0, 19.0, 19.0], [0.0, 0.0, 0.0], [20.0, 20.0], False)
    """
    falls = jumps.size < 0
    if not falls.any():
        return None
    usual = float(np.median(-jumps.size[falls]))
    chosen = falls & (-jumps.size > 0.3 * usual)
    places = jumps.at[chosen]
    values = np.where(jumps.bursts, np.nan, x)
    if not _takes_back(jumps.splice(x)[: places[-1]], jumps.size[chosen]):
        return None  # falls beside a growth that goes on
    growth = _growth(jumps.splice(x))
    bounds = [0, *places.tolist(), len(x)]
    peaks = np.array([_edge(values[low:place], growth) for low, place in zip(bounds, places, strict=False)])
    floors = np.array([_edge(values[place:high][::-1], -growth) for place, high in zip(places, bounds[2:], strict=True)])
    intervals = np.diff(places).astype(float)
    running = len(x) - 1 - places[-1]
    now = _edge(values, growth)
    if len(places) < FEWEST:
        lowest = float(np.nanmin(values[: places[0]]))
        if peaks[0] < np.nanmax(values) - 0.1 * usual or usual < 0.5 * (peaks[0] - lowest):
            return None  # a fall that did not end a rise
        intervals = np.array([float(places[0])])
    overdue = False
    if len(places) >= FEWEST and running > LATE * intervals.max():
        overdue = now > peaks.max() + BEYOND * usual
        if not overdue:
            return None  # the habit has ended
    return Cycles(np.asarray(len(x) - 1 - places), peaks, floors, intervals, bool(overdue), now)


def _takes_back(spliced: Array, falls: Array) -> bool:
    """Whether falls take back a good part of what had grown before them: cleaning does, people who leave a growing firm do not.

    >>> _takes_back(np.arange(100.0), np.array([-20.0, -25.0])), _takes_back(np.arange(100.0), np.array([-6.0, -6.0]))
    (True, False)
    """
    known = spliced[~np.isnan(spliced)]
    return len(known) > 0 and float(-falls.sum()) > TAKES_BACK * float(known[-1] - known[0])


def _growth(spliced: Array) -> float:
    """A typical rise a step."""
    known = np.flatnonzero(~np.isnan(spliced))
    return float(np.median(np.diff(spliced[known]) / np.diff(known)))


def _edge(values: Array, growth: float) -> float:
    """The level at the end of a stretch, from its last values, so that one noisy value is not taken for it."""
    known = np.flatnonzero(~np.isnan(values))[-EDGE:]
    return float((values[known] + growth * (len(values) - 1 - known)).mean())


@dataclass
class Cleaning:
    """When each path is cleaned next, and to what level: one series, many paths."""

    cycles: Cycles
    rng: np.random.Generator
    count: int

    def __post_init__(self) -> None:  # noqa: D105 - draws what a path keeps
        cycles = self.cycles
        fall = max(float(np.mean(cycles.peaks - cycles.floors)), 1e-12)
        self.by_level = self.rng.random(self.count) < _share_by_level(cycles, fall)
        self.peak_line = _Line(-cycles.at.astype(float), cycles.peaks, fall, self.rng, self.count)
        self.floor_line = _Line(-cycles.at.astype(float), cycles.floors, fall, self.rng, self.count)
        longer = float((cycles.intervals > LATE * np.median(cycles.intervals)).mean())
        left_out = longer * len(cycles.intervals) if longer < SELDOM else 0.0  # what is common is a rhythm
        self.fall = fall
        self.omission = (OMITTED * OMITTED_WORTH + left_out) / (OMITTED_WORTH + len(cycles.at))
        self.since = np.full(self.count, float(cycles.at[-1]))
        self.trigger, self.interval = self._present()
        self.habit = self.rng.random(self.count) < (1.0 if len(cycles.at) >= FEWEST else ONCE)

    def _present(self) -> tuple[Array, Array]:
        """Level and time at which the present cycle ends, knowing that it has not: it may be late, left out once or more, or over.

        For each number of cleanings left out the chance is its prior times the share of drawn ends that still lie ahead.
        """
        none = np.zeros(DRAWS, dtype=np.int64)
        line = _Line(-self.cycles.at.astype(float), self.cycles.peaks, self.fall, self.rng, DRAWS)
        triggers = np.array([line.at(none) + 0.3 * self.fall * out for out in range(MOST_OMITTED)])
        intervals = np.cumsum([self._interval(DRAWS) for _ in range(MOST_OMITTED)], axis=0)
        return self._ahead(triggers, self.cycles.now), self._ahead(intervals, float(self.cycles.at[-1]))

    def _ahead(self, ends: Array, reached: float) -> Array:
        left = [row[row > reached] for row in ends]
        weight = [self.omission**out * len(row) / DRAWS for out, row in enumerate(left)]
        chosen = self.rng.choice(len(ends) + 1, self.count, p=np.array([*weight, STOPPED]) / (sum(weight) + STOPPED))
        result = np.full(self.count, np.inf)
        for out, row in enumerate(left):
            if len(row):
                result = np.where(chosen == out, self.rng.choice(row, self.count), result)
        return np.asarray(result)

    def _draw(self, step: Ints) -> tuple[Array, Array]:
        return self.peak_line.at(step), self._interval(self.count)

    def _interval(self, count: int) -> Array:
        interval = self.rng.choice(self.cycles.intervals, count)
        spread = self.cycles.intervals.std() if len(self.cycles.intervals) > 1 else UNKNOWN * self.cycles.intervals[0]
        return np.asarray(np.maximum(interval + 0.5 * spread * self.rng.standard_normal(count), 1.0))

    def step(self, number: int, before: Array, growth: Array) -> tuple[Bools, Array]:
        """Which paths are cleaned at a step (1 = the first coming one), given level and growth before it; and to what floor."""
        self.since += 1.0
        due = np.where(self.by_level, before + 0.5 * growth >= self.trigger, self.since >= self.interval) & self.habit
        floor = self.floor_line.at(np.full(self.count, number))
        due &= floor < before
        if due.any():
            trigger, interval = self._draw(np.full(self.count, number))
            omitted = due & (self.rng.random(self.count) < self.omission)
            self.trigger = np.where(omitted, self.trigger + 0.3 * self.fall, np.where(due, trigger, self.trigger))
            self.interval = np.where(due, interval, self.interval)
            self.since = np.where(due, 0.0, self.since)
            due &= ~omitted
        return due, floor


class _Line:
    """Peaks or floors over time: a line through those seen; its slope and place drawn once a path, its scatter each time."""

    def __init__(self, t: Array, y: Array, fall: float, rng: np.random.Generator, count: int) -> None:
        self.rng, self.count = rng, count
        middle, cycle = t.mean(), float(np.ptp(t)) / max(len(t) - 1, 1)
        spread = float(((t - middle) ** 2).sum())
        slope = float(((t - middle) * (y - y.mean())).sum() / spread) if spread > 0 else 0.0
        rest = y - y.mean() - slope * (t - middle)
        scatter = (float((rest**2).sum()) + PRIOR * (SCATTER * fall) ** 2) / (max(len(t) - 2, 0) + PRIOR)
        self.slope = np.zeros(count)
        if spread > 0:
            error, usual = scatter / spread, (RISE * fall / cycle) ** 2
            believed = usual / (usual + error)
            self.slope = believed * slope + np.sqrt(error * believed) * rng.standard_normal(count)
        self.rest = rest if len(t) > 2 else np.sqrt(scatter) * rng.standard_normal(100)
        self.middle, self.mean = middle, y.mean() + np.sqrt(scatter / len(t)) * rng.standard_normal(count)

    def at(self, step: Ints) -> Array:
        return np.asarray(self.mean + self.slope * (step - self.middle) + self.rng.choice(self.rest, self.count))


def _share_by_level(cycles: Cycles, fall: float) -> float:
    """How likely cleaning follows the level, not the clock: by which of the two is steadier."""
    if len(cycles.at) < FEWEST:
        return 1.0
    if len(cycles.intervals) < 2:
        return 0.5
    middle = np.arange(len(cycles.peaks)) - (len(cycles.peaks) - 1) / 2
    rest = cycles.peaks - cycles.peaks.mean() - middle * float((middle * cycles.peaks).sum() / (middle**2).sum())
    by_level = float(rest.std()) / fall + 0.02
    by_clock = float(cycles.intervals.std()) / float(cycles.intervals.mean()) + 0.02
    return by_clock**2 / (by_clock**2 + by_level**2)
