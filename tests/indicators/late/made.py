"""Late incidents of hand-made tables, in hours."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from itsq_analysis.indicators.late import KINDS, kept_by_pauses, late_tickets
from itsq_analysis.settings import Settings, parse_settings
from itsq_analysis.worktime import Calendar, build_calendar
from tests.tables import Row, Tables, connect, moment, tables

TEXT = """
[organisation]
timezone = "Asia/Shanghai"
holidays = ""
[[calendar]]
id = "5x8"
hours = "Mon-Fri 09:00-12:00,13:00-18:00"
[[calendar]]
id = "7x24"
hours = "7x24"
[[sla]]
priority = 1
calendar = "7x24"
resolution = "8h"
paused = ["caller"]
[[sla]]
priority = 3
calendar = "5x8"
resolution = "16h"
paused = ["caller", "supplier"]
"""
GROUPS = [
    {"assignment_group": "Desk", "level": 1},
    {"assignment_group": "Second desk", "level": 1},
    {"assignment_group": "Servers", "level": 2},
    {"assignment_group": "Vendor", "level": 3, "supplier": "Yunfan"},
]
PARTS = list(KINDS)


def settings() -> Settings:
    return parse_settings(TEXT, "tests")


@cache
def calendar(name: str) -> Calendar:
    hours = {found.id: found.hours for found in settings().calendars}
    return build_calendar(name, hours[name], "Asia/Shanghai", first_year=2025, last_year=2028)


def incident(number: str, opened: str, resolved: str | None = None, **given: Any) -> Row:
    """An incident that was resolved late, or is open with a limit."""
    late: Row = {"sla_resolution_met": False} if resolved else {"sla_due_at": "2026-10-08 11:00"}
    return {"number": number, "opened_at": opened, "resolved_at": resolved, "priority": 3, **late, **given}


def log(number: str, *rows: str) -> list[Row]:
    """Rows such as "2026-10-05 09:00 on_hold/caller Desk": moment, state and reason, group."""
    made: list[Row] = []
    for seq, text in enumerate(rows):
        day, time, what, *group = text.split(" ", 3)
        state, _, reason = what.partition("/")
        facts = {"number": number, "seq": seq, "at": f"{day} {time}", "state": state, "hold_reason": reason or None}
        made.append(facts | {"assignment_group": group[0] if group else None})
    return made


def late(data: Tables, start: str = "2026-10-01", end: str = "2026-11-01", rules: Settings | None = None) -> pd.DataFrame:
    """The frame by number, durations in hours, moments as text in Shanghai's local time."""
    first, last = moment(start), moment(end)
    assert first is not None
    assert last is not None
    frame = late_tickets(connect(data), rules or settings(), calendar, first, last).set_index("number")
    for column in ("over", "whole", *PARTS):
        frame[column] = frame[column].astype("Float64") / 3600
    for column in ("opened_at", "ended_at", "due_at"):
        frame[column] = frame[column].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M")
    return frame


def saved(data: Tables) -> int:
    first, last = moment("2026-10-01"), moment("2026-11-01")
    assert first is not None
    assert last is not None
    return kept_by_pauses(connect(data), settings(), calendar, first, last)


def made(incidents: list[Row], *logs: list[Row], **others: list[Row]) -> Tables:
    return tables(incidents=incidents, state_log=[row for rows in logs for row in rows], **({"groups": GROUPS} | others))


def split(frame: pd.DataFrame, number: str) -> dict[str, float]:
    """The kinds on which an incident spent time."""
    row = frame.loc[number, PARTS]
    return {kind: float(row[kind]) for kind in PARTS if row[kind] > 0}
