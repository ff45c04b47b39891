"""Two periods side by side: what moved by more than chance, and of shares how much of it is other cases and how much other work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import erfc, nan, sqrt

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.case_mix import cases_of, decompose
from itsq_analysis.indicators.chance import kept_by_holm
from itsq_analysis.indicators.completeness import complete, counted_table
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.maturity import at_same_age
from itsq_analysis.indicators.processes import SKEWED, days, exposure, process
from itsq_analysis.indicators.query import dimensions_of
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period
from itsq_analysis.process.exact import fisher
from itsq_analysis.process.judgement import tail_chance

WIDTH = 2 * 1.959964  # standard errors across a 95 % interval


@dataclass(frozen=True)
class Moved:
    """An indicator in two periods.

    Attributes:
        before, now: its values; one that can still change is compared with the earlier one at the same age.
        difference: in the value's unit, now less before; of counts less what the later days let expect of the earlier.
        chance: of a difference so large while nothing changes; NaN where that cannot be told.
        moved: "better", "worse", "changed" (where neither is better), "chance" or "not compared".
        reason: why it is not compared: "no_value", "incomplete", "provisional", "single_events", "no_spread"; else "".
        mix, performance: of a share, what other weights and what other shares within the members contribute; NaN elsewhere.
    """

    before: Value
    now: Value
    difference: float
    chance: float
    moved: str
    reason: str = ""
    mix: float = nan
    performance: float = nan


@fact
def moved(scope: Scope, before: Period, by: str | None = "priority") -> tuple[Moved, ...]:
    """Every indicator that has a value in the scope's period or in `before`; what moved comes first, the least likely at the head.

    Two chances are asked, and the larger counts: that of these two numbers by their cases (exact for shares and counts, by the
    intervals elsewhere), and that of such a step in a process that moves as much from period to period as this one, where twelve
    periods are known. The chance of even one false alarm among all indicators is 5 % (Holm 1979).
    """
    cube(scope).want(scope.catalogue)
    cube(scope).want(scope.catalogue, None, [before])
    compared = [_compared(scope, name, before) for name in scope.catalogue]
    known = [pair for pair in compared if pair.before.known or pair.now.known]
    tested = [place for place, pair in enumerate(known) if not pair.reason]
    kept = {tested[place] for place in kept_by_holm([known[place].chance for place in tested])}
    judged = [_judged(scope, pair, place in kept) for place, pair in enumerate(known)]
    parted = _parted(scope, judged, before, by) if by else judged
    order = {"better": 0, "worse": 0, "changed": 0, "chance": 1, "not compared": 2}
    return tuple(sorted(parted, key=lambda pair: (order[pair.moved], pair.chance if pair.moved != "not compared" else 1.0)))


def _compared(scope: Scope, name: str, period: Period) -> Moved:
    now, before = cube(scope).value(name), cube(scope).value(name, period=period)
    aged = at_same_age(scope, now) if now.provisional else None
    alike = next((value for value in aged or () if value.period == period.label), None)
    before = alike or before
    reason = _hindrance(scope, now, before, period)
    if reason or (now.provisional and alike is None):
        reason = reason or "provisional"
        return Moved(before, now, now.value - before.value, nan, "not compared", reason)
    first, second, sizes = _rates(scope, before, now, period)
    chances = [
        chance for chance in (_by_cases(scope, before, now, sizes), _by_process(scope, now, second - first)) if chance == chance
    ]
    difference = (second - first) * (sizes[1] if sizes else 1)
    if not chances:
        return Moved(before, now, difference, nan, "not compared", "no_spread")
    return Moved(before, now, difference, max(chances), "chance")


def _hindrance(scope: Scope, now: Value, before: Value, period: Period) -> str:
    """Why two values are not compared."""
    table = counted_table(scope, now.indicator)
    if not (now.known and before.known):
        return "no_value"
    if not (complete(scope, table, scope.period) and complete(scope, table, period)):
        return "incomplete"
    return "single_events" if table in SKEWED else ""


def _rates(scope: Scope, before: Value, now: Value, period: Period) -> tuple[float, float, tuple[float, float] | None]:
    """Both values, counts per day with the days of both periods."""
    basis = exposure(scope, now.indicator)
    if basis is None:
        return before.value, now.value, None
    sizes = float(days(scope, period, basis)), float(days(scope, scope.period, basis))
    return before.value / sizes[0], now.value / sizes[1], sizes


def _by_cases(scope: Scope, before: Value, now: Value, sizes: tuple[float, float] | None) -> float:
    """The chance of these two numbers, were both periods alike."""
    if sizes:
        return tail_chance([before.value / sizes[0], now.value / sizes[1]], sizes, "rate")
    if scope.catalogue[now.indicator].kind == "proportion":
        return fisher(before.numerator, before.denominator, now.numerator, now.denominator)
    errors = [(value.upper - value.lower) / WIDTH for value in (before, now)]
    return _normal(now.value - before.value, sqrt(errors[0] ** 2 + errors[1] ** 2))


def _by_process(scope: Scope, now: Value, step: float) -> float:
    """The chance of such a step between two periods of the process; NaN where too few periods are known."""
    return _normal(step, process(scope, now).sigma * sqrt(2))


def _normal(distance: float, sigma: float) -> float:
    """How likely a distance so large is, two-sided; NaN where the spread is not known."""
    return erfc(abs(distance) / sigma / sqrt(2)) if sigma > 0 else nan


def _judged(scope: Scope, pair: Moved, certain: bool) -> Moved:
    if not certain:
        return pair
    better = scope.catalogue[pair.now.indicator].better
    if better == "none" or not pair.difference:
        return replace(pair, moved="changed")
    return replace(pair, moved="better" if (pair.difference > 0) == (better == "higher") else "worse")


def _parted(scope: Scope, compared: list[Moved], before: Period, by: str) -> list[Moved]:
    """With what other cases and what other work contribute, of shares that can be told by the dimension as they are today."""
    shares = {
        pair.now.indicator
        for pair in compared
        if not (pair.reason or pair.now.provisional)
        and scope.catalogue[pair.now.indicator].kind == "proportion"
        and by in dimensions_of(scope.catalogue[pair.now.indicator], scope.catalogue)
    }
    cube(scope).want(shares, by, [before, scope.period])
    return [_shared(scope, pair, before, by) if pair.now.indicator in shares else pair for pair in compared]


def _shared(scope: Scope, pair: Moved, before: Period, by: str) -> Moved:
    parts = decompose(cases_of(scope, pair.now.indicator, (before, scope.period), by))
    return replace(pair, mix=sum(part.mix for part in parts), performance=sum(part.performance for part in parts))
