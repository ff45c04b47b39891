"""What was unusual: a calendar of the last weeks, every event of the period explained, and what came after doubtful changes."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.anomaly.impacts import DAYS, Effect, impacts
from itsq_analysis.anomaly.levels import Level, level_changes
from itsq_analysis.anomaly.unusual import Event, Unusual, unusual_events
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph, subheading
from itsq_analysis.page.section import shortened as shortened_table
from itsq_analysis.pages.unusual.calendar import calendar
from itsq_analysis.pages.unusual.words import NAME, brief, few, heading, headings, lines
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened
from itsq_analysis.text.wording import tight

TABLE = "incidents"
TOLD = 5  # events told one by one
ROWS = 8  # changes before the fold
A_YEAR = 12  # months
COLUMNS = (
    "change_number", "service", "took_effect", "outcome_of_change", "came_after", "was_expected", "difference", "named_as_cause"
)  # fmt: skip
NUMERIC = {"came_after", "was_expected", "named_as_cause"}


def unusual(context: ReportContext) -> Section:
    """The anomalies of the period; that there was none is told too."""
    known = unusual_events(context.scope)
    title = context.term("unusual")
    if not known.series:
        return Section("unusual", title, context.say("unusual_short"))
    inside = known.within(context.period.start, context.period.end)
    largest = sorted((event for event in inside if event.certain), key=lambda event: -event.size)
    first = sorted(largest[:TOLD], key=lambda event: event.first)
    certain = [event for event in known.events if event.certain]
    parts: list[Part] = [calendar(context, known.start, known.end, certain, TABLE)]
    for event in first:
        parts += [subheading(heading(context, event)), bullets(lines(context, event), "notes")]
    if first:
        tested = max(event.tested for event in first)
        parts.append(paragraph(context.say("unusual_method", tested=context.number(tested))))
    changed = level_changes(context.scope)
    parts += [*_others(context, known, inside, largest[TOLD:]), *_levels(context, changed), *_changes(context)]
    return Section("unusual", title, _answer(context, known, largest, changed), tuple(parts))


def _answer(context: ReportContext, known: Unusual, largest: Sequence[Event], changed: Sequence[Level]) -> str:
    """What was unusual, the largest first, or that nothing was; and what an alarm is worth."""
    if largest:
        key = "unusual_found" if len(largest) <= TOLD else "unusual_found_many"
        facts = {"n": context.number(len(largest)), "most": TOLD, "period": context.period_name}
        first = context.say(key, list=headings(context, largest[:TOLD]), **facts)
    else:
        first = context.say("unusual_none", period=context.period_name)
    names = [shortened(level.member, NAME) for level in changed if level.at >= known.start]
    moved = [tight(context.say("unusual_level_answer", list=brief(context).spaced(context.listed(names))))] if names else []
    budget = context.say("unusual_budget", series=context.number(known.series), n=A_YEAR)
    return sentences([first, *moved, budget], context.language)


def _others(context: ReportContext, known: Unusual, inside: Sequence[Event], further: Sequence[Event]) -> list[Part]:
    """Events that are not told one by one, alarms that may be chance, and events of the weeks before the period."""
    groups = {
        "unusual_further": sorted(further, key=lambda event: event.first),
        "unusual_may_be_chance": [event for event in inside if not event.certain],
        "unusual_earlier": [event for event in known.events if event.certain and event.last < context.period.start],
    }
    return [paragraph(context.say(key, list=headings(context, events))) for key, events in groups.items() if events]


def _levels(context: ReportContext, changed: Sequence[Level]) -> list[Part]:
    """Services whose level changed within a year and stayed: what a shift of the whole is laid to."""
    texts = []
    for level in changed:
        numbers = {name: context.number(getattr(level, name), 1) for name in ("before", "after", "whole_before", "whole_after")}
        days = {"day": level.at, "first": level.earliest, "last": level.latest}
        facts = numbers | {name: brief(context).day(day) for name, day in days.items()}
        key = f"unusual_level_{'up' if level.up else 'down'}{'' if level.latest > level.earliest else '_day'}"
        change = context.say(key, who=shortened(level.member, NAME), **facts)
        texts.append(sentences([change, context.say("unusual_level_whole", **facts)], context.language))
    return [subheading(context.say("unusual_levels")), bullets(texts, "notes")] if texts else []


def _changes(context: ReportContext) -> list[Part]:
    """Changes that failed or lie before an event, with the incidents after them."""
    effects = impacts(context.scope)
    if not effects:
        return []
    columns = {key: context.term(key) for key in COLUMNS}
    more = context.say("unusual_more_changes", n=len(effects) - ROWS)
    return [
        subheading(context.say("unusual_changes", days=DAYS)),
        *shortened_table(columns, [_row(context, effect) for effect in effects], ROWS, more, numeric=NUMERIC),
        paragraph(context.say("unusual_changes_note", days=DAYS)),
    ]


def _row(context: ReportContext, effect: Effect) -> dict[str, str]:
    impact = effect.impact
    size, low, high = (context.number(number) for number in (impact.excess, impact.lower, impact.upper))
    difference = context.say("unusual_difference", size=f"+{size}" if round(impact.excess) > 0 else size, low=low, high=high)
    return {
        "change_number": shortened(effect.number, NAME),
        "service": shortened(effect.service, NAME),
        "took_effect": formats.minute(effect.at, context.language),
        "outcome_of_change": context.term(effect.outcome or "unknown"),
        "came_after": context.number(impact.counted),
        "was_expected": few(context, impact.expected),
        "difference": difference + context.aside(context.term("certain" if effect.certain else "could_be_chance")),
        "named_as_cause": context.number(effect.named),
    }
