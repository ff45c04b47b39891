"""The calendar of expected load: weeks down, weekdays across, holidays by name, planned events with what they add."""

from __future__ import annotations

from datetime import date

from itsq_analysis.charts import heat_grid
from itsq_analysis.facts.sentence import Dates, DayOfWeek, Growth, Range
from itsq_analysis.forecasting.outlook import WEEK, CountedEvent, ForecastOutlook
from itsq_analysis.forecasting.statements import event_tickets, following, name_of, things
from itsq_analysis.forecasting.track_record import Expectation
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph, subheading
from itsq_analysis.page.table import Column, Source, html_table
from itsq_analysis.text import formats

DAYS: Source[Expectation] = Source("forecasting.by_day", lambda day: f"{day.series}/{day.start}")


def load_calendar(context: ReportContext, outlook: ForecastOutlook) -> Section:
    """Tickets to expect on every day ahead, and what of it planned events bring."""
    days, part = outlook.days_of(outlook.whole), context.wording.part
    least, most = min(days, key=lambda day: day.mean), max(days, key=lambda day: day.mean)
    facts = {"most": part(DayOfWeek(most.start)), "high": context.number(most.mean)}
    facts |= {"least": part(DayOfWeek(least.start)), "low": context.number(least.mean)}
    told = [context.say("fc_calendar_answer", **facts), _holidays(context, outlook, days)]
    mean = sum(day.mean for day in days) / len(days)
    parts: list[Part] = [_grid(context, outlook, context.say("fc_calendar_picture", mean=context.number(mean)))]
    parts += _events(context, outlook)
    if outlook.unannounced_years:
        country = context.workspace.settings.calendars[0].holidays
        parts.append(
            paragraph(context.say("unannounced", calendar=country, years=context.listed(map(str, outlook.unannounced_years))))
        )
    names = {day: part(name) for day, name in outlook.holidays}
    columns = [
        Column[Expectation]("fc_day", lambda day: DayOfWeek(day.start)),
        Column[Expectation]("fc_mean", lambda day: day.mean, "count"),
        Column[Expectation]("fc_range", lambda day: Range(*day.range(outlook.asked.level)), "count"),
        Column[Expectation]("chart_holiday", lambda day: names.get(day.start, "")),
    ]
    parts.append(folded(context.term("show_table"), html_table(context, context.wording, columns, days, source=DAYS)))
    return context.section("fc_calendar", told, parts)


def _holidays(context: ReportContext, outlook: ForecastOutlook, days: list[Expectation]) -> str:
    """The holidays among the days, each with its first day and how many tickets a day it brings."""
    if not outlook.holidays:
        return context.say("fc_calendar_no_holiday")
    told = []
    for name in dict.fromkeys(context.wording.part(name) for _, name in outlook.holidays):
        own = [day for day, holiday in outlook.holidays if context.wording.part(holiday) == name]
        means = [day.mean for day in days if day.start in own]
        facts = {"day": formats.short_day(own[0], context.language), "mean": context.number(sum(means) / len(means))}
        told.append(context.say("fc_calendar_holiday", name=name, **facts))
    return context.say("fc_calendar_holidays", list=context.listed(told))


def _grid(context: ReportContext, outlook: ForecastOutlook, summary: str) -> Part:
    """Calendar weeks from Monday; days outside the forecast are dashes."""
    load = outlook.load()
    weeks = [context.wording.dates(week, date.fromordinal(week.toordinal() + WEEK)) for week in load["week"]]
    frame = load.assign(member=weeks, period=[context.term(f"weekday_{day}") for day in load["weekday"]])
    title = context.say("fc_calendar_chart", things=context.wording.part(things(outlook.asked.table)))
    return heat_grid(frame[["member", "period", "value"]], title=title, summary=summary, language=context.language, unit="count")


def _events(context: ReportContext, outlook: ForecastOutlook) -> list[Part]:
    """Which planned events are counted, with how much, and where that comes from."""
    if not outlook.events:
        return []

    def source(event: CountedEvent) -> str:
        return context.say("fc_event_learned", n=event.learned) if event.learned else context.say("fc_event_announced")

    columns = [
        Column[CountedEvent]("fc_event", lambda event: event.name),
        Column[CountedEvent]("fc_series", lambda event: name_of(outlook, event.series)),
        Column[CountedEvent]("fc_days", lambda event: Dates(event.first, following(event.last))),
        Column[CountedEvent]("fc_effect", lambda event: Growth(event.effect), "share"),
        Column[CountedEvent]("fc_event_tickets", lambda event: event_tickets(outlook, event), "count"),
        Column[CountedEvent]("fc_source", source),
    ]
    notes = ["fc_events_note", *(["fc_events_unannounced"] if outlook.unannounced else [])]
    table = html_table(context, context.wording, columns, outlook.events)
    return [subheading(context.term("fc_events")), table, *(paragraph(context.say(note)) for note in notes)]
