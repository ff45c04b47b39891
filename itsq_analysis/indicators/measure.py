"""From measured cells to numbers: value, numerator, denominator, n and the 95 % interval, as arrays (periods × members)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.indicators import intervals
from itsq_analysis.indicators.compile import aggregates, sample
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.intervals import Floats, Limits
from itsq_analysis.indicators.scan import Cells, Member, Sample, in_order
from itsq_analysis.indicators.value import NUMBERS


@dataclass(frozen=True)
class Measured:
    """One indicator in one dimension; NaN where there is none.

    `reason` holds a code of words.toml where there is no value, else "". `blocked` is the reason why nothing could be measured at
    all, for any member, or "".
    """

    members: tuple[Member, ...]
    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats
    lower: Floats
    upper: Floats
    reason: NDArray[np.object_]
    blocked: str = ""

    def without(self, where: NDArray[np.bool_], reason: str) -> Measured:
        """The same, but nothing is known where `where` is true, for that reason."""
        parts: dict[str, Any] = {name: np.where(where, np.nan, getattr(self, name)) for name in NUMBERS}
        return replace(self, **parts, reason=np.where(where, reason, self.reason))

    def refused(self, reason: str) -> Measured:
        """The same, but nothing is known at all, for that reason."""
        return replace(self.without(np.ones(self.value.shape, dtype=bool), reason), blocked=reason)


def nothing(members: tuple[Member, ...], periods: int) -> Measured:
    """Nothing was counted: zeros, as of a count."""
    value, n, numerator = np.zeros((3, periods, len(members)))  # three arrays: each is written on its own
    return _measured(members, value, n, intervals.poisson(value), numerator=numerator)


def measure(indicator: Indicator, cells: Cells) -> Measured:
    """An indicator of one table."""
    if indicator.kind == "quantile":
        return _quantile(indicator, cells)
    n, *sums = (cells.numbers[sql] for sql in aggregates(indicator))
    if indicator.kind in ("count", "stock"):
        return _measured(cells.members, n, n, intervals.poisson(n), numerator=n)
    if indicator.kind == "proportion":
        return _measured(cells.members, _over(sums[0], n), n, intervals.wilson(sums[0], n), numerator=sums[0], denominator=n)
    if indicator.kind == "quotient":
        limits = _scaled(intervals.quotient(n, sums[0], sums[1], (sums[2], sums[3], sums[4])), indicator.per)
        value = indicator.per * _over(sums[0], sums[1])
        return _measured(cells.members, value, n, limits, numerator=sums[0], denominator=sums[1])
    total = sums[0] / indicator.divisor
    if indicator.kind == "mean":
        limits = _scaled(intervals.student(n, *sums), 1 / indicator.divisor)
        return _measured(cells.members, _over(total, n), n, limits, numerator=total, denominator=n)
    return _measured(cells.members, total, n, _scaled(intervals.gamma(*sums), 1 / indicator.divisor), numerator=total)


def combine(indicator: Indicator, parts: dict[str, Measured]) -> Measured:
    """A ratio or a difference of two measured indicators; a member of either has counted nothing in the other."""
    first, second = (parts[name] for name in indicator.parts)
    members = in_order({*first.members, *second.members})
    blocked = first.blocked or second.blocked
    first, second = _aligned(first, members), _aligned(second, members)
    if indicator.kind == "difference":
        limits = intervals.difference(first.value, (first.lower, first.upper), second.value, (second.lower, second.upper))
        made = _measured(members, first.value - second.value, first.n + second.n, limits)
    else:
        factor = _over(np.full_like(second.value, indicator.per), second.value)
        limits = _scaled((first.lower, first.upper), factor)
        made = _measured(members, first.value * factor, second.n, limits, numerator=first.value, denominator=second.value)
    for part in (second, first):
        for reason in sorted(set(part.reason.ravel().tolist()) - {""}):
            made = made.without(part.reason == reason, reason)
    return made.refused(blocked) if blocked else made


def _measured(members: tuple[Member, ...], value: Floats, n: Floats, limits: Limits, **fractions: Floats) -> Measured:
    unknown = np.full(value.shape, np.nan)
    parts: dict[str, Any] = {"numerator": unknown, "denominator": unknown} | fractions
    reason = np.where(np.isnan(value), "empty_population", "").astype(object)
    return Measured(members, value=value, n=n, lower=limits[0], upper=limits[1], reason=reason, **parts)


def _over(numerator: Floats, denominator: Floats) -> Floats:
    """The quotient; NaN where the denominator is 0."""
    quotient: Floats = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)
    return quotient


def _scaled(limits: Limits, factor: Floats | float) -> Limits:
    return limits[0] * factor, limits[1] * factor


def _aligned(part: Measured, members: tuple[Member, ...]) -> Measured:
    made = nothing(members, len(part.value))
    places = [members.index(member) for member in part.members]
    for name in (*NUMBERS, "reason"):
        getattr(made, name)[:, places] = getattr(part, name)
    return made


def _quantile(indicator: Indicator, cells: Cells) -> Measured:
    sql, q, by = sample(indicator), indicator.quantile, indicator.divisor
    assert sql is not None  # noqa: S101 - a quantile has both, checked at load
    assert q is not None  # noqa: S101
    values = cells.samples[sql]
    low, high = intervals.order_ranks(values.sizes, q)
    limits = _scaled((values.at(low - 1), values.at(high - 1)), 1 / by)
    return _measured(cells.members, interpolated(values, q) / by, values.sizes.astype(float), limits)


def interpolated(values: Sample, q: float) -> Floats:
    """The q-quantile of each cell, linear between order statistics (type 7 of Hyndman & Fan 1996, the default of numpy)."""
    place = (values.sizes - 1) * q
    below = np.floor(place).astype(np.int64)
    low, high = values.at(below), values.at(np.minimum(below + 1, values.sizes - 1))
    between: Floats = low + (high - low) * (place - below)
    return between
