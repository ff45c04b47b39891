"""What must be ordered or accepted before the next report? The first screen: at most three cards, the rest counted."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.narrative import clauses
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.narrative.length import shortened
from itsq_analysis.sections.brief import brief_day
from itsq_analysis.sections.capacity.choices import Choice, choices
from itsq_analysis.sections.capacity.estate import Resource, next_report, resources, today
from itsq_analysis.sections.capacity.orders import later, orders, renewals
from itsq_analysis.sections.capacity.outlook import LATELY, Outlook, outlooks, unmeasured
from itsq_analysis.sections.capacity.words import by_day, latest_day, money, months, named, percent, say_of
from itsq_analysis.sections.first_screen import FirstScreen
from itsq_analysis.sections.scene import Scene

CARDS = 3
# English words, Chinese characters of the block: each card tells its range, two options with prices, and what happens otherwise;
# none is cut for length. It is more than the 120 and 220 of the other reports (sections/first_screen.py), which tell no options.
LIMIT = {"en": 220, "zh": 420}
NAME, TITLE, OWNER = 40, 34, 28  # columns; a wide character takes two
OPTIONS = 2  # named on a card
FULL = 1 - 1e-9  # of the capacity, but for rounding
SETTLED = 7  # days on end below the limit from which it is told: a weekend is no relief


def first_screen(scene: Scene) -> FirstScreen:
    """The verdict in a sentence, cards with what to decide by when, and what else is open."""
    return FirstScreen("decisions", scene.term("verdict"), verdict(scene), (), _block(scene))


def verdict(scene: Scene) -> str:
    """The report in one sentence."""
    found, asked = outlooks(scene), orders(scene)
    if not resources(scene):
        return scene.say("cap_no_register")
    if not found:
        return scene.say("cap_nothing_measured", n=len(resources(scene)))
    day, only = brief_day(scene, next_report(scene)), "_only" if len(found) == 1 else ""
    if asked:
        return scene.say(f"cap_verdict{only}", n=len(asked), of=len(found), day=day, first=_first(scene, asked[0]))
    coming = later(scene)
    if coming:
        by = brief_day(scene, coming[0].safe.by or next_report(scene))
        return say_of(scene, f"cap_verdict_later{only}", _brief(scene, coming[0].resource), of=len(found), day=day, by=by)
    return scene.say(f"cap_verdict_none{only}", of=len(found))


def _brief(scene: Scene, one: Resource) -> str:
    return shortened(named(scene, one), NAME)


def _first(scene: Scene, one: Outlook) -> str:
    """When the limit is reached, in a clause."""
    name, limit = _brief(scene, one.resource), percent(one.resource.critical)
    if one.crossed:
        return say_of(scene, "cap_crossed", name, limit=limit)
    if one.crossing.likely is None:
        return say_of(scene, "cap_may_reach", name, limit=limit, day=by_day(scene, one.crossing.earliest))
    return say_of(scene, "cap_will_reach", name, limit=limit, day=by_day(scene, one.crossing.likely))


def _block(scene: Scene) -> Markup:
    asked = orders(scene)
    parts = [Markup("<h3>{}</h3>").format(scene.term("decisions_needed"))]
    shown = _on_cards(asked)
    if shown:
        cards = Markup("").join(_card(scene, one, place) for place, one in enumerate(shown, 1))
        parts.append(Markup('<ol class="decisions cards">{}</ol>').format(cards))
    else:
        parts.append(
            Markup('<p class="note">{}</p>').format(scene.say("cap_none_needed", day=brief_day(scene, next_report(scene))))
        )
    parts.append(Markup('<p class="majors">{}</p>').format(sentences(_rest(scene, len(asked) - len(shown)), scene.language)))
    return Markup("\n").join(parts)


def _on_cards(asked: list[Outlook]) -> list[Outlook]:
    """What is more likely than not to reach its limit has a card; what only may has one where nothing else does."""
    return ([one for one in asked if one.expected] or asked)[:CARDS]


def _rest(scene: Scene, more: int) -> list[str]:
    """What no card tells: further decisions, renewals, resources without data."""
    told = [scene.say("cap_more", n=more)] if more > 0 else []
    due, silent = renewals(scene), unmeasured(scene)
    if due:
        key = "cap_ended" if due[0].day < today(scene) else "cap_ending"
        told.append(say_of(scene, key, _brief(scene, due[0].resource), n=len(due), day=brief_day(scene, due[0].day)))
    if silent:
        told.append(scene.say("cap_without_data", n=len(silent)))
    return told or [scene.say("cap_nothing_else")]


def _card(scene: Scene, one: Outlook, place: int) -> Markup:
    """One decision: what runs out when, order by when, what it costs, what happens otherwise, whose it is."""
    owner = shortened(one.resource.owner, OWNER) if one.resource.owner else scene.say("decision_owner_none")
    lines = [*recurring(scene, one), _range(scene, one), *_options(scene, one), nothing(scene, one)]
    told = Markup("").join(Markup('<p class="rule">{}</p>').format(line) for line in lines if line)
    return Markup(
        '<li><p class="what"><a href="#sheet-{}">{}</a></p><p class="terms"><strong>{}</strong> <span>{}</span></p>{}</li>'
    ).format(place, _first(scene, one), order_line(scene, one), owner, told)


def order_line(scene: Scene, one: Outlook) -> str:
    """Until when it must be ordered: "Order by 3 November", or how long that is past."""
    if one.safe.overdue_days:
        return scene.say("cap_order_now", n=one.safe.overdue_days)
    return scene.say("cap_order_by", day=by_day(scene, one.safe.by))


def recurring(scene: Scene, one: Outlook) -> list[str]:
    """That a limit is passed again and again, where it is."""
    return [scene.say("cap_recurring", n=one.days_beyond, of=LATELY)] if one.recurring else []


def _range(scene: Scene, one: Outlook) -> str:
    """Earliest and latest, and the day of even odds to be late."""
    if one.crossed:
        return ""
    facts = {"earliest": by_day(scene, one.crossing.earliest), "latest": latest_day(scene, one.crossing.latest)}
    even = one.even.by
    if even is None:
        return scene.say("cap_range", **facts)
    key = "cap_range_even_past" if even < today(scene) else "cap_range_same" if even == one.safe.by else "cap_range_even"
    return scene.say(key, even=by_day(scene, even), **facts)


def _options(scene: Scene, one: Outlook) -> list[str]:
    """The options that gain most, those first that would not come too late; with price and months."""
    known = [choice for choice in choices(scene, one) if choice.option != "accept"]
    found = sorted(known, key=lambda choice: choice.by is not None and choice.by < today(scene))[:OPTIONS]
    if not found:
        return [scene.say("cap_no_options")]
    return [scene.say("cap_options", list=clauses((option_text(scene, choice) for choice in found), scene.language))]


def option_text(scene: Scene, choice: Choice) -> str:
    """An option in few words: "two more terabytes (86,000 yuan, 14 months)"."""
    told = [] if choice.price is None else [money(scene, choice.price) if choice.price else scene.say("cap_free")]
    told += [gained(scene, choice)] if choice.months is not None else []
    title = shortened(choice.title, TITLE)
    return title + scene.aside(scene.listed(told)) if told else title


def gained(scene: Scene, choice: Choice) -> str:
    """The months that an option gains."""
    if choice.months is None:
        return scene.say("cap_gain_unknown")
    return scene.say("cap_gain_least" if choice.at_least else "cap_gain", months=months(scene, max(choice.months, 0.0)))


def gained_cell(scene: Scene, choice: Choice) -> str:
    """The same beneath a heading that says what it is: "9 months"."""
    if choice.months is None:
        return scene.say("cap_gain_unknown")
    told = months(scene, max(choice.months, 0.0))
    return scene.say("cap_months_least", months=told) if choice.at_least else told


def nothing(scene: Scene, one: Outlook) -> str:
    """What happens if nothing is done: when it is full, how likely it reaches its limit, or whether it stays beyond it."""
    ahead = one.ahead()
    full = ahead[ahead["median"] >= FULL]
    if one.resource.fills and not full.empty:
        return scene.say("cap_nothing_full", day=brief_day(scene, full["ds"].iloc[0].date()))
    if one.recurring and one.crossing.likely:
        return scene.say("cap_nothing_again")
    if not one.crossed:
        return scene.say("cap_nothing", probability=scene.chance(one.crossing.probability))
    beyond = ahead["ds"][ahead["median"] >= one.resource.critical]
    last = one.crossing.as_of if beyond.empty else beyond.iloc[-1]
    if (ahead["ds"].iloc[-1] - last).days >= SETTLED:
        return scene.say("cap_nothing_below", day=brief_day(scene, (last + pd.Timedelta(days=1)).date()))
    return scene.say("cap_nothing_stays" if one.resource.fills else "cap_nothing_crossed")
