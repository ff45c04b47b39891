"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import change_calendar
from itsq_analysis.indicators.changes import caused_by_changes, change_days, closed_changes, failed_changes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, beside, lines, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.recurring import recurring_parts
from itsq_analysis.pages.unusual.unusual import after_changes
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")
SHOWN = 7  # failed changes one by one
DAILY = 62  # days of a period that are still drawn one by one


def changes(context: ReportContext) -> Section:
    """The calendar of changes, indicators, incidents after doubtful changes, failed changes, and what keeps coming back."""
    again = recurring_parts(context)
    if not context.has("changes"):
        return context.section("changes", [context.say("changes_no_data")], again)
    values = [context.cube.value(name) for name in IDS]
    told = [indicator_table(context, values), *after_changes(context), *failed_table(context)]
    return context.section("changes", changes_answer(context), (*beside(_calendar(context), told), *again))


def changes_answer(context: ReportContext) -> list[str]:
    """How many changes were closed, how many of them failed, and incidents that name one."""
    closed = closed_changes(context.scope)[-1]
    if not closed.n:
        return [context.say("changes_none", period=context.period_name)]
    outcomes = {"failed": "unsuccessful", "issues": "successful_issues"}
    facts = {name: context.number(closed.outcomes[outcome]) for name, outcome in outcomes.items()}
    facts |= {"n": context.number(closed.n), "emergency": context.number(closed.emergency)}
    told, unknown = [context.say("changes", period=context.period_name, **facts)], closed.outcomes["unknown_outcome"]
    if unknown:
        told.append(context.say("changes_unknown", n=context.number(unknown)))
    caused = caused_by_changes(context.scope)
    return [*told, *([context.say("changes_caused", n=context.number(caused))] if caused else [])]


def _calendar(context: ReportContext) -> list[Part]:
    """The period as a calendar: changes of each day, days off, failures, and incidents that name a change."""
    days = change_days(context.scope)
    if not any(day.changes for day in days) or len(days) > DAILY:
        return []
    kind = context.workspace.calendar(context.scope.settings.calendars[0].id).kind_of_day
    rows = [{"ds": day.day, "value": day.changes, "kind": kind(day.day)} | vars(day) for day in days]
    worst, busiest = max(days, key=lambda day: day.caused), max(days, key=lambda day: day.changes)
    doubtful = [day for day in days if day.failed or day.issues]
    off = sum(day.changes for day in days if kind(day.day) in ("weekend", "holiday"))
    facts = {"off": context.number(off), "all": context.number(sum(day.changes for day in days))}
    if worst.caused:
        told = context.say("changes_worst", n=context.number(worst.caused), day=formats.day(worst.day, context.language))
    elif doubtful:
        listed = context.listed(formats.short_day(day.day, context.language) for day in doubtful)
        told = context.say("changes_doubtful", list=listed)
    else:
        told = context.say("changes_busiest", n=context.number(busiest.changes), day=formats.day(busiest.day, context.language))
    summary = sentences([told, context.say("changes_off", **facts)], context.language)
    return [change_calendar(rows, title=context.say("changes_chart"), summary=summary, language=context.language)]


def failed_table(context: ReportContext) -> list[Part]:
    """The failed changes of the period, one by one."""
    failed = failed_changes(context.scope)
    if failed.empty:
        return []
    columns: list[Column[dict[Any, Any]]] = [
        Column("number", lambda change: lines(change["number"], _type(context, change["type"]))),
        Column("service", lambda change: change["service"]),
        Column("short_description", lambda change: change["short_description"]),
        Column("closed_on", lambda change: formats.minute(change["closed_at"], context.language)),
    ]
    listed = html_table(context, context.wording, columns, failed.to_dict("records")[:SHOWN], context.say("failed_changes"))
    more = [paragraph(context.say("in_sheet", sheet=context.term("failed")))] if len(failed) > SHOWN else []
    return [listed, *more]


def _type(context: ReportContext, kind: Any) -> str:
    return context.term(kind if isinstance(kind, str) else "unknown")
