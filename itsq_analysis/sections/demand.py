"""More work? Keeping up? Volumes per working day, and the backlog."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.charts import bars, line
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import parse_period
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Html, Part, Section, folded, paragraph, table

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
USUAL = 2.66  # natural process limits: mean ± 2.66 × mean moving range (Shewhart's individuals chart)
ENOUGH = 6  # periods from which limits can be told
DAILY = 62  # days of a period that are still drawn one by one


@dataclass(frozen=True)
class Usual:
    """The range that the rate per working day keeps to by chance alone, from so many periods before."""

    low: float
    high: float
    periods: int


def demand(scene: Scene) -> Section:
    """Opened and resolved per working day over 13 periods, with the backlog at each end."""
    course = flow(scene)
    notes = [paragraph(sentence) for sentence in unannounced(scene)]
    parts = (_monthly(scene, course), *_daily(scene), folded(scene.term("show_table"), _periods(scene, course)), *notes)
    return Section("demand", scene.term("demand"), _answer(scene, course), parts)


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


def usual_range(scene: Scene, course: pd.DataFrame) -> Usual | None:
    """The limits of the moving range over the periods before the last one; None with fewer than six of them.

    Periods without incidents, and months at which the extraction thins out, tell nothing of the usual.
    """
    thin = {edge.period for edge in thin_edges(scene)}
    before = course.iloc[:-1]
    full = before[(before["opened"] > 0) & ~before["of"].isin(thin)]
    past = full["opened_rate"].dropna()
    if len(past) < ENOUGH:
        return None
    reach = USUAL * past.diff().abs().mean()
    return Usual(max(0.0, past.mean() - reach), past.mean() + reach, len(past))


def unannounced(scene: Scene) -> list[str]:
    """A warning for every country whose adjusted working days are not known for a year that the period reaches into."""
    found: dict[str, list[int]] = {}
    for one in scene.workspace.settings.calendars:
        years = scene.workspace.calendar(one.id).unannounced_years(scene.period.start, scene.period.end)
        if years:
            found[one.holidays] = years
    return [
        scene.say("unannounced", calendar=country, years=scene.listed(str(year) for year in years))
        for country, years in found.items()
    ]


def _answer(scene: Scene, course: pd.DataFrame) -> str:
    """Whether the period's rate lies outside the limits of the periods before it."""
    now = course.iloc[-1]
    if not now["opened"] > 0:
        return scene.say("no_incidents", period=scene.period_name)
    for edge in thin_edges(scene):
        if edge.period == scene.period:
            return scene.say("thin", rate=scene.number(edge.rate, 1), usual=scene.number(edge.usual, 1), period=scene.period_name)
    return sentences([_change(scene, now, usual_range(scene, course)), _backlog(scene, now)], scene.language)


def _change(scene: Scene, now: pd.Series, usual: Usual | None) -> str:
    """A difference is called a change only beyond the usual range."""
    if pd.isna(now["opened_rate"]):
        return scene.say("demand_days_off", n=scene.number(now["opened"]))
    rate = scene.number(now["opened_rate"], 1)
    if usual is None:
        return scene.say("demand_short", rate=rate)
    above, below = now["opened_rate"] > usual.high, now["opened_rate"] < usual.low
    sentence = "demand_more" if above else "demand_less" if below else "demand_same"
    return scene.say(sentence, rate=rate, low=scene.number(usual.low, 1), high=scene.number(usual.high, 1), n=usual.periods)


def _backlog(scene: Scene, now: pd.Series) -> str:
    backlog = scene.number(now["backlog"])
    if pd.isna(now["opened_rate"]):
        return scene.say("backlog", backlog=backlog)
    return scene.say("backlog_days", backlog=backlog, days=scene.number(now["backlog"] / now["opened_rate"], 1))


def _periods(scene: Scene, course: pd.DataFrame) -> Html:
    """One row per period, the newest first."""
    keys = ("month", "working_days", "opened", "resolved", "opened_per_day", "resolved_per_day", "backlog")
    rows = [
        {
            "month": formats.period_label(row["of"], scene.language),
            "working_days": scene.number(row["days"]),
            "opened": scene.number(row["opened"]),
            "resolved": scene.number(row["resolved"]),
            "opened_per_day": scene.number(row["opened_rate"], 1),
            "resolved_per_day": scene.number(row["resolved_rate"], 1),
            "backlog": scene.number(row["backlog"]),
        }
        for _, row in course.iloc[::-1].iterrows()
    ]
    return table({key: scene.term(key) for key in keys}, rows, numeric=set(keys) - {"month"})


def _monthly(scene: Scene, course: pd.DataFrame) -> Part:
    told = course[course["opened_rate"].notna()]
    first, last = (told if len(told) else course).iloc[0], course.iloc[-1]
    summary = scene.say(
        "demand_picture",
        n=len(told),
        start=formats.period_label(first["of"], scene.language),
        end=formats.period_label(last["of"], scene.language),
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
    if not inside["y"].sum() or scene.period.days > DAILY:
        return []
    calendar = scene.workspace.calendar(scene.workspace.settings.calendars[0].id)
    names = [calendar.holiday_name(day.date(), scene.language) for day in inside["ds"]]
    peak = inside.loc[inside["y"].idxmax()]
    summary = scene.say("daily_summary", day=formats.day(peak["ds"], scene.language), n=scene.number(peak["y"]))
    frame = inside[["ds", "y"]].assign(holiday=names)
    return [line(frame, title=scene.say("daily_chart"), summary=summary, language=scene.language)]
