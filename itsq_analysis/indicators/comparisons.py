"""The period beside others: the one before, the same a year ago, the year so far (环比、同比、本年累计).

Volumes are compared per day, percentages in points, everything else as a ratio or in its own unit. A period that was not over is
compared with nothing; a value that can still change only with earlier ones at the same age. A difference here is a difference: that
it is more than chance is said by the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan, nan
from typing import Literal

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.indicators.completeness import complete, counted_table, is_over, thin_edge
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.maturity import at_same_age
from itsq_analysis.indicators.pooled import pooling_window
from itsq_analysis.indicators.processes import per_day, rate
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.worktime.days import country_days

When = Literal["previous", "last_year", "festival", "year_to_date"]
How = Literal["points", "ratio", "plain"]
SUMMED = ("month", "quarter", "half")  # grains that a year is made of
BEFORE, AFTER = timedelta(days=7), timedelta(days=14)  # the week before the festival, the week that it begins, the week after


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
    how: How


@dataclass(frozen=True)
class Festival:
    """New Year's Day of the Chinese calendar in two years, and the three weeks around it."""

    day: date
    window: Period
    last_day: date
    last_window: Period


@fact
def compared(scope: Scope, name: str) -> tuple[Compared, ...]:
    """The comparisons of an indicator's whole value that can be made, in the order 环比、同比、本年累计."""
    return tuple(_compared(scope, cube(scope).value(name)))


def want_beside(scope: Scope, ids: Iterable[str], by: str | None = None) -> None:
    """Cells beside the 25 periods that comparisons need, and the last twelve periods as one: in one pass for all of them."""
    festival = spring_festival(scope)
    others = [scope.period.previous(), scope.period.same_period_last_year(), *_year_to_date(scope), pooling_window(scope)]
    cube(scope).want(ids, by, [*others, *((festival.window, festival.last_window) if festival else ())])


@fact
def spring_festival(scope: Scope) -> Festival | None:
    """The festival of the scope's month's year and of the year before; None in other months and where it is no holiday.

    A month is concerned if the festival falls into it in either year: its volumes a year ago are those of another season.
    """
    if scope.period.grain != "month":
        return None
    code = scope.settings.calendars[0].holidays
    last_year = scope.period.same_period_last_year()
    day, last_day = (festival_day(code, period.end.year) for period in (scope.period, last_year))
    if day is None or last_day is None:
        return None
    if not scope.period.start <= day < scope.period.end and not last_year.start <= last_day < last_year.end:
        return None
    return Festival(day, window(day), last_day, window(last_day))


def festival_day(code: str, year: int) -> date | None:
    """The first day of the first lunar month, where the country keeps it as Spring Festival.

    >>> [festival_day("CN", year).isoformat() for year in (2024, 2025, 2026)]
    ['2024-02-10', '2025-01-29', '2026-02-17']
    >>> festival_day("BR", 2026) is None
    True
    """
    if not code:
        return None
    names = country_days(code, year, year).holidays
    days = [day for day, name in names.items() if day.year == year and "Spring Festival" in name and "Eve" not in name]
    return min(days, default=None)


def window(day: date) -> Period:
    """The three weeks around the festival.

    >>> window(date(2026, 2, 17)).label
    '2026-02-10..2026-03-02'
    """
    return parse_period(f"{day - BEFORE}..{day + AFTER - timedelta(days=1)}")


def _compared(scope: Scope, value: Value) -> Iterator[Compared]:
    if not value.known or not is_over(scope, scope.period) or thin_edge(scope):
        return
    aged = at_same_age(scope, value) if value.provisional else ()
    if aged is None:
        return
    want_beside(scope, [value.indicator, *headline(scope)])
    table = counted_table(scope, value.indicator)
    for when, period in _others(scope):
        festival = spring_festival(scope) if when == "last_year" and per_day(scope, value.indicator) else None
        if festival:
            yield from _between(scope, value, "festival", festival.window, festival.last_window)
        elif complete(scope, table, period):
            then = _at_age(aged, period) if value.provisional else cube(scope).value(value.indicator, period=period)
            yield from _pair(scope, value.indicator, when, rate(scope, value), rate(scope, then) if then else nan)
    spans = () if value.provisional or scope.catalogue[value.indicator].until else _year_to_date(scope)  # a stock has no sum
    if spans:
        yield from _between(scope, value, "year_to_date", *spans)


def _others(scope: Scope) -> tuple[tuple[When, Period], ...]:
    return ("previous", scope.period.previous()), ("last_year", scope.period.same_period_last_year())


def _at_age(aged: tuple[Value, ...], period: Period) -> Value | None:
    return next((value for value in aged if value.period == period.label), None)


def _between(scope: Scope, value: Value, when: When, now: Period, then: Period) -> Iterator[Compared]:
    """Two other periods, if both lie within the data."""
    table = counted_table(scope, value.indicator)
    if complete(scope, table, now) and complete(scope, table, then):
        first, second = (rate(scope, cube(scope).value(value.indicator, period=period)) for period in (now, then))
        yield from _pair(scope, value.indicator, when, first, second)


def _pair(scope: Scope, name: str, when: When, now: float, then: float) -> Iterator[Compared]:
    """Nothing where either is missing, or a ratio would be one of nothing."""
    indicator = scope.catalogue[name]
    if isnan(now) or isnan(then):
        return
    if indicator.unit == "%":
        yield Compared(when, now, then, now - then, "points")
    elif indicator.kind == "stock" or indicator.unit == "h" or per_day(scope, name):
        if then > 0:
            yield Compared(when, now, then, now / then - 1, "ratio")
    else:
        yield Compared(when, now, then, now - then, "plain")


def _year_to_date(scope: Scope) -> tuple[Period, ...]:
    """The year so far and the same months of the year before; nothing in its first period."""
    if scope.period.grain not in SUMMED:
        return ()
    year = parse_period(scope.period.label[:4], scope.settings.period.month_starts_on)
    if scope.period.start == year.start:
        return ()
    return _span(year, scope.period), _span(year.previous(), scope.period.same_period_last_year())


def _span(year: Period, last: Period) -> Period:
    """From the start of a year to the end of a period of it."""
    return parse_period(f"{year.start}..{last.end - timedelta(days=1)}")
