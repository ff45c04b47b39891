"""The next weeks of a ticket table, whole and by member: what every section of the forecast report tells from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.errors import ForecastError, ReportError
from itsq_analysis.forecasting import Explanation, explain, forecast
from itsq_analysis.forecasting.discontinued import find_discontinued
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.forecast.sums import FEWEST_DAYS, LEVELS, Span, sums

WEEK = 7
ALL = "all"  # the span of the whole horizon
ORIGINS = 13  # earlier cutoffs
LONGEST = 182  # days ahead
EARLIER = "smoothing+theta"  # of members at earlier cutoffs, for the width of their ranges: all models would take minutes


@dataclass(frozen=True)
class Asked:
    """What the report was asked for: a table, a dimension ("" for none), days ahead, levels in per cent (ascending)."""

    table: str
    dimension: str
    horizon: int
    levels: tuple[float, ...]

    @property
    def level(self) -> float:
        """The range that sentences tell."""
        return self.levels[0]


@dataclass(frozen=True)
class Outlook:
    """Forecasts from the first day that the data do not hold.

    Attributes:
        asked: for this.
        start: the first day ahead.
        end: the day after the last one.
        weeks: of seven days from the start, the last one perhaps shorter.
        history: unique_id, ds, y by day; the whole is named as the table, a member "dimension=name".
        days: the daily forecast, unique_id, ds, mean, median and ranges; means of members add up to the whole.
        sums: the sums of the weeks ("1", "2" …) and of all days ("all"), as `sums` gives them.
        earlier: the same, made at earlier cutoffs.
        ended: member -> the last day with a ticket (None where there never was one); not forecast.
        notes: what a reader must know, in English.
    """

    asked: Asked
    start: date
    end: date
    weeks: tuple[Span, ...]
    history: pd.DataFrame
    days: pd.DataFrame
    sums: pd.DataFrame
    earlier: pd.DataFrame
    ended: dict[str, date | None]
    notes: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The name of the series of all rows."""
        return self.asked.table

    @property
    def members(self) -> list[str]:
        """Series of members, those of which most is expected first."""
        rows = self.sums[(self.sums["span"] == ALL) & (self.sums["unique_id"] != self.whole)]
        return [str(name) for name in rows.sort_values(["mean", "unique_id"], ascending=[False, True])["unique_id"]]

    def total(self, series: str, span: str = ALL) -> pd.Series:
        """The row of `sums` of one series and span."""
        found = self.sums[(self.sums["unique_id"] == series) & (self.sums["span"] == span)]
        row: pd.Series = found.iloc[0]
        return row

    def before(self, series: str) -> float:
        """What came in as many days before the start; NaN where they are not all known."""
        cut = pd.Timestamp(self.start)
        rows = self.history[(self.history["unique_id"] == series) & (self.history["ds"] < cut)]
        rows = rows[rows["ds"] >= cut - timedelta(days=self.asked.horizon)]
        return float(rows["y"].sum()) if len(rows) == self.asked.horizon else float("nan")


def check(table: str, dimension: str, horizon: int, levels: Sequence[float]) -> Asked:
    """What was asked for, checked.

    Raises:
        ForecastError: a horizon outside 7 to 182 days, or a level outside 50 to 99 per cent.

    >>> check("incidents", "service", 28, [95, 80]).level
    80
    """
    if not WEEK <= horizon <= LONGEST:
        raise ForecastError(f"horizon must be {WEEK} to {LONGEST} days; found {horizon}; 28 tells the next four weeks")
    chosen = tuple(sorted(set(levels)))
    if not chosen or not all(50 <= level <= 99 for level in chosen):
        raise ForecastError(f"levels must lie between 50 and 99 per cent; found {list(levels)}; give for example [80, 95]")
    return Asked(table, dimension, horizon, chosen)


def outlook(context: ReportContext, asked: Asked) -> Outlook:
    """The forecast; worked out once for a context.

    Raises:
        ReportError: too little lies before the first day, or the whole table has ended.
        IndicatorError: an unknown table or dimension.
    """
    key = ("forecast outlook", asked)
    if key not in context.kept:
        context.kept[key] = _outlook(context, asked)
    found: Outlook = context.kept[key]
    return found


def explanation(context: ReportContext, asked: Asked) -> Explanation:
    """Why the forecast of every series is what it is."""
    key = ("forecast explanation", asked)
    if key not in context.kept:
        found = outlook(context, asked)
        alive = found.history[found.history["unique_id"].isin(found.days["unique_id"])]
        context.kept[key] = explain(alive, asked.horizon, freq="D", holidays=_holidays(context))
    told: Explanation = context.kept[key]
    return told


def _holidays(context: ReportContext) -> Any:
    return context.workspace.special_days


def _outlook(context: ReportContext, asked: Asked) -> Outlook:
    history = _history(context, asked)
    start = (history["ds"].max() + timedelta(days=1)).date()
    known = (pd.Timestamp(start) - history["ds"].min()).days
    if known < FEWEST_DAYS:
        raise ReportError(
            f"a forecast report needs {FEWEST_DAYS} whole days of {asked.table}; found {known}; load more, or wait for more"
        )
    ended, alive = _alive(history, asked)
    family = _family(alive, asked)
    levels = sorted({*asked.levels, *LEVELS})
    days = forecast(alive, asked.horizon, freq="D", levels=levels, holidays=_holidays(context), hierarchy=family)
    stride = max(WEEK, asked.horizon // 2 // WEEK * WEEK)
    cutoffs = [start - timedelta(days=stride * place) for place in range(ORIGINS, -1, -1)]
    origins = [(cutoff, spans(cutoff, asked.horizon)) for cutoff in cutoffs]
    parts = [
        sums(rows, origins, levels=levels, made={start: _of(days, rows)}, holidays=_holidays(context), model=model)
        for rows, model in ((alive[alive["unique_id"] == asked.table], "auto"), (alive[alive["unique_id"] != asked.table], EARLIER))
        if len(rows)
    ]
    found = pd.concat(parts, ignore_index=True)
    now = found["made"] == start
    return Outlook(
        asked,
        start,
        start + timedelta(days=asked.horizon),
        tuple(spans(start, asked.horizon)[:-1]),
        history,
        days,
        found[now].reset_index(drop=True),
        found[~now].reset_index(drop=True),
        ended,
        tuple(days.attrs["notes"]),
    )


def _history(context: ReportContext, asked: Asked) -> pd.DataFrame:
    """The daily series of the table and, under "dimension=name", of its members."""
    series = context.workspace.series
    whole = series(asked.table, freq="D", as_of=context.moment).assign(unique_id=asked.table)
    if not len(whole):
        raise ReportError(f"a forecast report needs whole days of {asked.table}; found none; load an export of them")
    if not asked.dimension:
        return whole
    parts = series(asked.table, freq="D", by=asked.dimension, as_of=context.moment)
    return pd.concat([whole, parts.assign(unique_id=f"{asked.dimension}=" + parts["unique_id"])], ignore_index=True)


def _alive(history: pd.DataFrame, asked: Asked) -> tuple[dict[str, date | None], pd.DataFrame]:
    """Members that have ended with their last day, and the rows of all others."""
    found = find_discontinued(history, "D")
    ended = {
        str(name): None if pd.isna(last) else last.date() for name, last in zip(found["unique_id"], found["last"], strict=True)
    }
    if asked.table in ended:
        raise ReportError(
            f"a forecast report needs {asked.table} that go on; found none since {ended[asked.table]}; load newer ones"
        )
    return ended, history[~history["unique_id"].isin(ended)].reset_index(drop=True)


def _of(days: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return days[days["unique_id"].isin(rows["unique_id"].unique())]


def _family(alive: pd.DataFrame, asked: Asked) -> pd.DataFrame | None:
    children = [name for name in alive["unique_id"].unique() if name != asked.table]
    return pd.DataFrame({"parent": asked.table, "child": children}) if children else None


def spans(cutoff: date, horizon: int) -> list[Span]:
    """The weeks of a horizon, then the whole of it.

    >>> [(one.name, (one.end - one.start).days) for one in spans(date(2026, 11, 3), 10)]
    [('1', 7), ('2', 3), ('all', 10)]
    """
    end = cutoff + timedelta(days=horizon)
    starts = [cutoff + timedelta(days=place) for place in range(0, horizon, WEEK)]
    weeks = [Span(str(place), one, min(one + timedelta(days=WEEK), end), alike="week") for place, one in enumerate(starts, 1)]
    return [*weeks, Span(ALL, cutoff, end)]
