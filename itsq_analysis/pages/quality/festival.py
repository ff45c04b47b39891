"""Spring Festival moves between January and February: years are compared by its own date, not by the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.worktime.days import country_days

BEFORE, AFTER = timedelta(days=7), timedelta(days=14)  # the week before, the week that it begins, the week after


@dataclass(frozen=True)
class Festival:
    """New Year's Day of the Chinese calendar in two years, and the three weeks around it."""

    day: date
    window: Period
    last_day: date
    last_window: Period


def spring_festival(context: ReportContext) -> Festival | None:
    """The festival of the reporting month's year and of the year before; None in other months and where it is no holiday.

    A month is concerned if the festival falls into it in either year: its volumes a year ago are those of another season.
    """
    if context.period.grain != "month":
        return None
    code = context.workspace.settings.calendars[0].holidays
    last_year = context.period.same_period_last_year()
    day, last_day = (festival_day(code, one.end.year) for one in (context.period, last_year))
    if day is None or last_day is None:
        return None
    if not context.period.start <= day < context.period.end and not last_year.start <= last_day < last_year.end:
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
