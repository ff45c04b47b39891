"""What was unusual since yesterday: alarms with where they lie, and storms of one event."""

from __future__ import annotations

from itsq_analysis.anomaly.unusual import Event, unusual_events
from itsq_analysis.facts import Scope
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, bullets
from itsq_analysis.pages.quality.recurring import named
from itsq_analysis.pages.unusual.unusual import told_event
from itsq_analysis.recurring.recurring import RecurringCause, recurring
from itsq_analysis.text import formats


def since_yesterday(scope: Scope) -> tuple[Event | RecurringCause, ...]:
    """Alarms of yesterday and of today as far as it is known, beyond chance; then storms of these days."""
    before = scope.history(2)[0]
    days = [scope.workspace.scope_at(before, scope.moment), scope]
    events = [event for event in unusual_events(scope).within(before.start, scope.period.end) if event.certain]
    causes = {cause.id: cause for day in days for cause in recurring(day).causes if cause.storm}
    return (*events, *causes.values())


def unusual(context: ReportContext) -> Section:
    """One sentence an alarm or a storm."""
    things = since_yesterday(context.scope)
    if not things:
        return context.section("daily_unusual", [context.say("daily_unusual_none")])
    return context.section(
        "daily_unusual",
        [context.say("daily_unusual_answer", n=len(things))],
        [bullets([_told(context, thing) for thing in things])],
    )


def _told(context: ReportContext, thing: Event | RecurringCause) -> str:
    if isinstance(thing, Event):
        return told_event(context, thing)
    moment = formats.minute(thing.first_seen, context.language)
    return context.say("daily_storm", n=context.number(sum(thing.counts)), moment=moment, name=named(context, thing))
