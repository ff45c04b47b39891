"""What was agreed: the reporting period's value of every agreed target."""

from __future__ import annotations

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value
from itsq_analysis.settings import Target


@fact
def agreed_targets(scope: Scope) -> tuple[Value, ...]:
    """One value for every agreed target in force, whole or of one member, in the order of itsq.toml.

    What is judged is the value after approved exemptions. A member of whom nothing was counted is not measurable; it does not drop
    out of the count. A report of some services has the targets of these services.
    """
    places = [place_of(target) for target in scope.settings.targets if in_force(scope, target)]
    cells = cube(scope)
    for indicator, dimension, _ in places:
        cells.want([indicator], dimension)
    return tuple(cells.value(*place) for place in dict.fromkeys(places))


def in_force(scope: Scope, target: Target) -> bool:
    """Whether this target is the one in force at the period's start, agreed, and of the scope's services."""
    indicator, dimension, member = place_of(target)
    latest = scope.settings.target_for(indicator, dimension, member, scope.period.start)
    here = not scope.services or (dimension == "service" and member in scope.services)
    return target == latest and target.kind == "agreed" and here


def place_of(target: Target) -> tuple[str, str | None, str | None]:
    """Indicator, dimension and member that a target is about."""
    dimension, member = next(iter(target.scope.items()), (None, None))
    return target.indicator, dimension, None if member is None else str(member)
