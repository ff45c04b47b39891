"""A small organisation with a desk, its roster and a team that works on tickets, as tables in memory.

Calls: 50 in each of the hours 09, 10 and 11 of every Monday to Friday from 4 May to 30 October 2026, 180 seconds each: 2.5 erlangs.
Five people answer 87 % of them within 20 seconds (Erlang C), four 73 %; shrinkage is 0.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Section
from itsq_analysis.text import Language
from tests.page import made
from tests.page.made import weekdays
from tests.tables import Row

FIRST, LAST = date(2026, 5, 4), date(2026, 10, 30)
MONDAY = "2026-11-02 00:00"  # the moment of the report; the plan begins on this day
SETTINGS = (
    '[staffing]\nshrinkage = 0\noccupancy = ["60%", "100%"]\n'
    '[[calendar]]\nid = "5x8"\nhours = "Mon-Fri 09:00-12:00,13:00-18:00"\nholidays = ""\n'
)


def contacts(last: date = LAST, **given: Any) -> list[Row]:
    """Two half-hours of 25 calls in each open hour."""
    counted = {"minutes": 30, "channel": "phone", "assignment_group": "Desk", "offered": 25, "answered": 25, "handle_seconds": 4500}
    return [
        {"start": f"{day} {hour:02d}:{minute:02d}"} | counted | given
        for day in weekdays(FIRST, last)
        for hour in (9, 10, 11)
        for minute in (0, 30)
    ]


def roster(
    people: dict[int, int], usual: int = 5, *, team: str = "Desk", first: date = date(2026, 11, 2), last: date = date(2026, 12, 11)
) -> list[Row]:
    """From 09:00 to 12:00 on Mondays to Fridays: by weekday (0 is Monday), else as usual."""
    shift = {"shift_start": "09:00", "shift_end": "12:00", "team": team}
    return [shift | {"date": day, "people": people.get(day.weekday(), usual)} for day in weekdays(first, last)]


def incidents() -> list[Row]:
    """Two a day, one of the desk and one of Servers, each resolved within two hours."""
    found: list[Row] = []
    for day in weekdays(FIRST, LAST):
        times = {"opened_at": f"{day} 09:00", "resolved_at": f"{day} 11:00"}
        found += [{"number": f"{group} {day}", "assignment_group": group, **times} for group in ("Desk", "Servers")]
    return found


def context(
    toml: str = SETTINGS, *, language: Language = "en", as_of: str = MONDAY, only: tuple[str, ...] = (), **rows: list[Row]
) -> ReportContext:
    """A report of October over the incidents and these rows."""
    return made.context(toml, language=language, as_of=as_of, only=only, incidents=incidents(), **rows)


def tables_of(section: Section) -> list[list[dict[str, str]]]:
    """The tables of a section: heading -> cell."""
    count = sum(isinstance(part, Html) and "<table" in part.markup for part in section.parts)
    found = [made.rows_of(section, place) for place in range(count)]
    return [[dict(zip(head, row, strict=True)) for row in rows] for head, *rows in found]
