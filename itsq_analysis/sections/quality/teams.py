"""Who has how much work; which groups and services stand out; which supplier keeps what was agreed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.quality.differences import differences
from itsq_analysis.sections.quality.suppliers import supplier_answer, supplier_parts
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Section, nested, shortened, subheading
from itsq_analysis.sections.staffing.people import people_short

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
SHOWN = 15  # groups in the table
OPENED = 5  # of them without opening a fold


def teams(scene: Scene) -> Section:
    """Suppliers, work by group, people needed against the roster, and who stands out by more than chance."""
    title, frame = scene.term("teams"), workload(scene)
    if frame["group"].isna().all():
        answer = sentences([*supplier_answer(scene), scene.say("teams_none", period=scene.period_name)], scene.language)
        return Section("teams", title, answer, (*supplier_parts(scene), *people_short(scene)))
    work = [subheading(scene.term("by_group")), *_table(scene, frame)]
    parts = [*supplier_parts(scene), *work, *people_short(scene), *nested(differences(scene))]
    return Section("teams", title, sentences([*supplier_answer(scene), _answer(scene, frame)], scene.language), tuple(parts))


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
    """Who has most open work per person, where people are known; else who has most of it."""
    total = frame["incident_backlog"].sum()
    if not total:
        return scene.say("teams_no_backlog", n=len(frame))
    staffed = frame[frame["per_person"].notna()]
    if len(staffed) > 1 and staffed["incident_backlog"].sum() > 0:
        first = staffed.sort_values("per_person", ascending=False, kind="stable").iloc[0]
        return scene.say(
            "teams_per_person",
            group=scene.named("group", first["group"]),
            rate=scene.number(first["per_person"], 1),
            n=scene.number(first["incident_backlog"]),
            people=_people(scene, first["people"]),
            all=scene.number(staffed["incident_backlog"].sum() / staffed["people"].sum(), 1),
        )
    first = frame.iloc[0]
    group = scene.named("group", first["group"]) if pd.notna(first["group"]) else scene.term("unknown")
    return scene.say("teams_backlog", group=group, n=scene.number(first["incident_backlog"]), all=scene.number(total))


def _people(scene: Scene, people: float) -> str:
    return scene.number(people, 0 if float(people).is_integer() else 1)


def _table(scene: Scene, frame: pd.DataFrame) -> list[Html]:
    """The groups with most open incidents; all others as one row."""
    keys = ["group", "opened", "resolved", "backlog", *(["people", "per_person"] if frame["people"].notna().any() else [])]
    shown = frame if len(frame) <= SHOWN + 1 else frame.head(SHOWN)
    rows = [_row(scene, scene.member("group", row["group"]), row) for _, row in shown.iterrows()]
    if len(shown) < len(frame):
        rest = frame.iloc[SHOWN:]
        sums = rest[list(IDS)].sum()
        rows.append(_row(scene, scene.say("late_other_groups", n=len(rest)), sums))
    columns = {key: scene.term(key) for key in keys}
    cells = [{key: row[key] for key in keys} for row in rows]
    return shortened(columns, cells, OPENED, scene.say("groups_next", n=len(cells) - OPENED), numeric=set(keys[1:]))


def _row(scene: Scene, name: str, row: pd.Series) -> dict[str, str]:
    people = row.get("people")
    return {
        "group": name,
        "opened": scene.number(row["incidents_opened"]),
        "resolved": scene.number(row["incidents_resolved"]),
        "backlog": scene.number(row["incident_backlog"]),
        "people": formats.MISSING if pd.isna(people) else _people(scene, people),
        "per_person": scene.number(row.get("per_person", float("nan")), 1),
    }
