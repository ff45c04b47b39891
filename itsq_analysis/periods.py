"""Reporting periods: from "2026-10" to two local dates, and back.

Dates are naive local days, ends are exclusive. Where months start on another day than the first, a month is named after that
in which it ends (`month_starts_on=26`: "2026-10" is 26 September to 25 October), and quarters, halves and years are made of such
months. ISO weeks and days are not moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NoReturn
from zoneinfo import ZoneInfo

from itsq_analysis.errors import IndicatorError
from itsq_analysis.worktime import utc_microseconds

Grain = Literal["year", "half", "quarter", "month", "week", "day", "range"]

FORMS = "2026-10, 2026-Q4, 2026-H2, 2026, 2026-W41, 2026-10-05 or 2026-10-01..2026-10-15 (both days included)"
FIRST_YEAR, LAST_YEAR = 1900, 2199

_MONTHS: dict[Grain, int] = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_PART = re.compile(r"(\d{4})-([HQ])(\d)", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """A stretch of local days from `start` to `end` (exclusive), with the label that names it.

    >>> parse_period("2026-Q4").previous().label
    '2026-Q3'
    """

    label: str
    start: date
    end: date
    grain: Grain

    @property
    def days(self) -> int:
        """Number of local days."""
        return (self.end - self.start).days

    def previous(self) -> Period:
        """The period before, of the same grain; before a range the range of as many days that ends where it starts."""
        if self.grain in _MONTHS:
            return _months(self.grain, self._first_month() - _MONTHS[self.grain], self.start.day)
        if self.start.toordinal() <= self.days:
            _refuse(self.label, "a period must lie after the year 1")
        start = self.start - timedelta(days=self.days)
        return _days(self.grain, start, self.start)

    def following(self) -> Period:
        """The period after, of the same grain; after a range the range of as many days that starts where it ends."""
        if self.grain in _MONTHS:
            return _months(self.grain, self._first_month() + _MONTHS[self.grain], self.start.day)
        return _days(self.grain, self.end, self.end + timedelta(days=self.days))

    def same_period_last_year(self) -> Period:
        """The period of the same name a year before; 29 February becomes the 28th, week 53 the last week of its year."""
        if self.grain in _MONTHS:
            return _months(self.grain, self._first_month() - 12, self.start.day)
        if self.grain == "week":
            year, week, _ = self.start.isocalendar()
            return _week(year - 1, min(week, _weeks_in(year - 1)))
        last = _year_before(self.end - timedelta(days=1))
        return _days(self.grain, _year_before(self.start), last + timedelta(days=1))

    def bounds(self, zone: ZoneInfo | str) -> tuple[datetime, datetime]:
        """Start and end (exclusive) as UTC moments of local midnight in `zone`.

        A midnight that occurs twice is the first; one that does not exist is moved forward.

        >>> parse_period("2026-10").bounds("Asia/Shanghai")[0].isoformat()
        '2026-09-30T16:00:00+00:00'
        """
        zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        return _midnight(self.start, zone), _midnight(self.end, zone)

    def _first_month(self) -> int:
        """Number of the first month of a period made of months, in months since the year 0."""
        return _month_number(self.start, self.start.day)


def parse_period(period: str | int | date | Period, month_starts_on: int = 1) -> Period:
    """Read a period.

    Args:
        period: text such as "2026-10", "2026-Q4", "2026-H2", "2026", "2026-W41" (ISO week), "2026-10-05" or
            "2026-10-01..2026-10-15" (both days included); the number 2026; a date (that day).
        month_starts_on: day on which months start, 1 to 28.

    Raises:
        IndicatorError: the period has another form, or lies outside 1900 to 2199.

    >>> parse_period("2026-10", month_starts_on=26)
    Period(label='2026-10', start=datetime.date(2026, 9, 26), end=datetime.date(2026, 10, 26), grain='month')
    >>> parse_period("2026-W41").start.isoformat()
    '2026-10-05'
    """
    _check_month_start(month_starts_on)
    if isinstance(period, Period):
        return period
    if isinstance(period, date) and not isinstance(period, datetime):
        period = period.isoformat()
    if isinstance(period, bool) or not isinstance(period, str | int):
        _refuse(period)
    text = str(period).strip().upper()
    try:
        found = _read(text, month_starts_on)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        _refuse(period)
    return _checked(period, found)


def history(period: Period, k: int) -> list[Period]:
    """That period and the k-1 before it, oldest first.

    Raises:
        IndicatorError: k is less than 1.

    >>> [past.label for past in history(parse_period("2026-02"), 3)]
    ['2025-12', '2026-01', '2026-02']
    """
    if k < 1:
        raise IndicatorError(f"history must be 1 or more periods; found {k}; 1 means the period alone")
    found = [period]
    while len(found) < k:
        found.append(found[-1].previous())
    return found[::-1]


def month_of(day: date, month_starts_on: int = 1) -> Period:
    """The month in which a local day lies.

    >>> month_of(date(2026, 10, 26), month_starts_on=26).label
    '2026-11'
    """
    _check_month_start(month_starts_on)
    return _months("month", _month_number(day, month_starts_on), month_starts_on)


def last_complete_month(as_of: datetime, zone: ZoneInfo | str, month_starts_on: int = 1) -> Period:
    """The newest month that has ended at `as_of` in `zone`.

    Args:
        as_of: an aware moment; a month that ends exactly then is complete.
        zone: where months are counted.
        month_starts_on: day on which months start, 1 to 28.

    Raises:
        IndicatorError: `as_of` has no time zone.

    >>> last_complete_month(datetime(2026, 10, 31, 16, 0, tzinfo=UTC), "Asia/Shanghai").label
    '2026-10'
    """
    if as_of.tzinfo is None:
        raise IndicatorError(f"as_of must have a time zone; found {as_of.isoformat()}; add one, such as +08:00")
    local = as_of.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
    return month_of(local, month_starts_on).previous()


def _read(text: str, month_starts_on: int) -> Period | None:
    """The period that a text names; None or ValueError where it names none."""
    if match := _YEAR.fullmatch(text):
        return _months("year", int(match[1]) * 12, month_starts_on)
    if match := _MONTH.fullmatch(text):
        return _months("month", int(match[1]) * 12 + date(2000, int(match[2]), 1).month - 1, month_starts_on)
    if match := _PART.fullmatch(text):
        grain: Grain = "half" if match[2] == "H" else "quarter"
        first_month = (int(match[3]) - 1) * _MONTHS[grain]
        return _months(grain, int(match[1]) * 12 + first_month, month_starts_on) if 0 <= first_month < 12 else None
    if match := _WEEK.fullmatch(text):
        return _week(int(match[1]), int(match[2]))
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not _DAY.fullmatch(first) or (dots and not _DAY.fullmatch(last)):
        return None
    start = date.fromisoformat(first)
    end = (date.fromisoformat(last) if dots else start) + timedelta(days=1)
    return _days("range" if dots else "day", start, end) if end > start else None


def _months(grain: Grain, first: int, starts_on: int) -> Period:
    """The period of some months; `first` counts months since the year 0 (January 2026 = 2026 * 12)."""
    if first < 24:
        _refuse(f"month {first % 12 + 1} of the year {first // 12}", "a period must lie after the year 1")
    year, month = divmod(first, 12)
    size = _MONTHS[grain]
    label = {
        "year": f"{year:04d}",
        "half": f"{year:04d}-H{month // 6 + 1}",
        "quarter": f"{year:04d}-Q{month // 3 + 1}",
    }.get(grain, f"{year:04d}-{month + 1:02d}")
    return Period(label, _month_start(first, starts_on), _month_start(first + size, starts_on), grain)


def _month_start(month: int, starts_on: int) -> date:
    """First day of a month: on the first, or some day of the calendar month before."""
    year, number = divmod(month if starts_on == 1 else month - 1, 12)
    return date(year, number + 1, starts_on)


def _month_number(day: date, starts_on: int) -> int:
    """The month in which a day lies, in months since the year 0."""
    month = day.year * 12 + day.month - 1
    return month + 1 if starts_on > 1 and day.day >= starts_on else month


def _week(year: int, week: int) -> Period:
    start = date.fromisocalendar(year, week, 1)
    return _days("week", start, start + timedelta(days=7))


def _weeks_in(year: int) -> int:
    """Number of ISO weeks of a year: 28 December always lies in the last one."""
    return date(year, 12, 28).isocalendar().week


def _days(grain: Grain, start: date, end: date) -> Period:
    if grain == "week":
        year, week, _ = start.isocalendar()
        return Period(f"{year:04d}-W{week:02d}", start, end, grain)
    last = end - timedelta(days=1)
    return Period(start.isoformat() if grain == "day" else f"{start}..{last}", start, end, grain)


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _EPOCH + timedelta(microseconds=utc_microseconds(datetime(day.year, day.month, day.day), zone))


def _check_month_start(day: int) -> None:
    if not 1 <= day <= 28:
        raise IndicatorError(f"months must start on a day from 1 to 28; found {day}; correct [period] month_starts_on")


def _checked(given: object, period: Period) -> Period:
    if (period.end - timedelta(days=1)).year < FIRST_YEAR or period.start.year > LAST_YEAR:
        _refuse(given, f"write a period from {FIRST_YEAR} to {LAST_YEAR}")
    return period


def _refuse(given: object, remedy: str = "write one of these forms") -> NoReturn:
    raise IndicatorError(f"a period must be like {FORMS}; found {given!r}; {remedy}")
