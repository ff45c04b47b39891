"""What a director must know of the period: at most three findings, by size and certainty, each cause told once."""

from __future__ import annotations

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.finding import Finding, told_once
from itsq_analysis.pages.quality.candidates import candidates

MOST = 3  # findings on the first screen


def findings(context: ReportContext) -> list[Finding]:
    """The findings of the first screen, the weightiest first."""
    return every_finding(context)[:MOST]


def every_finding(context: ReportContext) -> list[Finding]:
    """All findings, the weightiest first, each cause once; worked out once for a context."""
    if "findings" not in context.kept:
        context.kept["findings"] = told_once(candidates(context))
    return list(context.kept["findings"])


__all__ = ["MOST", "Finding", "every_finding", "findings"]
