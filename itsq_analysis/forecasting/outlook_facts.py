"""The forecast that a report tells, its explanation and its track record: worked out once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.facts.record import record_name, told_before
from itsq_analysis.facts.sentence import Translated
from itsq_analysis.forecasting.discontinued import find_discontinued
from itsq_analysis.forecasting.explain import Explanation
from itsq_analysis.forecasting.outlook import ALL, WEEK, Asked, CountedEvent, ForecastOutlook, spans
from itsq_analysis.forecasting.planned_events import events_of
from itsq_analysis.forecasting.sums import FEWEST_DAYS, LEVELS, sums
from itsq_analysis.forecasting.track_record import TrackRecord, expectations, span_sum

if TYPE_CHECKING:
    from itsq_analysis.worktime import Calendar

ORIGINS = 13  # earlier cutoffs
EARLIER = "smoothing+theta"  # of members at earlier cutoffs, for the width of their ranges: all models would take minutes


def forecast_outlook(scope: Scope, asked: Asked) -> ForecastOutlook:
    """The forecast that a report was asked for.

    Raises:
        ReportError: too little lies before the first day, or the whole table is discontinued.
        IndicatorError: an unknown table or dimension.
    """
    return _forecast(scope, asked)[0]


def forecast_explanation(scope: Scope, asked: Asked) -> Explanation:
    """Why the forecast of every series is what it is."""
    return _forecast(scope, asked)[1]


@fact
def track_record(scope: Scope, asked: Asked) -> TrackRecord:
    """Earlier forecasts of the whole for as many days: those that readers were told instead of those recomputed within a week."""
    outlook = forecast_outlook(scope, asked)
    kept = told_before(scope, record_folder(scope, asked), outlook.start, [ALL])
    return record_of(outlook, kept.rows, kept.files)


def record_folder(scope: Scope, asked: Asked) -> str:
    """Where the forecasts of a report's whole are kept."""
    return record_name(scope, asked.table, asked.by, f"days{asked.horizon}")


def record_of(outlook: ForecastOutlook, kept: pd.DataFrame, files: tuple[tuple[str, str], ...] = ()) -> TrackRecord:
    """The record of an outlook, with the rows that readers were told (as `told_before` gives them)."""
    again = outlook.earlier[(outlook.earlier["unique_id"] == outlook.whole) & (outlook.earlier["span"] == ALL)].assign(told=False)
    history = outlook.history[outlook.history["unique_id"] == outlook.whole]
    if len(kept):
        days = pd.to_datetime(kept["made"])
        near = [bool((abs(days - pd.Timestamp(day)) < timedelta(days=WEEK)).any()) for day in again["made"]]
        came = [span_sum(history, start, end) for start, end in zip(kept["start"], kept["end"], strict=True)]
        again = pd.concat([again[[not close for close in near]], kept.assign(y=came, told=True)], ignore_index=True)
    rows = again.sort_values("made", kind="stable").reset_index(drop=True)
    before = [span_sum(history, start - (end - start), start) for start, end in zip(rows["start"], rows["end"], strict=True)]
    return TrackRecord(expectations(rows, before, rows["told"].tolist()), outlook.asked.level, files)


@fact(disk=True)
def _forecast(scope: Scope, asked: Asked) -> tuple[ForecastOutlook, Explanation]:
    from itsq_analysis.forecasting.explain import forecast_explained
    from itsq_analysis.forecasting.forecast import Request

    history = _history(scope, asked)
    start = (history["ds"].max() + timedelta(days=1)).date()
    known = (pd.Timestamp(start) - history["ds"].min()).days
    if known < FEWEST_DAYS:
        raise ReportError(
            f"a forecast report needs {FEWEST_DAYS} whole days of {asked.table}; found {known}; load more, or wait for more"
        )
    discontinued, alive = _alive(history, asked)
    levels = tuple(sorted({*map(float, asked.levels), *map(float, LEVELS)}))
    events = events_of(scope, asked.table, asked.by, start)
    request = Request(alive, asked.horizon, "D", None, levels, scope.special_days, events, _family(alive, asked))
    days, explanation = forecast_explained(request)
    both = _sums(scope, asked, alive, days, events)
    now, end = both["made"] == start, start + timedelta(days=asked.horizon)
    counted = _counted(days, asked)
    outlook = ForecastOutlook(
        asked,
        start,
        end,
        tuple(spans(start, asked.horizon)[:-1]),
        history,
        days,
        both[now].reset_index(drop=True),
        both[~now].reset_index(drop=True),
        discontinued,
        _holidays(scope, start, end),
        (_working_days(scope, start, end), _working_days(scope, start - (end - start), start)),
        tuple(_calendar(scope).unannounced_years(start, end)),
        counted,
        events is not None and _is_unannounced(events, counted, start),
        tuple(days.attrs["notes"]),
    )
    return outlook, explanation


def _sums(scope: Scope, asked: Asked, alive: pd.DataFrame, days: pd.DataFrame, events: pd.DataFrame | None) -> pd.DataFrame:
    """Sums of the weeks and of all days, now and at earlier cutoffs."""
    start, stride = days["ds"].min().date(), max(WEEK, asked.horizon // 2 // WEEK * WEEK)
    cutoffs = [start - timedelta(days=stride * place) for place in range(ORIGINS, -1, -1)]
    origins = [(cutoff, spans(cutoff, asked.horizon)) for cutoff in cutoffs]
    whole, levels = alive["unique_id"] == asked.table, sorted({*asked.levels, *LEVELS})
    options = {"holidays": scope.special_days, "events": events, "cache": scope.cache}
    parts = [
        sums(rows, origins, levels=levels, made={start: days[days["unique_id"].isin(rows["unique_id"])]}, model=model, **options)
        for rows, model in ((alive[whole], "auto"), (alive[~whole], EARLIER))
        if len(rows)
    ]
    return pd.concat(parts, ignore_index=True)


def _calendar(scope: Scope) -> Calendar:
    return scope.workspace.calendar(scope.settings.calendars[0].id)


def _holidays(scope: Scope, start: date, end: date) -> tuple[tuple[date, Translated], ...]:
    calendar = _calendar(scope)
    days = [start + timedelta(days=place) for place in range((end - start).days)]
    named = [(day, calendar.holiday_name(day, "en"), calendar.holiday_name(day, "zh")) for day in days]
    return tuple((day, Translated(en, zh or en)) for day, en, zh in named if en)


def _working_days(scope: Scope, start: date, end: date) -> int:
    calendar = _calendar(scope)
    known = calendar.first_year <= start.year and end.year <= calendar.last_year
    return int(calendar.working_days(start, end)) if known else 0


def _is_unannounced(events: pd.DataFrame, counted: tuple[CountedEvent, ...], start: date) -> bool:
    """Whether the register leaves open since when an event that is counted is known."""
    mine = events[events["name"].isin([event.name for event in counted])]
    return bool((mine["known"] == pd.Timestamp(start)).any())


def _counted(days: pd.DataFrame, asked: Asked) -> tuple[CountedEvent, ...]:
    """The events in the days ahead, those of the whole first."""
    rows = [CountedEvent(*row.values()) for row in days.attrs["events"]]
    return tuple(sorted(rows, key=lambda event: (event.series != asked.table, event.first, event.name, event.series)))


def _history(scope: Scope, asked: Asked) -> pd.DataFrame:
    """The daily series of the table and, under "dimension=name", of its members."""
    series = scope.workspace.series
    whole = series(asked.table, freq="D", as_of=scope.moment).assign(unique_id=asked.table)
    if not len(whole):
        raise ReportError(f"a forecast report needs whole days of {asked.table}; found none; load an export of them")
    if not asked.by:
        return whole
    parts = series(asked.table, freq="D", by=asked.by, as_of=scope.moment)
    return pd.concat([whole, parts.assign(unique_id=f"{asked.by}=" + parts["unique_id"])], ignore_index=True)


def _alive(history: pd.DataFrame, asked: Asked) -> tuple[dict[str, date | None], pd.DataFrame]:
    """Members that are discontinued with their last day, and the rows of all others."""
    ended = find_discontinued(history, "D")
    pairs = zip(ended["unique_id"].tolist(), ended["last"].tolist(), strict=True)
    lasts = {str(name): None if pd.isna(last) else pd.Timestamp(last).date() for name, last in pairs}
    if asked.table in lasts:
        raise ReportError(
            f"a forecast report needs {asked.table} that go on; found none since {lasts[asked.table]}; load newer ones"
        )
    return lasts, history[~history["unique_id"].isin(lasts)].reset_index(drop=True)


def _family(alive: pd.DataFrame, asked: Asked) -> pd.DataFrame | None:
    children = [name for name in alive["unique_id"].unique() if name != asked.table]
    return pd.DataFrame({"parent": asked.table, "child": children}) if children else None
