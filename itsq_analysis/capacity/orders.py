"""What must be decided by when: limits that will be reached, what ends, and the seats that are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.capacity.days import next_report
from itsq_analysis.capacity.outlook import CapacityOutlook, capacity_outlooks, outlook_of
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.facts import Scope, fact

AHEAD = 365  # days of the calendar of what ends


@dataclass(frozen=True)
class End:
    """A licence, certificate or maintenance contract that ends.

    Attributes:
        what: its kind, such as "certificate".
        act: the day by which its renewal must be ordered: the end less the lead time.
    """

    resource: Resource
    what: str
    day: date
    act: date


@fact
def orders(scope: Scope) -> tuple[CapacityOutlook, ...]:
    """Resources to be decided upon before the next report: the order-by day with a risk of 10 % lies before it.

    Only those whose limit is reached within 12 months with the risk that the owner states (`[capacity] order_risk`): a day to
    order that has passed for what most likely does not happen is no decision. The one to be ordered first at the head; what is
    more likely not to reach its limit within 12 months stands behind.
    """
    return tuple(outlook for outlook in _by_likelihood(scope) if _asked(scope, outlook))


@fact
def later_orders(scope: Scope) -> tuple[CapacityOutlook, ...]:
    """Resources that may have to be ordered within 12 months and need no decision now, in the same order."""
    return tuple(outlook for outlook in _by_likelihood(scope) if outlook.safe.by is not None and not _asked(scope, outlook))


def _asked(scope: Scope, outlook: CapacityOutlook) -> bool:
    """Whether it is to be decided now; what is beyond its limit has no more to be likely."""
    if outlook.safe.by is None or outlook.safe.by > next_report(scope):
        return False
    return outlook.expected or outlook.forecast.probability >= scope.settings.capacity.order_risk


def _by_likelihood(scope: Scope) -> list[CapacityOutlook]:
    """What is more likely than not to reach its limit within 12 months, then the rest, each by the day to order."""
    return sorted(capacity_outlooks(scope), key=lambda outlook: not outlook.expected)


@fact
def ends(scope: Scope) -> tuple[End, ...]:
    """What has ended or ends within 12 months, the next first."""
    last = scope.today + timedelta(days=AHEAD)
    every = [(resource, what, day) for resource in resource_register(scope) for what, day in resource.ends if day <= last]
    ending = [End(resource, what, day, day - timedelta(days=resource.lead_days)) for resource, what, day in every]
    return tuple(sorted(ending, key=lambda end: (end.day, end.resource.name, end.what)))


@fact
def renewals(scope: Scope) -> tuple[End, ...]:
    """What must be renewed before the next report."""
    return tuple(end for end in ends(scope) if end.act <= next_report(scope))


@dataclass(frozen=True)
class Seats:
    """A licence with what is in use, in its unit."""

    resource: Resource
    used: float

    @property
    def share(self) -> float | None:
        """Of those that were bought; None where the register does not say how many."""
        return self.used / self.resource.whole if self.resource.counted else None

    @property
    def warned(self) -> bool:
        """Whether the warning line is reached."""
        return self.resource.counted and self.used >= self.resource.warning * self.resource.whole


@fact
def seats(scope: Scope) -> tuple[Seats, ...]:
    """Licences with what is in use: the register's number, or the metric's last value; the fullest first."""
    taken = []
    for resource in resource_register(scope):
        measured = outlook_of(scope, resource.key) if resource.kind == "licence" else None
        used = resource.in_use if measured is None or measured.forecast.last is None else measured.forecast.last
        if resource.kind == "licence" and used is not None:
            taken.append(Seats(resource, used))
    return tuple(sorted(taken, key=lambda seat: (-(seat.share or 0.0), seat.resource.name)))
