"""When an overall rate moves: how much comes from other cases, and how much from other work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.processes import process
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period
from itsq_analysis.process.exact import fisher

DIMENSION = "priority"
CHANCE = 0.01  # a difference that comes more often by chance alone is not taken apart


@dataclass(frozen=True)
class Cases:
    """Hits and cases of a member in two periods; None is the unknown member."""

    member: str | None
    hits_before: float
    n_before: float
    hits_now: float
    n_now: float


@dataclass(frozen=True)
class Contribution:
    """What one member contributes to a difference of two overall shares.

    Attributes:
        member: None is the unknown one.
        weight_before, weight_now: its share of all cases.
        rate_before, rate_now: its own share of hits; NaN where it had no case.
        mix, performance: through its weight, and through its rate.
    """

    member: str | None
    weight_before: float
    weight_now: float
    rate_before: float
    rate_now: float
    mix: float
    performance: float


@dataclass(frozen=True)
class CaseMix:
    """An overall share in two periods, taken apart by priority.

    Attributes:
        indicator: the share.
        before, now: the overall shares.
        mix, performance: what other weights and what other shares within the priorities contribute; together now − before, exactly.
        parts: one a priority, the most urgent first.
        most: the part that moved most, and `moved`: by its "performance" or its "mix".
    """

    indicator: str
    before: float
    now: float
    mix: float
    performance: float
    parts: tuple[Contribution, ...]
    most: Contribution
    moved: str

    @property
    def points(self) -> float:
        """The whole difference, as a share."""
        return self.now - self.before


def decompose(cases: Sequence[Cases]) -> tuple[Contribution, ...]:
    """Take a difference of two overall shares apart: each member's share of it through its weight and through its rate.

    Symmetric: weights at mean rates, rates at mean weights (Kitagawa 1955, JASA 50:1168-1194). A member without cases in one
    period has no rate there; all that it changes is mix. The contributions add up to the difference exactly.

    >>> parts = decompose([Cases("1", 5, 10, 10, 20), Cases("2", 45, 50, 36, 40)])
    >>> sum(part.performance for part in parts), round(sum(part.mix for part in parts), 4)
    (0.0, -0.0667)
    """
    n_before, n_now = sum(case.n_before for case in cases), sum(case.n_now for case in cases)
    overall = (sum(case.hits_before for case in cases) / n_before + sum(case.hits_now for case in cases) / n_now) / 2
    parts = []
    for case in cases:
        before, now = case.n_before / n_before, case.n_now / n_now
        first, second = _share(case.hits_before, case.n_before), _share(case.hits_now, case.n_now)
        known = [rate for rate in (first, second) if not isnan(rate)] or [0.0]
        old, new = known[0], known[-1]
        # The overall share is taken from every rate, so that a member's own weight says whether it draws the whole up or down.
        mix = (now - before) * ((old + new) / 2 - overall)
        parts.append(Contribution(case.member, before, now, first, second, mix, (new - old) * (before + now) / 2))
    return tuple(parts)


@fact
def case_mix(scope: Scope) -> CaseMix | None:
    """How attainment moved since the period before, by priority; None where it did not move by more than chance.

    The difference must be rarer than one in a hundred (Fisher's exact test); where there are twelve complete periods before, the
    process must signal too. Neither period may be incomplete.
    """
    name = attainment(scope)
    before, now = cube(scope).value(name, period=scope.period.previous()), cube(scope).value(name)
    if not before.known or not now.known or not _more_than_chance(scope, before, now):
        return None
    parts = decompose(cases_of(scope, name, (scope.period.previous(), scope.period)))
    moved = ((abs(getattr(part, what)), part, what) for part in parts for what in ("mix", "performance"))
    _, most, what = max(moved, key=lambda effect: effect[0])
    mix, performance = sum(part.mix for part in parts), sum(part.performance for part in parts)
    return CaseMix(name, before.value, now.value, mix, performance, parts, most, what)


def _more_than_chance(scope: Scope, before: Value, now: Value) -> bool:
    """Whether two overall shares differ by more than chance, and more than this process usually does."""
    judged = process(scope, now)
    if judged.reason in ("period_incomplete", "thin", "provisional"):
        return False
    chance = fisher(before.numerator, before.denominator, now.numerator, now.denominator)
    return chance < CHANCE and (judged.reason == "few_periods" or judged.signal)


def cases_of(scope: Scope, name: str, periods: tuple[Period, Period], by: str = DIMENSION) -> list[Cases]:
    """Hits and cases of every member in both periods; one that a period lacks has none there. The unknown one first."""
    members = {value.member for period in periods for value in cube(scope).values(name, by, period)}
    cases = []
    for member in sorted(members, key=lambda member: member or ""):
        before, now = (cube(scope).value(name, by, member, period) for period in periods)
        counts = (before.numerator, before.denominator, now.numerator, now.denominator)
        cases.append(Cases(member, *(0.0 if isnan(count) else count for count in counts)))
    return [case for case in cases if case.n_before > 0 or case.n_now > 0]


def _share(hits: float, cases: float) -> float:
    return hits / cases if cases > 0 else nan
