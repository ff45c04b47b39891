"""What broke, for whom, how long, and is it fixed for good? Major incidents, availability by service, outages one by one."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import parse_period
from itsq_analysis.sections.judgement import judgement, why
from itsq_analysis.sections.quality.majors import majors, outages
from itsq_analysis.sections.quality.majors_table import capped, majors_answer, majors_parts
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Html, Part, Section, folded, paragraph, subheading, table

IDS = ("availability", "availability_with_maintenance", "availability_user_weighted", "longest_outage")
SHOWN = 15  # outages in the table, the longest ones
SERVICES = 20  # in the grid and in the table, those that lost most


def availability(scene: Scene) -> Section:
    """Major incidents first; then minutes and counts beside the percentage, which hides number and length of outages."""
    title = scene.term("availability")
    if not scene.has("outages") and not scene.workspace.services:
        answer = _opening(scene, scene.say("availability_no_data"))
        return Section("availability", title, answer, (*_timeline(scene, outages(scene)), *majors_parts(scene)))
    total, found = scene.now(IDS), outages(scene)
    parts: list[Part] = [*_timeline(scene, found), *majors_parts(scene)]
    parts += [subheading(scene.say("availability_services")), *_grid(scene), *_by_service(scene, total, found)]
    if not found.empty:
        parts += [subheading(scene.say("outage_list")), *_list(scene, found)]
    return Section("availability", title, _opening(scene, _answer(scene, total, found)), tuple(parts))


def _opening(scene: Scene, answer: str) -> str:
    """Major incidents first, where there were any; that there were none, or that nobody can know, last."""
    told = majors_answer(scene)
    return sentences([*told, answer] if majors(scene) else [answer, *told], scene.language)


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


def _by_service(scene: Scene, total: dict[str, pd.Series], found: pd.DataFrame) -> list[Html]:
    """One row a service, those that lost most first, and all together."""
    frame = scene.values(IDS, by="service")
    members = {str(member): {row["indicator"]: row for _, row in rows.iterrows()} for member, rows in frame.groupby("member")}
    order = sorted(members, key=lambda name: (-_lost_hours(members[name]), name))
    told = [name for name in order if _is_told(members[name], found[found["service"] == name])]
    rows = [_service_row(scene, name, members[name], found[found["service"] == name]) for name in told[:SERVICES]]
    rows.append(_service_row(scene, scene.term("all_services"), total, found))
    keys = ("service", "lost", "outages", "longest", "user_hours", "maintenance", "share_available", "judgement")
    columns = {key: scene.term(key) for key in keys}
    notes = [scene.say("services_more", n=len(told) - SERVICES)] if len(told) > SERVICES else []
    quiet = [name for name in order if name not in told]
    notes += [scene.say("services_quiet", n=len(quiet), list=capped(scene, quiet, "and_more_services"))] if quiet else []
    weighted = total["availability_user_weighted"]
    notes += [scene.say("availability_weighted", value=scene.shown(weighted))] if pd.notna(weighted["value"]) else []
    numeric = set(keys) - {"service", "judgement"}
    return [table(columns, rows, numeric=numeric, caption=scene.term("by_service")), *(paragraph(note) for note in notes)]


def _is_told(row: dict[str, pd.Series], found: pd.DataFrame) -> bool:
    """Whether a service has a row of its own: something lost or planned, or a target, or nothing known."""
    if not found.empty or "availability" not in row or pd.isna(row["availability"]["value"]):
        return True
    return _lost_hours(row, "availability_with_maintenance") > 0 or row["availability"]["status"] != "no target"


def _lost_hours(row: dict[str, pd.Series], indicator: str = "availability") -> float:
    """Hours of agreed service time lost; 0 where they are not known."""
    hours = row[indicator]["denominator"] - row[indicator]["numerator"] if indicator in row else 0.0
    return 0.0 if pd.isna(hours) else float(hours)


def _service_row(scene: Scene, name: str, row: dict[str, pd.Series], found: pd.DataFrame) -> dict[str, str | Markup]:
    """One service; one that no register of services holds has outages only."""
    measured = "availability" in row and pd.notna(row["availability"]["value"])
    lost = _lost_hours(row)
    planned = _lost_hours(row, "availability_with_maintenance") - lost
    users = found["user_hours"]
    return {
        "service": name,
        "lost": _time(scene, lost) if measured else formats.MISSING,
        "outages": scene.number(len(found)),
        "longest": scene.shown(row["longest_outage"]) if "longest_outage" in row else formats.MISSING,
        "user_hours": formats.MISSING if users.isna().all() else scene.number(users.sum()),
        "maintenance": _time(scene, planned) if measured else formats.MISSING,
        "share_available": scene.shown(row["availability"]) if "availability" in row else formats.MISSING,
        "judgement": judgement(scene, row["availability"]) if "availability" in row else formats.MISSING,
    }


def _time(scene: Scene, hours: float) -> str:
    return formats.duration(hours, scene.language) if hours > 0 else "0"


def _grid(scene: Scene) -> list[Part]:
    """Minutes lost, service × period, of the services that lost most."""
    past = scene.values(["availability"], by="service", history=PERIODS)
    known = past[past["member"].notna() & past["denominator"].notna()]
    if known.empty:
        return []
    minutes = ((known["denominator"] - known["numerator"]) * 60).round()
    frame = pd.DataFrame({"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.to_numpy()})
    most = frame.iloc[int(frame["value"].argmax())]
    sums = frame.groupby("member")["value"].sum().sort_values(ascending=False, kind="stable")
    kept = sums[sums > 0].index[:SERVICES]
    if kept.empty:
        return [paragraph(scene.say("availability_picture_none"))]
    when = parse_period(most["period"], scene.workspace.settings.period.month_starts_on)
    summary = scene.say(
        "availability_picture",
        service=most["member"],
        period=formats.period_label(when, scene.language),
        time=formats.duration(most["value"] / 60, scene.language),
    )
    if (sums == 0).any():
        summary = sentences([summary, scene.say("availability_picture_quiet", n=int((sums == 0).sum()))], scene.language)
    title = scene.say("availability_chart")
    shown = frame[frame["member"].isin(kept)]
    return [heat_grid(shown, title=title, summary=summary, language=scene.language, unit="minutes")]


def _timeline(scene: Scene, found: pd.DataFrame) -> list[Part]:
    """Outages, major incidents without one in the register, and maintenance, as they lay in the period."""
    frame = pd.concat([_stops(found), _stops(outages(scene, kind="maintenance")), _tickets(scene)], ignore_index=True)
    if not (frame["kind"] != "maintenance").any():
        return []
    summary = scene.say("timeline_majors")
    if not found.empty:
        longest = found.iloc[int(found["hours"].argmax())]
        start = formats.minute(longest["started_at"], scene.language)
        summary = scene.say("timeline_picture", n=len(found), service=longest["service"], start=start, time=_length(scene, longest))
    return [
        timeline(
            frame,
            title=scene.say("timeline_chart"),
            summary=summary,
            language=scene.language,
            start=scene.period.start,
            end=scene.period.end,
            timezone=scene.workspace.settings.organisation.timezone,
        )
    ]


def _stops(found: pd.DataFrame) -> pd.DataFrame:
    kinds = found["kind"].where(found["kind"] == "maintenance", "outage")
    return pd.DataFrame(
        {
            "service": found["service"],
            "start": found["started_at"],
            "end": found["restored_at"],
            "kind": kinds.where(~found["major"].fillna(False).astype(bool), "major"),
            "label": found["number"],
        }
    )


def _tickets(scene: Scene) -> pd.DataFrame:
    """Major incidents that the register of outages does not hold: from the ticket's opening to its resolution."""
    alone = [one for one in majors(scene) if one.started is None and one.detected is not None]
    rows = [(one.service or scene.term("unknown"), one.detected, one.restored_at, "major", one.number) for one in alone]
    return pd.DataFrame(rows, columns=["service", "start", "end", "kind", "label"])


def _list(scene: Scene, found: pd.DataFrame) -> list[Html]:
    """The longest outages in a fold; how many more there are is said."""
    keys = ("number", "service", "start", "length", "users_lost", "cause", "links", "review")
    longest = found.sort_values("hours", ascending=False, kind="stable").head(SHOWN)
    shown = found[found.index.isin(longest.index)]
    rows = [_row(scene, row) for _, row in shown.iterrows()]
    part = scene.say("outages_shown", shown=len(shown), n=scene.number(len(found)))
    title = part if len(shown) < len(found) else scene.term("show_table")
    return [folded(title, table({key: scene.term(key) for key in keys}, rows, numeric={"users_lost"}))]


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
