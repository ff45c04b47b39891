"""Small populations: the last twelve periods together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period, parse_period

PERIODS = 12


@dataclass(frozen=True)
class Pooled:
    """A value of the last twelve periods as one.

    Attributes:
        value: of all of them together.
        periods: of them with a case.
    """

    value: Value
    periods: int


def pooled(scope: Scope, value: Value) -> Pooled | None:
    """The last twelve periods of a value's indicator and member as one count; None where only one of them has a case."""
    periods = sum(past.denominator > 0 for past in cube(scope).course(value, PERIODS))
    if periods < 2:
        return None
    return Pooled(cube(scope).value(value.indicator, value.dimension, value.member, pooling_window(scope)), periods)


@fact
def pooling_window(scope: Scope) -> Period:
    """The last twelve periods, the scope's the last of them, as one."""
    return parse_period(f"{scope.history(PERIODS)[0].start}..{scope.period.end - timedelta(days=1)}")
