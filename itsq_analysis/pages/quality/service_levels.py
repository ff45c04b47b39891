"""Resolved in time: as the tool flags it, and recomputed from the workspace's rules with and without pauses."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from itsq_analysis.charts import intervals
from itsq_analysis.facts import Scope
from itsq_analysis.indicators.attainment import ENDED, FLAGGED, RECOMPUTED, attainment, closed_unresolved
from itsq_analysis.indicators.attainment_ways import agreement, in_time_by_pauses
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import URGENT, ReportContext
from itsq_analysis.page.judgement import judgement, why
from itsq_analysis.page.section import Html, Part, Section, paragraph, table
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

LATE = "open_breached"


def asked(scope: Scope) -> tuple[str, str, str, str]:
    """The indicators of the section; the flag of all that ended stands in where none that was resolved has one."""
    return "sla_response_met", RECOMPUTED, flag(scope), LATE


def flag(scope: Scope) -> str:
    """The indicator of the tool's flag."""
    return ENDED if attainment(scope) == ENDED else FLAGGED


def service_levels(context: ReportContext, *, drawn: bool = True) -> Section:
    """Attainment by priority, P1 and P2 first and as counts; by each way of counting; where flag and recomputation disagree.

    `drawn`: with the picture by priority.
    """
    judged = [value for value in context.cube.values(attainment(context.scope), "priority") if value.member is not None]
    answer = sentences([*_urgent(context, judged), *_answer(context)], context.language)
    picture, notes = _picture(context, judged) if drawn else [], [paragraph(note) for note in _notes(context)]
    return Section("sla", context.term("sla"), answer, (*picture, *_ways(context), *_by_priority(context, judged), *notes))


def _ways(context: ReportContext) -> list[Html]:
    """Resolved in time: as flagged by the tool, by the rules with pauses subtracted, and without."""
    recomputed, flagged = context.cube.value(RECOMPUTED), context.cube.value(flag(context.scope))
    if not recomputed.known:
        return []
    counts = [
        ("way_flagged", flagged.numerator, flagged.denominator),
        ("way_subtracted", recomputed.numerator, recomputed.denominator),
        ("way_counted", recomputed.numerator - in_time_by_pauses(context.scope), recomputed.denominator),
    ]
    columns = {"way": context.term("way"), "share": context.term("in_time"), "of": context.term("count_n")}
    rows = [
        {
            "way": context.term(way),
            "share": formats.percent(hits / cases),
            "of": context.say("of_count", numerator=context.number(hits), denominator=context.number(cases)),
        }
        for way, hits, cases in counts
        if cases > 0
    ]
    return [table(columns, rows, numeric={"share", "of"}, caption=context.say("late_ways"))]


def _by_priority(context: ReportContext, judged: list[Value]) -> list[Html]:
    """One row per priority, the most urgent first, and all together; what cannot be measured at all has no column."""
    ids = [name for name in asked(context.scope) if context.cube.value(name).known]
    if not ids:
        return []
    columns = {
        "priority": context.term("priority"),
        **{name: context.title(name) for name in ids},
        "judgement": context.term("judgement"),
    }

    def row(name: str, judged: Value) -> dict[str, str | Markup]:
        values = [context.cube.value(name, judged.dimension, judged.member) for name in ids]
        cells = {value.indicator: context.measured(value) for value in values}
        return {"priority": name, "judgement": judgement(context, judged), **cells}

    rows = [row(context.member("priority", value.member), value) for value in judged]
    rows.append(row(context.term("all_priorities"), context.cube.value(attainment(context.scope))))
    return [table(columns, rows, numeric=set(ids), caption=context.term("by_priority"))]


def _urgent(context: ReportContext, judged: list[Value]) -> list[str]:
    """P1 and P2 as counts: a percentage over all priorities drowns them."""
    urgent = [value for value in judged if value.member in URGENT and value.known]
    told = [f"{context.member('priority', value.member)} {context.of(value)}" for value in urgent]
    return [context.say("sla_urgent", list=context.listed(told))] if told else []


def _answer(context: ReportContext) -> list[str]:
    recomputed, flagged = context.cube.value(RECOMPUTED), context.cube.value(flag(context.scope))
    if recomputed.known:
        told = context.say("sla_recomputed", measured=context.measured(recomputed), period=context.period_name)
        return [told, context.say("sla_flag" if flagged.known else "sla_no_flag", measured=context.measured(flagged))]
    key = "sla_flag_only" if flagged.known else "sla_unmeasured"
    return [context.say(key, measured=context.measured(flagged), reason=why(context, recomputed))]


def _notes(context: ReportContext) -> Iterator[str]:
    """How far flag and recomputation agree, what hangs on pauses, and the late tickets that no percentage shows."""
    scope = context.scope
    both, paused, late = agreement(scope), in_time_by_pauses(scope), context.cube.value(LATE)
    if both.n:
        facts = {"n": context.number(both.differ), "both": context.number(both.n), "lenient": context.number(both.lenient)}
        yield context.say("sla_differs" if both.differ else "sla_agrees", **facts)
    if paused:
        yield context.say("sla_paused", n=context.number(paused))
    if attainment(scope) != ENDED and (count := closed_unresolved(scope)):
        yield context.say("sla_not_resolved", n=context.number(count))
    if late.value > 0:
        yield context.say("sla_open_late", n=context.number(late.value))


def _picture(context: ReportContext, judged: list[Value]) -> list[Part]:
    rows = [
        {
            **{"member": context.plain.member("priority", value.member), "value": value.value},
            **{"lower": value.lower, "upper": value.upper, "target": value.target if value.agreed else None},
        }
        for value in judged
        if value.known
    ]
    words = {"title": context.say("sla_chart"), "summary": context.say("sla_picture")}
    return [intervals(rows, **words, language=context.language, unit="share")] if rows else []
