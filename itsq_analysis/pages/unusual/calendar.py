"""The calendar of unusual days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from itsq_analysis.anomaly.unusual import Event, unusual_days
from itsq_analysis.charts import Chart, calendar_grid
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.unusual.words import subject, things
from itsq_analysis.text import clauses


def calendar(context: ReportContext, start: date, end: date, events: Sequence[Event], table: str) -> Chart:
    """One cell per day from the start to the day before the end; the days of a table's events are filled, holidays named.

    On a day of several events the largest one is told.
    """
    days = unusual_days(start, end, tuple(events))
    what = [clauses([subject(context, events[place]) for place in places], context.language) for places in days["events"]]
    frame = days.assign(what=what, holiday=[_holiday(context, day.date()) or "" for day in days["ds"]])
    unusual = int(days["value"].notna().sum())
    summary = context.say("unusual_picture", days=len(days), n=unusual, events=len(events))
    title = context.say("unusual_calendar", things=things(context, table))
    return calendar_grid(frame, title=title, summary=summary, language=context.language)


def _holiday(context: ReportContext, day: date) -> str | None:
    """The name of a holiday in the first calendar of itsq.toml."""
    known = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    return known.holiday_name(day, context.language) if known.first_year <= day.year <= known.last_year else None
