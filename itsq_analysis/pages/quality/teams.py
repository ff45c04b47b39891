"""Who has how much work; which groups and services stand out; which supplier keeps what was agreed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Section, nested, shortened, subheading
from itsq_analysis.pages.quality.differences import differences
from itsq_analysis.pages.quality.suppliers import supplier_answer, supplier_parts
from itsq_analysis.pages.staffing.people import people_short
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
SHOWN = 15  # groups in the table
OPENED = 5  # of them without opening a fold


def teams(context: ReportContext) -> Section:
    """Suppliers, work by group, people needed against the roster, and who stands out by more than chance."""
    title, frame = context.term("teams"), workload(context)
    if frame["group"].isna().all():
        answer = sentences([*supplier_answer(context), context.say("teams_none", period=context.period_name)], context.language)
        return Section("teams", title, answer, (*supplier_parts(context), *people_short(context)))
    work = [subheading(context.term("by_group")), *_table(context, frame)]
    parts = [*supplier_parts(context), *work, *people_short(context), *nested(differences(context))]
    return Section("teams", title, sentences([*supplier_answer(context), _answer(context, frame)], context.language), tuple(parts))


def workload(context: ReportContext) -> pd.DataFrame:
    """One row per group, most open incidents first: group (missing: not known), the three counts, people, per_person (open)."""
    values = context.values(IDS, by="group")
    counts: dict[str | None, dict[str, float]] = {}
    for _, row in values[values["value"] > 0].iterrows():
        group = None if pd.isna(row["member"]) else str(row["member"])
        counts.setdefault(group, dict.fromkeys(IDS, 0.0))[row["indicator"]] = float(row["value"])
    found = context.query("SELECT assignment_group, people FROM groups WHERE people > 0")
    people = dict(zip(found["assignment_group"], found["people"], strict=True))
    rows = [{"group": group, "people": people.get(group or ""), **sums} for group, sums in counts.items()]
    frame = pd.DataFrame(rows, columns=["group", "people", *IDS]).astype({"people": float, "group": object})
    frame["per_person"] = frame["incident_backlog"] / frame["people"]
    return frame.sort_values(["incident_backlog", "incidents_opened"], ascending=False, kind="stable").reset_index(drop=True)


def _answer(context: ReportContext, frame: pd.DataFrame) -> str:
    """Who has most open work per person, where people are known; else who has most of it."""
    total = frame["incident_backlog"].sum()
    if not total:
        return context.say("teams_no_backlog", n=len(frame))
    staffed = frame[frame["per_person"].notna()]
    if len(staffed) > 1 and staffed["incident_backlog"].sum() > 0:
        first = staffed.sort_values("per_person", ascending=False, kind="stable").iloc[0]
        return context.say(
            "teams_per_person",
            group=context.named("group", first["group"]),
            rate=context.number(first["per_person"], 1),
            n=context.number(first["incident_backlog"]),
            people=_people(context, first["people"]),
            all=context.number(staffed["incident_backlog"].sum() / staffed["people"].sum(), 1),
        )
    first = frame.iloc[0]
    group = context.named("group", first["group"]) if pd.notna(first["group"]) else context.term("unknown")
    return context.say("teams_backlog", group=group, n=context.number(first["incident_backlog"]), all=context.number(total))


def _people(context: ReportContext, people: float) -> str:
    return context.number(people, 0 if float(people).is_integer() else 1)


def _table(context: ReportContext, frame: pd.DataFrame) -> list[Html]:
    """The groups with most open incidents; all others as one row."""
    keys = ["group", "opened", "resolved", "backlog", *(["people", "per_person"] if frame["people"].notna().any() else [])]
    shown = frame if len(frame) <= SHOWN + 1 else frame.head(SHOWN)
    rows = [_row(context, context.member("group", row["group"]), row) for _, row in shown.iterrows()]
    if len(shown) < len(frame):
        rest = frame.iloc[SHOWN:]
        sums = rest[list(IDS)].sum()
        rows.append(_row(context, context.say("late_other_groups", n=len(rest)), sums))
    columns = {key: context.term(key) for key in keys}
    cells = [{key: row[key] for key in keys} for row in rows]
    return shortened(columns, cells, OPENED, context.say("groups_next", n=len(cells) - OPENED), numeric=set(keys[1:]))


def _row(context: ReportContext, name: str, row: pd.Series) -> dict[str, str]:
    people = row.get("people")
    return {
        "group": name,
        "opened": context.number(row["incidents_opened"]),
        "resolved": context.number(row["incidents_resolved"]),
        "backlog": context.number(row["incident_backlog"]),
        "people": formats.MISSING if pd.isna(people) else _people(context, people),
        "per_person": context.number(row.get("per_person", float("nan")), 1),
    }
