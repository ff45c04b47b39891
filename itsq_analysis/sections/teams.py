"""Who has how much work; which groups and services stand out; which supplier keeps what was agreed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.sections.differences import differences
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Section, nested, table

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
SHOWN = 15  # groups in the table


def teams(scene: Scene) -> Section:
    """Suppliers, work by group, and who stands out by more than chance."""
    title, frame = scene.term("teams"), workload(scene)
    named = frame[frame["group"].notna()]
    if named.empty:
        return Section("teams", title, scene.say("teams_none", period=scene.period_name))
    return Section("teams", title, _answer(scene, frame), (_table(scene, frame), *nested(differences(scene))))


def workload(scene: Scene) -> pd.DataFrame:
    """One row per group, most open incidents first: group (missing: not known), the three counts, people, per_person (open)."""
    values = scene.values(IDS, by="group")
    counts: dict[str | None, dict[str, float]] = {}
    for _, row in values[values["value"] > 0].iterrows():
        group = None if pd.isna(row["member"]) else str(row["member"])
        counts.setdefault(group, dict.fromkeys(IDS, 0.0))[row["indicator"]] = float(row["value"])
    found = scene.query("SELECT assignment_group, people FROM groups WHERE people > 0")
    people = dict(zip(found["assignment_group"], found["people"], strict=True))
    rows = [{"group": group, "people": people.get(group or ""), **sums} for group, sums in counts.items()]
    frame = pd.DataFrame(rows, columns=["group", "people", *IDS]).astype({"people": float, "group": object})
    frame["per_person"] = frame["incident_backlog"] / frame["people"]
    return frame.sort_values(["incident_backlog", "incidents_opened"], ascending=False, kind="stable").reset_index(drop=True)


def _answer(scene: Scene, frame: pd.DataFrame) -> str:
    first = frame.iloc[0]
    total = frame["incident_backlog"].sum()
    if not total:
        return scene.say("teams_no_backlog", n=len(frame))
    facts = {"n": scene.number(first["incident_backlog"]), "all": scene.number(total)}
    return scene.say("teams_backlog", group=scene.named("group", first["group"]), **facts)


def _table(scene: Scene, frame: pd.DataFrame) -> Html:
    known = frame["people"].notna().any()
    keys = ["group", "opened", "resolved", "backlog", *(["people", "per_person"] if known else [])]
    rows = [
        {
            "group": scene.member("group", row["group"]),
            "opened": scene.number(row["incidents_opened"]),
            "resolved": scene.number(row["incidents_resolved"]),
            "backlog": scene.number(row["incident_backlog"]),
            "people": scene.number(row["people"], 1),
            "per_person": scene.number(row["per_person"], 1),
        }
        for _, row in frame.head(SHOWN).iterrows()
    ]
    columns = {key: scene.term(key) for key in keys}
    return table(columns, [{key: row[key] for key in keys} for row in rows], numeric=set(keys[1:]), caption=scene.term("by_group"))
