"""forecast: a long frame -> means, medians and intervals of the next steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import Holidays, SpecialDays, special_days
from itsq_analysis.forecasting.clock import real, with_skipped
from itsq_analysis.forecasting.combined import Job, PanelForecast, panel_forecasts
from itsq_analysis.forecasting.event_effects import PlannedEvent, check_events, known_events
from itsq_analysis.forecasting.frame import Layout, check_horizon, lay_out
from itsq_analysis.forecasting.hierarchy import add_up, check_hierarchy
from itsq_analysis.forecasting.models import model_names
from itsq_analysis.forecasting.panel import join
from itsq_analysis.forecasting.result import table


def forecast(
    frame: pd.DataFrame,
    horizon: int,
    *,
    freq: str | None = None,
    season_length: int | Sequence[int] | None = None,
    levels: Sequence[float] = (80, 95),
    holidays: Holidays = None,
    events: pd.DataFrame | None = None,
    hierarchy: pd.DataFrame | None = None,
    model: str = "auto",
    seed: int = 0,
    components: bool = False,
) -> pd.DataFrame:
    """Forecast every series of a long frame from its own last timestamp.

    Args:
        frame: columns unique_id, ds, y; a timestamp that is missing inside a series is not known, not zero.
        horizon: number of steps. In an aware frame the hour that the clock skips is none, the one that it repeats is one.
        freq: the step, such as "5min", "h", "D", "W", "MS"; None finds it.
        season_length: main season in steps, or all of them; None takes those of the calendar.
        levels: of the intervals, in per cent.
        holidays: a country code ("CN", "DE-BY", "BR:public,optional"), several, or a frame of dates.
        events: planned events, past and to come: name, first, last (missing: it lasts), effect (0.3 = 30 % more; missing: not
            announced), and where there are, unique_id (missing: every series) and known (the day from which it is announced).
            Earlier days of an event teach its effect; the announced one stands alone where there are none. For steps up to a day.
        hierarchy: a frame parent, child of ids whose means must add up.
        model: "auto", or the name of one model, or several joined by "+" ("profile+smoothing").
        seed: the same seed gives the same forecast.
        components: whether each model's own forecast is wanted too.

    Returns:
        unique_id, ds, mean, median, lo-80, hi-80, lo-95, hi-95; series sorted by name. `attrs["notes"]`: sentences a reader must
        know, such as a year whose adjusted working days are not announced. `attrs["events"]`: the events that are counted in the
        days ahead, each a dictionary of unique_id, event, first, last, effect, learned (days of history behind it; 0 = announced).
        With `components`, for each model that was asked, its own median in a column of its name, holidays included, and its weight
        in `weight-NAME`: those of a row add up to 1; missing where a series was not given to that model; not moved by a hierarchy.

    Raises:
        ForecastError: the frame, or another argument, is not what it must be; the message names series, row and remedy.

    >>> days = pd.date_range("2026-01-05", periods=28, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 4})
    >>> forecast(frame, 7)["median"].tolist()
    [5.0, 4.0, 4.0, 4.0, 3.0, 0.0, 0.0]
    """
    request = Request(frame, horizon, freq, season_length, tuple(check_levels(levels)), holidays, events, hierarchy, model)
    return forecast_each([request], seed, components=components)[0]


@dataclass(frozen=True, eq=False)
class Request:
    """The arguments of a `forecast`."""

    frame: pd.DataFrame
    horizon: int
    freq: str | None = None
    season_length: int | Sequence[int] | None = None
    levels: tuple[float, ...] = (80.0, 95.0)
    holidays: Holidays = None
    events: pd.DataFrame | None = None
    hierarchy: pd.DataFrame | None = None
    model: str = "auto"

    def job(self) -> Job:
        """Checked and laid out.

        Raises:
            ForecastError: an argument is not what it must be.
        """
        horizon = check_horizon(self.horizon)
        components = check_model(self.model)
        layout = lay_out(self.frame, self.freq, self.season_length)
        check_known(layout)
        family = check_hierarchy(self.hierarchy, join(layout.panels))
        ahead = with_skipped(layout, horizon)
        return Job(
            layout, ahead, components, special_of(layout, self.holidays, ahead), events_of(layout, self.events, ahead), family
        )


def forecast_each(requests: Sequence[Request], seed: int = 0, *, components: bool = False) -> list[pd.DataFrame]:
    """`forecast` of every request, computed together: each is what it would be alone."""
    jobs = [request.job() for request in requests]
    return [
        result_of(request, job, panels, notes, components=components)
        for request, job, (panels, notes) in zip(requests, jobs, panel_forecasts(jobs, seed), strict=True)
    ]


def result_of(
    request: Request, job: Job, panels: Sequence[PanelForecast], notes: list[str], *, components: bool = False
) -> pd.DataFrame:
    """The frame that `forecast` gives."""
    levels = list(request.levels) or [80.0]
    horizon = int(request.horizon)
    parts = [
        table(job.layout, panel, job.horizon, levels, components=components)[real(job.layout, panel.panel, horizon).ravel()]
        for panel in panels
    ]
    result = pd.concat(parts, ignore_index=True)
    if job.family is not None:
        negative = {name for panel in panels for name in panel.panel.ids[panel.panel.negative].tolist()}
        result = add_up(result, job.family, negative, f"{levels[-1]:g}")
    if not request.levels:
        result = result.drop(columns=["lo-80", "hi-80"])
    result = result.sort_values("unique_id", kind="stable", ignore_index=True)
    result.attrs["notes"] = notes
    result.attrs["events"] = [row for panel in panels if panel.events is not None for row in panel.events.counted(job.horizon)]
    return result


def special_of(layout: Layout, holidays: Holidays, horizon: int) -> SpecialDays:
    """The special days of all histories and of the forecast: of the months, for longer steps of the years, that they touch."""
    if holidays is None or (isinstance(holidays, (str, list, tuple)) and not len(holidays)):
        return SpecialDays()
    if layout.numbered:
        raise ForecastError("holidays need timestamps; found whole numbers in ds; give ds as timestamps, or holidays=None")
    first, end, last = edges(layout, horizon)
    special = special_days(holidays, first, last, end)
    if layout.step.months:
        return special.between(first.replace(month=1, day=1), last.replace(month=12, day=31))
    later = pd.Timestamp(last) + pd.Timedelta(minutes=layout.step.minutes) + pd.offsets.MonthEnd(0)
    return special.between(first.replace(day=1), later.date())


def events_of(layout: Layout, events: pd.DataFrame | None, horizon: int) -> tuple[PlannedEvent, ...]:
    """The planned events that are known at the cutoff and touch history or forecast."""
    if events is None or layout.numbered:
        return ()
    first, _, last = edges(layout, horizon)
    cutoff = max(_day(panel.grid.dates(panel.last).max()) for panel in layout.panels)
    return known_events(check_events(events), first, cutoff, last)


def edges(layout: Layout, horizon: int) -> tuple[date, date, date]:
    """The first day of all histories, the earliest last day of one, and the last day that is forecast."""
    first = min(panel.grid.dates(panel.last - panel.length + 1).min() for panel in layout.panels)
    ends = min(panel.grid.dates(panel.last).min() for panel in layout.panels)
    last = max(panel.grid.dates(panel.last + horizon).max() for panel in layout.panels)
    return _day(first), _day(ends), _day(last)


def _day(stamp: np.datetime64) -> date:
    return pd.Timestamp(stamp).date()


def check_known(layout: Layout) -> None:
    """Refuse a series of which nothing is known: a forecast of zero would be invented.

    Raises:
        ForecastError: there is one.
    """
    for panel in layout.panels:
        unknown = ~panel.known.any(axis=1)
        if unknown.any():
            name = panel.ids[int(unknown.argmax())]
            raise ForecastError(f"a series must have at least one known value; found none in series {name!r}; drop it")


def check_levels(levels: Sequence[float]) -> list[float]:
    """Levels in per cent, ascending.

    Raises:
        ForecastError: a level is not between 0 and 100.
    """
    given: list[Any] = list(levels) if isinstance(levels, Iterable) and not isinstance(levels, str) else [levels]
    if any(isinstance(level, bool) or not isinstance(level, (int, float, np.number)) or not 0 < level < 100 for level in given):
        raise ForecastError(f"levels must lie between 0 and 100 per cent; found {given}; give for example (80, 95)")
    return sorted({float(level) for level in given})


def check_model(model: str) -> tuple[str, ...]:
    """Names of the models that are asked for; () = the usual combination.

    Raises:
        ForecastError: there is no such model.
    """
    names = () if model == "auto" else tuple(str(model).split("+"))
    for name in names:
        if name not in model_names()[1:]:
            raise ForecastError(f"model must be one of {', '.join(model_names())}; found {name!r}; use one of these")
    return tuple(dict.fromkeys(names))
