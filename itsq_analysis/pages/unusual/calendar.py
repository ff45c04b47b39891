"""The calendar of a context's unusual days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from itsq_analysis.charts import Chart, calendar_grid
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.forecast.words import things
from itsq_analysis.pages.unusual.events import Event
from itsq_analysis.pages.unusual.words import subject
from itsq_analysis.text import clauses


def calendar(context: ReportContext, start: date, end: date, events: Sequence[Event], table: str) -> Chart:
    """One cell per day from the start to the day before the end; the days of a table's events are filled, holidays named.

    On a day of several events the largest one is told.
    """
    days = pd.date_range(start, end - timedelta(days=1), freq="D")
    frame = pd.DataFrame({"ds": days, "value": np.nan, "what": "", "holiday": holidays(context, days)})
    for event in sorted(events, key=lambda one: abs(one.told.excess.size)):
        excess = event.told.excess
        by_day = pd.Series(excess.by_day, pd.date_range(excess.start, excess.end, freq="D"))
        inside = frame["ds"].isin(by_day.index)
        frame.loc[inside, "value"] = by_day.reindex(frame.loc[inside, "ds"]).to_numpy()
        earlier = frame.loc[inside, "what"]
        frame.loc[inside, "what"] = [
            clauses([subject(context, event), *([text] if text else [])], context.language) for text in earlier
        ]
    unusual = int(frame["value"].notna().sum())
    summary = context.say("unusual_picture", days=len(days), n=unusual, events=len(events))
    title = context.say("unusual_calendar", things=things(context, table))
    return calendar_grid(frame, title=title, summary=summary, language=context.language)


def holidays(context: ReportContext, days: pd.DatetimeIndex) -> list[str | None]:
    """The names of holidays in the first calendar of itsq.toml."""
    known = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    inside = [known.first_year <= day.year <= known.last_year for day in days]
    return [known.holiday_name(day.date(), context.language) if here else None for day, here in zip(days, inside, strict=True)]
