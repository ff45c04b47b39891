"""The calendar of expected load: weeks down, weekdays across, holidays by name."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from itsq_analysis.charts import heat_grid
from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.page.brief import days_named
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, table
from itsq_analysis.pages.forecast.outlook import WEEK, Outlook
from itsq_analysis.pages.forecast.words import reach, specials, things, weekday
from itsq_analysis.text import paragraph as sentences


def load_calendar(context: ReportContext, found: Outlook) -> Section:
    """Tickets to expect on every day ahead."""
    rows = found.days[found.days["unique_id"] == found.whole].assign(day=lambda frame: frame["ds"].dt.date)
    ordered = rows.sort_values("mean", kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    facts = {"most": weekday(context, most["day"]), "high": context.number(most["mean"])}
    facts |= {"least": weekday(context, least["day"]), "low": context.number(least["mean"])}
    names = specials(context, found)
    told = [context.say("fc_calendar_answer", **facts), _holidays(context, rows, names)]
    answer = sentences(told, context.language)
    parts: list[Part] = [_grid(context, found, rows, context.say("fc_calendar_picture", mean=context.number(rows["mean"].mean())))]
    if unannounced := _unannounced(context, found):
        parts.append(paragraph(unannounced))
    parts.append(folded(context.term("show_table"), _table(context, found, rows, names)))
    return Section("fc_calendar", context.term("fc_calendar"), answer, tuple(parts))


def _holidays(context: ReportContext, rows: pd.DataFrame, names: dict[date, str]) -> str:
    """The holidays among the days, each with its first day and how many tickets a day it brings."""
    if not names:
        return context.say("fc_calendar_no_holiday")
    told = []
    for name in dict.fromkeys(names.values()):
        days = [day for day, one in names.items() if one == name]
        mean = rows[rows["day"].isin(days)]["mean"].mean()
        told.append(
            context.say("fc_calendar_holiday", name=name, day=short_day(days[0], context.language), mean=context.number(mean))
        )
    return context.say("fc_calendar_holidays", list=context.listed(told))


def _grid(context: ReportContext, found: Outlook, rows: pd.DataFrame, summary: str) -> Part:
    """Calendar weeks from Monday; days outside the forecast are dashes."""
    first = found.start - timedelta(days=found.start.weekday())
    count = ((found.end - timedelta(days=1)) - first).days // WEEK + 1
    means = dict(zip(rows["day"], rows["mean"], strict=True))
    cells = [
        {
            "member": days_named(context, first + timedelta(days=WEEK * week), first + timedelta(days=WEEK * (week + 1))),
            "period": context.term(f"weekday_{place}"),
            "value": round(means.get(first + timedelta(days=WEEK * week + place), float("nan")), 0),
        }
        for week in range(count)
        for place in range(WEEK)
    ]
    title = context.say("fc_calendar_chart", things=things(context, found.asked.table))
    return heat_grid(pd.DataFrame(cells), title=title, summary=summary, language=context.language, unit="count")


def _table(context: ReportContext, found: Outlook, rows: pd.DataFrame, names: dict[date, str]) -> Html:
    keys = ("fc_day", "fc_mean", "fc_range", "holiday")
    cells = [
        {
            "fc_day": weekday(context, row["day"]),
            "fc_mean": context.number(row["mean"]),
            "fc_range": reach(context, row, found.asked.level),
            "holiday": names.get(row["day"], ""),
        }
        for _, row in rows.iterrows()
    ]
    words = {key: context.term(f"chart_{key}" if key == "holiday" else key) for key in keys}
    return table(words, cells, numeric={"fc_mean", "fc_range"})


def _unannounced(context: ReportContext, found: Outlook) -> str:
    """Years whose adjusted working days are not known."""
    settings = context.workspace.settings.calendars[0]
    calendar = context.workspace.calendar(settings.id)
    years = calendar.unannounced_years(found.start, found.end)
    return context.say("unannounced", calendar=settings.holidays, years=context.listed(map(str, years))) if years else ""
