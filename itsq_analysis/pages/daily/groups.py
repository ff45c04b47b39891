"""Whose incidents will be late, and when: expected numbers by group and working day."""

from __future__ import annotations

from datetime import date

from itsq_analysis.late_risk.outlook import LateCount, LateOutlook, late_outlook
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, paragraph, table
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import Column, sheet
from itsq_analysis.pages.late_risk.tickets import FACT
from itsq_analysis.text import formats

SHOWN = 8  # groups
LEAST = 0.05  # expected on a day: less is told as a dash


def groups(context: ReportContext) -> Section | None:
    """A row a group, a column a day, and the five working days together with their range."""
    known = late_outlook(context.scope)
    if known is None:
        return None
    if not known.groups or known.groups[0].expected < LEAST:
        return context.section("daily_late", [context.say("daily_groups_none")])
    most = known.groups[0]
    counted = {"n": context.number(most.expected), "low": context.number(most.low), "high": context.number(most.high)}
    answer = context.say("daily_groups_answer", group=context.named("group", most.group), **counted)
    days = sorted({count.day for count in known.days if count.day is not None and count.expected >= LEAST})
    columns = {"group": context.term("group"), "week": context.term("daily_week")}
    columns |= {day.isoformat(): context.wording.day_of_week(day) for day in days}
    rows = [_row(context, known, count, days) for count in known.groups[:SHOWN] if count.expected >= LEAST]
    listed = table(columns, rows, numeric=set(columns) - {"group"}, first=1)
    return context.section("daily_late", [answer], [listed, paragraph(context.say("daily_groups_note"))])


def _row(context: ReportContext, known: LateOutlook, count: LateCount, days: list[date]) -> dict[str, str]:
    group = context.member("group", count.group)
    cells = {"group": group, "week": _marked(context, count, "") + context.aside(f"{count.low}–{count.high}")}
    for day in days:
        there = known.on(count.group, day)
        cells[day.isoformat()] = _marked(context, there, day.isoformat()) if there and there.expected >= LEAST else formats.MISSING
    return cells


def _marked(context: ReportContext, count: LateCount, day: str) -> str:
    text = context.number(count.expected, 1)
    return context.keys.marked_cell(text, FACT, " ".join(filter(None, (count.group, day))), "expected", count.expected)


def groups_sheet(context: ReportContext) -> Sheet:
    """Every group and day."""
    known = late_outlook(context.scope)
    columns: list[Column[LateCount]] = [
        Column("group", lambda count: context.member("group", count.group)),
        Column("daily_day", lambda count: count.day, "date"),
        Column("daily_expected", lambda count: count.expected, "number"),
        Column("daily_low", lambda count: count.low, "count"),
        Column("daily_high", lambda count: count.high, "count"),
    ]
    return sheet(context, context.plain, "daily_late", columns, known.days if known else (), context.term("none"))
