"""What there is to say of one resource's outlook: sentences without words, for cards, sheets and decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.options import Option, options
from itsq_analysis.capacity.outlook import FULL, LATELY, CapacityOutlook
from itsq_analysis.capacity.resource_register import Resource
from itsq_analysis.facts import Scope, Sentence
from itsq_analysis.facts.sentence import Ago, Chance, Day, Days, Growth, Listed, Money, Months, Name, Number, Part, Quantity, Share

NOT_WITHIN, OPEN_END = "cap_not_within", "cap_open_end"  # terms for a day beyond the horizon
TITLE = 48  # columns of an option on a card
NAMED = 2  # options on a card


def quantity(resource: Resource, value: float | None) -> Part:
    """A part of a resource's capacity: in its unit, or as a share of the whole where its metric is a share itself."""
    return Quantity(value, resource.unit) if resource.counted or value is None else Share(value, whole=True)


def likely_day(day: date | None) -> Day:
    """A day of a distribution; none is "not within 12 months"."""
    return Day(day, NOT_WITHIN)


def latest_day(day: date | None) -> Day:
    """The last day of a range; none lies beyond the 12 months that are looked at."""
    return Day(day, OPEN_END)


def reached(outlook: CapacityOutlook) -> Sentence:
    """When the limit is reached, in a clause."""
    facts: dict[str, Part] = {"name": Name(outlook.resource.label), "limit": Share(outlook.resource.critical, whole=True)}
    if outlook.crossed:
        return Sentence("cap_crossed", facts)
    if outlook.forecast.likely is None:
        return Sentence("cap_may_reach", facts | {"day": likely_day(outlook.forecast.earliest)})
    return Sentence("cap_will_reach", facts | {"day": likely_day(outlook.forecast.likely)})


def reached_in_short(outlook: CapacityOutlook) -> Sentence:
    """That it is beyond its limit, when it most likely will be, or from when on it may; without its name."""
    limit = Share(outlook.resource.critical, whole=True)
    if outlook.crossed:
        return Sentence("rule_capacity_crossed", {"limit": limit})
    if outlook.forecast.likely is None:
        return Sentence("rule_capacity_may", {"limit": limit, "day": likely_day(outlook.forecast.earliest)})
    return Sentence("rule_capacity_number", {"limit": limit, "day": likely_day(outlook.forecast.likely)})


def order_line(outlook: CapacityOutlook) -> Sentence:
    """Until when it must be ordered, or how long that is past."""
    if outlook.safe.overdue_days:
        return Sentence("cap_order_now", {"overdue": Days(outlook.safe.overdue_days)})
    return Sentence("cap_order_by", {"day": likely_day(outlook.safe.by)})


def card_lines(scope: Scope, outlook: CapacityOutlook) -> tuple[Sentence, ...]:
    """What a card tells below its heading: range, options, what happens otherwise."""
    return (*recurring(outlook), *_range(scope, outlook), _options(scope, outlook), otherwise(outlook))


def recurring(outlook: CapacityOutlook) -> list[Sentence]:
    """That a limit is passed again and again, where it is."""
    facts = {"n": Number(outlook.days_beyond), "of": Number(LATELY)}
    return [Sentence("cap_recurring", facts)] if outlook.recurring else []


def _range(scope: Scope, outlook: CapacityOutlook) -> list[Sentence]:
    """Earliest and latest, and the day of even odds to be late."""
    if outlook.crossed:
        return []
    even = outlook.even.by
    facts: dict[str, Part] = {"earliest": likely_day(outlook.forecast.earliest), "latest": latest_day(outlook.forecast.latest)}
    if even is None:
        return [Sentence("cap_range", facts)]
    if even < scope.today:
        return [Sentence("cap_range", facts), *in_time(scope, outlook)[-1:]]
    key = "cap_range_same" if even == outlook.safe.by else "cap_range_even"
    return [Sentence(key, facts | {"even": likely_day(even)})]


def _options(scope: Scope, outlook: CapacityOutlook) -> Sentence:
    """The options that gain most, those first that would not come too late; with price and months."""
    known = [option for option in options(scope).get(outlook.resource.key, ()) if option.option != "accept"]
    named = sorted(known, key=lambda option: option.by is not None and option.by < scope.today)[:NAMED]
    if not named:
        return Sentence("cap_no_options", {})
    return Sentence("cap_options", {"list": Listed(tuple(_option(outlook.resource, option) for option in named), "clauses")})


def in_time(scope: Scope, outlook: CapacityOutlook) -> list[Sentence]:
    """Where a full order would now more likely than not come too late: what it costs and by how much it is late, and the option
    that still comes in time, or that none does."""
    if outlook.crossed or outlook.even.by is None or outlook.even.by >= scope.today:
        return []
    known = [option for option in options(scope).get(outlook.resource.key, ()) if option.option != "accept"]
    timely = [option for option in known if option.by is None or option.by >= scope.today]
    late = [_late_order(scope, outlook)]
    if not timely:
        return [*late, Sentence("cap_too_late", {})]
    quick = min(timely, key=lambda option: (option.lead_days, -(option.months or 0.0)))
    facts = {"title": option_title(outlook.resource, quick, TITLE), "lead": Days(quick.lead_days)}
    return [*late, Sentence("cap_in_time", facts)]


def _late_order(scope: Scope, outlook: CapacityOutlook) -> Sentence:
    """When an order of today arrives, how likely the limit is reached before, and how many days that most likely are."""
    resource, forecast = outlook.resource, outlook.forecast
    arrives = scope.today + timedelta(days=resource.lead_days)
    steps = min(max((arrives - forecast.as_of.date()).days, 0), forecast.horizon)
    facts: dict[str, Part] = {
        "day": Day(arrives),
        "chance": Chance(forecast.probability_by(steps)),
        "price": Money(resource.step_price),
    }
    if forecast.likely is None or forecast.likely >= arrives:
        return Sentence("cap_late_order", facts)
    return Sentence("cap_late_order_gap", facts | {"gap": Days((arrives - forecast.likely).days)})


def _option(resource: Resource, option: Option) -> Sentence:
    """An option in few words: "two more terabytes (CNY 86,000, 14 months gained)"."""
    facts = (Money(option.price), *([gain(option)] if option.months is not None else []))
    return Sentence("cap_option_told", {"title": option_title(resource, option, TITLE), "told": Listed(facts)})


def option_title(resource: Resource, option: Option, width: int = 0) -> Part:
    """What an option is called; the step of the register by its size."""
    return Name(option.title, width) if option.title else Sentence("cap_step", {"size": quantity(resource, option.size)})


def gain(option: Option) -> Sentence:
    """The months that an option gains."""
    return Sentence("cap_gain_least" if option.at_least else "cap_gain", {"months": Months(max(option.months or 0.0, 0.0))})


def otherwise(outlook: CapacityOutlook) -> Sentence:
    """What happens if nothing is done: when it is full, how likely it reaches its limit, or whether it stays beyond it."""
    if outlook.share >= FULL and outlook.crossed:
        return Sentence("cap_nothing_is_full", {"share": Share(outlook.share, whole=True)})
    if full := outlook.full_on():
        return Sentence("cap_nothing_full", {"day": Day(full)})
    if outlook.recurring and outlook.forecast.likely:
        return Sentence("cap_nothing_again", {})
    if not outlook.crossed:
        return Sentence("cap_nothing", {"probability": Chance(outlook.forecast.probability)})
    if below := outlook.back_below():
        return Sentence("cap_nothing_below", {"day": Day(below)})
    return Sentence("cap_nothing_stays" if outlook.resource.fills else "cap_nothing_crossed", {})


def statement(scope: Scope, outlook: CapacityOutlook) -> tuple[Sentence, ...]:
    """When the limit is reached and until when more must be ordered, with the risk of either day."""
    resource, forecast = outlook.resource, outlook.forecast
    facts: dict[str, Part] = {
        "name": Name(resource.label, 0),
        "limit": Share(resource.critical, whole=True),
        "share": Share(outlook.share, whole=True),
        "earliest": likely_day(forecast.earliest),
        "likely": likely_day(forecast.likely),
        "latest": latest_day(forecast.latest),
        "lead": Days(resource.lead_days),
    }
    if outlook.crossed:
        return (Sentence("cap_statement_crossed", facts),)
    return Sentence("cap_statement" if forecast.likely else "cap_statement_may", facts), _order(scope, outlook)


def _order(scope: Scope, outlook: CapacityOutlook) -> Sentence:
    """Until when to order; a day of even odds is told where it lies within 12 months, and said to be past where it is."""
    safe, even = outlook.safe, outlook.even
    facts: dict[str, Part] = {"safe": likely_day(safe.by), "even": likely_day(even.by), "lead": Days(outlook.resource.lead_days)}
    if safe.by is not None and safe.overdue_days:
        key = "cap_statement_overdue" if even.by and not even.overdue_days else "cap_statement_overdue_only"
        return Sentence(key, facts | {"ago": Ago(safe.by, scope.today)})
    if even.by == safe.by:
        return Sentence("cap_statement_order_same", facts)
    return Sentence("cap_statement_order" if even.by else "cap_statement_order_only", facts)


def remarks(outlook: CapacityOutlook) -> list[Sentence]:
    """What a reader must know of the data behind a forecast: resets, steps, gaps, planned changes."""
    sentences = [
        Sentence(f"cap_note_{note.kind}", {name: _noted(outlook.resource, name, value) for name, value in note.values.items()})
        for note in outlook.forecast.notes
        if note.kind != "crossed"
    ]
    if outlook.changes:
        same = {(change.name, change.on, change.growth, change.until): change for change in outlook.changes}
        sentences.append(Sentence("cap_reckons_with", {"list": Listed(tuple(_planned(change) for change in same.values()))}))
    return sentences


def _noted(resource: Resource, name: str, value: Any) -> Part:
    """A number of a note as a part."""
    if name == "size":
        size = abs(float(value))
        return quantity(resource, size) if resource.counted else Sentence("cap_points", {"n": Number(size * 100)})
    if name == "share":
        return Share(float(value), whole=True)
    return Day(value) if isinstance(value, date) else Number(float(value))


def _planned(change: Change) -> Sentence:
    """What is planned, on what day, and how much more demand it brings until when."""
    key = "cap_planned" if not change.growth else "cap_planned_growth" if change.until is None else "cap_planned_until"
    growth = Growth(change.growth)
    return Sentence(key, {"name": Name(change.name, 0), "day": Day(change.on), "growth": growth, "until": Day(change.until)})
