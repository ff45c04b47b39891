"""What is due today: planned changes, renewals, what ends, actions; then what is overdue."""

from __future__ import annotations

from itsq_analysis.briefing.due import Due, due_today
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, paragraph
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import Column, html_table, sheet
from itsq_analysis.text.length import shortened

SHOWN = 8
NAME = 60  # columns


def due(context: ReportContext) -> Section:
    """A row a thing, those of today first."""
    things = due_today(context.scope)
    today = sum(not thing.days for thing in things)
    answer = context.say("daily_due_answer", n=context.number(today), overdue=context.number(len(things) - today))
    if not things:
        return context.section("daily_due", [answer])
    columns: list[Column[Due]] = [
        Column("daily_what", lambda thing: shortened(context.called(thing.what), NAME)),
        Column("daily_kind", lambda thing: context.term(f"due_{thing.kind}")),
        Column("daily_day", lambda thing: context.brief.day(thing.day)),
        Column("daily_owner", lambda thing: thing.owner or None),
    ]
    listed = html_table(context, context.plain, columns, things[:SHOWN], first=3)
    rest = len(things) - SHOWN
    more = [paragraph(context.say("daily_due_more", n=rest, sheet=context.term("daily_due")))] if rest > 0 else []
    return context.section("daily_due", [answer], [listed, *more])


def due_sheet(context: ReportContext) -> Sheet:
    """All of them."""
    columns: list[Column[Due]] = [
        Column("daily_what", lambda thing: context.called(thing.what)),
        Column("daily_kind", lambda thing: context.term(f"due_{thing.kind}")),
        Column("daily_day", lambda thing: thing.day, "date"),
        Column("daily_owner", lambda thing: thing.owner or None),
        Column("days_overdue", lambda thing: thing.days, "count"),
    ]
    return sheet(context, context.plain, "daily_due", columns, due_today(context.scope), context.term("none"))
