"""What was agreed: the reporting period's value of every agreed target."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class CommonTarget:
    """What was agreed for all services together, beside the value of the scope's services alone, which it does not bind.

    Attributes:
        value: of the scope's services.
        target: that was agreed for all.
        kept: whether the value keeps it; None where there is no value, or no direction is better.
    """

    value: Value
    target: float
    kept: bool | None


@fact
def common_targets(scope: Scope) -> tuple[CommonTarget, ...]:
    """The agreed absolute targets of the whole organisation, in the order of itsq.toml, with the values of the scope's services."""
    found = []
    for target in scope.settings.targets:
        indicator, dimension, _ = place_of(target)
        latest = scope.settings.target_for(indicator, None, None, scope.period.start)
        if dimension is not None or target != latest or target.kind != "agreed" or target.value is None:
            continue
        value, better = cube(scope).value(indicator), scope.catalogue[indicator].better
        above = value.value >= target.value if better == "higher" else value.value <= target.value
        found.append(CommonTarget(value, target.value, above if value.known and better != "none" else None))
    return tuple(found)
