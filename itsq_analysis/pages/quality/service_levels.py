"""Resolved in time: as the tool flags it, and recomputed from the workspace's rules with and without pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import intervals
from itsq_analysis.indicators.attainment import ENDED, FLAGGED, RECOMPUTED, attainment, closed_unresolved
from itsq_analysis.indicators.late import kept_by_pauses
from itsq_analysis.page.context import URGENT, ReportContext
from itsq_analysis.page.judgement import judgement, why
from itsq_analysis.page.section import Html, Part, Section, paragraph, table
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences


def asked(context: ReportContext) -> tuple[str, str, str, str]:
    """The indicators of the section; the flag of all that ended stands in where none that was resolved has one."""
    return "sla_response_met", RECOMPUTED, ENDED if attainment(context.scope) == ENDED else FLAGGED, "open_breached"


def service_levels(context: ReportContext, *, drawn: bool = True) -> Section:
    """Attainment by priority, P1 and P2 first and as counts; by each way of counting; where flag and recomputation disagree.

    `drawn`: with the picture by priority.
    """
    ids, shown = asked(context), attainment(context.scope)
    total, parts = context.now(ids), context.values(ids, by="priority")
    known = parts[parts["member"].notna()]
    kept = _kept_by_pauses(context, total[RECOMPUTED])
    notes = [
        paragraph(note)
        for note in (*_differences(context), *_paused(context, kept), *_not_resolved(context, shown), *_open_late(context, total))
    ]
    judged = known[known["indicator"] == shown]
    answer = sentences([*_urgent(context, judged), *_answer(context, total)], context.language)
    picture, by_priority = _picture(context, judged) if drawn else [], _by_priority(context, total, known, shown)
    return Section("sla", context.term("sla"), answer, (*picture, *_ways(context, total, kept), *by_priority, *notes))


def _kept_by_pauses(context: ReportContext, recomputed: pd.Series) -> int:
    """Incidents that were in time only because their clock was stopped."""
    if pd.isna(recomputed["value"]):
        return 0
    workspace = context.workspace
    start, end = context.period.bounds(workspace.settings.organisation.zone)
    return kept_by_pauses(workspace.connection, workspace.settings, workspace.calendar, start, min(end, context.moment))


def _ways(context: ReportContext, total: dict[str, pd.Series], kept: int) -> list[Html]:
    """Resolved in time: as flagged by the tool, by the rules with pauses subtracted, and without."""
    _, recomputed, flagged, _ = total.values()
    if pd.isna(recomputed["value"]):
        return []
    met, judged = recomputed["numerator"], recomputed["denominator"]
    counts = [
        ("way_flagged", flagged["numerator"], flagged["denominator"]),
        ("way_subtracted", met, judged),
        ("way_counted", met - kept, judged),
    ]
    columns = {"way": context.term("way"), "share": context.term("in_time"), "of": context.term("count_n")}
    rows = [
        {
            "way": context.term(way),
            "share": formats.percent(hits / cases),
            "of": context.say("of_count", numerator=context.number(hits), denominator=context.number(cases)),
        }
        for way, hits, cases in counts
        if pd.notna(hits) and cases
    ]
    return [table(columns, rows, numeric={"share", "of"}, caption=context.say("late_ways"))]


def _by_priority(context: ReportContext, total: dict[str, pd.Series], known: pd.DataFrame, judged: str) -> list[Html]:
    """One row per priority, the most urgent first, and all together; what cannot be measured at all has no column."""
    ids = [name for name in total if total[name]["status"] != "not measurable"]
    if not ids:
        return []
    columns = (
        {"priority": context.term("priority")}
        | {name: context.title(name) for name in ids}
        | {"judgement": context.term("judgement")}
    )

    def row(name: str, values: dict[str, pd.Series]) -> dict[str, str | Markup]:
        told: dict[str, str | Markup] = {key: context.measured(values[key]) for key in ids}
        return {"priority": name, "judgement": judgement(context, values[judged])} | told

    members = [
        row(context.member("priority", member), {one["indicator"]: one for _, one in found.iterrows()})
        for member, found in known.groupby("member", sort=True)
    ]
    return [
        table(
            columns, [*members, row(context.term("all_priorities"), total)], numeric=set(ids), caption=context.term("by_priority")
        )
    ]


def _urgent(context: ReportContext, known: pd.DataFrame) -> list[str]:
    """P1 and P2 as counts: a percentage over all priorities drowns them."""
    rows = [row for _, row in known.iterrows() if row["member"] in URGENT and pd.notna(row["value"])]
    told = [f"{context.member('priority', row['member'])} {context.of(row)}" for row in rows]
    return [context.say("sla_urgent", list=context.listed(told))] if told else []


def _answer(context: ReportContext, total: dict[str, pd.Series]) -> list[str]:
    _, recomputed, flagged, _ = total.values()
    if pd.notna(recomputed["value"]):
        flag = "sla_no_flag" if pd.isna(flagged["value"]) else "sla_flag"
        said = context.say("sla_recomputed", measured=context.measured(recomputed), period=context.period_name)
        return [said, context.say(flag, measured=context.measured(flagged))]
    sentence = "sla_unmeasured" if pd.isna(flagged["value"]) else "sla_flag_only"
    return [context.say(sentence, measured=context.measured(flagged), reason=why(context, recomputed))]


def _differences(context: ReportContext) -> Iterator[str]:
    """How far the tool's flag and the recomputation agree, ticket by ticket."""
    both = context.query(
        "SELECT count(*) AS n, count(*) FILTER (made_sla <> sla_resolution_met) AS differs, "
        "count(*) FILTER (made_sla AND NOT sla_resolution_met) AS lenient FROM incidents "
        "WHERE resolved_at >= $start AND resolved_at < $end AND made_sla IS NOT NULL AND sla_resolution_met IS NOT NULL"
    ).iloc[0]
    if both["n"]:
        facts = {
            "n": context.number(both["differs"]),
            "both": context.number(both["n"]),
            "lenient": context.number(both["lenient"]),
        }
        yield context.say("sla_differs" if both["differs"] else "sla_agrees", **facts)


def _paused(context: ReportContext, kept: int) -> Iterator[str]:
    """How much hangs on holds that stop the clock."""
    if kept:
        yield context.say("sla_paused", n=context.number(kept))


def _not_resolved(context: ReportContext, shown: str) -> Iterator[str]:
    """The closed tickets that no share of those resolved holds."""
    count = closed_unresolved(context.scope) if shown != ENDED else 0
    if count:
        yield context.say("sla_not_resolved", n=context.number(count))


def _open_late(context: ReportContext, total: dict[str, pd.Series]) -> Iterator[str]:
    """The late tickets that no percentage shows."""
    late = total["open_breached"]["value"]
    if late > 0:
        yield context.say("sla_open_late", n=context.number(late))


def _picture(context: ReportContext, parts: pd.DataFrame) -> list[Part]:
    parts = parts[parts["value"].notna()]
    if parts.empty:
        return []
    frame = pd.DataFrame(
        {
            "member": [context.member("priority", member) for member in parts["member"]],
            "value": parts["value"].to_numpy(),
            "lower": parts["lower"].to_numpy(),
            "upper": parts["upper"].to_numpy(),
            "target": parts["target"].where(parts["target_kind"] == "agreed").to_numpy(),
        }
    )
    return [
        intervals(
            frame, title=context.say("sla_chart"), summary=context.say("sla_picture"), language=context.language, unit="share"
        )
    ]
