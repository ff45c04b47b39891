"""How the report says amounts, days, probabilities and names."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from itsq_analysis.page.brief import brief_day, spaced, tight
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.estate import Resource, resources
from itsq_analysis.text import formats

TEN_THOUSAND = 10_000  # Chinese counts money in these
AFTER = re.compile("([\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}\N{FULLWIDTH LEFT PARENTHESIS}\N{IDEOGRAPHIC FULL STOP}]) ")
BEFORE = re.compile(" ([\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH LEFT PARENTHESIS}])")
SMALL = 3  # months, below which a decimal says something


def money(context: ReportContext, amount: float | None) -> str:
    """An amount of money: "86,000 yuan", in Chinese in ten thousands where it is one or more."""
    if amount is None:
        return formats.MISSING
    if context.language == "zh" and abs(amount) >= TEN_THOUSAND:
        return context.say("cap_money_large", amount=f"{round(amount / TEN_THOUSAND, 2):,g}")
    return context.say("cap_money", amount=context.number(amount))


def amount(context: ReportContext, value: float | None, unit: str) -> str:
    """A quantity in its unit."""
    if value is None:
        return formats.MISSING
    count = context.number(value, 0 if abs(value) >= 100 or float(value).is_integer() else 1)
    return f"{count}%" if unit == "%" else f"{count} {unit}".strip()


def quantity(context: ReportContext, one: Resource, value: float | None) -> str:
    """A part of a resource's capacity: in its unit, or as a share of the whole where its metric is a share itself."""
    return amount(context, value, one.unit) if one.counted else percent(value)


def percent(share: float | None) -> str:
    """A share of the whole, without decimals: what is measured is not that exact."""
    return formats.MISSING if share is None or share != share else f"{share:.0%}"


def by_day(context: ReportContext, day: date | None) -> str:
    """A day of a distribution; none is "not within 12 months"."""
    return context.say("cap_not_within") if day is None else brief_day(context, day)


def latest_day(context: ReportContext, day: date | None) -> str:
    """The last day of a range; none lies beyond the 12 months that are looked at."""
    return context.say("cap_open_end") if day is None else brief_day(context, day)


def month_name(context: ReportContext, day: date) -> str:
    """A month and its year."""
    return f"{day.year}\u5e74{day.month}\u6708" if context.language == "zh" else f"{formats.MONTHS[day.month - 1]} {day.year}"


def months(context: ReportContext, count: float) -> str:
    """A number of months."""
    return context.say("cap_months", n=context.number(count, 0 if round(abs(count), 1) >= SMALL else 1))


def named(context: ReportContext, one: Resource) -> str:
    """A resource's name, with its identifier where another one has the same name."""
    if "capacity names" not in context.kept:
        context.kept["capacity names"] = Counter(other.name for other in resources(context))
    return one.name if context.kept["capacity names"][one.name] == 1 else one.name + context.aside(one.key)


def say_of(context: ReportContext, id: str, name: str, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
    """A sentence about a name, which stands apart from Chinese words where it begins or ends with a Latin letter."""
    said = AFTER.sub(r"\1", tight(context.say(id, name=spaced(context, name), **facts)))
    return BEFORE.sub(r"\1", said)


def with_service(context: ReportContext, one: Resource) -> str:
    """Service and name."""
    name = named(context, one)
    return context.say("labelled", label=one.service, text=name) if one.service else name


def listed_names(context: ReportContext, found: list[Resource]) -> str:
    """Names one after the other, in the report's order."""
    return context.listed(named(context, one) for one in found)
