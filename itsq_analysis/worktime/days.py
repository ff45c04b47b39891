"""Special days: the country's holidays and adjusted working days, and the workspace's own `calendar/YYYY.csv`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import holidays

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime.hours import Interval, Week, morning, parse_intervals

Kind = Literal["holiday", "working", "half"]
COLUMNS = ("date", "kind", "name", "hours")

_CODE = re.compile(r"([A-Z]{2,3})(?:-([A-Za-z0-9]{1,10}))?(?::([a-z_]+(?:,[a-z_]+)*))?")
_FILE = re.compile(r"[12]\d{3}\.csv", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_MONTH_FIRST, _YEAR_FIRST = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b"), re.compile(r" ?\b(\d{4})-(\d\d)-(\d\d)\b ?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# The library's table is read from here on, to see whether a country has adjusted working days at all.
_LOOK_BACK = 2015


@dataclass(frozen=True)
class CountryDays:
    """A country's table in hand: holiday names, weekend days that are worked, and the last year that has any of the latter."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    working: frozenset[date] = frozenset()
    last_adjusted: int | None = None


@dataclass(frozen=True)
class SpecialDay:
    """One row of `calendar/YYYY.csv`; `hours` None means the ordinary hours (a half day: their first part)."""

    kind: Kind
    name: str
    hours: tuple[Interval, ...] | None = None


@dataclass(frozen=True)
class CalendarProblem:
    """What is wrong in a calendar file: file name, row (header = 1), column, found value, and what to do."""

    file: str
    row: int
    column: str
    found: str
    remedy: str

    def __str__(self) -> str:
        """One line for an error message."""
        return f"{self.file}, row {self.row}, column {self.column}: found {self.found!r}; {self.remedy}"


@lru_cache(maxsize=64)
def country_days(code: str, first_year: int, last_year: int, language: str = "en") -> CountryDays:
    """Holidays and adjusted working days of a country, from the `holidays` library.

    Args:
        code: ISO 3166 country, optionally a subdivision and the library's categories: "CN", "DE-BY", "BR:public,optional".
            "" = none. Without categories only public holidays count.
        first_year: first year of the table.
        last_year: last year of the table.
        language: language of the names, "en" or "zh"; the country's own where the library has no translation.

    Raises:
        SettingsError: the code, subdivision or category is not known.

    >>> country_days("CN", 2026, 2026).holidays[date(2026, 10, 1)]
    'National Day'
    >>> date(2026, 10, 10) in country_days("CN", 2026, 2026).working
    True
    """
    if not code:
        return CountryDays()
    match = _CODE.fullmatch(code)
    if match is None:
        raise SettingsError(
            f"holidays must be a country code such as 'CN', 'DE-BY' or 'BR:public,optional'; found {code!r}; "
            'use the two-letter code, or "" for none'
        )
    country, subdivision, categories = match.groups()
    years = range(min(first_year, _LOOK_BACK), last_year + 1)
    try:
        entity = holidays.country_holidays(country, subdiv=subdivision)
        spoken = _language(entity, language)
        table = holidays.country_holidays(
            country,
            subdiv=subdivision,
            years=years,
            expand=False,
            categories=tuple(categories.split(",")) if categories else None,
            language=spoken,
        )
    except (NotImplementedError, ValueError) as error:
        raise SettingsError(
            f"holidays must be a country that the holidays library knows; found {code!r} ({error}); "
            'see `python -c "import holidays; print(holidays.list_supported_countries())"`, or use "" and calendar/YYYY.csv'
        ) from error
    working = frozenset(day for day in getattr(table, "weekend_workdays", ()) if day.year in years)
    named = {day: _written(name, spoken) for day, name in table.items()}
    return CountryDays(named, working, max((day.year for day in working), default=None))


def _written(name: str, language: str | None) -> str:
    """A holiday's name with a date in it, as the library writes it, put as a reader of that language writes dates.

    >>> _written("Day off (substituted from 09/20/2026)", "en_US")
    'Day off (substituted from 20 September 2026)'
    """
    if language == "en_US":
        return _MONTH_FIRST.sub(lambda match: f"{int(match[2])} {_MONTHS[int(match[1]) - 1]} {match[3]}", name)
    if language == "zh_CN":
        return _YEAR_FIRST.sub(lambda match: f"{match[1]}年{int(match[2])}月{int(match[3])}日", name)
    return name


def _language(entity: holidays.HolidayBase, wanted: str) -> str | None:
    """The library's language for "en" or "zh"; never its default, which depends on the machine's locale."""
    known = sorted(language for language in entity.supported_languages if language.startswith(wanted))
    preferred = {"en": "en_US", "zh": "zh_CN"}.get(wanted, wanted)
    return preferred if preferred in known else (known[0] if known else entity.default_language)


def read_overrides(folder: Path | None, first_year: int = 1000, last_year: int = 9999) -> dict[date, SpecialDay]:
    """The workspace's own special days; each date overrides the country's table for that date.

    `calendar/YYYY.csv` has the columns date, kind (holiday, working or half), name and, optional, hours ("09:00-12:00"); text is
    UTF-8 or GB18030, dates are 2026-10-05 or 2026/10/5. Files with other names are not read.

    Args:
        folder: the workspace's `calendar` folder; None or a missing folder means no special days.
        first_year: first year that is read.
        last_year: last year that is read.

    Raises:
        SettingsError: a file is wrong; the message lists all problems with file, row, value and remedy.

    >>> read_overrides(None)
    {}
    """
    days, problems = _read_folder(folder, first_year, last_year)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise SettingsError(f"calendar files must have the columns {', '.join(COLUMNS)} and valid rows; found\n{listed}")
    return days


def override_problems(folder: Path | None) -> list[CalendarProblem]:
    """All that is wrong in the calendar files of a workspace, without raising."""
    return _read_folder(folder, 1000, 9999)[1]


def _read_folder(folder: Path | None, first_year: int, last_year: int) -> tuple[dict[date, SpecialDay], list[CalendarProblem]]:
    days: dict[date, SpecialDay] = {}
    problems: list[CalendarProblem] = []
    for file in override_files(folder):
        if first_year <= int(file.stem) <= last_year:
            _read_file(file, days, problems)
    return days, problems


def override_files(folder: Path | None) -> list[Path]:
    """The files YYYY.csv of the workspace's `calendar` folder, in order."""
    files = folder.glob("*.csv") if folder is not None and folder.is_dir() else ()
    return sorted(file for file in files if _FILE.fullmatch(file.name))


def override_text(file: Path) -> str:
    """The text of a calendar file: UTF-8, else GB18030; what is neither is replaced."""
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _read_file(file: Path, days: dict[date, SpecialDay], problems: list[CalendarProblem]) -> None:
    rows = csv.reader(io.StringIO(override_text(file), newline=""))
    header = [name.strip().lower() for name in next(rows, [])]
    if not {"date", "kind"} <= set(header) or not set(header) <= set(COLUMNS) or len(set(header)) < len(header):
        problems.append(CalendarProblem(file.name, 1, "header", ",".join(header), "write the header date,kind,name,hours"))
        return
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) > len(header):
            remedy = "put several intervals into quotation marks"
            problems.append(CalendarProblem(file.name, rows.line_num, "hours", ",".join(row), remedy))
            continue
        _read_row(file, rows.line_num, dict(zip(header, cells, strict=False)), days, problems)


def _read_row(file: Path, number: int, row: dict[str, str], days: dict[date, SpecialDay], problems: list[CalendarProblem]) -> None:
    def wrong(column: str, remedy: str) -> None:
        problems.append(CalendarProblem(file.name, number, column, row.get(column, ""), remedy))

    day = _parse_date(row.get("date", ""))
    kind = row.get("kind", "").lower()
    hours = None
    if day is None or day.year != int(file.stem):
        return wrong("date", f"write a date of {file.stem} as {file.stem}-10-05")
    if day in days:
        return wrong("date", "keep one row for each date")
    if kind not in get_args(Kind):
        return wrong("kind", "write holiday, working or half")
    if row.get("hours"):
        if kind == "holiday":
            return wrong("hours", "leave the hours of a holiday empty, or write working or half")
        try:
            hours = parse_intervals(row["hours"])
        except SettingsError:
            return wrong("hours", "write intervals that do not overlap, such as 09:00-12:00")
    days[day] = SpecialDay(kind, row.get("name", ""), hours)  # type: ignore[arg-type]
    return None


def _parse_date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


@dataclass(frozen=True)
class DayTable:
    """Working hours of any day: the workspace's special days, else adjusted working days, else holidays, else the week.

    A working day without stated hours has its weekday's hours from Monday to Friday, on the weekend those of an ordinary day.
    """

    week: Week
    country: CountryDays = field(default_factory=CountryDays)
    overrides: Mapping[date, SpecialDay] = field(default_factory=dict)

    def hours(self, day: date) -> tuple[Interval, ...]:
        """Intervals of the local day, in minutes after its midnight; empty = not a working day."""
        weekday = day.weekday()
        own = self.week.days[weekday]
        full = own if own and weekday < 5 else self.week.ordinary
        special = self.overrides.get(day)
        if special is not None:
            if special.kind == "holiday":
                return ()
            return special.hours or (full if special.kind == "working" else morning(full))
        if day in self.country.working:
            return full
        return () if day in self.country.holidays else own

    def holiday_name(self, day: date) -> str | None:
        """Name of the holiday or half day, None on any other day."""
        special = self.overrides.get(day)
        if special is not None:
            return None if special.kind == "working" else special.name or special.kind
        return None if day in self.country.working else self.country.holidays.get(day)
