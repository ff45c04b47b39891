"""What has changed in the period, with its volume against the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.facts import Finding
from itsq_analysis.indicators.shifts import Shifts, shift_findings, shifts
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.inflow import inflow


def changed(context: ReportContext) -> Shifts:
    """What has changed, whatever else is looked at taken into account."""
    return shifts(context.scope, inflow(context))


def changes_found(context: ReportContext) -> Iterator[Finding]:
    """The findings worded as a change."""
    return shift_findings(context.scope, inflow(context))
