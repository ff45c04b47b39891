"""Short forms for the first screen: names that fit, titles without their asides, days without their year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import parse_period
from itsq_analysis.text import formats
from itsq_analysis.text.length import shortened

NAME = 24  # columns of a name; a wide character takes two
PUNCTUATION = ",.;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC FULL STOP}"
_ASIDE = re.compile(r"\s*[(\N{FULLWIDTH LEFT PARENTHESIS}][^()\N{FULLWIDTH LEFT PARENTHESIS}]*[)\N{FULLWIDTH RIGHT PARENTHESIS}]$")


def brief_title(context: ReportContext, indicator: str) -> str:
    """An indicator's name without the aside that tells how it is computed; its definition tells that."""
    return _ASIDE.sub("", context.title(indicator))


def brief_member(context: ReportContext, dimension: str, member: Any) -> str:
    """A member's name cut to the width of a line's half; P1 for priority 1."""
    plain = dimension in ("service", "group", "priority", "supplier") or pd.isna(member)
    return spaced(context, shortened(context.member(dimension, member) if plain else context.named(dimension, member), NAME))


def spaced(context: ReportContext, name: str) -> str:
    """A name inside a Chinese sentence: with a space where a Latin letter or a digit would touch a character."""
    if context.language != "zh" or not name:
        return name
    return f"{' ' * name[0].isascii()}{name}{' ' * name[-1].isascii()}"


def tight(text: str) -> str:
    """A sentence without the spaces of a name that fell before a full stop, a comma or the beginning.

    >>> tight(" Desk  and Night Desk ,")
    'Desk and Night Desk,'
    """
    return re.sub(f" +(?=[{PUNCTUATION}])", "", " ".join(text.split()))


def brief_scoped(context: ReportContext, row: pd.Series) -> str:
    """An indicator's short name with the member that it is told of."""
    title = brief_title(context, row["indicator"])
    if pd.isna(row["dimension"]):
        return title
    return tight(context.say("scoped", title=title, member=brief_member(context, row["dimension"], row["member"])))


def commas(context: ReportContext, items: Iterable[str]) -> str:
    """Parts of a sentence one after the other, with the language's comma."""
    return (", " if context.language == "en" else "\N{FULLWIDTH COMMA}").join(items)


def brief_day(context: ReportContext, day: date) -> str:
    """A day without its year where that is the year of the first day after the period: "30 November", in Chinese month and day.

    A day of another year keeps it; after a period that ends with December that is the year of the period itself.
    """
    text = formats.day(day, context.language)
    if day.year != context.period.end.year:
        return text
    year = str(day.year)
    return text.removesuffix(f" {year}").removeprefix(f"{year}\N{CJK UNIFIED IDEOGRAPH-5E74}")


def days_named(context: ReportContext, start: date, end: date) -> str:
    """Days from the first to the one before `end`: "3–30 Nov", "30 Nov–6 Dec", of a single one "8 Nov"."""
    return context.wording.dates(start, end)


def brief_period(context: ReportContext, label: str) -> str:
    """A month's name without its year where the year is the report's; other periods as they are called."""
    period = parse_period(label, context.workspace.settings.period.month_starts_on)
    name = formats.period_label(period, context.language)
    if period.grain != "month":
        return name
    year, here = label[:4], context.period.label[:4]
    return name.removesuffix(f" {year}").removeprefix(f"{year}\N{CJK UNIFIED IDEOGRAPH-5E74}") if year == here else name
