"""Making a calendar: local working hours of every day become UTC breakpoints."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime.calendar import Calendar
from itsq_analysis.worktime.days import DayTable, country_days, read_overrides
from itsq_analysis.worktime.hours import parse_hours
from itsq_analysis.worktime.moments import Int64s, utc_microseconds

YEARS = (1900, 2200)
"""Calendars are built for years between these two, both exclusive."""

_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)([smhd])\s*", re.ASCII)


def build_calendar(
    id: str,  # noqa: A002 - the field's name in itsq.toml
    hours: str,
    timezone: str,
    holidays: str = "",
    overrides: Path | None = None,
    *,
    first_year: int,
    last_year: int,
) -> Calendar:
    """Make a business calendar for the years first_year to last_year, both included.

    "7x24" runs around the clock: neither holidays nor overrides stop it.

    Args:
        id: its name in itsq.toml.
        hours: see `parse_hours`.
        timezone: IANA name; the hours are local wall time there.
        holidays: country code (see `country_days`), "" = none.
        overrides: the workspace's `calendar` folder (see `read_overrides`), None = none.
        first_year: first local year.
        last_year: last local year.

    Raises:
        SettingsError: hours, zone, country, years or a calendar file is wrong.

    >>> from datetime import date
    >>> desk = build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", "CN", first_year=2026, last_year=2026)
    >>> desk.working_days(date(2026, 9, 1), date(2026, 10, 1)), desk.seconds_per_day
    (22, 28800)
    """
    if not YEARS[0] < first_year <= last_year < YEARS[1]:
        raise SettingsError(
            f"calendar {id!r} must be built for years between {YEARS[0] + 1} and {YEARS[1] - 1}, first before last; "
            f"found {first_year} to {last_year}; correct the dates"
        )
    week = parse_hours(hours, f"calendar {id!r}")
    zone = _zone(timezone, id)
    if week.always:
        days, holidays = DayTable(week), ""
    else:
        special = read_overrides(overrides, first_year - 1, last_year)
        days = DayTable(week, country_days(holidays, first_year - 1, last_year), special)
    return _calendar(id, zone, days, holidays, first_year, last_year)


def parse_duration(text: str, calendar: Calendar) -> int:
    """Working seconds of "15m", "4h", "2d" or "1d 4h"; a day is an ordinary working day of the calendar.

    Raises:
        SettingsError: the text has another form or is less than a second.

    >>> desk = build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", first_year=2026, last_year=2026)
    >>> parse_duration("2d", desk) // 3600, parse_duration("15m", desk), parse_duration("1.5h", desk)
    (16, 900, 5400)
    """
    unit = {"s": 1, "m": 60, "h": 3600, "d": calendar.seconds_per_day}
    parts = _DURATION.findall(text)
    seconds = int(sum(Fraction(number) * unit[name] for number, name in parts))
    if _DURATION.sub("", text.lstrip()) or seconds < 1:
        raise SettingsError(f"a duration must be like '15m', '4h', '2d' or '1d 4h', and not 0; found {text!r}; write it so")
    return seconds


def _zone(timezone: str, calendar: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"the time zone of calendar {calendar!r} must be an IANA name; found {timezone!r}; write one such as 'Asia/Shanghai'"
        ) from error


def _calendar(id: str, zone: ZoneInfo, days: DayTable, holidays: str, first_year: int, last_year: int) -> Calendar:  # noqa: A002
    """Breakpoints of every working interval; the day before the span is read too, for its night shift."""
    midnight = datetime(first_year - 1, 12, 31)
    edges: list[tuple[int, int]] = []
    worked = []
    while midnight.year <= last_year:
        intervals = days.hours(midnight.date())
        worked.append(bool(intervals))
        for start, end in intervals:
            opens = utc_microseconds(midnight + timedelta(minutes=start), zone)
            edges.append((opens, max(opens, utc_microseconds(midnight + timedelta(minutes=end), zone))))
        midnight += timedelta(days=1)
    starts, ends = _merged(np.asarray(edges, dtype=np.int64).reshape(-1, 2))
    low = utc_microseconds(datetime(first_year, 1, 1), zone)
    high = utc_microseconds(datetime(last_year + 1, 1, 1), zone)
    starts, ends = np.clip(starts, low, high), np.clip(ends, low, high)
    starts, ends = starts[ends > starts], ends[ends > starts]
    if starts.size == 0:
        raise SettingsError(
            f"calendar {id!r} must have working time; found none in {first_year} to {last_year}; see its hours and holidays"
        )
    return Calendar(
        id=id,
        zone=zone,
        days=days,
        holidays=holidays,
        first_year=first_year,
        last_year=last_year,
        _starts=starts,
        _ends=ends,
        _before=np.cumsum(ends - starts) - (ends - starts),
        _worked_days=np.concatenate([[0], np.cumsum(worked[1:])]).astype(np.int64),
    )


def _merged(edges: Int64s) -> tuple[Int64s, Int64s]:
    """Disjoint ascending intervals that cover the same moments; touching ones are joined."""
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    reach = np.maximum.accumulate(edges[:, 1])
    first = np.ones(len(edges), dtype=bool)
    first[1:] = edges[1:, 0] > reach[:-1]
    last = np.append(first[1:], True)
    return edges[first, 0], reach[last]
