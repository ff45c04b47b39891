"""The panel: many series as one array, each ending in the last column; what every model is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from itsq_analysis.forecasting.steps import DAY, Step

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Places in time: the step, and which slots of the week are open.

    Attributes:
        step: distance of two slots.
        open: open slots of a week, from Monday's first; empty = all.

    >>> Grid(Step(minutes=1440), (0, 1, 2, 3, 4)).seasons  # weekdays only
    (5,)
    """

    step: Step
    open: tuple[int, ...] = ()

    @cached_property
    def _rank(self) -> Ints:
        rank = np.full(self.step.per_week, -1, dtype="int64")
        rank[list(self.open)] = np.arange(len(self.open))
        return rank

    def position(self, number: Ints) -> Ints:
        """Place on the full grid -> place among the open slots, -1 beyond any for a closed one."""
        if not self.open:
            return number
        week, slot = np.divmod(number, self.step.per_week)
        rank = self._rank[slot]
        return np.asarray(np.where(rank < 0, np.iinfo("int64").min, week * len(self.open) + rank), dtype="int64")

    def number(self, position: Ints) -> Ints:
        """Place among the open slots -> place on the full grid."""
        if not self.open:
            return position
        week, rank = np.divmod(position, len(self.open))
        number: Ints = week * self.step.per_week + np.asarray(self.open, dtype="int64")[rank]
        return number

    @property
    def seasons(self) -> tuple[int, ...]:
        """Open slots in a day (where every open day has as many) and in a week, or in a year."""
        if not self.open:
            return self.step.seasons
        per_day = DAY // self.step.minutes if self.step.minutes <= DAY else 1
        days = np.unique(np.asarray(self.open) // max(per_day, 1), return_counts=True)[1]
        day = (int(days[0]),) if per_day > 1 and (days == days[0]).all() and days[0] > 1 else ()
        return (*day, len(self.open)) if len(self.open) > 1 else day

    def dates(self, position: Ints) -> npt.NDArray[np.datetime64]:
        """Naive local timestamps (seconds) of places, of any shape."""
        shape = np.shape(position)
        stamps = self.step.stamps(self.number(np.ravel(position)))
        return stamps.as_unit("s").to_numpy().reshape(shape)


@dataclass(frozen=True)
class Panel:
    """Series side by side.

    Attributes:
        ids: their names, sorted.
        y: series × time; the last column is each series' own last timestamp. NaN = not known, or before the first.
        last: place of the last column on the grid, one per series.
        grid: what a place is in time.
        seasons: season lengths in places, shortest first.
        negative: whether a series may go below zero (its history does).
        counts: whether a series holds whole numbers that are never negative.
    """

    ids: npt.NDArray[Any]
    y: Array
    last: Ints
    grid: Grid
    seasons: tuple[int, ...]
    negative: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    counts: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def n(self) -> int:
        """Number of series."""
        return int(self.y.shape[0])

    @property
    def length(self) -> int:
        """Number of columns."""
        return int(self.y.shape[1])

    @cached_property
    def known(self) -> Bools:
        """Where y is known."""
        return ~np.isnan(self.y)

    @cached_property
    def first(self) -> Ints:
        """First column with a known value, `length` where there is none."""
        return np.where(self.known.any(axis=1), self.known.argmax(axis=1), self.length)

    @property
    def season(self) -> int:
        """The main season: the longest of which every second series has two; 1 where there is none."""
        lengths = self.length - self.first
        for season in sorted(self.seasons, reverse=True):
            if lengths.size and np.median(lengths) >= 2 * season:
                return season
        return 1

    @cached_property
    def scale(self) -> Array:
        """Size of the change from one season to the next (mean absolute), never zero: what series are divided by."""
        return seasonal_scale(self.y, self.season)

    def before(self, offset: int) -> Panel:
        """Without the last `offset` columns."""
        if offset == 0:
            return self
        return replace(self, y=self.y[:, : self.length - offset], last=self.last - offset)

    def rows(self, chosen: Any) -> Panel:
        """Some of the series."""
        return replace(
            self,
            ids=self.ids[chosen],
            y=self.y[chosen],
            last=self.last[chosen],
            negative=self.negative[chosen],
            counts=self.counts[chosen],
        )

    def with_values(self, y: Array) -> Panel:
        """The same places with other values."""
        return replace(self, y=y)

    def future(self, horizon: int) -> Ints:
        """Places of the next `horizon` steps, series × step."""
        return np.asarray(self.last[:, None] + np.arange(1, horizon + 1)[None, :])

    def past(self) -> Ints:
        """Places of all columns, series × time."""
        return np.asarray(self.last[:, None] - np.arange(self.length - 1, -1, -1)[None, :])


def seasonal_scale(y: Array, season: int) -> Array:
    """Mean absolute difference to the value one season before, one per row; the spread or 1 where that is zero or not known."""
    shift = season if season < y.shape[1] else 1
    if y.shape[1] > shift:
        difference = np.abs(y[:, shift:] - y[:, :-shift])
        scale = mean_known(difference)
    else:
        scale = np.full(y.shape[0], np.nan)
    fallback = np.maximum(mean_known(np.abs(y)), 0)
    scale = np.where(np.isnan(scale) | (scale <= 1e-9 * (1 + fallback)), 0.25 * fallback, scale)
    return np.where(np.isnan(scale) | (scale <= 0), 1.0, scale)


def right_aligned(y: Array, length: int) -> Array:
    """Rows that end in the same column, NaN before them.

    >>> right_aligned(np.array([[1.0, 2.0]]), 3).tolist()
    [[nan, 1.0, 2.0]]
    """
    if y.shape[1] == length:
        return y
    longer = np.full((len(y), length), np.nan)
    longer[:, length - y.shape[1] :] = y
    return longer


def mean_known(values: Array, axis: int = 1) -> Array:
    """Mean over what is known, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def median_known(stacked: Array) -> Array:
    """Median over what is known along the first axis, NaN where nothing is."""
    ordered = np.sort(stacked, axis=0)
    count = (~np.isnan(stacked)).sum(axis=0)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0)[None], axis=0)[0]
    high = np.take_along_axis(ordered, np.minimum(count // 2, len(stacked) - 1)[None], axis=0)[0]
    return np.asarray(np.where(count > 0, (low + np.where(count > 1, high, low)) / 2, np.nan))


def join(panels: Sequence[Panel]) -> npt.NDArray[Any]:
    """The ids of several panels, one after the other."""
    return np.concatenate([panel.ids for panel in panels])
