"""Missed targets in sentences that go as far as the numbers do."""

from __future__ import annotations

from math import ceil

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Amount, Measure, Number, Part
from itsq_analysis.indicators.pooled import pooled
from itsq_analysis.indicators.shifts import URGENT
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.process.exact import binomial

SURE = {"certain": 0, "too few to tell": 1}


@fact
def missed_targets(scope: Scope) -> tuple[tuple[Value, Sentence], ...]:
    """Each missed agreed target with its sentence: P1 and P2 first, then what is certain, the largest first, then the others."""
    missed = [value for value in agreed_targets(scope) if value.missed]
    missed.sort(key=lambda value: (not _urgent(value), SURE.get(str(value.certainty), 2), -_size(value), str(value.member)))
    return tuple((value, _alone(scope, value)) for value in missed)


def _urgent(value: Value) -> bool:
    return value.dimension == "priority" and value.member in URGENT


def _size(value: Value) -> float:
    """Cases that went otherwise than agreed; P1 stands before P2, whichever has more."""
    return 0.0 if _urgent(value) else abs(value.value - value.target) * value.population


def _facts(value: Value) -> dict[str, Part]:
    return {"title": Measure(value, "scoped"), "measured": Measure(value, "measured"), "target": Measure(value, "target")}


def _alone(scope: Scope, value: Value) -> Sentence:
    """One missed target."""
    facts = _facts(value)
    if value.certainty == "certain":
        limits = {"lower": Amount(value.indicator, value.lower), "upper": Amount(value.indicator, value.upper)}
        return Sentence("missed_certain", facts | limits)
    if value.certainty == "too few to tell":
        few, together = Sentence("missed_few", facts), _together(scope, value)
        return Sentence("both", {"first": few, "second": together}, few) if together else few
    indicator = scope.catalogue[value.indicator]
    if indicator.kind == "proportion" and indicator.better == "higher":
        return Sentence("missed_short", facts | {"n": Number(_short(value)), "times": Number(_once_in(value))})
    return Sentence("missed_chance", facts)


def _short(value: Value) -> int:
    """Cases by which a share falls short of its target."""
    return ceil(value.target * value.denominator - 1e-9) - int(value.numerator)


def _once_in(value: Value) -> int:
    """A share that truly keeps its target shows this number of cases or fewer once in so many periods (binomial)."""
    return max(1, round(1 / float(binomial(value.numerator, value.denominator, value.target))))


def _together(scope: Scope, value: Value) -> Sentence | None:
    """The last 12 periods of a small population as one count."""
    together = pooled(scope, value)
    if together is None:
        return None
    return Sentence("missed_together", {"n": Number(together.periods), "together": Measure(together.value, "of")})
