"""Scopes over tables in memory, for computed indicators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import pandas as pd

from itsq_analysis.indicators.computed import COMPUTED
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.periods import history, parse_period
from itsq_analysis.settings import Settings, parse_settings
from itsq_analysis.worktime import Calendar, build_calendar
from tests.tables import SHANGHAI, Tables, connect, moment

TEXT = """
[organisation]
timezone = "Asia/Shanghai"
holidays = ""
[[calendar]]
id = "5x8"
hours = "Mon-Fri 09:00-12:00,13:00-18:00"
[[calendar]]
id = "7x24"
hours = "7x24"
[[sla]]
calendar = "7x24"
resolution = "8h"
[[target]]
indicator = "csat"
value = "95%"
valid_from = 2026-09-15
"""


def settings() -> Settings:
    return parse_settings(TEXT, "tests")


@cache
def calendar(name: str) -> Calendar:
    hours = {found.id: found.hours for found in settings().calendars}
    return build_calendar(name, hours[name], "Asia/Shanghai", first_year=2023, last_year=2027)


def scope(data: Tables, period: str, by: str | None = None, past: int = 1, as_of: str = "2027-01-01") -> ComputedScope:
    horizon = moment(as_of)
    assert horizon is not None
    periods = history(parse_period(period), past)
    bounds = [found.bounds(SHANGHAI) for found in periods]
    return ComputedScope(
        connection=connect(data),
        settings=settings(),
        calendars=calendar,
        periods=tuple(periods),
        starts=tuple(start for start, _ in bounds),
        ends=tuple(min(end, horizon.astimezone(UTC)) for _, end in bounds),
        dimension=by,
        as_of=horizon.astimezone(UTC),
    )


def computed(
    indicator: str, data: Tables, period: str, by: str | None = None, past: int = 1, as_of: str = "2027-01-01"
) -> pd.DataFrame:
    return COMPUTED[indicator](scope(data, period, by, past, as_of))


def one(indicator: str, data: Tables, period: str, as_of: str = "2027-01-01") -> Mapping[str, Any]:
    """The only row, without a dimension."""
    frame = computed(indicator, data, period, as_of=as_of)
    assert len(frame) == 1
    return dict(frame.iloc[0])
