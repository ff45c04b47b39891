"""Unusual events as findings of the first screen: only what is certain, and not told there otherwise."""

from __future__ import annotations

from itsq_analysis.anomaly.unusual import Event, unusual_events
from itsq_analysis.facts import Finding, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Day, Member, Name, Number, Part, Term

TELLING = 5  # incidents that name a change as their cause, from which the first screen tells of them by name
NEUTRAL = 0.5  # what one more or fewer of what is neither good nor bad weighs


@fact(disk=True)
def unusual_findings(scope: Scope) -> tuple[Finding, ...]:
    """The certain events of the period; an outage declared major is told by the line of major incidents."""
    inside = unusual_events(scope).within(scope.period.start, scope.period.end)
    return tuple(_finding(event) for event in inside if event.certain and not _told_elsewhere(scope, event))


def _told_elsewhere(scope: Scope, event: Event) -> bool:
    from itsq_analysis.anomaly.explain.sources import named_changes

    if any(precedent.outcome == "major" for precedent in event.suspects):
        return True
    if not event.dimension and not any(part.members for part in event.parts):
        return False
    return any(named_changes(scope).get(precedent.id, 0) >= TELLING for precedent in event.suspects)


def _finding(event: Event) -> Finding:
    who: Part = Sentence("unusual_whole", {"things": Term(f"fc_table_{event.table}")})
    if event.dimension:
        who = Member(event.dimension, event.series)
    days: Part = Day(event.first)
    if event.last > event.first:
        days = Sentence("unusual_days", {"first": Day(event.first), "last": Day(event.last)})
    facts: dict[str, Part] = {"who": who, "n": Number(round(event.size)), "days": days}
    if event.up:
        first = event.suspects[:1]
        facts["after"] = Sentence("finding_unusual_after", {"number": Name(first[0].id)}) if first else ""
    sentence = Sentence("finding_unusual" if event.up else "finding_unusual_fewer", facts)
    cause = f"unusual:{event.dimension}:{event.series}:{event.first}" if event.dimension else "incidents_opened"
    return Finding(sentence, event.size * NEUTRAL, 1.0, change=True, cause=cause, section="demand")
