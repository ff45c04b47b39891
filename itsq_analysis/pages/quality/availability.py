"""What broke, for whom, how long, and is it fixed for good? Major incidents, availability by service, outages one by one."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.judgement import judgement, why
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, subheading, table
from itsq_analysis.pages.quality.majors import majors, outages
from itsq_analysis.pages.quality.majors_table import capped, majors_answer, majors_parts
from itsq_analysis.periods import parse_period
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("availability", "availability_with_maintenance", "availability_user_weighted", "longest_outage")
SHOWN = 15  # outages in the table, the longest ones
SERVICES = 20  # in the grid and in the table, those that lost most


def availability(context: ReportContext) -> Section:
    """Major incidents first; then minutes and counts beside the percentage, which hides number and length of outages."""
    title = context.term("availability")
    if not context.has("outages") and not context.workspace.services:
        answer = _opening(context, context.say("availability_no_data"))
        return Section("availability", title, answer, (*_timeline(context, outages(context)), *majors_parts(context)))
    total, found = context.now(IDS), outages(context)
    parts: list[Part] = [*_timeline(context, found), *majors_parts(context)]
    parts += [subheading(context.say("availability_services")), *_grid(context), *_by_service(context, total, found)]
    if not found.empty:
        parts += [subheading(context.say("outage_list")), *_list(context, found)]
    return Section("availability", title, _opening(context, _answer(context, total, found)), tuple(parts))


def _opening(context: ReportContext, answer: str) -> str:
    """Major incidents first, where there were any; that there were none, or that nobody can know, last."""
    told = majors_answer(context)
    return sentences([*told, answer] if majors(context) else [answer, *told], context.language)


def _answer(context: ReportContext, total: dict[str, pd.Series], found: pd.DataFrame) -> str:
    row, longest = total["availability"], context.shown(total["longest_outage"])
    if pd.notna(row["value"]):
        if found.empty:
            return context.say("outages_none", period=context.period_name)
        lost = formats.duration(row["denominator"] - row["numerator"], context.language)
        return context.say("availability", n=len(found), lost=lost, longest=longest, value=context.shown(row))
    unmeasured = context.say("availability_unmeasured", reason=why(context, row))
    counted = [] if found.empty else [context.say("outages_counted", n=len(found), longest=longest)]
    return sentences([*counted, unmeasured], context.language)


def _by_service(context: ReportContext, total: dict[str, pd.Series], found: pd.DataFrame) -> list[Html]:
    """One row a service, those that lost most first, and all together."""
    frame = context.values(IDS, by="service")
    members = {str(member): {row["indicator"]: row for _, row in rows.iterrows()} for member, rows in frame.groupby("member")}
    order = sorted(members, key=lambda name: (-_lost_hours(members[name]), name))
    told = [name for name in order if _is_told(members[name], found[found["service"] == name])]
    rows = [_service_row(context, name, members[name], found[found["service"] == name]) for name in told[:SERVICES]]
    rows.append(_service_row(context, context.term("all_services"), total, found))
    keys = ("service", "lost", "outages", "longest", "user_hours", "maintenance", "share_available", "judgement")
    columns = {key: context.term(key) for key in keys}
    notes = [context.say("services_more", n=len(told) - SERVICES)] if len(told) > SERVICES else []
    quiet = [name for name in order if name not in told]
    notes += [context.say("services_quiet", n=len(quiet), list=capped(context, quiet, "and_more_services"))] if quiet else []
    weighted = total["availability_user_weighted"]
    notes += [context.say("availability_weighted", value=context.shown(weighted))] if pd.notna(weighted["value"]) else []
    numeric = set(keys) - {"service", "judgement"}
    return [table(columns, rows, numeric=numeric, caption=context.term("by_service")), *(paragraph(note) for note in notes)]


def _is_told(row: dict[str, pd.Series], found: pd.DataFrame) -> bool:
    """Whether a service has a row of its own: something lost or planned, or a target, or nothing known."""
    if not found.empty or "availability" not in row or pd.isna(row["availability"]["value"]):
        return True
    return _lost_hours(row, "availability_with_maintenance") > 0 or row["availability"]["status"] != "no target"


def _lost_hours(row: dict[str, pd.Series], indicator: str = "availability") -> float:
    """Hours of agreed service time lost; 0 where they are not known."""
    hours = row[indicator]["denominator"] - row[indicator]["numerator"] if indicator in row else 0.0
    return 0.0 if pd.isna(hours) else float(hours)


def _service_row(context: ReportContext, name: str, row: dict[str, pd.Series], found: pd.DataFrame) -> dict[str, str | Markup]:
    """One service; one that no register of services holds has outages only."""
    measured = "availability" in row and pd.notna(row["availability"]["value"])
    lost = _lost_hours(row)
    planned = _lost_hours(row, "availability_with_maintenance") - lost
    users = found["user_hours"]
    return {
        "service": name,
        "lost": _time(context, lost) if measured else formats.MISSING,
        "outages": context.number(len(found)),
        "longest": context.shown(row["longest_outage"]) if "longest_outage" in row else formats.MISSING,
        "user_hours": formats.MISSING if users.isna().all() else context.number(users.sum()),
        "maintenance": _time(context, planned) if measured else formats.MISSING,
        "share_available": context.shown(row["availability"]) if "availability" in row else formats.MISSING,
        "judgement": judgement(context, row["availability"]) if "availability" in row else formats.MISSING,
    }


def _time(context: ReportContext, hours: float) -> str:
    return formats.duration(hours, context.language) if hours > 0 else "0"


def _grid(context: ReportContext) -> list[Part]:
    """Minutes lost, service × period, of the services that lost most."""
    past = context.values(["availability"], by="service", history=PERIODS)
    known = past[past["member"].notna() & past["denominator"].notna()]
    if known.empty:
        return []
    minutes = ((known["denominator"] - known["numerator"]) * 60).round()
    frame = pd.DataFrame({"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.to_numpy()})
    most = frame.iloc[int(frame["value"].argmax())]
    sums = frame.groupby("member")["value"].sum().sort_values(ascending=False, kind="stable")
    kept = sums[sums > 0].index[:SERVICES]
    if kept.empty:
        return [paragraph(context.say("availability_picture_none"))]
    when = parse_period(most["period"], context.workspace.settings.period.month_starts_on)
    summary = context.say(
        "availability_picture",
        service=most["member"],
        period=formats.period_label(when, context.language),
        time=formats.duration(most["value"] / 60, context.language),
    )
    if (sums == 0).any():
        summary = sentences([summary, context.say("availability_picture_quiet", n=int((sums == 0).sum()))], context.language)
    title = context.say("availability_chart")
    shown = frame[frame["member"].isin(kept)]
    return [heat_grid(shown, title=title, summary=summary, language=context.language, unit="minutes")]


def _timeline(context: ReportContext, found: pd.DataFrame) -> list[Part]:
    """Outages, major incidents without one in the register, and maintenance, as they lay in the period."""
    frame = pd.concat([_stops(found), _stops(outages(context, kind="maintenance")), _tickets(context)], ignore_index=True)
    if not (frame["kind"] != "maintenance").any():
        return []
    summary = context.say("timeline_majors")
    if not found.empty:
        longest = found.iloc[int(found["hours"].argmax())]
        start = formats.minute(longest["started_at"], context.language)
        summary = context.say(
            "timeline_picture", n=len(found), service=longest["service"], start=start, time=_length(context, longest)
        )
    return [
        timeline(
            frame,
            title=context.say("timeline_chart"),
            summary=summary,
            language=context.language,
            start=context.period.start,
            end=context.period.end,
            timezone=context.workspace.settings.organisation.timezone,
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


def _tickets(context: ReportContext) -> pd.DataFrame:
    """Major incidents that the register of outages does not hold: from the ticket's opening to its resolution."""
    alone = [one for one in majors(context) if one.started is None and one.detected is not None]
    rows = [(one.service or context.term("unknown"), one.detected, one.restored_at, "major", one.number) for one in alone]
    return pd.DataFrame(rows, columns=["service", "start", "end", "kind", "label"])


def _list(context: ReportContext, found: pd.DataFrame) -> list[Html]:
    """The longest outages in a fold; how many more there are is said."""
    keys = ("number", "service", "start", "length", "users_lost", "cause", "links", "review")
    longest = found.sort_values("hours", ascending=False, kind="stable").head(SHOWN)
    shown = found[found.index.isin(longest.index)]
    rows = [_row(context, row) for _, row in shown.iterrows()]
    part = context.say("outages_shown", shown=len(shown), n=context.number(len(found)))
    title = part if len(shown) < len(found) else context.term("show_table")
    return [folded(title, table({key: context.term(key) for key in keys}, rows, numeric={"users_lost"}))]


def _row(context: ReportContext, row: pd.Series) -> dict[str, str]:
    """One outage; what the register does not say is a dash."""
    major = context.aside(context.term("major")) if pd.notna(row["major"]) and row["major"] else ""
    users = row["users_affected"]
    lost = formats.MISSING if pd.isna(users) else f"{context.number(users)} / {context.number(row['user_hours'])}"
    return {
        "number": f"{row['number']}{major}",
        "service": row["service"],
        "start": formats.minute(row["started_at"], context.language),
        "length": _length(context, row),
        "users_lost": lost,
        "cause": formats.MISSING if pd.isna(row["cause"]) else row["cause"],
        "links": context.listed(str(row[key]) for key in ("change", "problem") if pd.notna(row[key])) or formats.MISSING,
        "review": formats.MISSING if pd.isna(row["reviewed_on"]) else formats.day(row["reviewed_on"], context.language),
    }


def _length(context: ReportContext, row: pd.Series) -> str:
    time = formats.duration(row["hours"], context.language)
    return context.say("not_restored", time=time) if pd.isna(row["restored_at"]) else time
