"""Numbers, durations and dates as a reader writes them, in English and Chinese."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Literal

from itsq_analysis.periods import Period

Language = Literal["en", "zh"]
MISSING = "–"
DAY = 24.0  # hours
FINEST = 6  # decimals of a percentage, where fewer would print another number
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators.

    >>> number(1700), number(2.345, 1), number(-0.2), number(float("nan"))
    ('1,700', '2.3', '0', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def percent(share: float, target: float = math.nan) -> str:
    """A share between 0 and 1 as a percentage, with the decimals that tell it from 0 %, from 100 % and from its target.

    >>> percent(0.9123), percent(0.99953), percent(1.0), percent(0.0004), percent(0.94996, target=0.95)
    ('91.2%', '99.953%', '100%', '0.04%', '94.996%')
    """
    if share is None or math.isnan(share):
        return MISSING
    if share in (0, 1):
        return f"{share:.0%}"
    marks = {0.0, 100.0} | (set() if math.isnan(target) or share == target else {round(target * 100, FINEST)})
    for decimals in range(_decimals(share), FINEST + 1):
        text = f"{share * 100:.{decimals}f}"
        if float(text) not in marks:
            return f"{text}%"
    return f"<{10.0**-FINEST:.{FINEST}f}%" if share < 0.5 else f">{100 - 10.0**-FINEST:.{FINEST}f}%"


def _decimals(share: float) -> int:
    """Above 99 % it is the rest that counts: at least two digits of it."""
    if share <= 0.99:
        return 1
    return 2 if share <= 0.999 else 3


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
    minute, rest_minute, hour, day = ("min", "min", "h", "days") if language == "en" else ("分钟", "分", "小时", "天")
    minutes = round(hours * 60)
    if 0 < round(hours * 60, 1) < 10:
        return f"{hours * 60:.1f} {minute}"
    if minutes < 60:
        return f"{minutes} {minute}" if minutes or not hours else f"<0.1 {minute}"
    if hours >= 2 * DAY:
        return f"{hours / DAY:,.1f} {day}"
    whole, rest = divmod(minutes, 60)
    return f"{whole} {hour} {rest} {rest_minute}" if rest else f"{whole} {hour}"


def day(moment: date | datetime, language: Language) -> str:
    """A local day.

    >>> day(date(2026, 10, 5), "en"), day(date(2026, 10, 5), "zh")
    ('5 October 2026', '2026年10月5日')
    """
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def short_day(moment: date, language: Language) -> str:
    """A local day without its year.

    >>> short_day(date(2026, 10, 5), "en"), short_day(date(2026, 10, 5), "zh")
    ('5 Oct', '10月5日')
    """
    return f"{moment.month}月{moment.day}日" if language == "zh" else f"{moment.day} {MONTHS[moment.month - 1][:3]}"


def minute(moment: datetime, language: Language) -> str:
    """A local day and time.

    >>> minute(datetime(2026, 10, 5, 9, 3), "zh")
    '2026年10月5日 09:03'
    """
    return f"{day(moment, language)} {moment:%H:%M}"


def value(amount: float, unit: str, language: Language, target: float = math.nan) -> str:
    """An indicator's value in its unit: "%" (a share), "h" (hours), "s" (seconds), "count", "points", "score" or another word.

    A share is told from its target, so that a missed one never looks kept.

    >>> value(0.912, "%", "en"), value(5.93, "h", "zh"), value(1700, "count", "en"), value(4.456, "score", "en")
    ('91.2%', '5 小时 56 分', '1,700', '4.46')
    """
    if amount is None or math.isnan(amount):
        return MISSING
    if unit == "%":
        return percent(amount, target)
    if unit == "h":
        return duration(amount, language)
    if unit == "s":
        return f"{number(amount)} {'s' if language == 'en' else '秒'}"
    if unit in ("count", "points"):
        return number(amount)
    return number(amount, 2 if abs(amount) < 100 else 0)


def period_label(period: Period, language: Language) -> str:
    """A period's name without its days.

    >>> from itsq_analysis.periods import parse_period
    >>> [period_label(parse_period(text), "zh") for text in ("2026-10", "2026-Q4", "2026-H2", "2026", "2026-W41")]
    ['2026年10月', '2026年第4季度', '2026年下半年', '2026年', '2026年第41周']
    >>> [period_label(parse_period(text), "en") for text in ("2026-Q4", "2026-H1", "2026-W41", "2026-10-05")]
    ['Q4 2026', 'first half of 2026', 'week 41 of 2026', '5 October 2026']
    """
    year, _, part = period.label.partition("-")
    match period.grain:
        case "month":
            return f"{year}年{int(part)}月" if language == "zh" else f"{MONTHS[int(part) - 1]} {year}"
        case "quarter":
            return f"{year}年第{part[1]}季度" if language == "zh" else f"{part} {year}"
        case "half":
            first = part == "H1"
            return (
                f"{year}年{'上' if first else '下'}半年" if language == "zh" else f"{'first' if first else 'second'} half of {year}"
            )
        case "year":
            return f"{year}年" if language == "zh" else year
        case "week":
            return f"{year}年第{int(part[1:])}周" if language == "zh" else f"week {int(part[1:])} of {year}"
        case _:
            return _days(period, language)


def period_name(period: Period, language: Language) -> str:
    """A period as a sentence or title names it: its label, and its days where they do not follow from it.

    >>> from itsq_analysis.periods import parse_period
    >>> period_name(parse_period("2026-10"), "en"), period_name(parse_period("2026-10"), "zh")
    ('October 2026', '2026年10月')
    >>> period_name(parse_period("2026-10", 26), "en")
    'October 2026 (26 September to 25 October 2026)'
    """
    label = period_label(period, language)
    if period.grain in ("day", "range") or (period.grain != "week" and period.start.day == 1):
        return label
    days = _days(period, language)
    return f"{label}（{days}）" if language == "zh" else f"{label} ({days})"


def _days(period: Period, language: Language) -> str:
    """The days of a period, the last one included; a year that both share is written once."""
    first, last = period.start, period.end - timedelta(days=1)
    if first == last:
        return day(first, language)
    end, start = day(last, language), day(first, language)
    if language == "zh":
        return f"{start}至{end.removeprefix(f'{first.year}年')}"
    return f"{start.removesuffix(f' {last.year}')} to {end}"
