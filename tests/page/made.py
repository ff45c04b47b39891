"""Scenes over hand-made tables: a workspace whose connection and snapshot are given, so that no load is needed.

Incidents are made by `incidents`, many at a time; a test writes the columns that matter to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Section
from itsq_analysis.periods import parse_period
from itsq_analysis.settings import Settings, parse_settings
from itsq_analysis.store import Snapshot
from itsq_analysis.text import Language
from itsq_analysis.text.marks import plain
from itsq_analysis.workspace import Workspace
from tests.tables import SHANGHAI, Row, connect, moment, tables

OCTOBER = "2026-10"
EARLY_NOVEMBER = "2026-11-20"
RULES = '[[sla]]\npriority = [1, 2, 3, 4]\ncalendar = "7x24"\nresolution = "8h"\n'


def context(
    toml: str = "",
    *,
    period: str = OCTOBER,
    language: Language = "en",
    as_of: str = EARLY_NOVEMBER,
    only: Sequence[str] = (),
    **rows: Sequence[Mapping[str, Any]],
) -> ReportContext:
    """A context over these rows.

    `as_of` is the moment of the report and the data's horizon, local time; `only` are the services of the report.
    """
    settings = parse_settings(toml, "itsq.toml")
    at = datetime.fromisoformat(as_of).replace(tzinfo=settings.organisation.zone)
    workspace = Workspace(Path("nowhere"), settings, services=only)
    workspace.__dict__["snapshot"] = snapshot(settings, at)
    workspace.__dict__["connection"] = connect(tables(**rows))
    return ReportContext(workspace, parse_period(period, settings.period.month_starts_on), language, at)


def snapshot(settings: Settings, horizon: datetime) -> Snapshot:
    resolved = {"settings": settings.model_dump(mode="json"), "calendar": {}}
    return Snapshot(1, datetime(2026, 12, 1, tzinfo=UTC), horizon.astimezone(UTC), "0" * 64, {}, [], resolved)


def incidents(count: int, first: str = "2026-10-12 09:00", *, late: int = 0, hours: float = 1.0, **columns: Any) -> list[Row]:
    """So many incidents, one a minute, each resolved after `hours`; the first `late` of them miss their time."""
    begin = moment(first)
    assert begin is not None
    made = []
    for place in range(count):
        opened = begin + timedelta(minutes=place)
        times = {"opened_at": opened, "resolved_at": opened + timedelta(hours=hours)}
        row: Row = {"number": f"{first} {place}", **times, "state": "closed", "priority": 3, "sla_resolution_met": place >= late}
        made.append(row | columns)
    return made


def weekdays(first: str | date, last: str | date) -> list[date]:
    """Mondays to Fridays, holidays too."""
    return [day.date() for day in pd.bdate_range(first, last)]


def on_days(days: Sequence[date], each: int | Sequence[int], **columns: Any) -> list[Row]:
    """So many tickets on each day (or that day's number of them), one a minute from nine o'clock on, resolved at once."""
    made = []
    for day, count in zip(days, [each] * len(days) if isinstance(each, int) else each, strict=True):
        for place in range(count):
            opened = datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=place)
            number = f"{columns.get('service') or ''} {opened:%Y%m%d%H%M}"
            made.append({"number": number, "opened_at": opened, "resolved_at": opened, "state": "closed"} | columns)
    return made


def agreed(indicator: str, value: str, scope: str = "") -> str:
    """An agreed target as itsq.toml writes it."""
    return f'[[target]]\nindicator = "{indicator}"\nvalue = {value}\n' + (f"scope = {{ {scope} }}\n" if scope else "")


def answer(section: Section) -> str:
    """The answer of a section and what more it needs, as a reader sees them."""
    between = "" if section.answer.endswith("\u3002") else " "
    return plain(between.join(filter(None, (section.answer, section.more))))


def told(section: Section) -> list[str]:
    """The answer of a section, then the sentences of its lists and notes."""
    found = [answer(section)]
    for part in section.parts:
        if isinstance(part, Html):
            found += re.findall(r"<(?:li|p)[^>]*>(.*?)</(?:li|p)>", str(part.markup))
    return [unescape(plain(sentence)) for sentence in found]


def rows_of(section: Section, place: int = 0) -> list[list[str]]:
    """The cells of a section's table, without markup; the head is the first row."""
    found = [str(part.markup) for part in section.parts if isinstance(part, Html) and "<table" in part.markup][place]
    rows = re.findall(r"<tr>(.*?)</tr>", found)
    return [
        [unescape(plain(re.sub(r"<[^>]*>", "", cell))) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows
    ]


__all__ = [
    *(
        "OCTOBER",
        "RULES",
        "SHANGHAI",
        "agreed",
        "answer",
        "context",
        "incidents",
        "moment",
        "on_days",
        "rows_of",
        "told",
        "weekdays",
    )
]
