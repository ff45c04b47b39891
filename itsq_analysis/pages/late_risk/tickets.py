"""Which open tickets will be late? How many, the likeliest with why and what would help, and all of them in the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.late_risk.outlook import LateOutlook, RiskyTicket, because, helps, late_outlook
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, paragraph, phone_fold
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import Column, Source, html_table, sheet
from itsq_analysis.text import formats

SHOWN = 10  # tickets
FACT = "late_risk.outlook"
LEAST = 0.1  # chance of a ticket that is listed


def risk_parts(context: ReportContext) -> list[Part]:
    """How many will be late, with the likeliest ten; nothing where nothing can be said."""
    known = late_outlook(context.scope)
    if known is None or not known.tickets:
        return []
    where = paragraph(context.say("risk_sheet_where", sheet=context.term("at_risk")))
    return [phone_fold(expected(context, known), *risk_table(context, known.tickets[:SHOWN]), where)]


def expected(context: ReportContext, known: LateOutlook) -> str:
    """How many open incidents will miss their limit, with the range."""
    amounts = {name: getattr(known.whole, name) for name in ("expected", "low", "high")}
    amounts |= {"open": len(known.tickets), "late": known.late}
    facts = {name: context.keys.marked_cell(context.number(one), FACT, "", name, one) for name, one in amounts.items()}
    return context.say("risk_expected", moment=formats.minute(context.moment, context.language), **facts)


def risk_table(context: ReportContext, tickets: Sequence[RiskyTicket]) -> list[Html]:
    """Tickets, the likeliest first, with why and what would help; none below a chance of 10 %."""
    columns: list[Column[RiskyTicket]] = [
        Column("number_priority", lambda row: context.listed((row.number, context.member("priority", row.priority)))),
        Column("risk_chance", lambda row: row.probability, "share", lambda row: context.chance(row.probability)),
        Column("due_at", lambda row: due(context, row)),
        Column("group", lambda row: context.member("group", row.group)),
        Column("risk_why", lambda row: why(context, row)),
        Column("risk_help", lambda row: context.plain.sentence(helps(row))),
    ]
    told = [ticket for ticket in tickets if ticket.probability >= LEAST]
    return [html_table(context, context.plain, columns, told, source=Source(FACT, lambda row: row.number))] if told else []


def due(context: ReportContext, ticket: RiskyTicket) -> str:
    """When its promise runs out: "3 Nov 09:32"."""
    return f"{formats.short_day(ticket.due_at.date(), context.language)} {ticket.due_at:%H:%M}"


def why(context: ReportContext, ticket: RiskyTicket) -> str:
    """Its reasons, the weightiest first."""
    return context.plain.joined((context.plain.sentence(reason) for reason in because(ticket)), "commas")


def risk_sheet(context: ReportContext) -> Sheet:
    """Every open incident within its promise."""
    known = late_outlook(context.scope)
    columns: list[Column[RiskyTicket]] = [
        Column("number", lambda row: row.number),
        Column("risk_chance", lambda row: row.probability, "share"),
        Column("risk_soon", lambda row: row.soon, "share"),
        Column("priority", lambda row: context.member("priority", row.priority)),
        Column("service", lambda row: row.service),
        Column("group", lambda row: row.group),
        Column("due_at", lambda row: row.due_at, "time"),
        Column("risk_left", lambda row: row.left, "hours"),
        Column("risk_remaining", lambda row: row.remaining, "hours"),
        Column("risk_why", lambda row: why(context, row)),
        Column("risk_help", lambda row: context.plain.sentence(helps(row))),
    ]
    return sheet(context, context.plain, "at_risk", columns, known.tickets if known else (), _empty(context, known))


def _empty(context: ReportContext, known: LateOutlook | None) -> str:
    return context.term("none") if known else context.say("risk_unlearned")
