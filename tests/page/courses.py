"""Scenes with a history: so many incidents in each month up to October 2026."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period, history, parse_period
from tests.page.made import OCTOBER, context, incidents
from tests.tables import Row

NO_HOLIDAYS = '[organisation]\nholidays = ""\n'  # every month has its Mondays to Fridays, which `weekdays` counts


def months(count: int, last: str = OCTOBER) -> list[Period]:
    """That many months, `last` the last one."""
    return history(parse_period(last), count)


def weekdays(month: Period) -> int:
    """Mondays to Fridays of a month."""
    return sum((month.start.toordinal() + day - 1) % 7 < 5 for day in range(month.days))


def of_months(counts: Sequence[int], late: Sequence[int] | None = None, last: str = OCTOBER, **columns: Any) -> list[Row]:
    """So many incidents at the start of each month, the first of them late."""
    rows: list[Row] = []
    for place, (month, count) in enumerate(zip(months(len(counts), last), counts, strict=True)):
        rows += incidents(count, f"{month.start} 09:00", late=late[place] if late else 0, **columns)
    return rows


def with_rates(rates: Sequence[float], toml: str = "", **more: Any) -> ReportContext:
    """A context with so many incidents per weekday in each month up to October 2026, and no holidays."""
    counts = [round(rate * weekdays(month)) for rate, month in zip(rates, months(len(rates)), strict=True)]
    return context(NO_HOLIDAYS + toml, incidents=of_months(counts), **more)
