"""Whether a value moves steadily in one direction over the periods, which no single one of them would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.completeness import complete, complete_periods, counted_table
from itsq_analysis.indicators.cube import PERIODS, cube
from itsq_analysis.indicators.maturity import at_same_age
from itsq_analysis.indicators.processes import SKEWED, rate
from itsq_analysis.indicators.value import Value

SHORT, LONG = 8, 12  # periods: the last eight, and all complete ones from twelve on


@dataclass(frozen=True)
class Trend:
    """A value's course over the last complete periods, the reporting one included.

    Attributes:
        value: of the reporting period.
        first: of the period in which the stretch begins.
        direction: "up" or "down".
        periods: of the stretch.
        chance: of so steady a course while nothing changes (two-sided), allowing for the two stretches that are looked at.
    """

    value: Value
    first: Value
    direction: Literal["up", "down"]
    periods: int
    chance: float


@fact
def trend(scope: Scope, name: str) -> Trend | None:
    """The steadier of the last eight and of all complete periods, by Mann and Kendall's test; None where too few are complete.

    The test asks only how many pairs of periods are in order, so that one odd period makes no trend (Mann 1945, Econometrica
    13:245; Kendall, Rank Correlation Methods). What is open at the end of a period is mostly what was open at the end of the one
    before, and outages are ruled by single long ones: neither has a trend of this kind. Nor has a volume: seasons move it.
    """
    indicator = scope.catalogue[name]
    if indicator.until or counted_table(scope, name) in SKEWED or (indicator.kind == "count" and indicator.better == "none"):
        return None
    course = _course(scope, name)
    lengths = [length for length in dict.fromkeys((SHORT, max(LONG, len(course)))) if length <= len(course)]
    trends = [tendency for length in lengths if (tendency := _of(scope, course[-length:], len(lengths))) is not None]
    return min(trends, key=lambda tendency: tendency.chance, default=None)


def mann_kendall(values: Sequence[float]) -> tuple[int, float]:
    """Pairs in ascending order less those in descending order, and the chance of so many either way (exact, two-sided).

    Equal values count as no pair; the chance is then somewhat too high.

    >>> mann_kendall([1, 2, 3, 4, 5])
    (10, 0.016666666666666666)
    >>> mann_kendall([3, 3, 3, 3])
    (0, 1.0)
    """
    pairs = [(values[i], values[j]) for i in range(len(values)) for j in range(i + 1, len(values))]
    order = sum((second > first) - (second < first) for first, second in pairs)
    counts = [1]  # orders of n values by their inversions, from n = 1 on
    for n in range(2, len(values) + 1):
        counts = [sum(counts[max(0, place - n + 1) : place + 1]) for place in range(len(counts) + n - 1)]
    ascending = (len(pairs) + abs(order) + 1) // 2
    return order, min(1.0, 2 * sum(counts[ascending:]) / sum(counts))


def _of(scope: Scope, course: Sequence[Value], looked_at: int) -> Trend | None:
    rates = [rate(scope, value) for value in course]
    order, chance = mann_kendall(rates)
    if not order or (rates[-1] > rates[0]) != (order > 0):
        return None
    return Trend(course[-1], course[0], "up" if order > 0 else "down", len(course), min(1.0, chance * looked_at))


def _course(scope: Scope, name: str) -> list[Value]:
    """The known values of the complete periods, the reporting one last; empty where that is not complete or not known."""
    value, table = cube(scope).value(name), counted_table(scope, name)
    values = at_same_age(scope, value) if value.provisional else cube(scope).course(value, PERIODS)
    if values is None or not value.known or not complete(scope, table, scope.period):
        return []
    whole = {period.label for period in (*complete_periods(scope, table), scope.period)}
    return [known for known in values if known.period in whole and not isnan(rate(scope, known))]
