"""More work? Keeping up? Volumes per day, beside other periods, and the backlog."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import bars, line
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import parse_period
from itsq_analysis.process import FEWEST, Process
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.quality.comparisons import amount, compared, comparison_text, difference_text, volume
from itsq_analysis.sections.quality.festival import spring_festival
from itsq_analysis.sections.quality.foretold import foretold
from itsq_analysis.sections.quality.processes import days, exposure, process
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Html, Part, Section, folded, paragraph, subheading, table

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog")
BESIDE = {"incidents": IDS, "requests": ("requests_opened", "requests_closed"), "changes": ("changes_closed",)}
DAILY = 62  # days of a period that are still drawn one by one


def demand(scene: Scene) -> Section:
    """Opened and resolved per day over 13 periods with the backlog at each end, forecasts, and volumes beside other periods."""
    course = flow(scene)
    notes = [paragraph(sentence) for sentence in unannounced(scene)]
    folds = folded(scene.term("show_table"), _periods(scene, course))
    parts = (_monthly(scene, course), *foretold(scene), *_beside(scene), *_daily(scene), folds, *notes)
    return Section("demand", scene.term("demand"), _answer(scene, course), parts)


def flow(scene: Scene) -> pd.DataFrame:
    """Opened, resolved and backlog of 13 periods, oldest first; rates per day are missing where there is no such day."""
    values = scene.values(IDS, history=PERIODS)
    wide = values.pivot_table(index="period", columns="indicator", values="value", sort=False, dropna=False)
    course = wide.rename(columns={"incidents_opened": "opened", "incidents_resolved": "resolved", "incident_backlog": "backlog"})
    starts_on = scene.workspace.settings.period.month_starts_on
    course["of"] = pd.Series([parse_period(label, starts_on) for label in course.index], index=course.index, dtype=object)
    course["days"] = [days(scene, period, basis(scene)) for period in course["of"]]
    counted = course["days"].where(course["days"] > 0)
    course["opened_rate"], course["resolved_rate"] = course["opened"] / counted, course["resolved"] / counted
    return course


def basis(scene: Scene) -> str:
    """By which days the volumes of incidents are divided: "working" or "calendar"."""
    return exposure(scene, scene.workspace.catalogue["incidents_opened"]) or "working"


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
    return sentences([_change(scene, now), _backlog(scene, now)], scene.language)


def _change(scene: Scene, now: pd.Series) -> str:
    """A difference is called a change only beyond the usual range, or after so many periods on one side."""
    if pd.isna(now["opened_rate"]):
        return scene.say("demand_days_off", n=scene.number(now["opened"]))
    row = scene.now(["incidents_opened"])["incidents_opened"]
    found = process(scene, row)
    facts = {"rate": scene.number(now["opened_rate"], 1), "day": scene.term(f"day_{basis(scene)}")}
    if found.reason == "period_incomplete":
        return scene.say("demand_so_far", **facts)
    if pd.isna(found.lower):
        return scene.say("demand_short", fewest=FEWEST, **facts)
    facts |= {"low": amount(scene, row, found.lower), "high": amount(scene, row, found.upper), "n": str(found.periods)}
    return scene.say(_sentence(found), **facts, **_since(scene, found))


def _sentence(found: Process) -> str:
    if not found.signal:
        return "demand_same"
    if found.outside:
        return "demand_more" if found.direction == "up" else "demand_less"
    return f"demand_run_{found.direction}"


def _since(scene: Scene, found: Process) -> dict[str, str]:
    """Since when the work lies on one side of its mean."""
    if found.since is None:
        return {}
    period = parse_period(found.since, scene.workspace.settings.period.month_starts_on)
    return {"run": str(found.run), "since": formats.period_label(period, scene.language)}


def _backlog(scene: Scene, now: pd.Series) -> str:
    backlog = scene.number(now["backlog"])
    if pd.isna(now["opened_rate"]):
        return scene.say("backlog", backlog=backlog)
    ratio = scene.number(now["backlog"] / now["opened_rate"], 1)
    return scene.say("backlog_days", backlog=backlog, days=ratio, day=scene.term(f"day_{basis(scene)}"))


def _periods(scene: Scene, course: pd.DataFrame) -> Html:
    """One row per period, the newest first."""
    keys = ("month", "days", "opened", "resolved", "opened_per_day", "resolved_per_day", "backlog")
    words = {key: f"{key}_{basis(scene)}" if "day" in key else key for key in keys}
    rows = [
        {
            "month": formats.period_label(row["of"], scene.language),
            "days": scene.number(row["days"]),
            "opened": scene.number(row["opened"]),
            "resolved": scene.number(row["resolved"]),
            "opened_per_day": scene.number(row["opened_rate"], 1),
            "resolved_per_day": scene.number(row["resolved_rate"], 1),
            "backlog": scene.number(row["backlog"]),
        }
        for _, row in course.iloc[::-1].iterrows()
    ]
    return table({key: scene.term(word) for key, word in words.items()}, rows, numeric=set(keys) - {"month"})


def _beside(scene: Scene) -> list[Html]:
    """Volumes of the period beside the one before, the same a year ago and the year so far."""
    ids = [name for kind, names in BESIDE.items() if scene.has(kind) for name in names]
    keys = ("indicator", "value", "per_day", "previous", "last_year", "year_to_date")
    named = {"per_day": f"per_day_{basis(scene)}", "previous": "period_before"}
    words = {key: scene.term(named.get(key, key)) for key in keys}
    rows = [_row(scene, row) for row in scene.now(ids).values() if pd.notna(row["value"])]
    if not any(set(row.values()) - {row["indicator"], row["value"], row["per_day"], formats.MISSING} for row in rows):
        return []
    notes = [paragraph(text) for text in festival_note(scene)]
    return [subheading(scene.term("beside_others")), table(words, rows, numeric=set(keys) - {"indicator"}), *notes]


def _row(scene: Scene, row: pd.Series) -> dict[str, str]:
    """One volume beside other periods."""
    rate = volume(scene, row["indicator"], scene.period)
    cells = dict.fromkeys(("previous", "last_year", "year_to_date"), formats.MISSING)
    for one in compared(scene, row):
        shown = amount(scene, row, one.now if one.when == "year_to_date" else one.then)
        text = f"{shown}{scene.aside(difference_text(scene, row, one))}"
        festival = one.when == "festival"
        cells["last_year" if festival else one.when] = comparison_text(scene, row, one) if festival else text
    told = formats.MISSING if pd.isna(rate) else amount(scene, row, rate)
    return {"indicator": scene.title(row["indicator"]), "value": scene.shown(row), "per_day": told, **cells}


def festival_note(scene: Scene) -> list[str]:
    """Why a year ago means other days around Spring Festival."""
    found = spring_festival(scene)
    if found is None:
        return []
    facts = {"day": formats.day(found.day, scene.language), "last_day": formats.day(found.last_day, scene.language)}
    return [scene.say("festival", **facts)]


def _monthly(scene: Scene, course: pd.DataFrame) -> Part:
    told = course[course["opened_rate"].notna()]
    first, last = (told if len(told) else course).iloc[0], course.iloc[-1]
    summary = scene.say(
        "demand_picture",
        n=len(told),
        day=scene.term(f"day_{basis(scene)}"),
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
    return bars(
        frame, title=scene.say("demand_chart", day=scene.term(f"day_{basis(scene)}")), summary=summary, language=scene.language
    )


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
