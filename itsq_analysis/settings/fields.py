"""The kinds of value that itsq.toml holds: names, zones, durations, dates, amounts, priorities.

Each is an ordinary Python type with a check, so that a wrong value is refused with what must hold; numbers are never made of
text or of true and false.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StringConstraints

from itsq_analysis.errors import SettingsError

UNSEEN = "[\u00ad\u200b\u2060\ufeff]"  # takes no room in a line
SPACES = "[\u00a0\u2000-\u200a\u202f\u3000]"  # as wide as a blank, or nearly
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DIMENSIONS = ("service", "tier", "priority", "group", "team", "level", "supplier", "category", "channel")
HOLD_REASONS = ("caller", "supplier", "change", "problem", "other")
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)([smhd])\s*", re.ASCII)  # as in worktime.parse_duration
_ZONE_SLIPS = dict.fromkeys(("beijing", "北京", "shanghai", "上海", "china", "cst", "utc+8", "gmt+8", "prc"), "Asia/Shanghai")
_MACHINE_ZONES = {"localtime", "posixrules", "Factory"}


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that is spelled most like `name`, or None when none is near.

    >>> nearest("prioritty", ["priority", "service"])
    'priority'
    """
    lower = {candidate.lower(): candidate for candidate in sorted(known)}
    match = get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return lower[match[0]] if match else None


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        SettingsError: the name is not an IANA name; the nearest one is proposed.

    >>> zone("Beijing")
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: must be an IANA time zone; write "Asia/Shanghai"
    """
    if name in _zones():
        return ZoneInfo(name)
    near = _ZONE_SLIPS.get(name.lower()) or nearest(name, _zones()) or _by_city(name) or "Asia/Shanghai"
    raise SettingsError(f'must be an IANA time zone; write "{near}"')


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _MACHINE_ZONES)


def _by_city(name: str) -> str | None:
    cities = {key.rsplit("/", 1)[-1]: key for key in sorted(_zones(), reverse=True)}
    near = nearest(name.replace(" ", "_"), cities)
    return cities[near] if near else None


def _zone_name(value: str) -> str:
    try:
        zone(value)
    except SettingsError as error:
        raise ValueError(str(error)) from error
    return value


def _hours(value: str) -> str:
    from itsq_analysis.worktime import parse_hours

    try:
        parse_hours(value)
    except SettingsError as error:
        raise ValueError(str(error)) from error
    return value


def _seconds(text: str) -> float | None:
    """Seconds of "1h 30m", days of 24 hours; None where the text is no duration."""
    parts = _DURATION.findall(text)
    return None if not parts or _DURATION.sub("", text) else sum(float(number) * SECONDS[unit] for number, unit in parts)


def _duration(value: str) -> str:
    if (_seconds(value) or 0) < 1:
        raise ValueError('must be a duration such as "90s", "15m", "4h" or "2d" (d = working days of the rule\'s calendar)')
    return value


def _amount(value: Any) -> float:
    """A number; "95%" is 0.95; "4h", "15m" and "90s" are hours."""
    if isinstance(value, str):
        return _amount_of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError('must be a number, a share such as "95%", or a time such as "4h" or "15m"')
    return float(value)


def _amount_of_text(text: str) -> float:
    share = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\s*[%%]", text, re.ASCII)
    if share:
        return round(float(share[1]) / 100, 12)
    seconds = _seconds(text)
    if seconds is None:
        raise ValueError('must be a number, a share such as "95%", or a time such as "4h" or "15m"')
    if "d" in text:
        raise ValueError('must be given in hours, because a day can mean 24 hours or a working day; write for example "16h"')
    return seconds / 3600


def _day(value: Any) -> date:
    """A TOML date, or its text in a stored snapshot."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("must be a date without a time and without quotation marks, such as 2026-01-01")
    return value


def _moment(value: Any) -> datetime:
    """A TOML date and time, or its text in a stored snapshot; without an offset it is local to the source's zone."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise ValueError("must be a date and time without quotation marks, such as 2026-11-01T06:00:00")
    return value


def _label(value: Any) -> str | int:
    """A member's name or number, such as "E-mail" or 1."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('must be a name such as "E-mail" or a whole number such as 1')
    return composed(value) if isinstance(value, str) else value


def composed(text: str) -> str:
    """A name as ingest stores names, so that two that look the same are the same.

    An accent and its letter are one character, any space is a blank, and what is not drawn is left out.

    >>> composed("Cafe\u0301\u00a0Nord\u200b")
    'Café Nord'
    """
    return re.sub(SPACES, " ", re.sub(UNSEEN, "", unicodedata.normalize("NFC", text)))


def _canonical(value: Any) -> str | int | bool:
    if not isinstance(value, str | int):
        raise ValueError("must be a text, a whole number, true or false")
    return value


def _pattern(value: str) -> str:
    """Relative, with / between folders: the ledger names files by their path inside the workspace, on every machine alike."""
    parts = value.split("/")
    if "\\" in value or ":" in value or value.startswith("/") or ".." in parts:
        raise ValueError('must be a path inside the workspace\'s folder with / between folders, such as "exports/incident*.csv"')
    if any("**" in part and part != "**" for part in parts) or parts[-1] in ("", "**"):
        raise ValueError('must end in the name of files, with ** only as a whole folder, such as "exports/**/*.csv"')
    return value


def _version(value: str) -> str:
    if value and edition(value) is None:
        raise ValueError('must be a version such as "V1.0" or "V1.1", or "" for none')
    return value


def edition(version: str) -> tuple[int, int] | None:
    """The numbers of a version, by which two are compared; None where it has another form.

    >>> edition("V1.10"), edition("1.1")
    ((1, 10), None)
    """
    match = re.fullmatch(r"V(\d{1,3})\.(\d{1,3})", version, re.ASCII)
    return (int(match[1]), int(match[2])) if match else None


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("must not name the same thing twice")
    return values


def _known_reasons(values: tuple[str, ...]) -> tuple[str, ...]:
    if any(value not in (*HOLD_REASONS, "all") for value in values) or ("all" in values and len(values) > 1):
        raise ValueError(f'must be reasons out of {", ".join(HOLD_REASONS)}, or "all" alone')
    return values


Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Service = Annotated[Name, AfterValidator(composed)]
Version = Annotated[str, AfterValidator(_version)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Pattern = Annotated[Name, AfterValidator(_pattern)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2,3}(-[A-Za-z0-9]{1,10})?(:[a-z_]+(,[a-z_]+)*)?)?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Hours = Annotated[str, AfterValidator(_hours)]
Duration = Annotated[str, AfterValidator(_duration)]
Amount = Annotated[float, BeforeValidator(_amount)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Label = Annotated[str | int, BeforeValidator(_label)]
Canonical = Annotated[str | int | bool, BeforeValidator(_canonical)]
Aliases = Annotated[tuple[Name, ...], BeforeValidator(_one_or_many)]
Priority = Annotated[StrictInt, Field(ge=1, le=5)]
Priorities = Annotated[tuple[Priority, ...], BeforeValidator(_one_or_many), AfterValidator(_distinct)]
Reasons = Annotated[tuple[str, ...], BeforeValidator(_one_or_many), AfterValidator(_distinct), AfterValidator(_known_reasons)]
