"""What was unusual: every event of the period explained, members that changed their level, and what came after doubtful changes."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.anomaly.impacts import DAYS, Effect, impacts
from itsq_analysis.anomaly.levels import Level, level_changes
from itsq_analysis.anomaly.unusual import Event, unusual_events
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, bullets
from itsq_analysis.page.section import lines as small_lines
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.unusual.words import NAME, brief, few, heading, headings, lines
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened

TOLD = 4  # events told one by one
MOST = 0.5  # of the rise of the whole, from which a service drives it
ROWS = 6  # changes with what came after them


def unusual_parts(context: ReportContext) -> list[Part]:
    """The anomalies of the period, the largest in the order of their days; that there was none is told too."""
    known = unusual_events(context.scope)
    if not known.series:
        return [bullets([context.say("unusual_short")])]
    inside = known.within(context.period.start, context.period.end)
    largest = sorted((event for event in inside if event.certain), key=lambda event: -event.size)
    told = [told_event(context, event) for event in sorted(largest[:TOLD], key=lambda event: event.first)]
    groups = {
        "unusual_further": sorted(largest[TOLD:], key=lambda event: event.first),
        "unusual_may_be_chance": [event for event in inside if not event.certain],
    }
    if told and any(event.up and event.suspects for event in largest[:TOLD]):
        told[-1] = sentences([told[-1], context.say("unusual_no_proof")], context.language)
    told += [context.say(key, list=headings(context, events)) for key, events in groups.items() if events]
    return [bullets(told or [context.say("unusual_none", period=context.period_name)])]


def told_event(context: ReportContext, event: Event) -> str:
    """Who, when and how much; where; what happened before."""
    _, *rest, _ = lines(context, event)  # how much stands in the heading; what to check is for the analyst
    kept = [line for line in rest if line != context.say("unusual_no_proof")]  # told once, after the last event
    return sentences([heading(context, event) + context.term("full_stop"), *kept], context.language)


def driven(context: ReportContext) -> bool:
    """Whether one service that has gone up makes most of what all of them have more."""
    first = next(iter(level_changes(context.scope)), None)
    return first is not None and first.up and first.after - first.before >= MOST * (first.whole_after - first.whole_before) > 0


def level_sentences(context: ReportContext) -> list[str]:
    """Services whose level changed within a year and stayed: what a shift of the whole is laid to."""
    return [_level(context, level) for level in level_changes(context.scope)]


def _level(context: ReportContext, level: Level) -> str:
    numbers = {name: context.number(getattr(level, name), 1) for name in ("before", "after")}
    days = {"day": level.at, "first": level.earliest, "last": level.latest}
    facts = numbers | {name: brief(context).day(day) for name, day in days.items()}
    key = f"unusual_level_{'up' if level.up else 'down'}{'' if level.latest > level.earliest else '_day'}"
    if level == level_changes(context.scope)[0] and driven(context):
        key = "unusual_level_drives"
    return context.say(key, who=shortened(level.member, NAME), **facts)


def after_changes(context: ReportContext) -> list[Part]:
    """Changes that failed or lie before an event, with the incidents after them."""
    effects = impacts(context.scope)
    columns: list[Column[Effect]] = [
        Column("change_number", lambda effect: _change(context, effect)),
        Column("difference", lambda effect: _difference(context, effect)),
        Column("came_after", lambda effect: _came(context, effect), "number"),
        Column("named_as_cause", lambda effect: effect.named, "count"),
    ]
    caption = context.say("unusual_changes", days=DAYS)
    return [html_table(context, context.wording, columns, effects[:ROWS], caption)] if effects else []


def _change(context: ReportContext, effect: Effect) -> Markup:
    told = (
        shortened(context.called(effect.service), NAME),
        formats.minute(effect.at, context.language),
        context.term(effect.outcome or "unknown"),
    )
    return small_lines(shortened(effect.number, NAME), *told)


def _came(context: ReportContext, effect: Effect) -> Markup:
    expected = context.say("unusual_expected", n=few(context, effect.impact.expected))
    return small_lines(context.number(effect.impact.counted), expected)


def _difference(context: ReportContext, effect: Effect) -> str:
    impact = effect.impact
    size, low, high = (context.number(number) for number in (impact.excess, impact.lower, impact.upper))
    difference = context.say("unusual_difference", size=f"+{size}" if round(impact.excess) > 0 else size, low=low, high=high)
    return difference + context.aside(context.term("certain" if effect.certain else "could_be_chance"))
