"""How long do people wait, and is it solved by the first line, without being sent around, and for good?"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from itsq_analysis.charts import intervals
from itsq_analysis.facts import Scope
from itsq_analysis.indicators.attainment import ENDED, FLAGGED, RECOMPUTED, attainment, closed_unresolved
from itsq_analysis.indicators.attainment_ways import agreement, in_time_by_pauses
from itsq_analysis.indicators.standouts import REOPENED
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table, why
from itsq_analysis.page.section import Part, Section, beside, bullets, table
from itsq_analysis.pages.quality.standouts import group_funnel, standouts
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

MEDIAN, P90, LATE = "resolve_time_median", "resolve_time_p90", "open_breached"
TIMES = (MEDIAN, P90, "resolve_work_time_median", "ack_time_median")
IDS = (*TIMES, "resolve_time_mean", "resolve_time_km_median")
FIRST_LEVEL = "first_level_resolution_rate"
RIGHT = (
    *(FIRST_LEVEL, "first_contact_resolution_rate", "no_reassignment_rate", "reassignments_mean", "ping_pong_share"),
    *(REOPENED, "repeat_incidents"),
)
CALLS = ("contacts_offered", "answer_rate", "service_level_20s", "abandon_rate", "answer_time_mean", "handle_time_mean")
TOLD = {"right_first_line": FIRST_LEVEL, "right_reopened": REOPENED}


def asked(scope: Scope) -> tuple[str, str, str, str]:
    """The indicators of service levels; the flag of all that ended stands in where none that was resolved has one."""
    return "sla_response_met", RECOMPUTED, flag(scope), LATE


def flag(scope: Scope) -> str:
    """The indicator of the tool's flag."""
    return ENDED if attainment(scope) == ENDED else FLAGGED


def speed(context: ReportContext) -> Section:
    """Medians and 90 % points, so that one long ticket does not rule the number; right first time; calls; who stands out."""
    right = [context.cube.value(name) for name in RIGHT]
    calls = [context.cube.value(name) for name in CALLS] if context.has("contacts") else []
    tables = [
        [indicator_table(context, known, caption)] if (known := [value for value in values if value.known]) else []
        for caption, values in (("right_first_time", right), ("calls", calls))
    ]
    pictures = beside(_picture(context), group_funnel(context, REOPENED))
    notes = bullets([*standouts(context), *_ways(context)])
    return context.section("speed", [*_answer(context)], (*pictures, *_by_priority(context), *beside(*tables), notes))


def _answer(context: ReportContext) -> Iterator[str]:
    median, p90 = context.cube.value(MEDIAN), context.cube.value(P90)
    if not median.known:
        yield context.say("speed_none", period=context.period_name)
    else:
        facts = {"median": context.shown(median), "p90": context.shown(p90), "period": context.period_name}
        yield context.say("speed", n=context.number(median.n), **facts)
    measured = {sentence: context.cube.value(name) for sentence, name in TOLD.items()}
    yield from (context.say(sentence, measured=context.measured(value)) for sentence, value in measured.items() if value.known)


def _by_priority(context: ReportContext) -> list[Part]:
    """Time and attainment of each priority, the most urgent first, and of all together; what is not measurable has no column."""
    names = [name for name in (*TIMES, "sla_response_met", attainment(context.scope), LATE) if context.cube.value(name).known]
    members = sorted(
        {value.member for name in names for value in context.cube.values(name, "priority") if value.member is not None}
    )
    if not names or not members:
        return []
    columns = {"priority": context.term("priority")} | {name: context.title(name) for name in names}

    def row(title: str, values: list[Value]) -> dict[str, str | Markup]:
        return {"priority": title} | {value.indicator: context.measured(value) for value in values}

    rows = [row(context.member("priority", one), [context.cube.value(name, "priority", one) for name in names]) for one in members]
    rows.append(row(context.term("all_priorities"), [context.cube.value(name) for name in names]))
    return [table(columns, rows, numeric=set(names), caption=context.term("by_priority"), first=1)]


def _ways(context: ReportContext) -> list[str]:
    """Attainment by each way of counting, as one item."""
    scope = context.scope
    recomputed, flagged = (context.cube.value(name) for name in (RECOMPUTED, flag(scope)))
    paused, both, told = in_time_by_pauses(scope), agreement(scope), []
    if recomputed.known:
        without = formats.percent((recomputed.numerator - paused) / recomputed.denominator)
        told.append(context.say("sla_ways", measured=context.measured(recomputed), n=context.number(paused), without=without))
    elif flagged.known:
        told.append(context.say("sla_flag_only", measured=context.measured(flagged), reason=why(context, recomputed)))
    if both.n:
        facts = {"n": context.number(both.differ), "both": context.number(both.n), "lenient": context.number(both.lenient)}
        told.append(context.say("sla_differs" if both.differ else "sla_agrees", flagged=context.shown(flagged), **facts))
    if attainment(scope) != ENDED and (count := closed_unresolved(scope)):
        told.append(context.say("sla_not_resolved", n=context.number(count)))
    return [sentences(told, context.language)] if told else []


def _picture(context: ReportContext) -> list[Part]:
    """A bar from the median to the 90 % point of each priority."""
    rows = [
        (context.member("priority", value.member), value.value, context.cube.value(P90, "priority", value.member).value)
        for value in context.cube.values(MEDIAN, "priority")
        if value.member is not None
    ]
    times = [(upper, member) for member, _, upper in rows if upper == upper]
    if not times:
        return []
    facts = {"priority": max(times)[1], "time": context.plain.amount(P90, max(times)[0])}
    words = {"title": context.say("speed_chart"), "summary": context.say("speed_picture", **facts)}
    drawn = [{"member": member, "value": value, "lower": value, "upper": upper} for member, value, upper in rows]
    names = {"value_name": context.term("chart_median"), "interval_name": context.term("chart_to_p90")}
    return [intervals(drawn, **words, **names, language=context.language, unit="hours")]
