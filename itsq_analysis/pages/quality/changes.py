"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import stacked_bars
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, paragraph, subheading, table
from itsq_analysis.periods import history
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")
OUTCOMES = ("successful", "successful_issues", "unsuccessful", "unknown_outcome")
CLOSED = "closed_at >= $start AND closed_at < $end AND state IS DISTINCT FROM 'canceled'"


def changes(context: ReportContext) -> Section:
    """Outcomes over 13 periods, the indicators, and every failed change."""
    title = context.term("changes")
    if not context.has("changes"):
        return Section("changes", title, context.say("changes_no_data"))
    parts = (*_picture(context), indicator_table(context, context.now(IDS)), *_caused(context), *_failed(context))
    return Section("changes", title, _answer(context), parts)


def _answer(context: ReportContext) -> str:
    counts = context.query(
        "SELECT count(*) AS n, count(*) FILTER (outcome = 'unsuccessful') AS failed, "
        "count(*) FILTER (outcome = 'successful_issues') AS issues, count(*) FILTER (type = 'emergency') AS emergency, "
        f"count(*) FILTER (outcome IS NULL) AS unknown FROM changes WHERE {CLOSED}"
    ).iloc[0]
    if not counts["n"]:
        return context.say("changes_none", period=context.period_name)
    told = [context.say("changes", period=context.period_name, **{name: context.number(counts[name]) for name in counts.index})]
    if counts["unknown"]:
        told.append(context.say("changes_unknown", n=context.number(counts["unknown"])))
    return sentences(told, context.language)


def _picture(context: ReportContext) -> list[Part]:
    periods = history(context.period, PERIODS)
    counts = pd.DataFrame([_outcomes(context, *period.bounds(context.workspace.settings.organisation.zone)) for period in periods])
    sums = counts.sum()
    rows = [
        {
            "member": formats.period_label(period, context.language),
            "part": context.term(outcome),
            "value": int(counts[outcome].iloc[place]),
        }
        for place, period in enumerate(periods)
        for outcome in OUTCOMES
        if outcome != "unknown_outcome" or sums[outcome]
    ]
    summary = context.say(
        "changes_picture",
        n=len(periods),
        closed=context.number(sums.sum()),
        failed=context.number(sums["unsuccessful"]),
        issues=context.number(sums["successful_issues"]),
    )
    return [stacked_bars(pd.DataFrame(rows), title=context.say("changes_chart"), summary=summary, language=context.language)]


def _outcomes(context: ReportContext, start: object, end: object) -> dict[str, int]:
    """Changes closed between two moments, by outcome."""
    found = context.query(
        "SELECT coalesce(outcome, 'unknown_outcome') AS outcome, count(*) AS n FROM changes "
        "WHERE closed_at >= $first AND closed_at < $last AND closed_at < $moment AND state IS DISTINCT FROM 'canceled' GROUP BY 1",
        first=start,
        last=end,
    )
    return dict.fromkeys(OUTCOMES, 0) | dict(zip(found["outcome"], found["n"], strict=True))


def _caused(context: ReportContext) -> list[Part]:
    found = context.query(
        "SELECT count(*) AS n FROM incidents WHERE caused_by_change IS NOT NULL AND opened_at >= $start AND opened_at < $end"
    )
    count = int(found["n"].iloc[0])
    return [paragraph(context.say("changes_caused", n=context.number(count)))] if count else []


def failed_changes(context: ReportContext) -> pd.DataFrame:
    """Failed changes closed in the period: number, type, service, short_description, closed_at."""
    return context.query(
        "SELECT number, type, service, short_description, closed_at FROM changes "
        f"WHERE outcome = 'unsuccessful' AND {CLOSED} ORDER BY closed_at, number"
    )


def _failed(context: ReportContext) -> list[Part]:
    found = failed_changes(context)
    if found.empty:
        return []
    columns = {key: context.term(key) for key in ("number", "type", "service", "short_description", "closed_on")}
    rows = [
        {
            "number": row["number"],
            "type": context.term(row["type"]) if pd.notna(row["type"]) else context.term("unknown"),
            "service": _text(row["service"]),
            "short_description": _text(row["short_description"]),
            "closed_on": formats.minute(row["closed_at"], context.language),
        }
        for _, row in found.iterrows()
    ]
    return [subheading(context.say("failed_changes")), table(columns, rows)]


def _text(value: str | None) -> str:
    return formats.MISSING if pd.isna(value) else str(value)
