"""Since when the attainment of the member with most late incidents is lower than usual."""

from __future__ import annotations

from datetime import date

from itsq_analysis.anomaly.onset import onset
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.late.findings import daily_attainment, fallen
from itsq_analysis.indicators.processes import usual_level
from itsq_analysis.indicators.shifts import Volume


@fact
def late_onset(scope: Scope, volume: Volume | None) -> date | None:
    """The day that `late_findings` tells of; None where nobody's attainment fell, or no week stands out."""
    shift = fallen(scope, volume)
    if shift is None:
        return None
    return onset(daily_attainment(scope, shift.value), scope.period.start, scope.period.end, usual_level(scope, shift.value))
