"""More work? Keeping up? Volumes per day, beside other periods, and the backlog."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import bars, line
from itsq_analysis.indicators.comparisons import compared, spring_festival
from itsq_analysis.indicators.completeness import thin_edges
from itsq_analysis.indicators.processes import days, exposure, per_day, process, rate
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, subheading, table
from itsq_analysis.pages.quality.comparisons import amount, comparison_text, difference_text
from itsq_analysis.pages.quality.forecast_vs_actual import forecast_parts
from itsq_analysis.periods import parse_period
from itsq_analysis.process import FEWEST, Process
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
BESIDE = {"incidents": IDS, "requests": ("requests_opened", "requests_closed"), "changes": ("changes_closed",)}
DAILY = 62  # days of a period that are still drawn one by one


def demand(context: ReportContext) -> Section:
    """Opened and resolved per day over 13 periods with the backlog at each end, forecasts, and volumes beside other periods."""
    course = flow(context)
    notes = [paragraph(sentence) for sentence in unannounced(context)]
    folds = folded(context.term("show_table"), _periods(context, course))
    parts = (_monthly(context, course), *forecast_parts(context), *_beside(context), *_daily(context), folds, *notes)
    return Section("demand", context.term("demand"), _answer(context, course), parts)


def flow(context: ReportContext) -> pd.DataFrame:
    """Opened, resolved and backlog of 13 periods, oldest first; rates per day are missing where there is no such day."""
    values = context.values(IDS, history=PERIODS)
    wide = values.pivot_table(index="period", columns="indicator", values="value", sort=False, dropna=False)
    course = wide.rename(columns={"incidents_opened": "opened", "incidents_resolved": "resolved", "incident_backlog": "backlog"})
    starts_on = context.workspace.settings.period.month_starts_on
    course["of"] = pd.Series([parse_period(label, starts_on) for label in course.index], index=course.index, dtype=object)
    course["days"] = [days(context.scope, period, basis(context)) for period in course["of"]]
    counted = course["days"].where(course["days"] > 0)
    course["opened_rate"], course["resolved_rate"] = course["opened"] / counted, course["resolved"] / counted
    return course


def basis(context: ReportContext) -> str:
    """By which days the volumes of incidents are divided: "working" or "calendar"."""
    return exposure(context.scope, "incidents_opened") or "working"


def unannounced(context: ReportContext) -> list[str]:
    """A warning for every country whose adjusted working days are not known for a year that the period reaches into."""
    found: dict[str, list[int]] = {}
    for one in context.workspace.settings.calendars:
        years = context.workspace.calendar(one.id).unannounced_years(context.period.start, context.period.end)
        if years:
            found[one.holidays] = years
    return [
        context.say("unannounced", calendar=country, years=context.listed(str(year) for year in years))
        for country, years in found.items()
    ]


def _answer(context: ReportContext, course: pd.DataFrame) -> str:
    """Whether the period's rate lies outside the limits of the periods before it."""
    now = course.iloc[-1]
    if not now["opened"] > 0:
        return context.say("no_incidents", period=context.period_name)
    for edge in thin_edges(context.scope):
        if edge.period == context.period:
            return context.say(
                "thin", rate=context.number(edge.rate, 1), usual=context.number(edge.usual, 1), period=context.period_name
            )
    return sentences([_change(context, now), _backlog(context, now)], context.language)


def _change(context: ReportContext, now: pd.Series) -> str:
    """A difference is called a change only beyond the usual range, or after so many periods on one side."""
    if pd.isna(now["opened_rate"]):
        return context.say("demand_days_off", n=context.number(now["opened"]))
    found = process(context.scope, context.cube.value("incidents_opened"))
    facts = {"rate": context.number(now["opened_rate"], 1), "day": context.term(f"day_{basis(context)}")}
    if found.reason == "period_incomplete":
        return context.say("demand_so_far", **facts)
    if pd.isna(found.lower):
        return context.say("demand_short", fewest=FEWEST, **facts)
    facts |= {
        "low": amount(context, "incidents_opened", found.lower),
        "high": amount(context, "incidents_opened", found.upper),
        "n": str(found.periods),
    }
    return context.say(_sentence(found), **facts, **_since(context, found))


def _sentence(found: Process) -> str:
    if not found.signal:
        return "demand_same"
    if found.outside:
        return "demand_more" if found.direction == "up" else "demand_less"
    return f"demand_run_{found.direction}"


def _since(context: ReportContext, found: Process) -> dict[str, str]:
    """Since when the work lies on one side of its mean."""
    if found.since is None:
        return {}
    period = parse_period(found.since, context.workspace.settings.period.month_starts_on)
    return {"run": str(found.run), "since": formats.period_label(period, context.language)}


def _backlog(context: ReportContext, now: pd.Series) -> str:
    backlog = context.number(now["backlog"])
    if pd.isna(now["opened_rate"]):
        return context.say("backlog", backlog=backlog)
    ratio = context.number(now["backlog"] / now["opened_rate"], 1)
    return context.say("backlog_days", backlog=backlog, days=ratio, day=context.term(f"day_{basis(context)}"))


def _periods(context: ReportContext, course: pd.DataFrame) -> Html:
    """One row per period, the newest first."""
    keys = ("month", "days", "opened", "resolved", "opened_per_day", "resolved_per_day", "backlog")
    words = {key: f"{key}_{basis(context)}" if "day" in key else key for key in keys}
    rows = [
        {
            "month": formats.period_label(row["of"], context.language),
            "days": context.number(row["days"]),
            "opened": context.number(row["opened"]),
            "resolved": context.number(row["resolved"]),
            "opened_per_day": context.number(row["opened_rate"], 1),
            "resolved_per_day": context.number(row["resolved_rate"], 1),
            "backlog": context.number(row["backlog"]),
        }
        for _, row in course.iloc[::-1].iterrows()
    ]
    return table({key: context.term(word) for key, word in words.items()}, rows, numeric=set(keys) - {"month"})


def _beside(context: ReportContext) -> list[Html]:
    """Volumes of the period beside the one before, the same a year ago and the year so far."""
    ids = [name for kind, names in BESIDE.items() if context.has(kind) for name in names]
    keys = ("indicator", "value", "per_day", "previous", "last_year", "year_to_date")
    named = {"per_day": f"per_day_{basis(context)}", "previous": "period_before"}
    words = {key: context.term(named.get(key, key)) for key in keys}
    rows = [_row(context, value) for name in ids if (value := context.cube.value(name)).known]
    if not any(set(row.values()) - {row["indicator"], row["value"], row["per_day"], formats.MISSING} for row in rows):
        return []
    notes = [paragraph(text) for text in festival_note(context)]
    return [subheading(context.term("beside_others")), table(words, rows, numeric=set(keys) - {"indicator"}), *notes]


def _row(context: ReportContext, value: Value) -> dict[str, str]:
    """One volume beside other periods."""
    daily = rate(context.scope, value) if per_day(context.scope, value.indicator) else float("nan")
    cells = dict.fromkeys(("previous", "last_year", "year_to_date"), formats.MISSING)
    for one in compared(context.scope, value.indicator):
        shown = amount(context, value.indicator, one.now if one.when == "year_to_date" else one.then)
        text = f"{shown}{context.aside(difference_text(context, value.indicator, one))}"
        festival = one.when == "festival"
        cells["last_year" if festival else one.when] = comparison_text(context, value.indicator, one) if festival else text
    told = formats.MISSING if pd.isna(daily) else amount(context, value.indicator, daily)
    return {"indicator": context.title(value.indicator), "value": context.shown(value), "per_day": told, **cells}


def festival_note(context: ReportContext) -> list[str]:
    """Why a year ago means other days around Spring Festival."""
    found = spring_festival(context.scope)
    if found is None:
        return []
    facts = {"day": formats.day(found.day, context.language), "last_day": formats.day(found.last_day, context.language)}
    return [context.say("festival", **facts)]


def _monthly(context: ReportContext, course: pd.DataFrame) -> Part:
    told = course[course["opened_rate"].notna()]
    first, last = (told if len(told) else course).iloc[0], course.iloc[-1]
    summary = context.say(
        "demand_picture",
        n=len(told),
        day=context.term(f"day_{basis(context)}"),
        start=formats.period_label(first["of"], context.language),
        end=formats.period_label(last["of"], context.language),
        first=context.number(first["opened_rate"], 1),
        last=context.number(last["opened_rate"], 1),
        before=context.number(first["backlog"]),
        after=context.number(last["backlog"]),
    )
    frame = pd.DataFrame(
        {
            "period": course.index,
            "opened": course["opened_rate"].to_numpy(),
            "resolved": course["resolved_rate"].to_numpy(),
            "backlog": course["backlog"].to_numpy(),
        }
    )
    return bars(
        frame,
        title=context.say("demand_chart", day=context.term(f"day_{basis(context)}")),
        summary=summary,
        language=context.language,
    )


def _daily(context: ReportContext) -> list[Part]:
    """The period day by day, holidays marked."""
    counts = context.workspace.series("incidents", freq="D", as_of=context.moment)
    inside = counts[(counts["ds"].dt.date >= context.period.start) & (counts["ds"].dt.date < context.period.end)]
    if not inside["y"].sum() or context.period.days > DAILY:
        return []
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    names = [calendar.holiday_name(day.date(), context.language) for day in inside["ds"]]
    peak = inside.loc[inside["y"].idxmax()]
    summary = context.say("daily_summary", day=formats.day(peak["ds"], context.language), n=context.number(peak["y"]))
    frame = inside[["ds", "y"]].assign(holiday=names)
    return [line(frame, title=context.say("daily_chart"), summary=summary, language=context.language)]
