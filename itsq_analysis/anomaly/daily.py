"""Daily and slower series: a level and a weekday profile followed day by day, holidays apart, on the square-root scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from itsq_analysis.anomaly.cycles import checkpoints, cycles
from itsq_analysis.anomaly.histories import Histories, Ints
from itsq_analysis.anomaly.windows import Array
from itsq_analysis.forecasting.steps import DAY

WARM, WARM_WITHOUT_WEEK = 14, 8  # values before the first judgement
LEVEL, PROFILE, VARIANCE, SPECIAL = 0.10, 0.08, 0.0025, 0.2  # weights of the newest value (variance: at least)
CLIP = 4.0  # standard deviations beyond which a value moves nothing further
BEGUN = 30  # values that the variance of the first two weeks weighs as much as; then all values weigh alike, until VARIANCE
LARGEST = 12.0  # variances that the square of one error, also of a window, counts as at most: one disaster excuses the next little
TAIL = 5  # degrees of freedom of the errors
WINDOWS = (1, 3, 7)  # values that are judged together
RARE = 0.05  # probability at which an excess of 1 begins
UNREST, NEAR, SETTLING = 3.0, 2.0, 1.5  # special days, working days next to them and the days after are so many times less certain
# Excess that begins an event; usual values in a row that end it; values after which it is the new level.
BEGINS, OVER, LONGEST = 5.0, 3, 56
USUAL = 2.0  # standard deviations up to which a value is a usual one
WANDER = 0.12  # share by which a level moves by itself from one week to the next: a mean of seven days is not surer than that


@dataclass(frozen=True)
class Special:
    """What the kinds of special days mean.

    Attributes:
        free: expected like a Sunday until the series has shown otherwise.
        near: working days next to a free one: judged like all others, with an effect of their own.
        working: expected like a day from Monday to Friday (adjusted working days).
        settling: the days after the first working day: ordinary days, less certain while what was left is caught up.
    """

    free: frozenset[int] = frozenset()
    near: frozenset[int] = frozenset()
    working: int = -1
    settling: int = -1


@dataclass(frozen=True)
class Daily:
    """What was expected of every row, on the square-root scale, and how unusual it was.

    Attributes:
        mean: expected root.
        spread: its standard deviation.
        excess: 0.05 ÷ probability of so large an error.
    """

    mean: Array
    spread: Array
    excess: Array


def root(y: Array) -> Array:
    """Square roots that exist for negative values too; they make the variance of counts even.

    >>> root(np.array([-1.0, 0.0, 1.0, 100.0])).round(2).tolist()
    [-0.56, 0.0, 0.56, 9.41]
    """
    return np.asarray(np.sign(y) * (np.sqrt(np.abs(y) + 0.375) - np.sqrt(0.375)))


def unroot(x: Array) -> Array:
    """The value of a root.

    >>> unroot(root(np.array([-3.0, 0.0, 7.0]))).round(6).tolist()
    [-3.0, 0.0, 7.0]
    """
    return np.asarray(np.sign(x) * np.maximum((np.abs(x) + np.sqrt(0.375)) ** 2 - 0.375, 0.0))


def warm_up(minutes: int) -> int:
    """How many values of a series are known before one is judged; days have a week to learn."""
    return WARM if minutes == DAY else WARM_WITHOUT_WEEK


def follow(histories: Histories, kinds: Ints, special: Special) -> Daily:
    """Follow every series from its first value; nothing later than a row is used for it.

    Args:
        histories: of a step of a day or longer.
        kinds: series × row, 0 on ordinary days, else the kind of special day.
        special: what those kinds mean.
    """
    followed = _Follower(histories, kinds, special, 7 if histories.minutes == DAY else 1).run()
    for length, rows, start, end in _cycles(histories):
        part = histories.rows(rows).until(end)
        last = part.length  # these series may all end before the others
        again = _Follower(part, kinds[rows, :last], special, length).run()
        for name in ("mean", "spread", "excess"):
            getattr(followed, name)[rows, start:last] = getattr(again, name)[:, start:last]
    return followed


def _cycles(histories: Histories) -> Iterator[tuple[int, Ints, int, int]]:
    """Cycles that are not a week: their length, series, and the rows from the one at which it was seen to the next look."""
    week = 7 if histories.minutes == DAY else 1
    steps = histories.number - histories.number[:, :1]
    known = ~np.isnan(histories.y)
    grid = np.full((histories.n, int(steps[known].max(initial=0)) + 1), np.nan)
    grid[np.nonzero(known)[0], steps[known]] = root(histories.y)[known]
    rows = checkpoints(4 * week if week > 1 else 12, histories.length)
    for start, end in pairwise([*rows, histories.length]):
        alive = np.flatnonzero(histories.counts > start)
        seen = np.arange(grid.shape[1])[None, :] < steps[alive, start][:, None]
        lengths = cycles(np.where(seen, grid[alive], np.nan)[:, : int(steps[alive, start].max())], week)
        for length in sorted({*lengths.tolist()} - {week}):
            yield length, alive[lengths == length], start, end


@dataclass
class _State:
    """What is known of all series: level, profile (series × slot) and variance."""

    level: Array
    profile: Array
    variance: Array

    def copy(self) -> _State:
        return _State(self.level.copy(), self.profile.copy(), self.variance.copy())

    def take(self, other: _State, where: npt.NDArray[np.bool_]) -> None:
        """What the other knows of some of the series."""
        self.level[where], self.profile[where], self.variance[where] = (
            other.level[where],
            other.profile[where],
            other.variance[where],
        )

    def means(self, rows: Ints, slot: Ints) -> Array:
        return np.asarray(self.level + self.profile[rows, slot])


class _Follower:
    """The state of all series at one row.

    `usual` is what values are judged against: while an event lasts, what was known before it began. `state` goes on learning
    meanwhile; when the event is over, the nearer of the two is kept: back to normal, or a new level.
    """

    def __init__(self, histories: Histories, kinds: Ints, special: Special, size: int) -> None:
        self.x = root(histories.y)
        self.size, self.weekly = size, size > 1 and size % 7 == 0
        self.place = histories.number % self.size
        self.settling = kinds == special.settling
        self.kinds, self.working = np.where(self.settling, 0, kinds), special.working
        self.free, self.near = np.isin(kinds, list(special.free)), np.isin(kinds, list(special.near))
        self.n, self.length = self.x.shape
        self.warm = max(warm_up(histories.minutes), 2 * size if size != 7 else 0)
        self.rows = np.arange(self.n)
        whole = np.where(np.isnan(histories.y), True, (histories.y % 1 == 0) & (histories.y >= 0))
        self.whole = np.logical_and.accumulate(whole, axis=1)
        self.effect = np.full((self.n, int(kinds.max(initial=0)) + 1), np.nan)
        self.recent = np.zeros((self.n, max(WINDOWS)))
        self.window_variance = np.ones((self.n, len(WINDOWS)))
        self.lasted, self.quiet = np.zeros((2, self.n), dtype="int64")  # values of the event; of them usual ones at its end
        self.distance = np.zeros((2, self.n))  # of these usual ones to the two states

    def run(self) -> Daily:
        shape = self.x.shape
        mean, spread, excess = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
        if self.length > self.warm:
            self._begin()
        for column in range(self.warm, self.length):
            mean[:, column], spread[:, column], excess[:, column] = self._step(column)
        return Daily(mean, spread, np.where(np.isnan(self.x), 0.0, excess))

    def _begin(self) -> None:
        """Level, profile and variance of the first two weeks."""
        x, place = self.x[:, : self.warm], self.place[:, : self.warm]
        filled = np.where(np.isnan(x), 0.0, x)
        level = filled.sum(axis=1) / np.maximum((~np.isnan(x)).sum(axis=1), 1)
        profile = np.zeros((self.n, self.size))
        for slot in range(self.size):
            here = (place == slot) & ~np.isnan(x)
            count = here.sum(axis=1)
            apart = np.where(here, x - level[:, None], 0.0).sum(axis=1)
            profile[:, slot] = apart / np.maximum(count, 1) if self.size > 1 else 0.0
        fitted = level[:, None] + np.take_along_axis(profile, place, axis=1)
        square = np.where(np.isnan(x), 0.0, (x - fitted) ** 2).sum(axis=1)
        freedom = max(self.warm - self.size, 1) if self.size > 1 else self.warm - 1
        self.state = _State(level, profile, np.maximum(square / freedom, 1e-12))
        self.usual = self.state.copy()

    def _step(self, column: int) -> tuple[Array, Array, Array]:
        x, slot, kind = self.x[:, column], self.place[:, column], self.kinds[:, column]
        free, near = self.free[:, column], self.near[:, column]
        apart = (kind > 0) & ~near
        known = ~np.isnan(x)
        effect = self._effect(slot, kind, free)
        self.usual.take(self.state, self.lasted == 0)
        mean = self.usual.means(self.rows, slot) + effect
        least = np.where(self.whole[:, column], 0.45, 1e-6 * (1e-3 + np.abs(self.usual.level)))
        unrest = np.select([apart, near, self.settling[:, column]], [UNREST, NEAR, SETTLING], 1.0)
        spread = np.maximum(np.sqrt(self.usual.variance), least) * unrest
        z = np.where(known, x - mean, 0.0) / spread
        excess = RARE / self._probability(z, spread, known, apart)
        ordinary = known & ~apart
        self.lasted += ordinary & ((self.lasted > 0) | (excess >= BEGINS))
        error = np.where(known, x - self.state.means(self.rows, slot) - effect, 0.0)
        allowed = np.maximum(np.sqrt(self.state.variance), least) * unrest
        self._renew(error, allowed, slot, ordinary, max(VARIANCE, 1 / (column - self.warm + BEGUN)))
        self._learn(effect + SPECIAL * error, slot, kind, known, free)
        self._end(np.abs(z), np.abs(error) / spread, ordinary & (self.lasted > 0))
        return mean, spread, excess

    def _end(self, z: Array, learned: Array, inside: npt.NDArray[np.bool_]) -> None:
        """End events after some usual values, or where they last too long; what is nearer to these values is known from now on."""
        usual = inside & (z < USUAL)
        self.quiet = np.where(inside, np.where(usual, self.quiet + 1, 0), self.quiet)
        self.distance = np.where(usual, self.distance + np.stack([z, learned]), np.where(inside, 0.0, self.distance))
        long, over = self.lasted >= LONGEST, self.quiet >= OVER
        back = over & ~long & (self.distance[0] <= self.distance[1])
        self.state.level[back] = self.usual.level[back]
        self.state.profile[back] = self.usual.profile[back]  # the unrest is remembered
        ended = over | long
        self.recent[ended] = 0.0
        self.lasted[ended], self.quiet[ended], self.distance[:, ended] = 0, 0, 0.0

    def _effect(self, slot: Ints, kind: Ints, free: npt.NDArray[np.bool_]) -> Array:
        """What a special day adds: what it added before, or what makes a free day (a Sunday at first) or a working day of it."""
        learned = self.effect[self.rows, kind]
        added = np.where(np.isnan(learned), 0.0, learned)
        if self.weekly:
            usual = self.state.profile[self.rows, slot]
            place = np.where(np.isnan(learned), self.state.profile[:, -1], learned)
            added = np.where(free, np.minimum(place - usual, 0.0), added)
            adjusted = (kind == self.working) & np.isnan(learned)
            added = np.where(adjusted, np.maximum(self.state.profile[:, :5].mean(axis=1) - usual, 0.0), added)
        return np.where(kind > 0, added, 0.0)

    def _learn(self, shown: Array, slot: Ints, kind: Ints, known: npt.NDArray[np.bool_], free: npt.NDArray[np.bool_]) -> None:
        """Effects of special days; of a free day its place in the profile, from days that are otherwise busier than a Sunday."""
        learned = known & (kind > 0)
        if self.weekly:
            usual = self.state.profile[self.rows, slot]
            learned &= ~free | (usual > self.state.profile[:, -1])
            shown = np.where(free, usual + shown, shown)
        self.effect[self.rows[learned], kind[learned]] = shown[learned]

    def _probability(self, z: Array, spread: Array, known: npt.NDArray[np.bool_], apart: npt.NDArray[np.bool_]) -> Array:
        """The smallest of the windows' probabilities, times how many independent ones they are worth."""
        ordinary = known & ~apart
        wander = (WANDER / 2 * np.abs(self.usual.level) / spread) ** 2  # half a share of the root is a share of the value
        newest = np.where(apart, 0.0, np.clip(z, -CLIP, CLIP))
        self.recent[(self.lasted > 0) & ordinary & (np.abs(z) < USUAL)] = 0.0  # a usual value does not lengthen an event
        self.recent[known] = np.column_stack([self.recent[known, 1:], newest[known]])
        smallest = 2 * stdtr(TAIL, -np.abs(z))
        for place, width in enumerate(WINDOWS[1:], start=1):
            total = self.recent[:, -width:].sum(axis=1) / np.sqrt(width)
            standard = total / np.sqrt(self.window_variance[:, place] + width * wander)
            smallest = np.where(ordinary, np.minimum(smallest, 2 * stdtr(2 * TAIL, -np.abs(standard))), smallest)
            renewed = self.window_variance[:, place] + VARIANCE * (
                np.minimum(total**2, LARGEST * self.window_variance[:, place]) - self.window_variance[:, place]
            )
            self.window_variance[ordinary, place] = np.maximum(renewed, 0.5)[ordinary]
        return np.asarray(np.where(known, np.clip(2 * smallest, 1e-12, 1.0), 1.0))

    def _renew(self, error: Array, spread: Array, slot: Ints, ordinary: npt.NDArray[np.bool_], weight: float) -> None:
        """Level, profile and, at this weight, variance after an ordinary day."""
        state = self.state
        moved = np.clip(error, -CLIP * spread, CLIP * spread)
        steady = np.abs(self.recent[:, -5:].mean(axis=1)) > 1.5  # five values on one side: the level has moved
        gain = np.where(steady, 3 * LEVEL, LEVEL)
        state.level = np.where(ordinary, state.level + gain * moved, state.level)
        if self.size > 1:
            state.profile[self.rows, slot] += np.where(ordinary, PROFILE * moved, 0.0)
        square = np.minimum(error**2, LARGEST * state.variance) * 1.05
        state.variance = np.where(ordinary, np.maximum(state.variance + weight * (square - state.variance), 1e-12), state.variance)
