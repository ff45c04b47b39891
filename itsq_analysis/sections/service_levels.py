"""Resolved in time: as the tool flags it, and recomputed from the workspace's rules with and without pauses."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import intervals
from itsq_analysis.sections.judgement import judgement
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, paragraph, table

FLAGGED, RECOMPUTED = "sla_resolution_flagged", "sla_resolution_met"
IDS = ("sla_response_met", RECOMPUTED, FLAGGED, "open_breached")


def service_levels(scene: Scene) -> Section:
    """Attainment by priority, P1 and P2 first and as counts, and where flag and recomputation disagree."""
    total = scene.now(IDS)
    parts = scene.values(IDS, by="priority")
    rows_of = {(row["member"], row["indicator"]): row for _, row in parts.iterrows()}
    members = [member for member in parts["member"].drop_duplicates() if pd.notna(member)]
    ids = [name for name in IDS if total[name]["status"] != "not measurable" or name == RECOMPUTED]
    columns = (
        {"priority": scene.term("priority")} | {name: scene.title(name) for name in ids} | {"judgement": scene.term("judgement")}
    )
    rows = [
        {"priority": scene.member("priority", member), "judgement": judgement(scene, rows_of[member, RECOMPUTED])}
        | {name: _share(scene, rows_of[member, name]) for name in ids}
        for member in members
    ]
    rows.append(
        {"priority": scene.term("all_priorities"), "judgement": judgement(scene, total[RECOMPUTED])}
        | {name: _share(scene, total[name]) for name in ids}
    )
    answer = _answer(scene, total)
    notes = _notes(scene, total)
    shown = RECOMPUTED if pd.notna(total[RECOMPUTED]["value"]) else FLAGGED
    picture = _picture(scene, parts[(parts["indicator"] == shown) & parts["member"].notna()])
    return Section(
        "sla",
        scene.term("sla"),
        answer,
        (*picture, table(columns, rows, numeric=set(ids)), *[paragraph(note) for note in notes]),
    )


def _share(scene: Scene, row: pd.Series) -> str:
    """A share with its counts, so that a small population is seen."""
    text = scene.shown(row)
    if pd.isna(row["value"]) or pd.isna(row["denominator"]) or row["certainty_n"] < 20:
        return text
    return f"{text} ({scene.of(row)})"


def _answer(scene: Scene, total: dict[str, pd.Series]) -> str:
    flagged, recomputed = total[FLAGGED], total[RECOMPUTED]
    if pd.notna(recomputed["value"]) and pd.notna(flagged["value"]):
        return scene.say("sla", value=scene.shown(recomputed), flagged=scene.shown(flagged), period=scene.period_name)
    if pd.notna(recomputed["value"]):
        return scene.say("sla_recomputed_only", value=scene.shown(recomputed), period=scene.period_name)
    if pd.notna(flagged["value"]):
        return scene.say("sla_flag_only", flagged=scene.shown(flagged))
    return scene.say("sla_unmeasured")


def _notes(scene: Scene, total: dict[str, pd.Series]) -> list[str]:
    """The reconciliation, and the late tickets that no percentage shows."""
    both = scene.query(
        "SELECT count(*) AS n, count(*) FILTER (made_sla <> sla_resolution_met) AS differs, "
        "count(*) FILTER (made_sla AND NOT sla_resolution_met) AS lenient FROM incidents "
        "WHERE resolved_at >= $start AND resolved_at < $end AND made_sla IS NOT NULL AND sla_resolution_met IS NOT NULL"
    ).iloc[0]
    notes = []
    if both["n"]:
        notes.append(
            scene.say(
                "sla_differs",
                n=scene.number(both["differs"]),
                both=scene.number(both["n"]),
                lenient=scene.number(both["lenient"]),
            )
        )
    late = total["open_breached"]["value"]
    if pd.notna(late) and late > 0:
        notes.append(scene.say("sla_open_late", n=scene.number(late)))
    return notes


def _picture(scene: Scene, parts: pd.DataFrame) -> list[Part]:
    if parts["value"].isna().all():
        return []
    parts = parts[parts["value"].notna()]
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
