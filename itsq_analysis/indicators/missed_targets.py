"""Missed targets in sentences that go as far as the numbers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Amount, Listed, Measure, Number, Part
from itsq_analysis.indicators.pooled import pooled
from itsq_analysis.indicators.shifts import URGENT
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.process.exact import binomial

TOLD = 5  # targets missed for certain that are told one by one


@fact
def missed_targets(scope: Scope) -> tuple[Sentence, ...]:
    """Those of P1 and P2 first, then the certain ones one by one, then small populations, then what could be chance together."""
    missed = [value for value in agreed_targets(scope) if value.missed]
    missed.sort(key=lambda value: -abs(value.value - value.target) * value.population)
    urgent = [value for value in missed if value.dimension == "priority" and value.member in URGENT]
    rest = [value for value in missed if value not in urgent]
    certain, few, chance = (
        [value for value in rest if value.certainty == word] for word in ("certain", "too few to tell", "could be chance")
    )
    alone = [*sorted(urgent, key=lambda value: str(value.member)), *certain[:TOLD]]
    return (
        *(_alone(scope, value) for value in alone),
        *_listed("missed_more", certain[TOLD:]),
        *(_alone(scope, value) for value in few),
        *_listed("missed_chance", chance),
    )


def _listed(sentence: str, values: Sequence[Value]) -> Iterator[Sentence]:
    """Several missed targets in one sentence; none for none."""
    if values:
        items = tuple(Sentence("missed_item", _facts(value)) for value in values)
        yield Sentence(sentence, {"list": Listed(items, "clauses")})


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
    return next(_listed("missed_chance", [value]))


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
