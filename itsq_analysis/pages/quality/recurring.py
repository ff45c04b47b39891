"""What keeps coming back, by what tickets say: the causes that need a look first; all of them in the workbook."""

from __future__ import annotations

from math import isnan

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, paragraph
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import Column, sheet
from itsq_analysis.recurring.recurring import RecurringCause, recurring
from itsq_analysis.text import formats

SHOWN = 3  # causes
LOOKED_AT = ("new", "up")


def recurring_parts(context: ReportContext) -> list[Part]:
    """The causes that need a look first: without a problem record, growing, costly; and storms, in a sentence each."""
    found = recurring(context.scope)
    causes = [cause for cause in found.causes if not cause.storm]
    if not causes:
        return []
    first = sorted(causes, key=lambda cause: (cause.candidate != "problem", cause.trend not in LOOKED_AT, -cause.hours))
    facts = {"grouped": context.number(found.grouped), "all": context.number(found.tickets)}
    facts["candidates"] = context.number(sum(cause.candidate == "problem" for cause in causes))
    names = [f"{named(context, cause)}{context.aside(context.number(cause.n))}" for cause in first[:SHOWN]]
    told = [context.say("recurring_told", n=len(causes), list=context.listed(names), **facts)]
    told += [_storm(context, cause) for cause in found.causes if cause.storm][:1]
    told += [context.say("in_sheet", sheet=context.term("recurring"))]
    return [paragraph(" ".join(told))]


def recurring_sheet(context: ReportContext) -> Sheet:
    """Every cause and storm of the period."""
    columns: list[Column[RecurringCause]] = [
        Column("recurring_cause", lambda cause: named(context, cause)),
        Column("recurring_n", lambda cause: cause.n, "count"),
        Column("recurring_before", lambda cause: None if isnan(cause.before) else cause.before, "number"),
        Column("recurring_trend", lambda cause: _trend(context, cause)),
        Column("recurring_hours", lambda cause: cause.hours, "hours"),
        Column("recurring_open", lambda cause: cause.open, "count"),
        Column("recurring_users", lambda cause: cause.users, "count"),
        Column("service", lambda cause: context.listed(cause.services)),
        Column("recurring_first", lambda cause: cause.first_seen, "time"),
        Column("recurring_last", lambda cause: cause.last_seen, "time"),
        Column("recurring_cited", lambda cause: context.listed(cause.cited)),
        Column("recurring_problems", lambda cause: context.listed(cause.problems)),
        Column("recurring_next", lambda cause: _next(context, cause)),
    ]
    return sheet(context, context.plain, "recurring", columns, recurring(context.scope).causes, context.term("none"))


def named(context: ReportContext, cause: RecurringCause) -> str:
    """A cause in its own words, in the page's language where its tickets are written in it too."""
    return (cause.name_en if context.language == "en" else cause.name_zh) or cause.name or cause.id


def _trend(context: ReportContext, cause: RecurringCause) -> str | None:
    return context.term(f"recurring_{cause.trend}") if cause.trend else None


def _next(context: ReportContext, cause: RecurringCause) -> str | None:
    if cause.storm:
        return context.term("recurring_storm")
    return context.term(f"candidate_{cause.candidate}") if cause.candidate else None


def _storm(context: ReportContext, cause: RecurringCause) -> str:
    day = formats.day(cause.first_seen.date(), context.language)
    return context.say("recurring_one_event", n=context.number(cause.n), day=day, name=named(context, cause))
