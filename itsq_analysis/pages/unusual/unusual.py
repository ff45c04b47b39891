"""What was unusual: a calendar of the last weeks, every event of the period explained, and what came after doubtful changes."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.page.brief import brief_day, spaced, tight
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph, subheading
from itsq_analysis.page.section import shortened as shortened_table
from itsq_analysis.pages.unusual.calendar import calendar
from itsq_analysis.pages.unusual.events import Event, Unusual, unusual_events
from itsq_analysis.pages.unusual.impacts import DAYS, Effect, impacts
from itsq_analysis.pages.unusual.levels import Level, levels
from itsq_analysis.pages.unusual.words import NAME, day_of, heading, lines
from itsq_analysis.text import clauses
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened

TABLE = "incidents"
TOLD = 5  # events told one by one
ROWS = 8  # changes before the fold
A_YEAR = 12  # months
COLUMNS = (
    "change_number", "service", "took_effect", "outcome_of_change", "came_after", "was_expected", "difference", "named_as_cause"
)  # fmt: skip


def unusual(context: ReportContext) -> Section:
    """The anomalies of the period; that there was none is told too."""
    found = unusual_events(context)
    title = context.term("unusual")
    if not found.series:
        return Section("unusual", title, context.say("unusual_short"))
    inside = found.within(context.period.start, context.period.end)
    certain = [one for one in inside if one.certain]
    largest = sorted(certain, key=lambda one: -abs(one.told.excess.size))
    told = largest[:TOLD]
    parts: list[Part] = [calendar(context, found.start, found.end, [one for one in found.events if one.certain], TABLE)]
    for event in sorted(told, key=lambda one: one.first):
        parts += [subheading(heading(context, event)), bullets(lines(context, event), "notes")]
    if told:
        tested = max(one.told.where.attrs["tested"] for one in told)
        parts.append(paragraph(context.say("unusual_method", tested=context.number(tested))))
    further = sorted(largest[TOLD:], key=lambda one: one.first)
    parts += _others(context, further, [one for one in inside if not one.certain], found)
    shifted = levels(context, found.start, found.end)
    parts += _levels(context, shifted)
    parts += _changes(context, certain)
    return Section("unusual", title, _answer(context, found, largest, shifted), tuple(parts))


def _answer(context: ReportContext, found: Unusual, largest: Sequence[Event], shifted: Sequence[Level]) -> str:
    """What was unusual, the largest first, or that nothing was; and what an alarm is worth."""
    if largest:
        key = "unusual_found" if len(largest) <= TOLD else "unusual_found_many"
        facts = {"n": context.number(len(largest)), "most": TOLD, "period": context.period_name}
        first = context.say(key, list=_headings(context, largest[:TOLD]), **facts)
    else:
        first = context.say("unusual_none", period=context.period_name)
    listed = spaced(context, context.listed(shortened(one.member, NAME) for one in shifted))
    moved = [tight(context.say("unusual_level_answer", list=listed))] if shifted else []
    return sentences(
        [first, *moved, context.say("unusual_budget", series=context.number(found.series), n=A_YEAR)], context.language
    )


def _headings(context: ReportContext, events: Sequence[Event]) -> str:
    return clauses([heading(context, one) for one in events], context.language)


def _others(context: ReportContext, further: Sequence[Event], perhaps: Sequence[Event], found: Unusual) -> list[Part]:
    """Events that are not told one by one, alarms that may be chance, and events of the weeks before the period."""
    told = [context.say("unusual_further", list=_headings(context, further))] if further else []
    if perhaps:
        told.append(context.say("unusual_may_be_chance", list=_headings(context, perhaps)))
    earlier = [one for one in found.events if one.certain and one.last < context.period.start]
    if earlier:
        told.append(context.say("unusual_earlier", list=_headings(context, earlier)))
    return [paragraph(text) for text in told]


def _levels(context: ReportContext, shifted: Sequence[Level]) -> list[Part]:
    """Services whose level changed in the weeks looked back over, and stayed."""
    told = []
    for one in shifted:
        facts = {
            "who": shortened(one.member, NAME),
            "day": brief_day(context, one.at),
            "first": brief_day(context, one.earliest),
            "last": brief_day(context, one.latest),
            "before": context.number(one.before, 1),
            "after": context.number(one.after, 1),
        }
        way = "up" if one.after > one.before else "down"
        told.append(context.say(f"unusual_level_{way}" if one.latest > one.earliest else f"unusual_level_{way}_day", **facts))
    return [subheading(context.say("unusual_levels")), bullets(told, "notes")] if told else []


def _changes(context: ReportContext, certain: Sequence[Event]) -> list[Part]:
    """Changes that failed or lie before an event, with the incidents after them."""
    found = impacts(context, certain)
    if not found:
        return []
    columns = {key: context.term(key) for key in COLUMNS}
    more = context.say("unusual_more_changes", n=len(found) - ROWS)
    numeric = {"came_after", "was_expected", "named_as_cause"}
    rows = [_row(context, one) for one in found]
    return [
        subheading(context.say("unusual_changes", days=DAYS)),
        *shortened_table(columns, rows, ROWS, more, numeric=numeric),
        paragraph(context.say("unusual_changes_note", days=DAYS)),
    ]


def _row(context: ReportContext, one: Effect) -> dict[str, str]:
    impact = one.impact
    low, high = context.number(impact.lower), context.number(impact.upper)
    difference = context.say("unusual_difference", size=_signed(context, impact.excess), low=low, high=high)
    word = context.term("certain" if one.certain else "could_be_chance")
    return {
        "change_number": shortened(one.number, NAME),
        "service": shortened(one.service, NAME),
        "took_effect": day_of(context, one.at),
        "outcome_of_change": context.term(one.outcome) if one.outcome else context.term("unknown"),
        "came_after": context.number(impact.counted),
        "was_expected": context.number(impact.expected, 0 if impact.expected >= 9.5 else 1),
        "difference": difference + context.aside(word),
        "named_as_cause": context.number(one.named),
    }


def _signed(context: ReportContext, size: float) -> str:
    text = context.number(size)
    return f"+{text}" if round(size) > 0 else text
