"""What is hard to believe in the data, told where a report says what it rests on."""

from __future__ import annotations

from itsq_analysis.indicators.doubts import doubts
from itsq_analysis.page.context import ReportContext


def told_doubts(context: ReportContext) -> list[str]:
    """The doubts of the load as sentences of the page."""
    return [context.wording.part(doubt) for doubt in doubts(context.scope)]
