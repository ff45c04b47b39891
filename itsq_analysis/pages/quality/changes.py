"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import stacked_bars
from itsq_analysis.indicators.changes import OUTCOMES, caused_by_changes, closed_changes, failed_changes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, beside, lines, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.unusual.unusual import after_changes
from itsq_analysis.text import formats

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")
SHOWN = 7  # periods in the picture; failed changes one by one


def changes(context: ReportContext) -> Section:
    """Outcomes over 13 periods beside the indicators, incidents after doubtful changes, and failed changes one by one."""
    if not context.has("changes"):
        return context.section("changes", [context.say("changes_no_data")])
    values = [context.cube.value(name) for name in IDS]
    told = [indicator_table(context, values), *after_changes(context), *_failed(context)]
    return context.section("changes", _answer(context), beside([_picture(context)], told))


def _answer(context: ReportContext) -> list[str]:
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


def _picture(context: ReportContext) -> Part:
    closed = closed_changes(context.scope)[-SHOWN:]
    sums = {outcome: sum(one.outcomes[outcome] for one in closed) for outcome in OUTCOMES}
    rows = [
        {
            "member": formats.period_label(one.period, context.language),
            "part": context.term(outcome),
            "value": one.outcomes[outcome],
        }
        for one in closed
        for outcome in OUTCOMES
        if outcome != "unknown_outcome" or sums[outcome]
    ]
    facts = {"closed": sum(sums.values()), "failed": sums["unsuccessful"], "issues": sums["successful_issues"]}
    summary = context.say("changes_picture", n=len(closed), **{name: context.number(count) for name, count in facts.items()})
    return stacked_bars(rows, title=context.say("changes_chart"), summary=summary, language=context.language)


def _failed(context: ReportContext) -> list[Part]:
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
