"""What became of a value after an action was done: the period that it was about against the report's, beyond chance or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import hypot, isnan
from typing import Literal

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period

Became = Literal["better", "worse", "changed", "same", "early", "unmeasured"]


@dataclass(frozen=True)
class Effect:
    """A value in the period that an action was about and in the report's period, and how they differ.

    Attributes:
        before, after: None where it was not measured.
        word: "better", "worse" or "changed" beyond chance; "same": no difference beyond chance; "early": no whole period has passed
            since the action was done; "unmeasured": one of the values, or its interval, is missing.
    """

    before: Value | None
    after: Value | None
    word: Became


UNMEASURED = Effect(None, None, "unmeasured")


@fact
def effect(scope: Scope, name: str, dimension: str | None, member: str | None, about: Period, done_on: date) -> Effect:
    """What became of an indicator, whole or of a member, between the period that a done action was about and the report's.

    A difference after an action is no proof that the action made it.
    """
    before = cube(scope).value(name, dimension, member, about)
    first = before if before.known else None
    if done_on >= scope.period.start or scope.period.start < about.end:
        return Effect(first, None, "early")
    after = cube(scope).value(name, dimension, member)
    if not before.known or not after.known:
        return Effect(first, after if after.known else None, "unmeasured")
    return Effect(before, after, became(scope.catalogue[name].better, before, after))


def became(better: str, before: Value, after: Value) -> Became:
    """Whether the 95 % interval of the difference leaves out zero.

    The interval is made of those of the two values (Zou and Donner 2008, Statistics in Medicine 27:1693; of two Wilson intervals
    it is Newcombe's).

    >>> day = date(2026, 10, 1)
    >>> before = Value("csat", "2026-09", day, day, value=0.9, lower=0.8, upper=0.91)
    >>> became("higher", before, Value("csat", "2026-10", day, day, value=0.97, lower=0.96, upper=0.98))
    'better'
    """
    if any(isnan(limit) for value in (before, after) for limit in (value.lower, value.upper)):
        return "unmeasured"
    difference = after.value - before.value
    lower = difference - hypot(after.value - after.lower, before.upper - before.value)
    upper = difference + hypot(after.upper - after.value, before.value - before.lower)
    if lower <= 0 <= upper:
        return "same"
    if better == "none":
        return "changed"
    return "better" if (difference > 0) == (better == "higher") else "worse"
