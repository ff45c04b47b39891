"""Working hours of a week, read from one line of text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from itsq_analysis.errors import SettingsError

Interval = tuple[int, int]
"""Minutes after local midnight, end exclusive; an end above 1440 lies on the next day (night shift)."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 1440
ALWAYS = ("7x24", "24x7")
FORMS = "'Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00' or '7x24'"

# Chinese input methods and word processors put these where the form has an ASCII sign.
_PUNCTUATION = str.maketrans("：，；、－–—～~×", ":,;,-----x")
_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DAYS = re.compile(r"[A-Za-z][A-Za-z,\s-]*")


@dataclass(frozen=True)
class Week:
    """Working hours of each weekday, Monday first; `always` means around the clock, holidays too."""

    text: str
    days: tuple[tuple[Interval, ...], ...]
    always: bool = False

    @property
    def ordinary(self) -> tuple[Interval, ...]:
        """Hours of an ordinary working day: the most usual ones of Monday to Friday, else of the week; the earliest on a tie."""
        worked = [day for day in self.days[:5] if day] or [day for day in self.days if day]
        return Counter(worked).most_common(1)[0][0]

    @property
    def seconds(self) -> int:
        """Scheduled seconds of a week."""
        return sum(length(day) for day in self.days)


def length(intervals: tuple[Interval, ...]) -> int:
    """Seconds that the intervals last by the clock on the wall."""
    return 60 * sum(end - start for start, end in intervals)


def morning(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The first of several intervals, or the first half of a single one: what a half day without stated hours means.

    >>> morning(((540, 720), (780, 1080))), morning(((540, 1020),))
    (((540, 720),), ((540, 780),))
    """
    start, end = intervals[0]
    return ((start, end),) if len(intervals) > 1 else ((start, start + (end - start) // 2),)


def parse_hours(text: str, where: str = "") -> Week:
    """Read the hours of a week.

    Days are three letters (Mon … Sun), single, as a range or a list; intervals are `HH:MM-HH:MM`, several separated by commas;
    groups of days are separated by semicolons. An interval whose end is not after its start runs into the next day. Full-width
    punctuation is understood.

    Args:
        text: such as "Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00", or "7x24".
        where: where the text stands, for the error message.

    Raises:
        SettingsError: the text has another form, names a day twice, or its intervals overlap.

    >>> parse_hours("Mon-Fri 09:00-12:00,13:00-18:00").days[0]
    ((540, 720), (780, 1080))
    >>> parse_hours("7x24").always
    True
    """
    plain = text.translate(_PUNCTUATION).strip()
    if plain.lower() in ALWAYS:
        return Week(text, (((0, DAY_MINUTES),),) * 7, always=True)
    days: list[tuple[Interval, ...]] = [()] * 7
    for group in filter(None, (part.strip() for part in plain.split(";"))):
        names = _DAYS.match(group)
        if names is None:
            _refuse(text, where, group, "start each group with its days, such as Mon-Fri or Sat,Sun")
        weekdays = _weekdays(names.group(), text, where)
        intervals = parse_intervals(group[names.end() :], where, text)
        for weekday in weekdays:
            if days[weekday]:
                _refuse(text, where, WEEKDAYS[weekday], "name each weekday once")
            days[weekday] = intervals
    if not any(days):
        _refuse(text, where, text, "name at least one day with hours")
    return Week(text, tuple(days))


def parse_intervals(text: str, where: str = "", whole: str | None = None) -> tuple[Interval, ...]:
    """Read the intervals of one day, separated by commas or semicolons, into ascending order.

    Raises:
        SettingsError: an interval has another form, a time lies outside 00:00 to 24:00, or intervals overlap.

    >>> parse_intervals("13:00-18:00, 09:00-12:00")
    ((540, 720), (780, 1080))
    >>> parse_intervals("22:00-06:00")
    ((1320, 1800),)
    """
    shown = text if whole is None else whole
    spans = []
    for part in re.split("[,;]", text.translate(_PUNCTUATION)):
        match = _INTERVAL.fullmatch(part.strip())
        if match is None:
            _refuse(shown, where, part.strip() or shown, "write an interval as 09:00-12:00")
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = 60 * hour + minute, 60 * end_hour + end_minute
        if minute > 59 or end_minute > 59 or start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
            _refuse(shown, where, part.strip(), "use times from 00:00 to 24:00, and an end that differs from the start")
        spans.append((start, end if end > start else end + DAY_MINUTES))
    spans.sort()
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            _refuse(shown, where, text.strip(), "give intervals that do not overlap")
    return tuple(spans)


def _weekdays(names: str, text: str, where: str) -> list[int]:
    """Weekday numbers of "Mon-Fri", "Sat,Sun", "Fri-Mon"."""
    days: list[int] = []
    for part in names.split(","):
        ends = [name.strip().capitalize() for name in part.split("-")]
        for name in ends:
            if name not in WEEKDAYS:
                _refuse(text, where, name, f"use the weekdays {', '.join(WEEKDAYS)}")
        if len(ends) > 2:
            _refuse(text, where, part.strip(), "write a range as Mon-Fri")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days += [day % 7 for day in range(first, last + 1 + (7 if last < first else 0))]
    return days


def _refuse(text: str, where: str, found: str, remedy: str) -> NoReturn:
    place = f" in {where}" if where else ""
    raise SettingsError(f"working hours must be like {FORMS}; found {found!r} in {text!r}{place}; {remedy}")
