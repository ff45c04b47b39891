"""Special days: public and optional holidays, half days, adjusted working days, and the working days around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from itsq_analysis.errors import ForecastError, SettingsError
from itsq_analysis.worktime import country_days

Holidays = str | Sequence[str | pd.DataFrame] | pd.DataFrame | None

# Of several kinds on one day the first counts.
KINDS = ("working", "public", "optional", "half", "minor", "bridge", "after", "before")
_CATEGORIES = (("public", "public"), ("optional", "optional"), ("half_day", "half"))
_WORDS = {"holiday": "public", "half_day": "half", "working_day": "working"}
_FREE = ("public", "optional")
# Public holidays of the federal or a state's government on which most private employers work (one in seven to two in five close).
_MINOR = {
    "US": (
        "Columbus Day",
        "Election Day",
        "Indigenous Peoples' Day",
        "Juneteenth National Independence Day",
        "Lincoln's Birthday",
        "Martin Luther King Jr. Day",
        "Susan B. Anthony Day",
        "Veterans Day",
        "Washington's and Lincoln's Birthday",
        "Washington's Birthday",
    )
}


@dataclass(frozen=True)
class SpecialDays:
    """Days that are not like others.

    Attributes:
        days: day -> kind (one of KINDS) and name.
        notes: what a reader of the forecast must know, such as a year whose adjusted working days are not announced.
    """

    days: Mapping[date, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def between(self, first: date, last: date) -> SpecialDays:
        """Those from one day to another, both included."""
        return replace(self, days={day: special for day, special in sorted(self.days.items()) if first <= day <= last})


def special_days(holidays: Holidays, first: date, last: date, future: date) -> SpecialDays:
    """The special days between two days.

    Args:
        holidays: a country code ("CN", "DE-BY", "BR:public,optional"; without categories public, optional and half days where the
            country has them), several (a frame among them overrides the countries), or a frame with the columns ds (or date) and,
            optional, name (or holiday) and kind (public, optional, half, minor, bridge or working; a minor holiday is one on which
            most people work).
        first: first day of the histories.
        last: last day that is forecast.
        future: first day that is forecast.

    Raises:
        ForecastError: an unknown country or kind, or a frame that says nothing about a year that is forecast.

    >>> special_days("BR", date(2016, 1, 1), date(2016, 6, 1), date(2016, 5, 20)).days[date(2016, 5, 26)]
    ('optional', 'Corpus Christi')
    """
    notes: tuple[str, ...] = ()
    if holidays is None:
        return SpecialDays()
    if isinstance(holidays, pd.DataFrame):
        named = _from_frame(holidays, last, future)
    else:
        given = list(holidays) if isinstance(holidays, Iterable) and not isinstance(holidays, str) else [holidays]
        codes = [item for item in given if not isinstance(item, pd.DataFrame)]
        countries = [_country(code, first.year - 1, last.year + 1) for code in codes]
        named = _first_kind([(day, kind, name) for days, _ in countries for day, (kind, name) in days.items()])
        for own in (item for item in given if isinstance(item, pd.DataFrame)):
            named |= _from_frame(own, last, future, whole=False)
        notes = tuple(
            f"the adjusted working days of {year} are not yet announced for {code}: they are forecast as ordinary days"
            for code, (_, adjusted) in zip(codes, countries, strict=True)
            for year in range(future.year, last.year + 1)
            if adjusted is not None and year > adjusted
        )
    return SpecialDays(_with_neighbours(named), notes)


def _first_kind(days: Sequence[tuple[date, str, str]]) -> dict[date, tuple[str, str]]:
    chosen: dict[date, tuple[str, str]] = {}
    for day, kind, name in sorted(days, key=lambda entry: (entry[0], KINDS.index(entry[1]), entry[2])):
        chosen.setdefault(day, (kind, name))
    return chosen


@lru_cache(maxsize=64)
def _country(code: str, first: int, last: int) -> tuple[dict[date, tuple[str, str]], int | None]:
    """Day -> kind and name, and the last year whose adjusted working days are known (None: the country has none)."""
    categories = _categories(code)
    days: list[tuple[date, str, str]] = []
    adjusted: int | None = None
    for category, kind in categories:
        try:
            table = country_days(f"{code.split(':')[0]}:{category}", first, last)
        except SettingsError as error:
            raise ForecastError(str(error)) from error
        minor = _MINOR.get(code.split(":")[0].split("-")[0], ())
        days += [
            (day, "minor" if kind == "public" and name.removesuffix(" (observed)") in minor else kind, name)
            for day, name in table.holidays.items()
            if day not in table.working
        ]
        days += [(day, "working", "adjusted working day") for day in table.working]
        adjusted = table.last_adjusted if table.last_adjusted is not None else adjusted
    return _first_kind(days), adjusted


def _categories(code: str) -> list[tuple[str, str]]:
    """The library's categories that are asked for, each with its kind."""
    import holidays

    if not isinstance(code, str) or not code:
        raise ForecastError(
            f"holidays must be a country code such as 'CN' or 'DE-BY'; found {code!r}; give one, or None for no holidays"
        )
    place, _, wanted = code.partition(":")
    country, _, subdivision = place.partition("-")
    kinds = dict(_CATEGORIES)
    if wanted:
        return [(category, kinds.get(category, "public")) for category in wanted.split(",")]
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None).supported_categories
    except (NotImplementedError, ValueError) as error:
        raise ForecastError(
            f"holidays must be a country that the holidays library knows; found {code!r}; give one such as 'CN', or a frame"
        ) from error
    return [(category, kind) for category, kind in _CATEGORIES if category in known]


def _from_frame(frame: pd.DataFrame, last: date, future: date, *, whole: bool = True) -> dict[date, tuple[str, str]]:
    column = next((name for name in ("ds", "date") if name in frame), None)
    if column is None:
        columns = ", ".join(map(str, frame.columns)) or "none"
        raise ForecastError(f"a frame of holidays must have a column ds; found {columns}; rename the one that holds the dates")
    days = pd.to_datetime(frame[column], errors="coerce")
    if days.isna().any():
        row = int(days.isna().to_numpy().argmax())
        raise ForecastError(f"a frame of holidays must hold dates; found {frame[column].iloc[row]!r} in row {row}; correct it")
    names = next((frame[name].astype("str") for name in ("name", "holiday") if name in frame), pd.Series("holiday", frame.index))
    kinds = frame["kind"].astype("str").replace(_WORDS) if "kind" in frame else pd.Series("public", frame.index)
    wrong = ~kinds.isin(KINDS)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ForecastError(f"kind must be one of {', '.join(KINDS)}; found {kinds.iloc[row]!r} in row {row}; use one of these")
    dates = [day.date() for day in days]
    years = {day.year for day in dates}
    missing = [year for year in range(future.year, last.year + 1) if whole and year not in years]
    if missing:
        raise ForecastError(
            f"a frame of holidays must reach over the forecast, up to {last}; found no date in {', '.join(map(str, missing))} "
            f"(the last one is {max(dates, default=None)}); add the holidays of that year, or leave holidays out"
        )
    return _first_kind(list(zip(dates, kinds.tolist(), names.tolist(), strict=True)))


def _with_neighbours(named: dict[date, tuple[str, str]]) -> dict[date, tuple[str, str]]:
    """With bridge days (alone between a holiday and a weekend) and the working days next to a holiday."""
    result = dict(named)

    def works(day: date) -> bool:
        return day not in named and day.weekday() < 5

    for day, (kind, name) in sorted(named.items()):
        if kind not in _FREE or day.weekday() >= 5:
            continue
        for near, kept in ((day + timedelta(days=1), "after"), (day - timedelta(days=1), "before")):
            beyond = near + (near - day)
            if not works(near):
                following = _next_working(day, near - day, works)
                if following is None:
                    continue
                near = following
            elif not works(beyond) and beyond not in named:
                kept = "bridge"
            if near not in result or KINDS.index(kept) < KINDS.index(result[near][0]):
                result[near] = (kept, f"{'bridge day at' if kept == 'bridge' else f'day {kept}'} {name}")
    return result


def _next_working(day: date, step: timedelta, works: Any) -> date | None:
    """The next working day in a direction, at most six days away."""
    for count in range(1, 7):
        if works(day + count * step):
            return day + count * step
    return None
