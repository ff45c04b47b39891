"""Unusual events as findings of the first screen: only what is certain, and not told there otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.page.brief import NAME, brief_day, spaced, tight
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.finding import GOOD, Finding
from itsq_analysis.pages.unusual.events import Event, unusual_events
from itsq_analysis.pages.unusual.words import days_text, subject
from itsq_analysis.text.length import shortened

TOLD = 5  # incidents that name a change as their cause, from which the first screen tells of them by name


def unusual_findings(context: ReportContext) -> Iterator[Finding]:
    """The certain events of the period; an outage declared major is told by the line of major incidents."""
    for event in unusual_events(context).within(context.period.start, context.period.end):
        if event.certain and not _told_elsewhere(context, event):
            yield _finding(context, event)


def _told_elsewhere(context: ReportContext, event: Event) -> bool:
    before = event.told.before
    unusual = before[before["unusual"].astype(bool)] if len(before) else before
    if (unusual["outcome"] == "major").any():
        return True
    if (event.told.dimension or "") == "" and event.told.where["first_dimension"].isna().all():
        return False
    named = context.workspace.explaining(context.moment).tickets("incidents")["change"].value_counts()
    return any(named.get(change, 0) >= TOLD for change in unusual["id"])


def _finding(context: ReportContext, event: Event) -> Finding:
    told = event.told
    who = subject(context, event) if not told.dimension else spaced(context, shortened(told.series, NAME))
    days = brief_day(context, event.first) if event.first == event.last else days_text(context, event)
    n = context.number(round(abs(told.excess.size)))
    if not told.up:
        sentence = context.say("finding_unusual_fewer", who=who, n=n, days=days)
    else:
        before = told.before
        unusual = before[before["unusual"].astype(bool)] if len(before) else before
        after = context.say("finding_unusual_after", number=shortened(str(unusual.iloc[0]["id"]), NAME)) if len(unusual) else ""
        sentence = context.say("finding_unusual", who=who, n=n, days=days, after=after)
    cause = "incidents_opened" if not told.dimension else f"unusual:{told.dimension}:{told.series}:{event.first}"
    return Finding(tight(sentence), abs(told.excess.size) * GOOD, 1.0, change=True, cause=cause)
