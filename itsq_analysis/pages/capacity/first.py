"""What must be ordered or accepted before the next report? The first screen: at most three cards, the rest counted."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.page.brief import brief_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen
from itsq_analysis.pages.capacity.choices import Choice, choices
from itsq_analysis.pages.capacity.estate import Resource, next_report, resources, today
from itsq_analysis.pages.capacity.orders import later, orders, renewals
from itsq_analysis.pages.capacity.outlook import LATELY, Outlook, outlooks, unmeasured
from itsq_analysis.pages.capacity.words import by_day, latest_day, money, months, named, percent, say_of
from itsq_analysis.text import clauses
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened

CARDS = 3
# English words, Chinese characters of the block: each card tells its range, two options with prices, and what happens otherwise;
# none is cut for length. It is more than the 120 and 220 of the other reports (sections/first_screen.py), which tell no options.
LIMIT = {"en": 220, "zh": 420}
NAME, TITLE, OWNER = 40, 34, 28  # columns; a wide character takes two
OPTIONS = 2  # named on a card
FULL = 1 - 1e-9  # of the capacity, but for rounding
SETTLED = 7  # days on end below the limit from which it is told: a weekend is no relief


def first_screen(context: ReportContext) -> FirstScreen:
    """The verdict in a sentence, cards with what to decide by when, and what else is open."""
    return FirstScreen("decisions", context.term("verdict"), verdict(context), (), _block(context))


def verdict(context: ReportContext) -> str:
    """The report in one sentence."""
    found, asked = outlooks(context), orders(context)
    if not resources(context):
        return context.say("cap_no_register")
    if not found:
        return context.say("cap_nothing_measured", n=len(resources(context)))
    day, only = brief_day(context, next_report(context)), "_only" if len(found) == 1 else ""
    if asked:
        return context.say(f"cap_verdict{only}", n=len(asked), of=len(found), day=day, first=_first(context, asked[0]))
    coming = later(context)
    if coming:
        by = brief_day(context, coming[0].safe.by or next_report(context))
        return say_of(context, f"cap_verdict_later{only}", _brief(context, coming[0].resource), of=len(found), day=day, by=by)
    return context.say(f"cap_verdict_none{only}", of=len(found))


def _brief(context: ReportContext, one: Resource) -> str:
    return shortened(named(context, one), NAME)


def _first(context: ReportContext, one: Outlook) -> str:
    """When the limit is reached, in a clause."""
    name, limit = _brief(context, one.resource), percent(one.resource.critical)
    if one.crossed:
        return say_of(context, "cap_crossed", name, limit=limit)
    if one.crossing.likely is None:
        return say_of(context, "cap_may_reach", name, limit=limit, day=by_day(context, one.crossing.earliest))
    return say_of(context, "cap_will_reach", name, limit=limit, day=by_day(context, one.crossing.likely))


def _block(context: ReportContext) -> Markup:
    asked = orders(context)
    parts = [Markup("<h3>{}</h3>").format(context.term("decisions_needed"))]
    shown = _on_cards(asked)
    if shown:
        cards = Markup("").join(_card(context, one, place) for place, one in enumerate(shown, 1))
        parts.append(Markup('<ol class="decisions cards">{}</ol>').format(cards))
    else:
        parts.append(
            Markup('<p class="note">{}</p>').format(context.say("cap_none_needed", day=brief_day(context, next_report(context))))
        )
    parts.append(Markup('<p class="majors">{}</p>').format(sentences(_rest(context, len(asked) - len(shown)), context.language)))
    return Markup("\n").join(parts)


def _on_cards(asked: list[Outlook]) -> list[Outlook]:
    """What is more likely than not to reach its limit has a card; what only may has one where nothing else does."""
    return ([one for one in asked if one.expected] or asked)[:CARDS]


def _rest(context: ReportContext, more: int) -> list[str]:
    """What no card tells: further decisions, renewals, resources without data."""
    told = [context.say("cap_more", n=more)] if more > 0 else []
    due, silent = renewals(context), unmeasured(context)
    if due:
        key = "cap_ended" if due[0].day < today(context) else "cap_ending"
        told.append(say_of(context, key, _brief(context, due[0].resource), n=len(due), day=brief_day(context, due[0].day)))
    if silent:
        told.append(context.say("cap_without_data", n=len(silent)))
    return told or [context.say("cap_nothing_else")]


def _card(context: ReportContext, one: Outlook, place: int) -> Markup:
    """One decision: what runs out when, order by when, what it costs, what happens otherwise, whose it is."""
    owner = shortened(one.resource.owner, OWNER) if one.resource.owner else context.say("decision_owner_none")
    lines = [*recurring(context, one), _range(context, one), *_options(context, one), nothing(context, one)]
    told = Markup("").join(Markup('<p class="rule">{}</p>').format(line) for line in lines if line)
    return Markup(
        '<li><p class="what"><a href="#sheet-{}">{}</a></p><p class="terms"><strong>{}</strong> <span>{}</span></p>{}</li>'
    ).format(place, _first(context, one), order_line(context, one), owner, told)


def order_line(context: ReportContext, one: Outlook) -> str:
    """Until when it must be ordered: "Order by 3 November", or how long that is past."""
    if one.safe.overdue_days:
        return context.say("cap_order_now", n=one.safe.overdue_days)
    return context.say("cap_order_by", day=by_day(context, one.safe.by))


def recurring(context: ReportContext, one: Outlook) -> list[str]:
    """That a limit is passed again and again, where it is."""
    return [context.say("cap_recurring", n=one.days_beyond, of=LATELY)] if one.recurring else []


def _range(context: ReportContext, one: Outlook) -> str:
    """Earliest and latest, and the day of even odds to be late."""
    if one.crossed:
        return ""
    facts = {"earliest": by_day(context, one.crossing.earliest), "latest": latest_day(context, one.crossing.latest)}
    even = one.even.by
    if even is None:
        return context.say("cap_range", **facts)
    key = "cap_range_even_past" if even < today(context) else "cap_range_same" if even == one.safe.by else "cap_range_even"
    return context.say(key, even=by_day(context, even), **facts)


def _options(context: ReportContext, one: Outlook) -> list[str]:
    """The options that gain most, those first that would not come too late; with price and months."""
    known = [choice for choice in choices(context, one) if choice.option != "accept"]
    found = sorted(known, key=lambda choice: choice.by is not None and choice.by < today(context))[:OPTIONS]
    if not found:
        return [context.say("cap_no_options")]
    return [context.say("cap_options", list=clauses((option_text(context, choice) for choice in found), context.language))]


def option_text(context: ReportContext, choice: Choice) -> str:
    """An option in few words: "two more terabytes (86,000 yuan, 14 months)"."""
    told = [] if choice.price is None else [money(context, choice.price) if choice.price else context.say("cap_free")]
    told += [gained(context, choice)] if choice.months is not None else []
    title = shortened(choice.title, TITLE)
    return title + context.aside(context.listed(told)) if told else title


def gained(context: ReportContext, choice: Choice) -> str:
    """The months that an option gains."""
    if choice.months is None:
        return context.say("cap_gain_unknown")
    return context.say("cap_gain_least" if choice.at_least else "cap_gain", months=months(context, max(choice.months, 0.0)))


def gained_cell(context: ReportContext, choice: Choice) -> str:
    """The same beneath a heading that says what it is: "9 months"."""
    if choice.months is None:
        return context.say("cap_gain_unknown")
    told = months(context, max(choice.months, 0.0))
    return context.say("cap_months_least", months=told) if choice.at_least else told


def nothing(context: ReportContext, one: Outlook) -> str:
    """What happens if nothing is done: when it is full, how likely it reaches its limit, or whether it stays beyond it."""
    ahead = one.ahead()
    full = ahead[ahead["median"] >= FULL]
    if one.resource.fills and not full.empty:
        return context.say("cap_nothing_full", day=brief_day(context, full["ds"].iloc[0].date()))
    if one.recurring and one.crossing.likely:
        return context.say("cap_nothing_again")
    if not one.crossed:
        return context.say("cap_nothing", probability=context.chance(one.crossing.probability))
    beyond = ahead["ds"][ahead["median"] >= one.resource.critical]
    last = one.crossing.as_of if beyond.empty else beyond.iloc[-1]
    if (ahead["ds"].iloc[-1] - last).days >= SETTLED:
        return context.say("cap_nothing_below", day=brief_day(context, (last + pd.Timedelta(days=1)).date()))
    return context.say("cap_nothing_stays" if one.resource.fills else "cap_nothing_crossed")
