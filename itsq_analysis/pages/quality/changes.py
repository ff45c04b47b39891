"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

from itsq_analysis.charts import stacked_bars
from itsq_analysis.indicators.changes import OUTCOMES, caused_by_changes, closed_changes, failed_changes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, paragraph, subheading, table
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")


def changes(context: ReportContext) -> Section:
    """Outcomes over 13 periods, the indicators, and every failed change."""
    title = context.term("changes")
    if not context.has("changes"):
        return Section("changes", title, context.say("changes_no_data"))
    values = [context.cube.value(name) for name in IDS]
    parts = (_picture(context), indicator_table(context, values), *_caused(context), *_failed(context))
    return Section("changes", title, _answer(context), parts)


def _answer(context: ReportContext) -> str:
    closed = closed_changes(context.scope)[-1]
    if not closed.n:
        return context.say("changes_none", period=context.period_name)
    outcomes = {"failed": "unsuccessful", "issues": "successful_issues"}
    facts = {name: context.number(closed.outcomes[outcome]) for name, outcome in outcomes.items()}
    facts |= {"n": context.number(closed.n), "emergency": context.number(closed.emergency)}
    told, unknown = [context.say("changes", period=context.period_name, **facts)], closed.outcomes["unknown_outcome"]
    if unknown:
        told.append(context.say("changes_unknown", n=context.number(unknown)))
    return sentences(told, context.language)


def _picture(context: ReportContext) -> Part:
    closed = closed_changes(context.scope)
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


def _caused(context: ReportContext) -> list[Part]:
    count = caused_by_changes(context.scope)
    return [paragraph(context.say("changes_caused", n=context.number(count)))] if count else []


def _failed(context: ReportContext) -> list[Part]:
    failed = failed_changes(context.scope)
    if failed.empty:
        return []
    columns = {key: context.term(key) for key in ("number", "type", "service", "short_description", "closed_on")}
    rows = [
        {
            "number": change["number"],
            "type": context.term("unknown" if is_missing(change["type"]) else change["type"]),
            "service": formats.MISSING if is_missing(change["service"]) else change["service"],
            "short_description": formats.MISSING if is_missing(change["short_description"]) else change["short_description"],
            "closed_on": formats.minute(change["closed_at"], context.language),
        }
        for change in failed.to_dict("records")
    ]
    return [subheading(context.say("failed_changes")), table(columns, rows)]
