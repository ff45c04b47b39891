"""What broke, for whom, how long? Availability by service, and every outage one by one."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import parse_period
from itsq_analysis.sections.judgement import judgement, why
from itsq_analysis.sections.majors import outages
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Html, Part, Section, subheading, table

IDS = ("availability", "availability_with_maintenance", "availability_user_weighted", "longest_outage")


def availability(scene: Scene) -> Section:
    """Minutes and counts beside the percentage, which hides number and length of outages."""
    title = scene.term("availability")
    if not scene.has("outages") and not scene.workspace.services:
        return Section("availability", title, scene.say("availability_no_data"))
    total, found = scene.now(IDS), outages(scene)
    parts: list[Part] = [*_grid(scene), _by_service(scene, total)]
    if not found.empty:
        parts += [_timeline(scene, found), subheading(scene.say("outage_list")), _list(scene, found)]
    return Section("availability", title, _answer(scene, total, found), tuple(parts))


def _answer(scene: Scene, total: dict[str, pd.Series], found: pd.DataFrame) -> str:
    row, longest = total["availability"], scene.shown(total["longest_outage"])
    if pd.notna(row["value"]):
        if found.empty:
            return scene.say("outages_none", period=scene.period_name)
        lost = formats.duration(row["denominator"] - row["numerator"], scene.language)
        return scene.say("availability", n=len(found), lost=lost, longest=longest, value=scene.shown(row))
    unmeasured = scene.say("availability_unmeasured", reason=why(scene, row))
    counted = [] if found.empty else [scene.say("outages_counted", n=len(found), longest=longest)]
    return sentences([*counted, unmeasured], scene.language)


def _by_service(scene: Scene, total: dict[str, pd.Series]) -> Html:
    frame = scene.values(IDS, by="service")
    columns = (
        {"service": scene.term("service")} | {name: scene.title(name) for name in IDS} | {"judgement": scene.term("judgement")}
    )
    members = [
        _service_row(scene, str(member), {row["indicator"]: row for _, row in found.iterrows()})
        for member, found in frame.groupby("member", sort=True)
    ]
    rows = [*members, _service_row(scene, scene.term("all_services"), total)]
    return table(columns, rows, numeric=set(IDS), caption=scene.say("availability_services"))


def _service_row(scene: Scene, name: str, row: dict[str, pd.Series]) -> dict[str, str | Markup]:
    """One service; one that no register of services holds has outages only."""
    judged = judgement(scene, row["availability"]) if "availability" in row else formats.MISSING
    shown: dict[str, str | Markup] = {key: scene.shown(row[key]) if key in row else formats.MISSING for key in IDS}
    return {"service": name, "judgement": judged} | shown


def _grid(scene: Scene) -> list[Part]:
    """Minutes lost, service × period."""
    past = scene.values(["availability"], by="service", history=PERIODS)
    known = past[past["member"].notna() & past["denominator"].notna()]
    if known.empty:
        return []
    minutes = ((known["denominator"] - known["numerator"]) * 60).round()
    frame = pd.DataFrame({"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.to_numpy()})
    most = frame.iloc[int(frame["value"].argmax())]
    summary = scene.say("availability_picture_none")
    if most["value"] > 0:
        when = parse_period(most["period"], scene.workspace.settings.period.month_starts_on)
        summary = scene.say(
            "availability_picture",
            service=most["member"],
            period=formats.period_label(when, scene.language),
            time=formats.duration(most["value"] / 60, scene.language),
        )
    return [heat_grid(frame, title=scene.say("availability_chart"), summary=summary, language=scene.language, unit="minutes")]


def _timeline(scene: Scene, found: pd.DataFrame) -> Part:
    longest = found.iloc[int(found["hours"].argmax())]
    summary = scene.say(
        "timeline_picture",
        n=len(found),
        service=longest["service"],
        start=formats.minute(longest["started_at"], scene.language),
        time=_length(scene, longest),
    )
    frame = pd.DataFrame(
        {
            "service": found["service"],
            "start": found["started_at"],
            "end": found["restored_at"],
            "kind": ["major" if major else "outage" for major in found["major"].fillna(False)],
            "label": found["number"],
        }
    )
    return timeline(
        frame,
        title=scene.say("timeline_chart"),
        summary=summary,
        language=scene.language,
        start=scene.period.start,
        end=scene.period.end,
        timezone=scene.workspace.settings.organisation.timezone,
    )


def _list(scene: Scene, found: pd.DataFrame) -> Html:
    keys = ("number", "service", "start", "length", "users_lost", "cause", "links", "review")
    rows = [_row(scene, row) for _, row in found.iterrows()]
    return table({key: scene.term(key) for key in keys}, rows, numeric={"users_lost"})


def _row(scene: Scene, row: pd.Series) -> dict[str, str]:
    """One outage; what the register does not say is a dash."""
    major = scene.aside(scene.term("major")) if pd.notna(row["major"]) and row["major"] else ""
    users = row["users_affected"]
    lost = formats.MISSING if pd.isna(users) else f"{scene.number(users)} / {scene.number(row['user_hours'])}"
    return {
        "number": f"{row['number']}{major}",
        "service": row["service"],
        "start": formats.minute(row["started_at"], scene.language),
        "length": _length(scene, row),
        "users_lost": lost,
        "cause": formats.MISSING if pd.isna(row["cause"]) else row["cause"],
        "links": scene.listed(str(row[key]) for key in ("change", "problem") if pd.notna(row[key])) or formats.MISSING,
        "review": formats.MISSING if pd.isna(row["reviewed_on"]) else formats.day(row["reviewed_on"], scene.language),
    }


def _length(scene: Scene, row: pd.Series) -> str:
    time = formats.duration(row["hours"], scene.language)
    return scene.say("not_restored", time=time) if pd.isna(row["restored_at"]) else time
