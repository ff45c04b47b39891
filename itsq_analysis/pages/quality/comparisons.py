"""The period beside others: the one before, the same a year ago, the year so far (环比、同比、本年累计).

Volumes are compared per day, percentages in points, everything else as a ratio or in its own unit. A period that was not over is
compared with nothing; a value that can still change only with earlier ones at the same age. A difference here is a difference: that
it is more than chance is said by the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import Indicator
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.festival import Festival, spring_festival
from itsq_analysis.pages.quality.processes import complete, days, per_day, table_of, thin
from itsq_analysis.pages.quality.same_age import at_same_age
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.process import MOST
from itsq_analysis.text import formats

When = Literal["previous", "last_year", "festival", "year_to_date"]
RATIO, POINTS, PLAIN = "ratio", "points", "plain"


@dataclass(frozen=True)
class Compared:
    """A value beside that of another time.

    Attributes:
        when: which other time; "festival" is the same weeks around Spring Festival a year before.
        now, then: both in the value's unit, volumes per day.
        difference: in points (as a share) for percentages, relative for counts and durations, else in the value's unit.
        how: "points", "ratio" or "plain".
    """

    when: When
    now: float
    then: float
    difference: float
    how: str


def compared(context: ReportContext, row: pd.Series) -> list[Compared]:
    """The comparisons of a value of the whole that can be made, in the order 环比、同比、本年累计."""
    key = ("compared", row["indicator"])
    if key not in context.kept:
        context.kept[key] = [*_compared(context, row)]
    found: list[Compared] = context.kept[key]
    return found


def comparison_lines(context: ReportContext, row: pd.Series) -> Markup:
    """The comparisons as the lines of a cell; a dash where there is none."""
    form = Markup('<span class="note compared">{}</span>')
    lines = [form.format(comparison_text(context, row, one)) for one in compared(context, row)]
    return Markup(" ").join(lines) if lines else Markup("{}").format(formats.MISSING)


def comparison_text(context: ReportContext, row: pd.Series, one: Compared) -> str:
    """One comparison: the other value and the difference; of the year so far both values."""
    facts = {"now": amount(context, row, one.now), "then": amount(context, row, one.then)}
    return context.say(f"compare_{one.when}", difference=difference_text(context, row, one), **facts)


def amount(context: ReportContext, row: pd.Series, value: float) -> str:
    """A value in the indicator's unit; a count per day with one decimal below 100."""
    indicator = context.workspace.catalogue[row["indicator"]]
    if per_day(context, indicator):
        return context.number(value, 1 if value < 100 else 0)
    return formats.value(value, indicator.unit, context.language)


def difference_text(context: ReportContext, row: pd.Series, one: Compared) -> str:
    """A difference with its sign and unit."""
    if one.how == RATIO:
        return f"{one.difference * 100 + 0.0:+.1f}%" if round(one.difference * 100, 1) else "0.0%"
    if one.how == POINTS:
        return context.say("points", points=printed_points(formats.percent(one.now), formats.percent(one.then)))
    whole = context.workspace.catalogue[row["indicator"]].unit in ("points", "count")
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


def volume(context: ReportContext, name: str, period: Period) -> float:
    """A count per day of any period; missing where the period has no such day."""
    basis = per_day(context, context.workspace.catalogue[name])
    counted = _rows(context, period, name)
    number = days(context, period, basis) if basis else 0
    return float(counted["value"]) / number if number else float("nan")


def _compared(context: ReportContext, row: pd.Series) -> Iterator[Compared]:
    zone = context.workspace.settings.organisation.zone
    indicator = context.workspace.catalogue[row["indicator"]]
    if pd.isna(row["value"]) or context.period.bounds(zone)[1] > context.moment or context.period in thin(context):
        return
    aged = at_same_age(context, row, MOST) if row["provisional"] else None
    if row["provisional"] and aged is None:
        return
    now = _value(context, indicator, context.period, None)
    for when, period in (("previous", context.period.previous()), ("last_year", context.period.same_period_last_year())):
        festival = spring_festival(context) if when == "last_year" and per_day(context, indicator) else None
        if festival:
            yield from _festival(context, indicator, festival)
        elif complete(context, table_of(context, row["indicator"]), period):
            yield from _pair(indicator, when, now, _value(context, indicator, period, aged))  # type: ignore[arg-type]
    if not row["provisional"]:
        yield from _year_to_date(context, indicator)


def _pair(indicator: Indicator, when: When, now: float, then: float) -> Iterator[Compared]:
    """Nothing where either is missing, or a ratio would be one of nothing."""
    if pd.isna(now) or pd.isna(then):
        return
    if indicator.unit == "%":
        yield Compared(when, now, then, now - then, POINTS)
    elif indicator.kind == "stock" or indicator.unit == "h" or (indicator.kind == "count" and indicator.better == "none"):
        if then > 0:
            yield Compared(when, now, then, now / then - 1, RATIO)
    else:
        yield Compared(when, now, then, now - then, PLAIN)


def _value(context: ReportContext, indicator: Indicator, period: Period, aged: pd.DataFrame | None) -> float:
    """A period's value, counts per day; from the periods at the same age where these are given."""
    if aged is not None:
        found = aged.set_index("period")["value"]
        value = float(found[period.label]) if period.label in found.index else float("nan")
        basis = per_day(context, indicator)
        return value / days(context, period, basis) if basis else value
    if per_day(context, indicator):
        return volume(context, indicator.id, period)
    return float(_rows(context, period, indicator.id)["value"])


def _festival(context: ReportContext, indicator: Indicator, festival: Festival) -> Iterator[Compared]:
    """The weeks around Spring Festival in both years, if both lie within the data."""
    windows = (festival.window, festival.last_window)
    if all(complete(context, indicator.table, one) for one in windows):
        now, then = (volume(context, indicator.id, one) for one in windows)
        yield from _pair(indicator, "festival", now, then)


def _year_to_date(context: ReportContext, indicator: Indicator) -> Iterator[Compared]:
    """The year so far and the same months of the year before; a stock has no sum over a year."""
    if indicator.until or context.period.grain not in ("month", "quarter", "half"):
        return
    starts_on = context.workspace.settings.period.month_starts_on
    year = parse_period(context.period.label[:4], starts_on)
    if context.period.start == year.start:
        return
    spans = [_span(year, context.period), _span(year.previous(), context.period.same_period_last_year())]
    if all(complete(context, table_of(context, indicator.id), one) for one in spans):
        now, then = (_value(context, indicator, one, None) for one in spans)
        yield from _pair(indicator, "year_to_date", now, then)


def _span(year: Period, last: Period) -> Period:
    """From the start of a year to the end of a period of it."""
    return parse_period(f"{year.start}..{last.end - timedelta(days=1)}")


def _rows(context: ReportContext, period: Period, name: str) -> pd.Series:
    """An indicator's row of any period; the headline indicators are asked for together."""
    key = ("rows", period.label)
    found: dict[str, pd.Series] = context.kept.setdefault(key, {})
    if name not in found:
        ids = [one for one in dict.fromkeys([name, *headline(context.scope)]) if one not in found]
        frame = context.workspace.indicators(ids, period.label, as_of=context.moment)
        found |= {str(row["indicator"]): row for _, row in frame.iterrows()}
    return found[name]
