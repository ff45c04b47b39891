"""Unusual events as findings of the first screen: only what is certain, and not told there otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.narrative.length import shortened
from itsq_analysis.sections.brief import NAME, brief_day, spaced, tight
from itsq_analysis.sections.finding import GOOD, Finding
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.unusual.events import Event, unusual_events
from itsq_analysis.sections.unusual.words import days_text, subject

TOLD = 5  # incidents that name a change as their cause, from which the first screen tells of them by name


def unusual_findings(scene: Scene) -> Iterator[Finding]:
    """The certain events of the period; an outage declared major is told by the line of major incidents."""
    for event in unusual_events(scene).within(scene.period.start, scene.period.end):
        if event.certain and not _told_elsewhere(scene, event):
            yield _finding(scene, event)


def _told_elsewhere(scene: Scene, event: Event) -> bool:
    before = event.told.before
    unusual = before[before["unusual"].astype(bool)] if len(before) else before
    if (unusual["outcome"] == "major").any():
        return True
    if (event.told.dimension or "") == "" and event.told.where["first_dimension"].isna().all():
        return False
    named = scene.workspace.explaining(scene.moment).tickets("incidents")["change"].value_counts()
    return any(named.get(change, 0) >= TOLD for change in unusual["id"])


def _finding(scene: Scene, event: Event) -> Finding:
    told = event.told
    who = subject(scene, event) if not told.dimension else spaced(scene, shortened(told.series, NAME))
    days = brief_day(scene, event.first) if event.first == event.last else days_text(scene, event)
    n = scene.number(round(abs(told.excess.size)))
    if not told.up:
        sentence = scene.say("finding_unusual_fewer", who=who, n=n, days=days)
    else:
        before = told.before
        unusual = before[before["unusual"].astype(bool)] if len(before) else before
        after = scene.say("finding_unusual_after", number=shortened(str(unusual.iloc[0]["id"]), NAME)) if len(unusual) else ""
        sentence = scene.say("finding_unusual", who=who, n=n, days=days, after=after)
    cause = "incidents_opened" if not told.dimension else f"unusual:{told.dimension}:{told.series}:{event.first}"
    return Finding(tight(sentence), abs(told.excess.size) * GOOD, 1.0, change=True, cause=cause)
