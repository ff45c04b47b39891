"""An event in words: when and how much, where, what happened before, what to check next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itsq_analysis.anomaly.unusual import Event, Precedent, first_tickets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.text import clauses
from itsq_analysis.text.length import shortened
from itsq_analysis.text.wording import Wording

NAME = 48  # columns of a name
PRECEDENTS = 2  # unusual happenings that are told
UNNAMED = {"change": "change", "outage": "unplanned"}  # where its type is not known
RARE = 0.25  # a month; rarer than that is told as once in so many months


def brief(context: ReportContext) -> Wording:
    """Words of the first screen: names cut, days of the report's year without it."""
    return context.plain.shorter()


def things(context: ReportContext, table: str) -> str:
    """What a table counts, in the plural."""
    return context.term(f"fc_table_{table}")


def few(context: ReportContext, amount: float) -> str:
    """An expected number: below ten with a decimal."""
    return context.number(amount, 0 if amount >= 9.5 else 1)


def subject(context: ReportContext, event: Event) -> str:
    """Whose series it was."""
    if not event.dimension:
        return context.say("unusual_whole", things=things(context, event.table))
    return member(context, event.dimension, event.series)


def member(context: ReportContext, dimension: str, name: str) -> str:
    """A member as a sentence names it."""
    if dimension in ("category", "ci"):
        return context.term(f"{dimension}_named").format(name=shortened(name, NAME))
    return shortened(name, NAME) if dimension in ("service", "group") else context.named(dimension, name)


def heading(context: ReportContext, event: Event) -> str:
    """Who, when, how much."""
    first, last = (brief(context).day(day) for day in (event.first, event.last))
    days = first if event.first == event.last else context.say("unusual_days", first=first, last=last)
    facts = {"days": days, "n": context.number(round(event.size)), "things": things(context, event.table)}
    return context.say("unusual_more" if event.up else "unusual_fewer", who=subject(context, event), **facts)


def headings(context: ReportContext, events: Iterable[Event]) -> str:
    """Several events in one sentence."""
    return clauses([heading(context, event) for event in events], context.language)


def lines(context: ReportContext, event: Event) -> list[str]:
    """The event in sentences."""
    return [_size(context, event), *_where(context, event), *_before(context, event), _follow_up(context, event)]


def _size(context: ReportContext, event: Event) -> str:
    """Counted against expected, with the interval of the difference."""
    excess = event.excess
    low, high = sorted((abs(excess.lower), abs(excess.upper)))
    key = ("more" if event.up else "fewer") if event.certain else "chance"
    return context.say(
        f"unusual_size_{key}",
        counted=context.number(excess.counted),
        expected=few(context, excess.expected),
        things=things(context, event.table),
        low=context.number(low),
        high=context.number(high),
    )


def _where(context: ReportContext, event: Event) -> Iterator[str]:
    """Which members carry it, at most five lines."""
    if not event.parts:
        yield context.say("unusual_where_none")
    for part in event.parts:
        if not part.members:
            if not event.dimension or len(event.parts) == 1:
                yield context.say("unusual_where_alike")
            continue
        who, also = (context.listed(member(context, *pair) for pair in pairs) for pairs in (part.members, part.also))
        text = context.say("unusual_where", who=who, counted=context.number(part.counted), expected=few(context, part.expected))
        beside = context.aside(context.say("unusual_where_also", who=also)) if also else ""
        yield text + beside + context.term("full_stop")


def _before(context: ReportContext, event: Event) -> Iterator[str]:
    """The changes and outages before it that are unusual there; if none is, that there were as many as usual, or none."""
    if not event.up:
        return
    suspects = [_precedent(context, event, precedent) for precedent in event.suspects[:PRECEDENTS]]
    if suspects:
        yield from suspects
        yield context.say("unusual_no_proof")
    elif event.before and not event.spread:
        yield context.say("unusual_before_usual", n=context.number(len(event.before)))
    else:
        yield context.say("unusual_before_everywhere" if event.before else "unusual_before_none")


def _precedent(context: ReportContext, event: Event, precedent: Precedent) -> str:
    kind = context.term(f"happening_{precedent.what or UNNAMED[precedent.kind]}")
    outcome = [context.term(precedent.outcome)] if precedent.kind == "change" and precedent.outcome else []
    if not precedent.alike:
        often = context.say("unusual_never")
    elif precedent.per_month >= RARE:
        often = context.say("unusual_often", n=context.number(precedent.per_month, 1))
    else:
        often = context.say("unusual_seldom", n=context.number(1.0 / precedent.per_month))
    return context.say(
        "unusual_before_same_day" if precedent.at.date() >= event.first else "unusual_before",
        number=shortened(precedent.id, NAME),
        what=brief(context).joined([kind, *outcome], "commas"),
        moment=f"{brief(context).day(precedent.at.date())} {precedent.at:%H:%M}",
        often=often,
    )


def _follow_up(context: ReportContext, event: Event) -> str:
    """What to check next, by what is known of the event."""
    about = things(context, event.table)
    for precedent in event.suspects[:1]:
        return context.say(f"unusual_check_{precedent.kind}", number=shortened(precedent.id, NAME), things=about)
    if not event.up:
        return context.say("unusual_check_recording" if event.alike else "unusual_check_lack")
    numbers = [shortened(number, NAME) for number in first_tickets(context.scope, event)]
    return context.say("unusual_check_tickets", list=context.listed(numbers), things=about)
