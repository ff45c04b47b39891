"""More work? Keeping up? Volumes per working day, and the backlog."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import bars, line
from itsq_analysis.narrative import formats
from itsq_analysis.periods import parse_period
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Part, Section, folded, table

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
USUAL = 2.66  # natural process limits: mean ± 2.66 × mean moving range (Shewhart's individuals chart)


def demand(scene: Scene) -> Section:
    """Opened and resolved per working day over 13 periods, with the backlog at each end."""
    course = flow(scene)
    columns = {
        "month": scene.term("month"),
        "working_days": scene.term("working_days"),
        "opened": scene.term("opened"),
        "resolved": scene.term("resolved"),
        "opened_per_day": scene.term("opened_per_day"),
        "resolved_per_day": scene.term("resolved_per_day"),
        "backlog": scene.term("backlog"),
    }
    rows = [
        {
            "month": formats.period_name(row["of"], scene.language),
            "working_days": scene.number(row["days"]),
            "opened": scene.number(row["opened"]),
            "resolved": scene.number(row["resolved"]),
            "opened_per_day": scene.number(row["opened_rate"], 1),
            "resolved_per_day": scene.number(row["resolved_rate"], 1),
            "backlog": scene.number(row["backlog"]),
        }
        for _, row in course.iloc[::-1].iterrows()
    ]
    answer = _answer(scene, course)
    periods = folded(scene.term("show_table"), table(columns, rows, numeric=set(columns) - {"month"}))
    parts = (_monthly(scene, course), *_daily(scene), periods)
    return Section("demand", scene.term("demand"), answer, parts)


def flow(scene: Scene) -> pd.DataFrame:
    """Opened, resolved and backlog of 13 periods, oldest first; rates per working day are missing where there is none."""
    values = scene.values(IDS, history=PERIODS)
    wide = values.pivot_table(index="period", columns="indicator", values="value", sort=False, dropna=False)
    course = wide.rename(columns={"incidents_opened": "opened", "incidents_resolved": "resolved", "incident_backlog": "backlog"})
    starts_on = scene.workspace.settings.period.month_starts_on
    course["of"] = pd.Series([parse_period(label, starts_on) for label in course.index], index=course.index, dtype=object)
    course["days"] = [scene.working_days(period) for period in course["of"]]
    working = course["days"].where(course["days"] > 0)
    course["opened_rate"], course["resolved_rate"] = course["opened"] / working, course["resolved"] / working
    return course


def _answer(scene: Scene, course: pd.DataFrame) -> str:
    """Whether the period's rate lies outside the limits of the periods before it."""
    now, before = course.iloc[-1], course.iloc[:-1]
    past = before.loc[before["opened"] > 0, "opened_rate"].dropna()
    if pd.isna(now["opened_rate"]) or not now["opened"]:
        return scene.say("no_incidents", period=scene.period_name)
    for edge in thin_edges(scene):
        if edge.period == scene.period:
            return scene.say("thin", rate=scene.number(edge.rate, 1), usual=scene.number(edge.usual, 1), period=scene.period_name)
    reach = USUAL * past.diff().abs().mean()
    facts = {
        "rate": scene.number(now["opened_rate"], 1),
        "previous": scene.number(past.mean(), 1),
        "backlog": scene.number(now["backlog"]),
        "days_of_work": scene.number(now["backlog"] / now["opened_rate"], 1),
    }
    if len(past) >= 6 and now["opened_rate"] > past.mean() + reach:
        return scene.say("demand_more", **facts)
    if len(past) >= 6 and now["opened_rate"] < past.mean() - reach:
        return scene.say("demand_less", **facts)
    return scene.say("demand_same" if len(past) >= 6 else "demand_short", **facts)


def _monthly(scene: Scene, course: pd.DataFrame) -> Part:
    first, last = course.iloc[0], course.iloc[-1]
    summary = scene.say(
        "demand_picture",
        **{"from": formats.period_name(first["of"], scene.language)},
        to=formats.period_name(last["of"], scene.language),
        first=scene.number(first["opened_rate"], 1),
        last=scene.number(last["opened_rate"], 1),
        before=scene.number(first["backlog"]),
        after=scene.number(last["backlog"]),
    )
    frame = pd.DataFrame(
        {
            "period": course.index,
            "opened": course["opened_rate"].to_numpy(),
            "resolved": course["resolved_rate"].to_numpy(),
            "backlog": course["backlog"].to_numpy(),
        }
    )
    return bars(frame, title=scene.say("demand_chart"), summary=summary, language=scene.language)


def _daily(scene: Scene) -> list[Part]:
    """The period day by day, holidays marked."""
    counts = scene.workspace.series("incidents", freq="D", as_of=scene.moment)
    inside = counts[(counts["ds"].dt.date >= scene.period.start) & (counts["ds"].dt.date < scene.period.end)]
    if inside.empty or scene.period.days > 62:
        return []
    calendar = scene.workspace.calendar(scene.workspace.settings.calendars[0].id)
    frame = inside[["ds", "y"]].assign(holiday=[calendar.holiday_name(day.date()) for day in inside["ds"]])
    peak = inside.loc[inside["y"].idxmax()]
    summary = scene.say("daily_summary", day=formats.day(peak["ds"], scene.language), n=scene.number(peak["y"]))
    return [line(frame, title=scene.say("daily_chart"), summary=summary, language=scene.language)]
