"""Which supplier keeps what was agreed: every supplier against its targets, over the last twelve complete periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.attainment import ENDED, FLAGGED, RECOMPUTED, attainment
from itsq_analysis.indicators.completeness import is_over
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period
from itsq_analysis.settings import Target

PERIODS, LATELY = 12, 6
EXACT = 1e-9


@dataclass(frozen=True)
class Supplied:
    """One supplier and one target over the last complete periods, the oldest first.

    Attributes:
        supplier: its name in the data.
        indicator: a share.
        target: of the period's start.
        own: agreed with this supplier; else the whole organisation's target, which is no promise of the supplier.
        values: one a period; not measurable where the supplier had no case.
        short: by how much each fell short of the target, in percentage points; 0 where it was kept; None without a case.
    """

    supplier: str
    indicator: str
    target: float
    own: bool
    values: tuple[Value, ...]
    short: tuple[float | None, ...]

    def missed(self, periods: int) -> tuple[int, int]:
        """In how many of the last periods it was missed, of how many with a case."""
        known = [points for points in self.short[-periods:] if points is not None]
        return sum(points > 0 for points in known), len(known)


@fact
def suppliers(scope: Scope) -> tuple[Supplied, ...]:
    """Suppliers with a case in twelve periods against shares agreed with them, else against the whole's attainment.

    Those that missed most often first, own targets before the whole's. A period that is not over is left out. A report of some
    services knows what was agreed with suppliers alone.
    """
    targets = [target for target in supplier_targets(scope) if target.scope or target.indicator == attainment(scope)]
    periods = [period for period in scope.history(PERIODS + 1) if is_over(scope, period)][-PERIODS:]
    supplies = []
    ids = dict.fromkeys(target.indicator for target in targets)
    cells = [cube(scope).values(name, "supplier", period) for name in ids for period in periods]
    for supplier in sorted({value.member for values in cells for value in values if value.member is not None}):
        own = [target for target in targets if target.scope.get("supplier") == supplier]
        chosen = own or [target for target in targets if not target.scope]
        supplies += [supplied for target in chosen if (supplied := _supplied(scope, supplier, target, periods)) is not None]
    return tuple(sorted(supplies, key=lambda supply: (not supply.own, -supply.missed(PERIODS)[0], supply.supplier)))


def supplier_targets(scope: Scope) -> list[Target]:
    """Agreed shares in force: those of suppliers, and the whole's resolution in time."""
    shares = [
        target
        for target in scope.settings.targets
        if target.kind == "agreed" and target.value is not None and scope.catalogue[target.indicator].kind == "proportion"
    ]
    own = [target for target in shares if "supplier" in target.scope]
    whole = [
        target for target in shares if not target.scope and target.indicator in (RECOMPUTED, FLAGGED, ENDED) and not scope.services
    ]
    return [target for target in (*own, *whole) if _in_force(scope, target)]


def _in_force(scope: Scope, target: Target) -> bool:
    """Whether no later target of the same place has replaced it by the period's start."""
    dimension, member = next(iter(target.scope.items()), (None, None))
    name = None if member is None else str(member)
    return target == scope.settings.target_for(target.indicator, dimension, name, scope.period.start)


def _supplied(scope: Scope, supplier: str, target: Target, periods: Sequence[Period]) -> Supplied | None:
    values = tuple(cube(scope).value(target.indicator, "supplier", supplier, period) for period in periods)
    if not any(value.denominator > 0 for value in values):
        return None
    sign, value_of_target = 1 if scope.catalogue[target.indicator].better == "higher" else -1, float(target.value or 0.0)
    gaps = [sign * (value_of_target - value.value) if value.known else None for value in values]
    short = tuple(None if gap is None else max(0.0, gap * 100) if gap > EXACT else 0.0 for gap in gaps)
    return Supplied(supplier, target.indicator, value_of_target, bool(target.scope), values, short)
