"""Services and groups that are worse than all others together, by more than chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.indicators.chance import kept_by_holm
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value
from itsq_analysis.process.exact import fisher

REOPENED = "reopen_rate"
DIMENSIONS = ("group", "service")
FEWEST = 20  # cases from which a member is compared


@dataclass(frozen=True)
class Standout:
    """A member against all others together: its value, their share, and the chance of such a distance without a real difference."""

    value: Value
    rest: float
    chance: float

    @property
    def cases(self) -> float:
        """How many cases fewer or more than at the others' rate."""
        return abs(self.value.value - self.rest) * self.value.denominator


@dataclass(frozen=True)
class Standouts:
    """What was compared, and who is worse.

    Attributes:
        ids: the indicators that could be measured.
        compared: how many members.
        worse: the weightiest first.
    """

    ids: tuple[str, ...]
    compared: int
    worse: tuple[Standout, ...]


def compared_by(scope: Scope) -> tuple[str, str]:
    """The indicators by which members are compared."""
    return attainment(scope), REOPENED


@fact
def worse_members(scope: Scope) -> Standouts:
    """Groups and services whose attainment or reopen rate is worse than that of all others together.

    The chance of even one false alarm among all comparisons is 5 % (Holm 1979).
    """
    ids = tuple(name for name in compared_by(scope) if cube(scope).value(name).known)
    cells = [cube(scope).values(name, dimension) for name in ids for dimension in DIMENSIONS]
    members = [member for values in cells for member in against_the_rest(values)]
    kept = kept_by_holm([member.chance for member in members])
    worse = [member for place, member in enumerate(members) if place in kept and _is_worse(scope, member)]
    return Standouts(ids, len(members), tuple(sorted(worse, key=lambda member: member.cases, reverse=True)))


def against_the_rest(values: Iterable[Value]) -> list[Standout]:
    """Each member of one indicator against the others together (Fisher's exact test, two-sided); small members are left out."""
    known = [value for value in values if value.known and value.member is not None]
    hits, total = sum(value.numerator for value in known), sum(value.denominator for value in known)
    members = []
    for value in known:
        other_hits, other_total = hits - value.numerator, total - value.denominator
        if value.denominator < FEWEST or not other_total:
            continue
        chance = fisher(value.numerator, value.denominator, other_hits, other_total)
        members.append(Standout(value, other_hits / other_total, chance))
    return members


def _is_worse(scope: Scope, member: Standout) -> bool:
    return (member.value.value < member.rest) == (scope.catalogue[member.value.indicator].better == "higher")
