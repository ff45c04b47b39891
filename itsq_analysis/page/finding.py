"""A finding: one sentence of the first screen, with its size and its certainty; and the order of several."""

from __future__ import annotations

from dataclasses import dataclass, field

from itsq_analysis.indicators.judge import CERTAINTY as CERTAINTY

GOOD = 0.5  # what a case of good news weighs, and one more or fewer of what is neither good nor bad


@dataclass(frozen=True)
class Finding:
    """One sentence of the first screen.

    Attributes:
        sentence: in the report's language.
        size: cases that went otherwise than agreed or than usual; a P1 counts ten times, a P2 five times, good news half.
        certainty: 1 what chance does not explain, less for what it may.
        change: whether the sentence says that something has changed since earlier periods.
        cause: what it is about; of two findings about the same, only the weightier is told.
        tells: other causes that the sentence tells as well.
    """

    sentence: str
    size: float
    certainty: float
    change: bool = False
    cause: str = ""
    tells: frozenset[str] = field(default_factory=frozenset)

    @property
    def weight(self) -> float:
        """Size × certainty; by it findings are ranked."""
        return self.size * self.certainty


def told_once(found: list[Finding]) -> list[Finding]:
    """Sorted by weight; what a weightier finding has told already is left out.

    >>> late, where = Finding("late", 50, 1, cause="late", tells=frozenset({"group"})), Finding("group", 40, 1, cause="group")
    >>> [one.sentence for one in told_once([where, late])]
    ['late']
    """
    told: set[str] = set()
    kept = []
    for one in sorted(found, key=lambda one: -one.weight):
        if one.weight <= 0 or (one.cause and one.cause in told):
            continue
        told |= {one.cause, *one.tells}
        kept.append(one)
    return kept
