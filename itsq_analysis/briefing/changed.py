"""What has changed in the period: its values against their own past, its number of incidents against the calendar."""

from __future__ import annotations

from itsq_analysis.facts import Scope, fact
from itsq_analysis.forecasting.inflow import inflow
from itsq_analysis.indicators.shifts import Shifts, shifts


@fact
def changed(scope: Scope) -> Shifts:
    """What has changed, whatever else is looked at taken into account."""
    return shifts(scope, inflow(scope))
