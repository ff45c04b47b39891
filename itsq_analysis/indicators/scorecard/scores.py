"""What a scorecard is made of: indicators with their weights, and sums of these weights; percentages are never averaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import Literal

from itsq_analysis.indicators.scorecard.changed import Change
from itsq_analysis.indicators.value import Value

Level = Literal["overall", "chapter", "section", "characteristic"]
Status = Literal["critical miss", "met", "missed", "no target", "not measurable"]


@dataclass(frozen=True)
class Scored:
    """One indicator of the scorecard.

    Attributes:
        value: of the whole.
        weight: in all sums.
        targets: the values of its agreed targets in force, whole or of members, that can be measured.
        critical: of these the missed ones whose target is critical.
        needs: what would have to be loaded or written for it to be measured: "table contacts", "column incidents.major" …
        changes: beyond noise.
    """

    value: Value
    section: str
    characteristic: str | None
    weight: float
    targets: tuple[Value, ...]
    critical: tuple[Value, ...]
    needs: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def met(self) -> float:
        """Its weight, as far as its targets are met: each of several has an equal part of it."""
        return self.weight * sum(value.status == "met" for value in self.targets) / len(self.targets) if self.targets else 0.0

    @property
    def status(self) -> Status:
        """Of all of its targets together."""
        if self.critical:
            return "critical miss"
        if not self.targets:
            return "no target" if self.value.known else "not measurable"
        return "met" if all(value.status == "met" for value in self.targets) else "missed"


@dataclass(frozen=True)
class Score:
    """The sums of some indicators' weights.

    Attributes:
        level: of the sum.
        key: "" of the whole, number of a chapter or section, id of a characteristic ("" of those without).
        indicators: how many there are; known: of them measurable ones; judged: of them those with an agreed target.
        weight: of all; measurable: of those that can be measured; with_target: of those with an agreed target; met: of those met.
        critical: missed critical targets; they are named, whatever else is met.
        needs: what would have to be loaded or written to measure the others.
        changed: ids of the indicators that have changed beyond noise.
    """

    level: Level
    key: str
    indicators: int
    known: int
    judged: int
    weight: float
    measurable: float
    with_target: float
    met: float
    critical: tuple[Value, ...]
    needs: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def share(self) -> float:
        """Weights met ÷ weights with an agreed target; NaN where there is none."""
        return self.met / self.with_target if self.with_target else nan

    @property
    def coverage(self) -> float:
        """Weights that can be measured ÷ all weights; NaN where there is no indicator."""
        return self.measurable / self.weight if self.weight else nan

    @property
    def status(self) -> Status:
        """What the reader must know first; "met" only where all targets are."""
        if self.critical:
            return "critical miss"
        if not self.known:
            return "not measurable"
        if not self.with_target:
            return "no target"
        return "met" if self.met == self.with_target else "missed"


def score(level: Level, key: str, scored: Iterable[Scored]) -> Score:
    """The sums of these indicators."""
    own = [row for row in scored if row.weight > 0]
    known, judged = [row for row in own if row.value.known], [row for row in own if row.targets]
    return Score(
        level=level,
        key=key,
        indicators=len(own),
        known=len(known),
        judged=len(judged),
        weight=sum(row.weight for row in own),
        measurable=sum(row.weight for row in known),
        with_target=sum(row.weight for row in judged),
        met=sum(row.met for row in judged),
        critical=tuple(value for row in own for value in row.critical),
        needs=tuple(dict.fromkeys(need for row in own for need in row.needs)),
        changed=tuple(row.value.indicator for row in own if row.changes),
    )
