"""Names, numbers and days of a forecast as its sentences say them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pandas as pd

from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.forecast.outlook import Asked, Outlook
from itsq_analysis.series import UNKNOWN
from itsq_analysis.text import formats, term_ids

Change = Literal["more", "fewer", "perhaps_more", "perhaps_fewer", "same", "unknown"]
TABLES = term_ids("fc_table_")


def things(context: ReportContext, table: str) -> str:
    """What a table counts, in the plural."""
    return context.term(f"fc_table_{table}") if table in TABLES else table


def name_of(context: ReportContext, asked: Asked, series: str) -> str:
    """A series as a line or row calls it."""
    if series == asked.table:
        return context.term("fc_whole")
    member = series.removeprefix(f"{asked.dimension}=")
    return context.term("unknown") if member == UNKNOWN else context.member(asked.dimension, member)


def weekday(context: ReportContext, day: date) -> str:
    """A day with its weekday: "Mon 9 Nov"."""
    return context.say("fc_weekday", weekday=context.term(f"weekday_{day.weekday()}"), day=short_day(day, context.language))


def reach(context: ReportContext, row: pd.Series, level: float) -> str:
    """The range of a forecast: "1,837–2,174"."""
    return f"{context.number(row[f'lo-{level:g}'])}–{context.number(row[f'hi-{level:g}'])}"


def expected(context: ReportContext, row: pd.Series, level: float) -> dict[str, str]:
    """Facts of a sentence about a sum: its mean, its range and the level of that."""
    return {"mean": context.number(row["mean"]), "range": reach(context, row, level), "level": f"{level:g}%"}


def change(row: pd.Series, before: float) -> Change:
    """A forecast against what came before: more or fewer where even the 95 % range does not hold that, perhaps beyond the 80 %.

    >>> change(pd.Series({"lo-95": 80, "lo-80": 90, "hi-80": 110, "hi-95": 120}), 85)
    'perhaps_more'
    """
    if pd.isna(before):
        return "unknown"
    if row["lo-80"] <= before <= row["hi-80"]:
        return "same"
    beyond = not row["lo-95"] <= before <= row["hi-95"]
    if before < row["lo-80"]:
        return "more" if beyond else "perhaps_more"
    return "fewer" if beyond else "perhaps_fewer"


def working_days(context: ReportContext, start: date, end: date) -> int:
    """Working days of the first calendar of itsq.toml; 0 outside the years that it was built for."""
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    if start.year < calendar.first_year or end.year > calendar.last_year:
        return 0
    return int(calendar.working_days(start, end))


def specials(context: ReportContext, found: Outlook) -> dict[date, str]:
    """The days ahead that the first calendar of itsq.toml has a name for, by day: holidays, on a weekend too."""
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    days = [found.start + timedelta(days=place) for place in range(found.asked.horizon)]
    names = {day: calendar.holiday_name(day, context.language) for day in days}
    return {day: name for day, name in names.items() if name}


def percent(share: float) -> str:
    """A share without decimals; a small one with one."""
    return formats.MISSING if pd.isna(share) else f"{share:.1%}" if abs(share) < 0.01 else f"{share:.0%}"
