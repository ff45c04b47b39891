"""Resolved in time: as the tool flags it, and recomputed from the workspace's rules with and without pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import intervals
from itsq_analysis.indicators.late import kept_by_pauses
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.judgement import judgement, why
from itsq_analysis.sections.quality.attainment import ENDED, FLAGGED, RECOMPUTED, attainment, unresolved
from itsq_analysis.sections.scene import URGENT, Scene
from itsq_analysis.sections.section import Html, Part, Section, paragraph, table


def asked(scene: Scene) -> tuple[str, str, str, str]:
    """The indicators of the section; the flag of all that ended stands in where none that was resolved has one."""
    return "sla_response_met", RECOMPUTED, ENDED if attainment(scene) == ENDED else FLAGGED, "open_breached"


def service_levels(scene: Scene, *, drawn: bool = True) -> Section:
    """Attainment by priority, P1 and P2 first and as counts; by each way of counting; where flag and recomputation disagree.

    `drawn`: with the picture by priority.
    """
    ids, shown = asked(scene), attainment(scene)
    total, parts = scene.now(ids), scene.values(ids, by="priority")
    known = parts[parts["member"].notna()]
    kept = _kept_by_pauses(scene, total[RECOMPUTED])
    notes = [
        paragraph(note)
        for note in (*_differences(scene), *_paused(scene, kept), *_not_resolved(scene, shown), *_open_late(scene, total))
    ]
    judged = known[known["indicator"] == shown]
    answer = sentences([*_urgent(scene, judged), *_answer(scene, total)], scene.language)
    picture, by_priority = _picture(scene, judged) if drawn else [], _by_priority(scene, total, known, shown)
    return Section("sla", scene.term("sla"), answer, (*picture, *_ways(scene, total, kept), *by_priority, *notes))


def _kept_by_pauses(scene: Scene, recomputed: pd.Series) -> int:
    """Incidents that were in time only because their clock was stopped."""
    if pd.isna(recomputed["value"]):
        return 0
    workspace = scene.workspace
    start, end = scene.period.bounds(workspace.settings.organisation.zone)
    return kept_by_pauses(workspace.connection, workspace.settings, workspace.calendar, start, min(end, scene.moment))


def _ways(scene: Scene, total: dict[str, pd.Series], kept: int) -> list[Html]:
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
    columns = {"way": scene.term("way"), "share": scene.term("in_time"), "of": scene.term("count_n")}
    rows = [
        {
            "way": scene.term(way),
            "share": formats.percent(hits / cases),
            "of": scene.say("of_count", numerator=scene.number(hits), denominator=scene.number(cases)),
        }
        for way, hits, cases in counts
        if pd.notna(hits) and cases
    ]
    return [table(columns, rows, numeric={"share", "of"}, caption=scene.say("late_ways"))]


def _by_priority(scene: Scene, total: dict[str, pd.Series], known: pd.DataFrame, judged: str) -> list[Html]:
    """One row per priority, the most urgent first, and all together; what cannot be measured at all has no column."""
    ids = [name for name in total if total[name]["status"] != "not measurable"]
    if not ids:
        return []
    columns = (
        {"priority": scene.term("priority")} | {name: scene.title(name) for name in ids} | {"judgement": scene.term("judgement")}
    )

    def row(name: str, values: dict[str, pd.Series]) -> dict[str, str | Markup]:
        told: dict[str, str | Markup] = {key: scene.measured(values[key]) for key in ids}
        return {"priority": name, "judgement": judgement(scene, values[judged])} | told

    members = [
        row(scene.member("priority", member), {one["indicator"]: one for _, one in found.iterrows()})
        for member, found in known.groupby("member", sort=True)
    ]
    return [
        table(columns, [*members, row(scene.term("all_priorities"), total)], numeric=set(ids), caption=scene.term("by_priority"))
    ]


def _urgent(scene: Scene, known: pd.DataFrame) -> list[str]:
    """P1 and P2 as counts: a percentage over all priorities drowns them."""
    rows = [row for _, row in known.iterrows() if row["member"] in URGENT and pd.notna(row["value"])]
    told = [f"{scene.member('priority', row['member'])} {scene.of(row)}" for row in rows]
    return [scene.say("sla_urgent", list=scene.listed(told))] if told else []


def _answer(scene: Scene, total: dict[str, pd.Series]) -> list[str]:
    _, recomputed, flagged, _ = total.values()
    if pd.notna(recomputed["value"]):
        flag = "sla_no_flag" if pd.isna(flagged["value"]) else "sla_flag"
        said = scene.say("sla_recomputed", measured=scene.measured(recomputed), period=scene.period_name)
        return [said, scene.say(flag, measured=scene.measured(flagged))]
    sentence = "sla_unmeasured" if pd.isna(flagged["value"]) else "sla_flag_only"
    return [scene.say(sentence, measured=scene.measured(flagged), reason=why(scene, recomputed))]


def _differences(scene: Scene) -> Iterator[str]:
    """How far the tool's flag and the recomputation agree, ticket by ticket."""
    both = scene.query(
        "SELECT count(*) AS n, count(*) FILTER (made_sla <> sla_resolution_met) AS differs, "
        "count(*) FILTER (made_sla AND NOT sla_resolution_met) AS lenient FROM incidents "
        "WHERE resolved_at >= $start AND resolved_at < $end AND made_sla IS NOT NULL AND sla_resolution_met IS NOT NULL"
    ).iloc[0]
    if both["n"]:
        facts = {"n": scene.number(both["differs"]), "both": scene.number(both["n"]), "lenient": scene.number(both["lenient"])}
        yield scene.say("sla_differs" if both["differs"] else "sla_agrees", **facts)


def _paused(scene: Scene, kept: int) -> Iterator[str]:
    """How much hangs on holds that stop the clock."""
    if kept:
        yield scene.say("sla_paused", n=scene.number(kept))


def _not_resolved(scene: Scene, shown: str) -> Iterator[str]:
    """The closed tickets that no share of those resolved holds."""
    count = unresolved(scene) if shown != ENDED else 0
    if count:
        yield scene.say("sla_not_resolved", n=scene.number(count))


def _open_late(scene: Scene, total: dict[str, pd.Series]) -> Iterator[str]:
    """The late tickets that no percentage shows."""
    late = total["open_breached"]["value"]
    if late > 0:
        yield scene.say("sla_open_late", n=scene.number(late))


def _picture(scene: Scene, parts: pd.DataFrame) -> list[Part]:
    parts = parts[parts["value"].notna()]
    if parts.empty:
        return []
    frame = pd.DataFrame(
        {
            "member": [scene.member("priority", member) for member in parts["member"]],
            "value": parts["value"].to_numpy(),
            "lower": parts["lower"].to_numpy(),
            "upper": parts["upper"].to_numpy(),
            "target": parts["target"].where(parts["target_kind"] == "agreed").to_numpy(),
        }
    )
    return [intervals(frame, title=scene.say("sla_chart"), summary=scene.say("sla_picture"), language=scene.language, unit="share")]
