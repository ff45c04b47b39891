"""Texts in a chart: cleaned, measured, wrapped; numbers and dates written the English and the Chinese way.

Widths are computed here, never by the machine's fonts, so a chart has the same bytes with and without Chinese fonts: an East
Asian wide character and the few broad Latin ones (m, W, %) take 1 em, any other 0.64 em, which is
what a digit takes in the broadest of the usual fonts (DejaVu Sans).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from itsq_analysis.tables import plain_text
from itsq_analysis.tables.plain_text import MISSING as MISSING
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import term, term_ids
from itsq_analysis.text.formats import duration as duration
from itsq_analysis.text.marks import plain

Language = Literal["en", "zh"]
Unit = Literal["count", "number", "share", "hours", "minutes", "score"]

SIZE = 12.0  # px, of every text in a chart; at 390 px page width it is drawn at 11.9 px
FONT = "system-ui, 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
NARROW = 0.64  # em
BROAD = frozenset("mwMW%@…—‰")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WORDS = term_ids("chart_")  # what `word` knows, with _ for a space


def word(key: str, language: Language) -> str:
    """A word of the charts in the report's language.

    >>> word("backlog", "zh")
    '期末积压'
    """
    return term(f"chart_{key.replace(' ', '_')}", language)


def clean(value: object) -> str:
    """A text as it may be drawn: without the marks of printed facts, one line, nothing that controls or turns it."""
    return plain_text.clean(plain(value) if isinstance(value, str) else value)


def text_width(text: str, size: float = SIZE) -> float:
    """Room in px that a text is given.

    >>> text_width("IT 服务", 10)
    39.2
    """
    wide = sum(c in BROAD or unicodedata.east_asian_width(c) in "WF" for c in text)
    return round(size * (wide + NARROW * (len(text) - wide)), 1)


def wrapped(text: str, room: float, size: float = SIZE) -> tuple[str, ...]:
    """The text in lines that fit into the room (px): broken at spaces and between Chinese characters, a longer word anywhere.

    >>> wrapped("Finance applications", 100), wrapped("财务应用 ERP", 44, 12)
    (('Finance', 'applications'), ('财务应', '用 ERP'))
    """
    lines = [""]
    for word_ in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+", text):
        if text_width(lines[-1] + word_, size) > room and lines[-1].strip():
            lines.append("")
        for sign in [word_] if text_width(word_, size) <= room else word_:
            if lines[-1] and text_width(lines[-1] + sign, size) > room:
                lines.append("")
            lines[-1] += sign
    return tuple(line.strip() for line in lines if line.strip()) or (text,)


def number(value: float | None, unit: Unit, language: Language) -> str:
    """A value with its unit; a missing one is a dash.

    >>> number(0.9123, "share", "en"), number(1700, "count", "zh"), number(43, "minutes", "zh"), number(170.4, "hours", "en")
    ('91.2%', '1,700', '43 分', '7.1 days')
    """
    if value is None or is_missing(value):
        return MISSING
    match unit:
        case "share":
            return f"{100 * value:.1f}%"
        case "count":
            return f"{value:,.0f}"
        case "hours":
            return duration(value, language)
        case "minutes":
            return duration(value / 60, language) if value >= 60 else f"{value:.0f} {'min' if language == 'en' else '分'}"
        case "score":
            return f"{value:.2f}"
        case "number":
            return f"{value:,.1f}"


def day(value: date, language: Language, *, year: bool = False) -> str:
    """A day, without its year unless asked for.

    >>> day(date(2026, 10, 5), "en"), day(date(2026, 10, 5), "zh"), day(date(2026, 10, 5), "en", year=True)
    ('5 Oct', '10月5日', '5 Oct 2026')
    """
    if language == "zh":
        return f"{value.year}年" * year + f"{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]}" + f" {value.year}" * year


def period(label: object, language: Language) -> str:
    """A period's label as it is read; an unknown form stays as it is.

    >>> period("2026-10", "en"), period("2026-10", "zh"), period("2026-Q4", "zh"), period("2026-W41", "en")
    ('Oct 2026', '2026年10月', '2026年第4季度', 'W41 2026')
    """
    text = clean(label)
    found = re.fullmatch(r"(\d{4})-(?:(Q[1-4])|(H[12])|(W\d\d)|(0[1-9]|1[0-2]))", text)
    if not found:
        return text
    year, quarter, half, week, month = found.groups()
    if language == "en":
        return f"{quarter or half or week or MONTHS[int(month) - 1]} {year}"
    if quarter:
        return f"{year}年第{quarter[1]}季度"
    if half:
        return f"{year}年{'上' if half == 'H1' else '下'}半年"
    return f"{year}年第{int(week[1:])}周" if week else f"{year}年{int(month)}月"


def short_period(label: object, language: Language) -> str:
    """A period's label without its year, for an axis.

    >>> short_period("2026-10", "en"), short_period("2026-10", "zh")
    ('Oct', '10月')
    """
    long = period(label, language)
    return re.sub(r"^\d{4}年", "", long) if language == "zh" else re.sub(r" \d{4}$", "", long)


def year_marks(labels: Sequence[str], kept: Sequence[int]) -> list[int]:
    """Which of the kept period labels get their year beneath: the first one and each that begins a new year.

    >>> year_marks(["2025-11", "2025-12", "2026-01", "2026-02"], [1, 2, 3])
    [1, 2]
    """
    years = [label[:4] for label in labels]
    return [k for place, k in enumerate(kept) if years[k].isdigit() and (place == 0 or years[kept[place - 1]] != years[k])]


def thin(texts: Sequence[str], positions: Sequence[float], gap: float = 10.0) -> list[int]:
    """Which of centred axis labels to print so that none overlap: the last one and every k-th before it.

    >>> thin(["Jan", "Feb", "Mar", "Apr", "May"], [0, 20, 40, 60, 80])
    [0, 2, 4]
    """
    count = len(texts)
    for step in range(1, count + 1):
        kept = list(range(count - 1, -1, -step))[::-1]
        pairs = pairwise(kept)
        if all(positions[b] - positions[a] >= (text_width(texts[a]) + text_width(texts[b])) / 2 + gap for a, b in pairs):
            return kept
    return []


def chart_unit(unit: str) -> Unit:
    """The charts' word for an indicator's unit.

    >>> chart_unit("%"), chart_unit("points")
    ('share', 'score')
    """
    units: dict[str, Unit] = {"%": "share", "h": "hours", "count": "count"}
    return units.get(unit, "score")
