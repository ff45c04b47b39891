"""More work? Keeping up? Volumes per day, beside other periods, and the backlog."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.anomaly.unusual import unusual_events
from itsq_analysis.charts import bars, line
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.indicators.comparisons import spring_festival
from itsq_analysis.indicators.completeness import thin_edge
from itsq_analysis.indicators.flow import IDS, OPENED, Flow, basis, flow
from itsq_analysis.indicators.processes import per_day, process, rate
from itsq_analysis.indicators.value import Value
from itsq_analysis.indicators.workload import workload
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, beside, paragraph, table
from itsq_analysis.pages.late_risk.tickets import risk_parts
from itsq_analysis.pages.quality.comparisons import amount, comparison_cells
from itsq_analysis.pages.quality.forecast_vs_actual import forecast_picture, forecast_told
from itsq_analysis.pages.staffing.people import people_pointer
from itsq_analysis.pages.unusual.unusual import driven, level_sentences, unusual_parts
from itsq_analysis.process import FEWEST, Process
from itsq_analysis.text import formats

BESIDE = {"incidents": IDS, "requests": ("requests_opened", "requests_closed"), "changes": ("changes_closed",)}
DAILY = 62  # days of a period that are still drawn one by one


def demand(context: ReportContext) -> Section:
    """Whether there is more work and who drives it; volumes, backlog, forecasts, days, what was unusual, tickets at risk."""
    comes = [*forecast_picture(context), *forecast_told(context)]
    parts = (
        *beside([monthly_picture(context), *_daily(context)], [*comes, *unusual_parts(context)]),
        *_beside(context),
        *risk_parts(context),
    )
    return context.section("demand", [*demand_answer(context), *people_pointer(context)], parts)


def unannounced(context: ReportContext) -> list[str]:
    """A warning for every country whose adjusted working days are not known for a year that the period reaches into."""
    countries: dict[str, list[int]] = {}
    for calendar in context.scope.settings.calendars:
        years = context.workspace.calendar(calendar.id).unannounced_years(context.period.start, context.period.end)
        countries |= {calendar.holidays: years} if years else {}
    return [
        context.say("unannounced", calendar=country, years=context.listed(str(year) for year in years))
        for country, years in countries.items()
    ]


def demand_answer(context: ReportContext, *, people: bool = True) -> list[str]:
    """Whether the period's rate lies outside its usual limits, who drives it, and whether work is kept up with.

    `people` tells the group with most open work too.
    """
    now, edge = flow(context.scope)[-1], thin_edge(context.scope)
    if not now.opened.value > 0:
        return [context.say("no_incidents", period=context.period_name)]
    if edge:
        facts = {"rate": context.number(edge.rate, 1), "usual": context.number(edge.usual, 1)}
        return [context.say("thin", period=context.period_name, **facts)]
    change, levels = _change(context, now), level_sentences(context)
    first = [*levels, change] if driven(context) else [change, *levels]
    return [*first, _backlog(context, now), *(_heaviest(context) if people else []), *unannounced(context)]


def _heaviest(context: ReportContext) -> list[str]:
    """The group with most open work a person, where people are known; else the one that has most of it."""
    loads = workload(context.scope)
    total = sum(load.backlog for load in loads)
    if not total or all(load.group is None for load in loads):
        return []
    staffed = [load for load in loads if load.people > 0]
    if len(staffed) > 1 and any(load.backlog for load in staffed):
        first = max(staffed, key=lambda load: load.per_person)
        mean = sum(load.backlog for load in staffed) / sum(load.people for load in staffed)
        facts = {"rate": context.number(first.per_person, 1), "n": context.number(first.backlog), "all": context.number(mean, 1)}
        people = context.number(first.people, 0 if first.people.is_integer() else 1)
        return [context.say("teams_per_person", group=context.named("group", first.group), people=people, **facts)]
    group = context.term("unknown") if loads[0].group is None else context.named("group", loads[0].group)
    return [context.say("teams_backlog", group=group, n=context.number(loads[0].backlog), all=context.number(total))]


def _change(context: ReportContext, now: Flow) -> str:
    """A difference is called a change only beyond the usual range, or after so many periods on one side."""
    if not now.days:
        return context.say("demand_days_off", n=context.number(now.opened.value))
    judged = process(context.scope, now.opened)
    facts = {"rate": context.number(now.opened_rate, 1), "day": _day(context)}
    if judged.reason == "period_incomplete":
        return context.say("demand_so_far", **facts)
    if judged.lower != judged.lower:
        return context.say("demand_short", fewest=FEWEST, **facts)
    facts |= {"low": amount(context, OPENED, judged.lower), "high": amount(context, OPENED, judged.upper)}
    since = {} if judged.since is None else {"run": str(judged.run), "since": context.wording.period_label(judged.since)}
    return context.say(_sentence(judged), n=str(judged.periods), **facts, **since)


def _sentence(judged: Process) -> str:
    if not judged.signal:
        return "demand_same"
    if judged.outside:
        return "demand_more" if judged.direction == "up" else "demand_less"
    return f"demand_run_{judged.direction}"


def _day(context: ReportContext) -> str:
    return context.term(f"day_{basis(context.scope)}")


def _backlog(context: ReportContext, now: Flow) -> str:
    backlog = context.shown(now.backlog)
    if not now.days:
        return context.say("backlog", backlog=backlog)
    ratio = context.number(now.backlog.value / now.opened_rate, 1)
    return context.say("backlog_days", backlog=backlog, days=ratio, day=_day(context))


def _beside(context: ReportContext) -> list[Html]:
    """Volumes of the period beside the one before, the same a year ago and the year so far."""
    told = headline(context.scope)  # on the scorecard
    names = [name for kind, names in BESIDE.items() if context.has(kind) for name in names if name not in told]
    values = [context.cube.value(name) for name in names]
    rows = [_row(context, value) for value in values if value.known]
    keys = ("indicator", "value", "per_day", "previous", "last_year", "year_to_date")
    if all(row[key] == formats.MISSING for row in rows for key in keys[3:]):
        return []
    named = {"per_day": f"per_day_{basis(context.scope)}", "previous": "period_before"}
    words = {key: context.term(named.get(key, key)) for key in keys}
    notes = [paragraph(text) for text in festival_note(context)]
    return [table(words, rows, numeric=set(keys) - {"indicator"}, caption=context.term("beside_others")), *notes]


def _row(context: ReportContext, value: Value) -> dict[str, str | Markup]:
    """One volume beside other periods."""
    name = value.indicator
    told = amount(context, name, rate(context.scope, value)) if per_day(context.scope, name) else formats.MISSING
    return {"indicator": context.title(name), "value": context.shown(value), "per_day": told} | comparison_cells(context, name)


def festival_note(context: ReportContext) -> list[str]:
    """Why a year ago means other days around Spring Festival."""
    festival = spring_festival(context.scope)
    if festival is None:
        return []
    facts = {"day": formats.day(festival.day, context.language), "last_day": formats.day(festival.last_day, context.language)}
    return [context.say("festival", **facts)]


def monthly_picture(context: ReportContext) -> Part:
    """Opened and resolved in each period, with the backlog."""
    course = flow(context.scope)
    known = [row for row in course if row.opened_rate == row.opened_rate]
    first, last = (known or course)[0], course[-1]
    summary = context.say(
        "demand_picture",
        n=len(known),
        day=_day(context),
        start=context.wording.period_label(first.period.label),
        end=context.wording.period_label(last.period.label),
        first=context.number(first.opened_rate, 1),
        last=context.number(last.opened_rate, 1),
        before=context.number(first.backlog.value),
        after=context.number(last.backlog.value),
    )
    rows = [
        {
            **{"period": row.period.label, "opened": row.opened_rate, "resolved": row.resolved_rate},
            "backlog": row.backlog.value,
        }
        for row in course
    ]
    return bars(rows, title=context.say("demand_chart", day=_day(context)), summary=summary, language=context.language)


def _daily(context: ReportContext) -> list[Part]:
    """The period day by day; holidays and weekends shaded, unusual days of the whole marked."""
    counts = context.workspace.series("incidents", freq="D", as_of=context.moment)
    every = zip(counts["ds"].dt.date.tolist(), counts["y"].tolist(), strict=True)
    days = [(day, count) for day, count in every if context.period.start <= day < context.period.end]
    if not any(count for _, count in days) or context.period.days > DAILY:
        return []
    calendar = context.workspace.calendar(context.scope.settings.calendars[0].id)
    events = [event for event in unusual_events(context.scope).within(context.period.start, context.period.end) if event.certain]
    marked = [day for day, _ in days if any(event.first <= day <= event.last for event in events)]
    rows = [
        {"ds": day, "y": count, "holiday": calendar.holiday_name(day, context.language), "unusual": day in marked}
        | {"weekend": calendar.kind_of_day(day) == "weekend"}
        for day, count in days
    ]
    peak, most = max(days, key=lambda day: day[1])
    facts = {"day": formats.day(peak, context.language), "n": context.number(most)}
    unusual = context.listed(formats.short_day(day, context.language) for day in marked)
    summary = context.say("daily_unusual", list=unusual, **facts) if marked else context.say("daily_summary", **facts)
    return [line(rows, title=context.say("daily_chart"), summary=summary, language=context.language)]
