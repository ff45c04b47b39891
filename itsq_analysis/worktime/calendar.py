"""A business calendar: a clock that runs in working time only, read in whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime.days import DayTable, country_days
from itsq_analysis.worktime.hours import length
from itsq_analysis.worktime.moments import SECOND, Int64s, microseconds, utc_microseconds

_CHUNK = 1 << 18  # moments looked up at once: keeps the temporary arrays in the processor's cache


@dataclass(frozen=True, eq=False)
class Calendar:
    """A business calendar for a span of years; made by `build_calendar`.

    Moments are int64 microseconds since the epoch (UTC) or anything that `microseconds` reads; days are local dates of `zone`.
    A moment outside the span raises SettingsError, so that nothing is ever counted without its holidays.

    >>> from itsq_analysis.worktime import build_calendar
    >>> desk = build_calendar("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "Asia/Shanghai", "CN", first_year=2026, last_year=2026)
    >>> friday = datetime(2026, 10, 9, 17, 0, tzinfo=desk.zone)      # Saturday the 10th is an adjusted working day
    >>> monday = datetime(2026, 10, 12, 10, 0, tzinfo=desk.zone)
    >>> int(desk.working_seconds(friday, monday)) / 3600
    10.0
    """

    id: str
    zone: ZoneInfo
    holidays: str
    first_year: int
    last_year: int
    days: DayTable = field(repr=False)
    _starts: Int64s = field(repr=False)
    _ends: Int64s = field(repr=False)
    _before: Int64s = field(repr=False)
    _worked_days: Int64s = field(repr=False)

    @property
    def hours(self) -> str:
        """The hours text that the calendar was made of."""
        return self.days.week.text

    @property
    def seconds_per_day(self) -> int:
        """Seconds of an ordinary working day: what "1d" in an SLA rule means."""
        return length(self.days.week.ordinary)

    @property
    def span(self) -> tuple[int, int]:
        """First and last moment that can be counted, microseconds since the epoch."""
        first, last = datetime(self.first_year, 1, 1), datetime(self.last_year + 1, 1, 1)
        return utc_microseconds(first, self.zone), utc_microseconds(last, self.zone)

    def working_seconds(self, start: Any, end: Any) -> Int64s:
        """Whole working seconds from start to end, element by element; negative where the end comes first.

        Args:
            start: moments (see `microseconds`); missing ones must be masked before.
            end: moments of the same shape.

        Raises:
            SettingsError: a moment lies outside the years that the calendar was built for.
        """
        return (self.worked(end) - self.worked(start)) // SECOND

    def worked(self, moments: Any) -> Int64s:
        """Working microseconds from the beginning of the span to each moment: the piecewise-linear clock of the calendar."""
        at = microseconds(moments)
        self._check_span(at)
        flat = at.reshape(-1)
        found = np.empty_like(flat)
        for low in range(0, flat.size, _CHUNK):
            part = flat[low : low + _CHUNK]
            index = np.searchsorted(self._starts, part, side="right") - 1
            inside = np.minimum(part, self._ends[index]) - self._starts[index]
            found[low : low + _CHUNK] = np.where(index < 0, 0, self._before[index] + inside)
        return found.reshape(at.shape)

    def add(self, start: Any, seconds: Any) -> Int64s:
        """The earliest moment at which that many working seconds have run since start; start itself for 0.

        Args:
            start: moments (see `microseconds`).
            seconds: working seconds, an integer or an array, not negative.

        Returns:
            Microseconds since the epoch, UTC.

        Raises:
            SettingsError: the moment lies outside the years that the calendar was built for.
        """
        at = microseconds(start)
        return np.maximum(at, self.moment(self.worked(at) + np.asarray(seconds, dtype=np.int64) * SECOND))

    def moment(self, worked: Int64s, *, last: bool = False) -> Int64s:
        """The earliest moment at which the calendar's clock (see `worked`) shows these microseconds, or the last one."""
        after = self._before + (self._ends - self._starts)
        index = np.searchsorted(after, worked, side="right" if last else "left")
        if index.size and int(index.max()) >= after.size:
            raise SettingsError(
                f"calendar {self.id!r} must reach the end of every deadline; found one after {self.last_year}; "
                "give the calendar more hours, the rule a shorter time, or build it for more years"
            )
        return np.asarray(self._starts[index] + (worked - self._before[index]), dtype=np.int64)

    def is_working_day(self, days: date | Sequence[date] | NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Whether each local day has working hours (a night shift counts on the day it starts)."""
        index = np.asarray(days, dtype="datetime64[D]").astype(np.int64) - self._first_day
        self._check_days(index, self._worked_days.size - 2)
        return np.asarray(self._worked_days[index + 1] > self._worked_days[index])

    def working_days(self, start: date, end: date) -> int:
        """Number of working days from start to end, end exclusive."""
        index = np.asarray([start, end], dtype="datetime64[D]").astype(np.int64) - self._first_day
        self._check_days(index, self._worked_days.size - 1)
        return int(self._worked_days[index[1]] - self._worked_days[index[0]])

    def holiday_name(self, day: date, language: str = "en") -> str | None:
        """Name of the holiday (or half day) on a local day, in "en" or "zh"; None on any other day."""
        country = country_days(self.holidays, self.first_year - 1, self.last_year, language)
        return DayTable(self.days.week, country, self.days.overrides).holiday_name(day)

    def kind_of_day(self, day: date) -> str:
        """ "holiday", "weekend" or "adjusted" (a working day on a weekday that is usually off); "" for an ordinary working day.

        >>> from itsq_analysis.worktime import build_calendar
        >>> desk = build_calendar("5x8", "Mon-Fri 09:00-18:00", "Asia/Shanghai", "CN", first_year=2026, last_year=2026)
        >>> [desk.kind_of_day(date(2026, 10, day)) for day in (1, 9, 10, 11)]
        ['holiday', '', 'adjusted', 'weekend']
        """
        if self.days.hours(day):
            return "" if self.days.week.days[day.weekday()] else "adjusted"
        return "holiday" if self.days.holiday_name(day) else "weekend"

    def unannounced_years(self, start: date, end: date) -> list[int]:
        """Years from start to end (exclusive) for which the country's adjusted working days are not in the table in hand."""
        last = self.days.country.last_adjusted
        if last is None or end <= start:
            return []
        own = {day.year for day, special in self.days.overrides.items() if special.kind == "working"}
        touched = range(start.year, (end - timedelta(days=1)).year + 1)
        return [year for year in touched if year > last and year not in own]

    def warnings(self, start: date, end: date) -> list[str]:
        """What a reader must know about working time from start to end (exclusive), one sentence each.

        >>> from itsq_analysis.worktime import build_calendar
        >>> desk = build_calendar("5x8", "Mon-Fri 09:00-18:00", "Asia/Shanghai", "CN", first_year=2024, last_year=2027)
        >>> desk.warnings(date(2025, 1, 1), date(2026, 1, 1))
        []
        """
        return [
            f"{self.holidays}: adjusted working days of {year} are not yet announced or not in the table in hand; "
            f"list them in calendar/{year}.csv"
            for year in self.unannounced_years(start, end)
        ]

    @property
    def _first_day(self) -> int:
        return int(np.datetime64(date(self.first_year, 1, 1), "D").astype(np.int64))

    def _check_span(self, at: Int64s) -> None:
        if at.size == 0:
            return
        low, high = self.span
        outside = at.min() if at.min() < low else at.max()
        if not low <= outside <= high:
            day = np.datetime64(int(outside), "us")
            raise SettingsError(self._outside(f"{day}Z"))

    def _check_days(self, index: Int64s, last: int) -> None:
        outside = index[(index < 0) | (index > last)]
        if outside.size:
            raise SettingsError(self._outside(str(np.datetime64(self._first_day + int(outside.flat[0]), "D"))))

    def _outside(self, found: str) -> str:
        return (
            f"a moment must lie in the years {self.first_year} to {self.last_year} that calendar {self.id!r} was built for; "
            f"found {found}; build the calendar for the years that the data touches"
        )
