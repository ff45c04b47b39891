"""One indicator's definition, and the words that definitions and values are told with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from itsq_analysis.indicators.expression import Expression

Words = dict[str, str]  # "en" and "zh"


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One definition.

    Attributes:
        id, title, population, meaning: name, and what is counted and how, in both languages.
        section: of the service-quality standard, such as "2.4".
        kind: how rows become a number.
            proportion: rows where `of` is true / rows where it is known.
            mean, sum, quantile: of the number `of` (divided by `divisor`), over rows where it is known.
            count: rows. stock: rows present at the end of the period.
            quotient: sum of `of` / sum of `over` × `per`, over rows where both are known.
            ratio: `numerator` / `denominator` × `per`; difference: `plus` − `minus`; each the id of a count, sum or stock.
            computed: the Python function `function`.
        table, time: contract, and the timestamp or day that places a row in a period (start ≤ time < end; days begin at midnight).
        until: a row is present from `time` to this timestamp; the indicator is then told for the end of the period
            (time < end ≤ until), and its expressions may also name `moment`, `last_day` (the day before it) and `age_seconds`.
        where: rows of the population (true; not known is left out).
        requires: columns that must not be empty in all rows.
        unit: "%" (values are 0 to 1), "h" (hours), "count" or other; better: "higher", "lower" or "none".
        reference_target: the field's usual target, in the value's unit; never met or missed.
        clause: of ISO/IEC 20000-1:2018, only where verified; characteristic: of GB/T 33850, and element: of
            GB/T 28827.1 (people, process, technology, resources), proposed mappings.
        interval: the method of the 95 % interval; counted: the noun of `n`.
        followup_days: a value stays provisional for so long after its period; judged_from: the smallest n that is judged.
        file: where the entry stands.
    """

    id: str
    section: str
    title: Words
    population: Words
    meaning: Words
    kind: str
    unit: str
    better: str
    table: str | None = None
    time: str | None = None
    until: str | None = None
    where: Expression | None = None
    of: Expression | None = None
    over: Expression | None = None
    quantile: float | None = None
    divisor: float = 1.0
    numerator: str | None = None
    denominator: str | None = None
    per: float = 1.0
    plus: str | None = None
    minus: str | None = None
    function: str | None = None
    requires: tuple[str, ...] = ()
    reference_target: float | None = None
    clause: str | None = None
    characteristic: str | None = None
    element: str | None = None
    interval: Words
    counted: Words | None = None
    followup_days: int = 0
    judged_from: int = 0
    file: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The ids of the indicators that a ratio or difference is made of."""
        return tuple(part for part in (self.numerator, self.denominator, self.plus, self.minus) if part)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that its expressions name."""
        return frozenset().union(*(expression.columns for expression in (self.where, self.of, self.over) if expression))


def describe(indicator: Indicator) -> dict[str, Any]:
    """The definition as JSON values, without what is not given; expressions as their text.

    >>> from itsq_analysis.indicators.catalogue import load_catalogue
    >>> describe(load_catalogue()["reopen_rate"])["of"]
    'reopen_count > 0'
    """
    expressions = {}
    for field in fields(indicator):
        value = getattr(indicator, field.name)
        if value not in (None, ()):
            expressions[field.name] = (
                value.text if isinstance(value, Expression) else [*value] if isinstance(value, tuple) else value
            )
    return expressions


@cache
def words() -> dict[str, dict[str, Words]]:
    """The words of words.toml: {"reason": {"too_few": {"en": …, "zh": …}, …}, "interval": …, "kind": …}."""
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))


def reason_text(reason: str, language: str) -> str:
    """The reason of a value frame in words; it may hold several codes, some with a count.

    >>> reason_text("unknown_level=2; too_few", "en")
    'incidents of a group of unknown level are left out (2); too few to judge'
    """
    texts = []
    for part in reason.split("; "):
        code, _, count = part.partition("=")
        texts.append(words()["reason"][code][language] + (f" ({count})" if count else ""))
    return ("\N{FULLWIDTH SEMICOLON}" if language == "zh" else "; ").join(texts)
