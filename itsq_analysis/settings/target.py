"""`[[target]]`: what an indicator should reach, absolute or relative to an earlier period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from itsq_analysis.errors import IndicatorError
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.settings.fields import DIMENSIONS, Amount, Day, Label, Name, Text, nearest
from itsq_analysis.settings.toml_table import TomlTable

FORM = re.compile(
    r"([+\-\u2212])\s*(\d{1,6}(?:\.\d{1,6})?)\s*([%\uff05]|points?)\s+(?:on|against)\s+(?:the\s+)?"
    r"(last year|same (?:months?|period) (?:of )?last year|period before|\d{4}\S*)",
    re.ASCII | re.IGNORECASE,
)
EXAMPLE = 'must be such as "+5% on 2025-10", "-10% on last year" or "+2 points on the period before"'


@dataclass(frozen=True)
class Relative:
    """A target as a change of an earlier value.

    Attributes:
        amount: of the change, signed: 0.05 is +5 % of the value, or +5 percentage points (0.05 of a share).
        points: whether it is added (percentage points) instead of multiplied.
        baseline: "last year" (the same period a year before), "before" (the period before), or the label of a fixed period.
    """

    amount: float
    points: bool
    baseline: str

    def period(self, of: Period, month_starts_on: int = 1) -> Period:
        """The period whose value is the baseline of another.

        >>> relative("-10% on last year").period(parse_period("2026-10")).label
        '2025-10'
        """
        if self.baseline == "last year":
            return of.same_period_last_year()
        return of.previous() if self.baseline == "before" else parse_period(self.baseline, month_starts_on)

    def target(self, baseline: float) -> float:
        """The value to be reached.

        >>> round(relative("-10% on 2025").target(40), 6), round(relative("+2 points on 2025").target(0.9), 6)
        (36.0, 0.92)
        """
        return baseline + self.amount if self.points else baseline * (1 + self.amount)


def relative(text: str) -> Relative:
    """A change in words.

    Raises:
        ValueError: it has another form, or its period none of those of `itsq values --period`.

    >>> relative("+5 % on 2025-10")
    Relative(amount=0.05, points=False, baseline='2025-10')
    """
    match = FORM.fullmatch(text.strip())
    if not match:
        raise ValueError(EXAMPLE)
    sign, number, unit, named = match.groups()
    amount = round(float(number) / 100, 12) * (1 if sign == "+" else -1)
    named = named.lower()
    baseline = "last year" if "last year" in named else "before" if named == "period before" else named.upper()
    if baseline not in ("last year", "before"):
        try:
            parse_period(baseline)
        except IndicatorError as error:
            raise ValueError(f"{EXAMPLE}; {error}") from error
    return Relative(amount, unit.lower().startswith("point"), baseline)


class Target(TomlTable):
    """A value that an indicator should reach: agreed with the customer, or a reference that is never met or missed.

    `value` is a share between 0 and 1 ("95%" is 0.95), hours ("15m" is 0.25), or a plain number; `change` instead of it makes the
    target relative to an earlier period: "+5% on 2025-10". `scope` is empty or names one member of one dimension, such as
    {"priority": 1}. A missed `critical` target is told whatever else is met; `consequence` is what was agreed for a miss.
    """

    indicator: Name
    scope: dict[str, Label] = Field(default={}, max_length=1)
    value: Amount | None = None
    change: Text | None = None
    kind: Literal["agreed", "reference"] = "agreed"
    critical: StrictBool = False
    consequence: Text = ""
    source: Text = ""
    valid_from: Day | None = None

    @field_validator("scope")
    @classmethod
    def _known_dimension(cls, scope: dict[str, str | int]) -> dict[str, str | int]:
        for key in scope:
            if key not in DIMENSIONS:
                near = nearest(key, DIMENSIONS)
                hint = f'; write "{near}"' if near else ""
                raise ValueError(f"must be one of {', '.join(DIMENSIONS)}{hint}")
        return scope

    @field_validator("change")
    @classmethod
    def _known_form(cls, change: str | None) -> str | None:
        if change is not None:
            relative(change)
        return change

    @model_validator(mode="after")
    def _says_what_is_to_be_reached(self) -> Target:
        if (self.value is None) == (self.change is None):
            raise ValueError('must give value, such as value = "95%", or change, such as change = "+5% on 2025-10"')
        return self

    @property
    def relative(self) -> Relative | None:
        """The change, where the target is relative to an earlier period."""
        return None if self.change is None else relative(self.change)

    def covers(self, dimension: str | None, member: object) -> bool:
        """Whether the target is for exactly this member (for the whole, when `dimension` is None).

        >>> Target(indicator="reopen_rate", scope={"priority": 1}, value="3%").covers("priority", 1.0)
        True
        """
        if dimension is None:
            return not self.scope
        return dimension in self.scope and _member(self.scope[dimension]) == _member(member)


def _member(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
