"""Who has how much work: incidents by group, and per person where the register of groups knows how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")


@dataclass(frozen=True)
class Workload:
    """A group's incidents of the period.

    Attributes:
        group: None is not known.
        people: NaN where the register does not tell.
        opened, resolved: in the period.
        backlog: open at its end.
    """

    group: str | None
    people: float
    opened: float
    resolved: float
    backlog: float

    @property
    def per_person(self) -> float:
        """Open incidents a person; NaN where nobody is known."""
        return self.backlog / self.people


@fact
def workload(scope: Scope) -> tuple[Workload, ...]:
    """One a group that had any work, most open incidents first."""
    register = scope.query("SELECT assignment_group, people FROM groups WHERE people > 0")
    people = dict(zip(register["assignment_group"], register["people"], strict=True))
    groups = dict.fromkeys(value.member for name in IDS for value in cube(scope).values(name, "group") if value.value > 0)
    loads = []
    for group in groups:
        counts = (cube(scope).value(name, "group", group).value for name in IDS)
        loads.append(Workload(group, float(people.get(group or "", nan)), *(0.0 if isnan(count) else count for count in counts)))
    return tuple(sorted(loads, key=lambda load: (load.backlog, load.opened), reverse=True))
