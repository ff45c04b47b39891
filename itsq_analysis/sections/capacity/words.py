"""How the report says amounts, days, probabilities and names."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from itsq_analysis.narrative import formats
from itsq_analysis.sections.brief import brief_day, spaced, tight
from itsq_analysis.sections.capacity.estate import Resource, resources
from itsq_analysis.sections.scene import Scene

TEN_THOUSAND = 10_000  # Chinese counts money in these
AFTER = re.compile("([\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}\N{FULLWIDTH LEFT PARENTHESIS}\N{IDEOGRAPHIC FULL STOP}]) ")
BEFORE = re.compile(" ([\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH LEFT PARENTHESIS}])")
SMALL = 3  # months, below which a decimal says something


def money(scene: Scene, amount: float | None) -> str:
    """An amount of money: "86,000 yuan", in Chinese in ten thousands where it is one or more."""
    if amount is None:
        return formats.MISSING
    if scene.language == "zh" and abs(amount) >= TEN_THOUSAND:
        return scene.say("cap_money_large", amount=f"{round(amount / TEN_THOUSAND, 2):,g}")
    return scene.say("cap_money", amount=scene.number(amount))


def amount(scene: Scene, value: float | None, unit: str) -> str:
    """A quantity in its unit."""
    if value is None:
        return formats.MISSING
    count = scene.number(value, 0 if abs(value) >= 100 or float(value).is_integer() else 1)
    return f"{count}%" if unit == "%" else f"{count} {unit}".strip()


def quantity(scene: Scene, one: Resource, value: float | None) -> str:
    """A part of a resource's capacity: in its unit, or as a share of the whole where its metric is a share itself."""
    return amount(scene, value, one.unit) if one.counted else percent(value)


def percent(share: float | None) -> str:
    """A share of the whole, without decimals: what is measured is not that exact."""
    return formats.MISSING if share is None or share != share else f"{share:.0%}"


def by_day(scene: Scene, day: date | None) -> str:
    """A day of a distribution; none is "not within 12 months"."""
    return scene.say("cap_not_within") if day is None else brief_day(scene, day)


def latest_day(scene: Scene, day: date | None) -> str:
    """The last day of a range; none lies beyond the 12 months that are looked at."""
    return scene.say("cap_open_end") if day is None else brief_day(scene, day)


def month_name(scene: Scene, day: date) -> str:
    """A month and its year."""
    return f"{day.year}\u5e74{day.month}\u6708" if scene.language == "zh" else f"{formats.MONTHS[day.month - 1]} {day.year}"


def months(scene: Scene, count: float) -> str:
    """A number of months."""
    return scene.say("cap_months", n=scene.number(count, 0 if round(abs(count), 1) >= SMALL else 1))


def named(scene: Scene, one: Resource) -> str:
    """A resource's name, with its identifier where another one has the same name."""
    if "capacity names" not in scene.kept:
        scene.kept["capacity names"] = Counter(other.name for other in resources(scene))
    return one.name if scene.kept["capacity names"][one.name] == 1 else one.name + scene.aside(one.key)


def say_of(scene: Scene, id: str, name: str, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
    """A sentence about a name, which stands apart from Chinese words where it begins or ends with a Latin letter."""
    said = AFTER.sub(r"\1", tight(scene.say(id, name=spaced(scene, name), **facts)))
    return BEFORE.sub(r"\1", said)


def with_service(scene: Scene, one: Resource) -> str:
    """Service and name."""
    name = named(scene, one)
    return scene.say("labelled", label=one.service, text=name) if one.service else name


def listed_names(scene: Scene, found: list[Resource]) -> str:
    """Names one after the other, in the report's order."""
    return scene.listed(named(scene, one) for one in found)
