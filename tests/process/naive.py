"""Slow, obvious process limits and runs, written from their definitions; nothing here comes from the package."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt


def individuals(values: Sequence[float]) -> tuple[float, float, float]:
    """Centre, lower and upper limit: mean ± 2.66 × mean moving range (3 / 1.128)."""
    mean = sum(values) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    reach = 3 / 1.128 * sum(ranges) / len(ranges)
    return mean, mean - reach, mean + reach


def proportions(hits: Sequence[int], sizes: Sequence[int], now: int) -> tuple[float, float, float]:
    """Laney's p′ for a sample of `now`, its factor not below 1."""
    centre = sum(hits) / sum(sizes)
    if centre in (0, 1):
        return centre, centre, centre
    scores = [(x / n - centre) / sqrt(centre * (1 - centre) / n) for x, n in zip(hits, sizes, strict=True)]
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    factor = max(1.0, sum(ranges) / len(ranges) / 1.128)
    reach = 3 * factor * sqrt(centre * (1 - centre) / now)
    return centre, max(0.0, centre - reach), min(1.0, centre + reach)


def rates(counts: Sequence[int], days: Sequence[int], now: int) -> tuple[float, float, float]:
    """Laney's u′ for an exposure of `now`, its factor not below 1."""
    centre = sum(counts) / sum(days)
    if centre == 0:
        return 0.0, 0.0, 0.0
    scores = [(c / d - centre) / sqrt(centre / d) for c, d in zip(counts, days, strict=True)]
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    factor = max(1.0, sum(ranges) / len(ranges) / 1.128)
    reach = 3 * factor * sqrt(centre / now)
    return centre, max(0.0, centre - reach), centre + reach


def run(values: Sequence[float], centre: float) -> int:
    """How many values in a row, counted from the newest, lie on its side of the centre."""
    length = 0
    for value in reversed(values):
        if (value > centre and values[-1] > centre) or (value < centre and values[-1] < centre):
            length += 1
        else:
            break
    return length


def chance_of_counts(counts: Sequence[int], sizes: Sequence[int]) -> Fraction:
    """The chance that the last of several samples holds at least, or at most, its hits, given all hits: the less, doubled."""
    hits, total, last = sum(counts), sum(sizes), sizes[-1]
    ways = [_choose(last, k) * _choose(total - last, hits - k) for k in range(hits + 1)]
    whole = sum(ways)
    most = Fraction(sum(ways[counts[-1] :]), whole)
    least = Fraction(sum(ways[: counts[-1] + 1]), whole)
    return min(Fraction(1), 2 * min(most, least))


def _choose(n: int, k: int) -> int:
    if k < 0 or k > n:
        return 0
    found = 1
    for step in range(k):
        found = found * (n - step) // (step + 1)
    return found
