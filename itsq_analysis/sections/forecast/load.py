"""The calendar of expected load: weeks down, weekdays across, holidays by name."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from itsq_analysis.charts import heat_grid
from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.brief import days_named
from itsq_analysis.sections.forecast.outlook import WEEK, Outlook
from itsq_analysis.sections.forecast.words import reach, specials, things, weekday
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Part, Section, folded, paragraph, table


def load_calendar(scene: Scene, found: Outlook) -> Section:
    """Tickets to expect on every day ahead."""
    rows = found.days[found.days["unique_id"] == found.whole].assign(day=lambda frame: frame["ds"].dt.date)
    ordered = rows.sort_values("mean", kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    facts = {"most": weekday(scene, most["day"]), "high": scene.number(most["mean"])}
    facts |= {"least": weekday(scene, least["day"]), "low": scene.number(least["mean"])}
    names = specials(scene, found)
    told = [scene.say("fc_calendar_answer", **facts), _holidays(scene, rows, names)]
    answer = sentences(told, scene.language)
    parts: list[Part] = [_grid(scene, found, rows, scene.say("fc_calendar_picture", mean=scene.number(rows["mean"].mean())))]
    if unannounced := _unannounced(scene, found):
        parts.append(paragraph(unannounced))
    parts.append(folded(scene.term("show_table"), _table(scene, found, rows, names)))
    return Section("fc_calendar", scene.term("fc_calendar"), answer, tuple(parts))


def _holidays(scene: Scene, rows: pd.DataFrame, names: dict[date, str]) -> str:
    """The holidays among the days, each with its first day and how many tickets a day it brings."""
    if not names:
        return scene.say("fc_calendar_no_holiday")
    told = []
    for name in dict.fromkeys(names.values()):
        days = [day for day, one in names.items() if one == name]
        mean = rows[rows["day"].isin(days)]["mean"].mean()
        told.append(scene.say("fc_calendar_holiday", name=name, day=short_day(days[0], scene.language), mean=scene.number(mean)))
    return scene.say("fc_calendar_holidays", list=scene.listed(told))


def _grid(scene: Scene, found: Outlook, rows: pd.DataFrame, summary: str) -> Part:
    """Calendar weeks from Monday; days outside the forecast are dashes."""
    first = found.start - timedelta(days=found.start.weekday())
    count = ((found.end - timedelta(days=1)) - first).days // WEEK + 1
    means = dict(zip(rows["day"], rows["mean"], strict=True))
    cells = [
        {
            "member": days_named(scene, first + timedelta(days=WEEK * week), first + timedelta(days=WEEK * (week + 1))),
            "period": scene.term(f"weekday_{place}"),
            "value": round(means.get(first + timedelta(days=WEEK * week + place), float("nan")), 0),
        }
        for week in range(count)
        for place in range(WEEK)
    ]
    title = scene.say("fc_calendar_chart", things=things(scene, found.asked.table))
    return heat_grid(pd.DataFrame(cells), title=title, summary=summary, language=scene.language, unit="count")


def _table(scene: Scene, found: Outlook, rows: pd.DataFrame, names: dict[date, str]) -> Html:
    keys = ("fc_day", "fc_mean", "fc_range", "holiday")
    cells = [
        {
            "fc_day": weekday(scene, row["day"]),
            "fc_mean": scene.number(row["mean"]),
            "fc_range": reach(scene, row, found.asked.level),
            "holiday": names.get(row["day"], ""),
        }
        for _, row in rows.iterrows()
    ]
    words = {key: scene.term(f"chart_{key}" if key == "holiday" else key) for key in keys}
    return table(words, cells, numeric={"fc_mean", "fc_range"})


def _unannounced(scene: Scene, found: Outlook) -> str:
    """Years whose adjusted working days are not known."""
    settings = scene.workspace.settings.calendars[0]
    calendar = scene.workspace.calendar(settings.id)
    years = calendar.unannounced_years(found.start, found.end)
    return scene.say("unannounced", calendar=settings.holidays, years=scene.listed(map(str, years))) if years else ""
