"""What a day was expected to bring: every series' own level, followed day by day, times the profile of the kind of day.

The profile is that of the whole, bent towards the series' own as far as its counts allow; so a small series takes the week of the
whole, a large one its own. The profile is made of the days before the event, the level of a day of the days before that day; how
far sums of days lay from it in the past is how far they may lie from it by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom, poisson

from itsq_analysis.anomaly.explain.days import NUMBER, SUNDAY, WORKING, Ints

Array = npt.NDArray[np.float64]

HALF_LIFE = 28.0  # days after which a day weighs half in the level
OWN_PROFILE = 20.0  # counts of a kind of day that weigh as much as the profile of the whole
OWN_LEVEL = 2.0  # counts that the first level of a series is worth
BLOCKS = 8.0  # past sums of a series that weigh as much for its spread as those of all series together
CLIP = 4.0  # standard deviations beyond which a day moves the level no further


@dataclass(frozen=True)
class Expected:
    """Counts and expectations, days x series.

    Attributes:
        counts: what was counted.
        mean: expected from earlier days.
        known_from: the first day that has an expectation.
    """

    counts: Array
    mean: Array
    known_from: int

    def window(self, first: int, last: int) -> Window:
        """The sums of the days first to last, both included, with their spread as sums of so many days had it before `first`."""
        counted, mean = self.counts[first : last + 1].sum(axis=0), self.mean[first : last + 1].sum(axis=0)
        return Window(counted, mean, self.spread(first, last - first + 1))

    def spread(self, before: int, length: int) -> Array:
        """Variance / mean of sums of `length` days that lie before a day, at least 1: of each series, drawn to that of all."""
        blocks = (before - self.known_from) // length
        if blocks < 1:
            return np.full(self.counts.shape[1], 2.0)
        first = before - blocks * length
        shape = (blocks, length, self.counts.shape[1])
        counted = self.counts[first:before].reshape(shape).sum(axis=1)
        mean = np.maximum(self.mean[first:before].reshape(shape).sum(axis=1), 1e-9)
        square = np.minimum((counted - mean) ** 2 / mean, CLIP**2 * 2)
        weight = np.minimum(mean, 1.0)  # a block that expects next to nothing tells nothing of the spread
        pooled = float((weight * square).sum() / max(float(weight.sum()), 1e-9))
        own = ((weight * square).sum(axis=0) + BLOCKS * pooled) / (weight.sum(axis=0) + BLOCKS)
        return np.asarray(np.maximum(own, 1.0))


@dataclass(frozen=True)
class Window:
    """Sums over the days of an event, one entry a series: counted, expected, and variance / mean of such sums (at least 1)."""

    counted: Array
    mean: Array
    spread: Array

    def chance(self, up: bool) -> Array:
        """Probability of so many or more (up), so few or fewer, while nothing changes: negative binomial."""
        return np.array([tail(*sums, up=up) for sums in zip(self.counted, self.mean, self.spread, strict=True)])

    def gain(self, up: bool) -> Array:
        """How much better a rate of its own fits than the expected one (log-likelihood / spread); 0 on the other side."""
        mean = np.maximum(self.mean, 1e-3)
        ratio = np.log(np.maximum(self.counted, 1e-9) / mean)
        full = np.where(self.counted > 0, self.counted * ratio, 0.0) - (self.counted - mean)
        wanted = self.counted > mean if up else self.counted < mean
        return np.where(wanted, np.maximum(full, 0.0) / self.spread, 0.0)


def tail(counted: float, mean: float, spread: float, *, up: bool) -> float:
    """P(N >= counted) or P(N <= counted) of counts with that mean and that variance / mean.

    >>> round(tail(3, 1.0, 1.0, up=True), 4), round(tail(0, 2.0, 1.0, up=False), 4)
    (0.0803, 0.1353)
    """
    mean = max(mean, 1e-3)
    if spread <= 1.0 + 1e-6:
        return float(poisson.sf(counted - 1, mean) if up else poisson.cdf(counted, mean))
    size, kept = mean / (spread - 1.0), 1.0 / spread
    return float(nbinom.sf(counted - 1, size, kept) if up else nbinom.cdf(counted, size, kept))


def quantile(share: float, mean: float, spread: float) -> float:
    """The count below which that share of sums lies by chance.

    >>> quantile(0.5, 100.0, 1.0), quantile(0.975, 100.0, 4.0)
    (100.0, 142.0)
    """
    mean = max(mean, 1e-3)
    if spread <= 1.0 + 1e-6:
        return float(poisson.ppf(share, mean))
    return float(nbinom.ppf(share, mean / (spread - 1.0), 1.0 / spread))


def expect(counts: Array, slots: Ints, whole: Array, first: int) -> Expected:
    """Follow every series from its first day.

    Args:
        counts: days x series, without gaps.
        slots: kind of every day (`day_slots`).
        whole: days; the series whose profile small ones take.
        first: day of the event; from it on nothing is learned. The profile is made of the days before it.

    >>> counts = np.tile([[4.0], [2.0]], (30, 1))
    >>> expect(counts, np.tile([0, 1], 30), counts[:, 0], first=58).mean[58:].round(1).tolist()
    [[4.0], [2.0]]
    """
    profile = _profiles(counts[:first], slots[:first], whole[:first])
    usual = profile[slots]  # days x series
    level, mean = _first_level(counts[:first], usual[:first]), np.full(counts.shape, np.nan)
    gain = 1.0 - 0.5 ** (1.0 / HALF_LIFE)
    exposure = np.full(counts.shape[1], 7.0)  # days' worth of counts that the level is made of
    for day in range(len(counts)):
        mean[day] = np.maximum(level * usual[day], 1e-6)
        if day >= first:
            continue
        room = CLIP * np.sqrt(np.maximum(mean[day], 0.25) * 1.5)
        seen = np.minimum(np.maximum(counts[day], mean[day] - room), mean[day] + room)
        exposure = exposure * (1.0 - gain) + usual[day]
        level = level + (seen - mean[day]) / exposure
        level = np.maximum(level, 1e-4)
    return Expected(counts, mean, min(28, first // 2))


def _first_level(counts: Array, usual: Array) -> Array:
    """Counts of the first four weeks over what one of level 1 would have had, never nothing."""
    start = slice(0, min(28, len(counts)))
    total = counts.sum(axis=0) / np.maximum(usual.sum(axis=0), 1e-9)
    return np.asarray((counts[start].sum(axis=0) + OWN_LEVEL * total) / (usual[start].sum(axis=0) + OWN_LEVEL))


def _profiles(counts: Array, slots: Ints, whole: Array) -> Array:
    """Kind of day x series: how much of a usual day's count such a day has; the mean over days is 1."""
    common = common_profile(whole, slots)
    expected = np.outer(common[slots], counts.sum(axis=0) / max(common[slots].sum(), 1e-9))
    seen, due = np.zeros((NUMBER, counts.shape[1])), np.zeros((NUMBER, counts.shape[1]))
    np.add.at(seen, slots, np.minimum(counts, expected + CLIP * np.sqrt(np.maximum(expected, 1.0) * 1.5)))
    np.add.at(due, slots, expected)
    own = (seen + OWN_PROFILE) / (due + OWN_PROFILE)
    return np.asarray(common[:, None] * own)


def common_profile(whole: Array, slots: Ints) -> Array:
    """The profile of the whole; a kind of day that was never seen is like a Sunday where it is off, else like a working day."""
    overall = max(float(whole.mean()), 1e-9)
    seen, days = np.zeros(NUMBER), np.zeros(NUMBER)
    np.add.at(seen, slots, whole / overall)
    np.add.at(days, slots, 1.0)
    weekday = (seen[:7] + 0.3) / (days[:7] + 0.3)
    work = float(weekday[list(WORKING)].mean())
    prior = np.concatenate([weekday, [work, weekday[SUNDAY], work, work, work]])
    return np.asarray(np.concatenate([weekday, ((seen + 2.0 * prior) / (days + 2.0))[7:]]))
