"""Comparisons in words: 环比、同比、本年累计."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.indicators.comparisons import Compared, compared
from itsq_analysis.indicators.processes import per_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import lines
from itsq_analysis.text import formats

WHENS = ("previous", "last_year", "year_to_date")


def comparison_cells(context: ReportContext, name: str) -> dict[str, str | Markup]:
    """The comparisons that can be made, by when; of the year so far its own value. Around Spring Festival stands for a year ago."""
    cells: dict[str, str | Markup] = dict.fromkeys(WHENS, formats.MISSING)
    for one in compared(context.scope, name):
        shown = amount(context, name, one.now if one.when == "year_to_date" else one.then)
        difference = difference_text(context, name, one)
        note = context.say("compare_festival", difference=difference) if one.when == "festival" else difference
        cells["last_year" if one.when == "festival" else one.when] = lines(shown, note)
    return cells


def amount(context: ReportContext, name: str, value: float) -> str:
    """A number in the indicator's unit; a count per day with one decimal below 100."""
    if per_day(context.scope, name):
        return context.number(value, 1 if value < 100 else 0)
    return context.wording.amount(name, value)


def difference_text(context: ReportContext, name: str, one: Compared) -> str:
    """A difference with its sign and unit."""
    if one.how == "ratio":
        return f"{one.difference * 100 + 0.0:+.1f}%" if round(one.difference * 100, 1) else "0.0%"
    if one.how == "points":
        return context.say("points", points=printed_points(formats.percent(one.now), formats.percent(one.then)))
    whole = context.scope.catalogue[name].unit in ("points", "count")
    return f"{one.difference:+.0f}" if whole and round(one.difference) else "0" if whole else f"{one.difference:+.2f}"


def printed_points(now: str, then: str) -> str:
    """The difference of two percentages as they are printed, so that a reader who subtracts finds the same.

    >>> printed_points("95.1%", "95.8%"), printed_points("100%", "99.982%"), printed_points("2.6%", "2.6%")
    ('-0.7', '+0.018', '0.0')
    """
    numbers = [text.strip("<>%") for text in (now, then)]
    decimals = max(1, *(len(text.partition(".")[2]) for text in numbers))
    points = round(float(numbers[0]) - float(numbers[1]), decimals)
    return f"{points:+.{decimals}f}" if points else "0.0"
