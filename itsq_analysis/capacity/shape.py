"""What is in one series: season, jumps, bursts, cleanings; found, or not believed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array
from itsq_analysis.capacity.jumps import Jumps, find_jumps
from itsq_analysis.capacity.resets import Cycles, find_cycles
from itsq_analysis.capacity.season import Season, find_season

HABIT = 2  # bursts that make a habit


@dataclass(frozen=True)
class Shape:
    """What was found in one series.

    Attributes:
        season: what the calendar adds.
        jumps: resets, steps, bursts.
        cycles: the sawtooth, None where there is none.
        spliced: values without jumps, bursts and season.
    """

    season: Season
    jumps: Jumps
    cycles: Cycles | None
    spliced: Array

    def after(self, steps: int) -> Shape:
        """The same, so many unknown steps before it."""
        before = np.zeros(steps, dtype=bool)
        jumps = Jumps(self.jumps.at + steps, self.jumps.size, np.concatenate([before, self.jumps.bursts]))
        return Shape(self.season, jumps, self.cycles, np.concatenate([np.full(steps, np.nan), self.spliced]))

    def clearness(self, y: Array, stamps: pd.DatetimeIndex) -> float:
        """How many usual changes the typical jump or burst is high; NaN where nothing was found.

        >>> y = np.where(np.arange(200) < 100, 0.0, 50.0) + np.random.default_rng(0).normal(0, 1, 200)
        >>> stamps = pd.date_range("2026-01-05", periods=200)
        >>> round(shape(y, stamps, 1).clearness(y, stamps), -1)
        40.0
        """
        known = np.flatnonzero(~np.isnan(self.spliced))
        places = np.flatnonzero(self.jumps.bursts)
        heights = (y - self.season.at(stamps))[places] - np.interp(places, known, self.spliced[known])
        sizes = np.abs(np.concatenate([self.jumps.size, heights[~np.isnan(heights)]]))
        if not len(sizes):
            return np.nan
        changes = np.diff(self.spliced[known])
        usual = 1.4826 * float(np.median(np.abs(changes - np.median(changes))))
        return float(np.median(sizes)) / max(usual, 1e-12)

    @property
    def burst_is_habit(self) -> bool:
        """Whether bursts came more than once: a single one is not carried into the future."""
        places = np.flatnonzero(self.jumps.bursts)
        return len(places) > 0 and int((np.diff(places, prepend=-9) > 2).sum()) >= HABIT

    def bursts(self, y: Array, stamps: pd.DatetimeIndex) -> tuple[float, Array]:
        """How often a step has a burst where bursts are a habit, and their sizes; (0, none) where they are not."""
        if not self.burst_is_habit:
            return 0.0, np.zeros(0)
        places, known = np.flatnonzero(self.jumps.bursts), np.flatnonzero(~np.isnan(self.spliced))
        usual = np.interp(places, known, self.spliced[known])
        shift = np.array([self.jumps.size[self.jumps.at > place].sum() for place in places])
        sizes = (y - self.season.at(stamps))[places] + shift - usual
        sizes = sizes[~np.isnan(sizes)]
        return len(sizes) / int((~np.isnan(y)).sum()), sizes


def shape(y: Array, stamps: pd.DatetimeIndex, per_day: int, off: frozenset[date] = frozenset()) -> Shape:
    """Season and jumps of one series, each found knowing the other; the course of the week (or day) first, by medians."""
    begun = _begun(y)
    y, stamps = y[begun:], stamps[begun:]
    first = find_season(y, stamps, per_day, off)
    season = Season(first.cycle, per_day, first.turn)
    jumps = _no_jumps(len(y))
    for _ in range(2):
        jumps = find_jumps(y, season.at(stamps))
        season = find_season(jumps.splice(y), stamps, per_day, off)
    plain = y - season.at(stamps)
    jumps = find_jumps(plain)
    return Shape(season, jumps, find_cycles(plain, jumps), jumps.splice(plain)).after(begun)


def as_it_was(shape: Shape, y: Array, stamps: pd.DatetimeIndex, per_day: int, off: frozenset[date] = frozenset()) -> Shape:
    """The shape of one series if nothing found in it was a jump or a cleaning: what looks like one is its noise.

    A single burst stays out all the same; where bursts are a habit they are noise too.
    """
    begun = _begun(y)
    seen = y if shape.burst_is_habit else np.where(shape.jumps.bursts, np.nan, y)
    seen, stamps = seen[begun:], stamps[begun:]
    season = find_season(seen, stamps, per_day, off)
    return Shape(season, _no_jumps(len(seen)), None, seen - season.at(stamps)).after(begun)


def _begun(y: Array) -> int:
    """Where the first known value is: how long other series go back says nothing of this one."""
    return int(np.argmax(~np.isnan(y)))


def _no_jumps(length: int) -> Jumps:
    return Jumps(np.array([], dtype=np.int64), np.array([]), np.zeros(length, dtype=bool))
