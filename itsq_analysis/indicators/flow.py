"""More work? Keeping up? Opened, resolved and open incidents over 13 periods, per day."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.processes import days, exposure
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period

OPENED, RESOLVED, BACKLOG = IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
PERIODS = 13


@dataclass(frozen=True)
class Flow:
    """A period's incidents.

    Attributes:
        period: of the counts.
        days: working or calendar days (see `basis`) that are over.
        opened, resolved: in the period.
        backlog: open at its end.
    """

    period: Period
    days: int
    opened: Value
    resolved: Value
    backlog: Value

    @property
    def opened_rate(self) -> float:
        """Opened per day; NaN where there is no such day."""
        return self.opened.value / self.days if self.days else nan

    @property
    def resolved_rate(self) -> float:
        """Resolved per day; NaN where there is no such day."""
        return self.resolved.value / self.days if self.days else nan


@fact
def flow(scope: Scope) -> tuple[Flow, ...]:
    """13 periods, the scope's last."""
    cells, kind = cube(scope), basis(scope)
    return tuple(
        Flow(period, days(scope, period, kind), *(cells.value(name, period=period) for name in IDS))
        for period in scope.history(PERIODS)
    )


def basis(scope: Scope) -> str:
    """By which days the volumes of incidents are divided: "working" or "calendar"."""
    return exposure(scope, OPENED) or "working"
