"""Numbers, durations and dates as a reader writes them, in English and Chinese."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Literal

from itsq_analysis.periods import Period

Language = Literal["en", "zh"]
MISSING = "–"
DAY = 24.0  # hours
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators.

    >>> number(1700), number(2.345, 1), number(float("nan"))
    ('1,700', '2.3', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    return f"{value:,.{decimals}f}"


def percent(share: float) -> str:
    """A share between 0 and 1 as a percentage; near 100 % with the decimals that tell it from 100.

    >>> percent(0.9123), percent(0.99953), percent(1.0), percent(0.0)
    ('91.2%', '99.953%', '100%', '0%')
    """
    if share is None or math.isnan(share):
        return MISSING
    if share in (0, 1):
        return f"{share:.0%}"
    decimals = 1
    while decimals < 3 and (round(share * 100, decimals) >= 100 or share > 0.99):
        decimals += 1
    return f"{share * 100:.{decimals}f}%"


def share(amount: float) -> str:
    """A share as a promise states it, without decimals that say nothing.

    >>> share(0.95), share(0.999), share(0.125)
    ('95%', '99.9%', '12.5%')
    """
    return f"{round(amount * 100, 6):g}%"


def duration(hours: float, language: Language) -> str:
    """A duration in the two units that matter.

    >>> duration(0.25, "en"), duration(3.1667, "zh"), duration(101.28, "en"), duration(324.47, "zh")
    ('15 min', '3 小时 10 分', '4.2 days', '13.5 天')
    """
    if hours is None or math.isnan(hours):
        return MISSING
    if hours < 0:
        return "-" + duration(-hours, language)
    minutes = round(hours * 60)
    if 0 < hours * 60 < 10:
        return f"{hours * 60:.1f} min" if language == "en" else f"{hours * 60:.1f} 分钟"
    if minutes < 60:
        return f"{minutes} min" if language == "en" else f"{minutes} 分钟"
    if hours >= 2 * DAY:
        return f"{hours / DAY:,.1f} days" if language == "en" else f"{hours / DAY:,.1f} 天"
    whole, rest = divmod(minutes, 60)
    if language == "en":
        return f"{whole} h {rest} min" if rest else f"{whole} h"
    return f"{whole} 小时 {rest} 分" if rest else f"{whole} 小时"


def day(moment: date | datetime, language: Language) -> str:
    """A local day.

    >>> day(date(2026, 10, 5), "en"), day(date(2026, 10, 5), "zh")
    ('5 October 2026', '2026年10月5日')
    """
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def minute(moment: datetime, language: Language) -> str:
    """A local day and time.

    >>> minute(datetime(2026, 10, 5, 9, 3), "zh")
    '2026年10月5日 09:03'
    """
    return f"{day(moment, language)} {moment:%H:%M}"


def period_name(period: Period, language: Language) -> str:
    """A period as a title names it: a whole calendar month by its name, anything else by its days.

    >>> from itsq_analysis.periods import parse_period
    >>> period_name(parse_period("2026-10"), "en"), period_name(parse_period("2026-10"), "zh")
    ('October 2026', '2026年10月')
    >>> period_name(parse_period("2026-10", 26), "en")
    '2026-10 (26 September 2026 to 25 October 2026)'
    """
    first, last = period.start, period.end - timedelta(days=1)
    next_month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    if first.day == 1 and period.end == next_month:
        return f"{first.year}年{first.month}月" if language == "zh" else f"{MONTHS[first.month - 1]} {first.year}"
    if first == last:
        return day(first, language)
    days = (
        f"{day(first, language)}至{day(last, language)}" if language == "zh" else f"{day(first, language)} to {day(last, language)}"
    )
    plain = period.label == f"{first}..{last}"
    return (
        days
        if plain
        else (
            f"{period.label}\N{FULLWIDTH LEFT PARENTHESIS}{days}\N{FULLWIDTH RIGHT PARENTHESIS}"
            if language == "zh"
            else f"{period.label} ({days})"
        )
    )


def value(amount: float, unit: str, language: Language) -> str:
    """An indicator's value in its unit: "%" (a share), "h" (hours), "count", "points", "score" or another word.

    >>> value(0.912, "%", "en"), value(5.93, "h", "zh"), value(1700, "count", "en"), value(4.456, "score", "en")
    ('91.2%', '5 小时 56 分', '1,700', '4.46')
    """
    if amount is None or math.isnan(amount):
        return MISSING
    if unit == "%":
        return percent(amount)
    if unit == "h":
        return duration(amount, language)
    if unit == "count":
        return number(amount)
    if unit == "points":
        return number(amount, 0)
    return number(amount, 2 if abs(amount) < 100 else 0)
