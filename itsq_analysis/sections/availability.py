"""What broke, for whom, how long? Availability by service, and every outage one by one."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.narrative import formats
from itsq_analysis.periods import parse_period
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
    parts: list[Part] = [*_grid(scene)]
    if not outages.empty:
        parts += [_timeline(scene, outages), subheading(scene.say("outage_list")), _list(scene, outages)]
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
            | {name: scene.shown(row[name]) if name in row else formats.MISSING for name in IDS}
        )
    rows.append(
        {"service": scene.term("all_services"), "judgement": judgement(scene, total["availability"])}
        | {name: scene.shown(total[name]) for name in IDS}
    )
    return table(columns, rows, numeric=set(IDS))


def _grid(scene: Scene) -> list[Part]:
    """Minutes lost, service × period."""
    past = scene.values(["availability"], by="service", history=PERIODS)
    known = past[past["member"].notna() & past["denominator"].notna()]
    if known.empty:
        return []
    minutes = (known["denominator"] - known["numerator"]) * 60
    frame = pd.DataFrame(
        {"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.round().to_numpy()}
    )
    most = frame.iloc[int(frame["value"].argmax())]
    summary = scene.say("availability_picture_none")
    if most["value"] > 0:
        when = formats.period_name(parse_period(most["period"], scene.workspace.settings.period.month_starts_on), scene.language)
        summary = scene.say("availability_picture", service=most["member"], period=when, minutes=scene.number(most["value"]))
    return [heat_grid(frame, title=scene.say("availability_chart"), summary=summary, language=scene.language, unit="minutes")]


def _timeline(scene: Scene, outages: pd.DataFrame) -> Part:
    named = [f"{row['service']} {formats.minute(row['started_at'], scene.language)}" for _, row in outages.iterrows()]
    frame = pd.DataFrame(
        {
            "service": outages["service"],
            "start": outages["started_at"],
            "end": outages["restored_at"],
            "kind": ["major" if pd.notna(major) and major else "outage" for major in outages["major"]],
            "label": outages["number"],
        }
    )
    return timeline(
        frame,
        title=scene.say("timeline_chart"),
        summary=scene.say("timeline_picture", list=scene.listed(named)),
        language=scene.language,
        start=scene.period.start,
        end=scene.period.end,
        timezone=scene.workspace.settings.organisation.timezone,
    )


def _list(scene: Scene, outages: pd.DataFrame) -> Part:
    keys = ("number", "service", "start", "length", "users_lost", "cause", "links", "review")
    rows = [_row(scene, row) for _, row in outages.iterrows()]
    return table({key: scene.term(key) for key in keys}, rows, numeric={"length", "users_lost"})


def _row(scene: Scene, row: pd.Series) -> dict[str, str | Markup]:
    """One outage; what the register does not say is a dash."""
    end, users = row["restored_at"], row["users_affected"]
    hours = (end - row["started_at"]).total_seconds() / 3600 if pd.notna(end) else float("nan")
    major = f" ({scene.term('major')})" if pd.notna(row["major"]) and row["major"] else ""
    lost = formats.MISSING if pd.isna(users) else f"{scene.number(users)} / {scene.number(hours * users)}"
    return {
        "number": f"{row['number']}{major}",
        "service": row["service"],
        "start": formats.minute(row["started_at"], scene.language),
        "length": scene.term("still_open") if pd.isna(end) else formats.duration(hours, scene.language),
        "users_lost": lost,
        "cause": formats.MISSING if pd.isna(row["cause"]) else row["cause"],
        "links": scene.listed(str(row[key]) for key in ("change", "problem") if pd.notna(row[key])) or formats.MISSING,
        "review": formats.MISSING if pd.isna(row["reviewed_on"]) else formats.day(row["reviewed_on"], scene.language),
    }
