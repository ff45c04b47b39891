"""One value of the cube: the same object wherever it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import isnan, nan

from itsq_analysis.periods import Period

NUMBERS = ("value", "numerator", "denominator", "n", "lower", "upper")  # that are measured


@dataclass(frozen=True)
class Value:
    """An indicator's value for a period, whole or of one member; a row of the value frame. Missing numbers are NaN.

    Attributes:
        indicator: its id.
        period: the period's label.
        start: first local day.
        end: local day after the last.
        dimension: such as "service"; None is the whole.
        member: of the dimension; None is the unknown one.
        value: a share 0 to 1, hours, a count …
        numerator: of a share or ratio.
        denominator: of a share or ratio.
        n: cases behind it.
        lower: of the 95 % interval.
        upper: of the 95 % interval.
        target: in force at the period's start.
        target_kind: "agreed", "reference" or None.
        status: met, missed, no target, not measurable.
        certainty: certain, could be chance, too few to tell; None where nothing is judged.
        provisional: it can still move.
        reason: codes why there is no value, or why it must be read with care.
        before: the value before approved exemptions, where they change it; None elsewhere.
        basis: "judged": after exemptions; "before exemptions" of a `before`.
        as_of: the moment that it is told as of, where that is not the report's.
    """

    indicator: str
    period: str
    start: date
    end: date
    dimension: str | None = None
    member: str | None = None
    value: float = nan
    numerator: float = nan
    denominator: float = nan
    n: float = nan
    lower: float = nan
    upper: float = nan
    target: float = nan
    target_kind: str | None = None
    status: str = "not measurable"
    certainty: str | None = None
    provisional: bool = False
    reason: str | None = None
    before: Value | None = None
    basis: str = "judged"
    as_of: datetime | None = None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not isnan(self.value)

    @property
    def population(self) -> float:
        """The cases that judge its size: the denominator, else n; 0 where neither is known."""
        counted = self.n if isnan(self.denominator) else self.denominator
        return 0.0 if isnan(counted) else counted

    @property
    def agreed(self) -> bool:
        """Whether its target was agreed."""
        return self.target_kind == "agreed"

    @property
    def missed(self) -> bool:
        """Whether an agreed target was missed."""
        return self.agreed and self.status == "missed"

    @property
    def turned(self) -> bool:
        """Whether exemptions turn a missed target into a met one."""
        return self.before is not None and self.before.status == "missed" and self.status == "met"


def span(value: Value) -> Period:
    """The days of a value as a period."""
    return Period(value.period, value.start, value.end, "range")
