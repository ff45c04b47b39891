"""What broke, for whom, how long? Availability by service, and every outage one by one."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.narrative import formats
from itsq_analysis.sections.judgement import judgement
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Part, Section, subheading, table

IDS = ("availability", "availability_with_maintenance", "availability_user_weighted", "longest_outage")


def availability(scene: Scene) -> Section:
    """Minutes and counts beside the percentage, which hides number and length of outages."""
    title = scene.term("availability")
    if not scene.has("outages"):
        return Section("availability", title, scene.say("availability_no_data"))
    total, outages = scene.now(IDS), _outages(scene)
    answer = _answer(scene, total, outages)
    parts: list[Part] = [*_grid(scene, answer)]
    if not outages.empty:
        parts += [_timeline(scene, outages, answer), subheading(scene.say("outage_list")), _list(scene, outages)]
    return Section("availability", title, answer, (*parts, _by_service(scene, total)))


def _outages(scene: Scene) -> pd.DataFrame:
    """Unplanned outages that touch the period."""
    return scene.query(
        "SELECT * FROM outages WHERE kind = 'unplanned' AND started_at < $end AND coalesce(restored_at, $end) > $start "
        "ORDER BY started_at, number"
    )


def _answer(scene: Scene, total: dict[str, pd.Series], outages: pd.DataFrame) -> str:
    if outages.empty:
        return scene.say("outages_none", period=scene.period_name)
    row = total["availability"]
    lost = (row["denominator"] - row["numerator"]) * 60
    return scene.say(
        "availability",
        n=len(outages),
        minutes=scene.number(lost),
        longest=scene.shown(total["longest_outage"]),
        value=scene.shown(row),
    )


def _by_service(scene: Scene, total: dict[str, pd.Series]) -> Part:
    frame = scene.values(IDS, by="service")
    columns = (
        {"service": scene.term("service")} | {name: scene.title(name) for name in IDS} | {"judgement": scene.term("judgement")}
    )
    rows = []
    for member, found in frame.groupby("member", sort=True):
        row = {one["indicator"]: one for _, one in found.iterrows()}
        rows.append(
            {"service": str(member), "judgement": judgement(scene, row["availability"])}
            | {name: scene.shown(row[name]) for name in IDS if name in row}
        )
    rows.append(
        {"service": scene.term("all_services"), "judgement": judgement(scene, total["availability"])}
        | {name: scene.shown(total[name]) for name in IDS}
    )
    return table(columns, rows, numeric=set(IDS))


def _grid(scene: Scene, answer: str) -> list[Part]:
    """Minutes lost, service × period."""
    past = scene.values(["availability"], by="service", history=PERIODS)
    known = past[past["member"].notna() & past["denominator"].notna()]
    if known.empty:
        return []
    minutes = (known["denominator"] - known["numerator"]) * 60
    frame = pd.DataFrame(
        {"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.round().to_numpy()}
    )
    return [heat_grid(frame, title=scene.say("availability_chart"), summary=answer, language=scene.language, unit="minutes")]


def _timeline(scene: Scene, outages: pd.DataFrame, answer: str) -> Part:
    frame = pd.DataFrame(
        {
            "service": outages["service"],
            "start": outages["started_at"],
            "end": outages["restored_at"],
            "kind": ["major" if major is True else "outage" for major in outages["major"]],
            "label": outages["number"],
        }
    )
    return timeline(
        frame,
        title=scene.say("timeline_chart"),
        summary=answer,
        language=scene.language,
        start=scene.period.start,
        end=scene.period.end,
        timezone=scene.workspace.settings.organisation.timezone,
    )


def _list(scene: Scene, outages: pd.DataFrame) -> Part:
    columns = {
        key: scene.term(key)
        for key in (
            "number",
            "service",
            "start",
            "length",
            "users",
            "user_hours",
            "cause",
            "change",
            "problem",
            "review",
            "major",
        )
    }
    return table(columns, [_row(scene, row) for _, row in outages.iterrows()], numeric={"length", "users", "user_hours"})


def _row(scene: Scene, row: pd.Series) -> dict[str, str]:
    end = row["restored_at"]
    hours = (end - row["started_at"]).total_seconds() / 3600 if pd.notna(end) else float("nan")
    return {
        "start": formats.minute(row["started_at"], scene.language),
        "length": scene.term("still_open") if pd.isna(end) else formats.duration(hours, scene.language),
        "users": formats.MISSING if pd.isna(row["users_affected"]) else scene.number(row["users_affected"]),
        "user_hours": formats.MISSING if pd.isna(row["users_affected"]) else scene.number(hours * row["users_affected"]),
        "review": formats.MISSING if pd.isna(row["reviewed_on"]) else formats.day(row["reviewed_on"], scene.language),
        "major": scene.term("yes") if row["major"] is True else "",
    } | {
        key: formats.MISSING if pd.isna(row[key]) else str(row[key]) for key in ("number", "service", "cause", "change", "problem")
    }
