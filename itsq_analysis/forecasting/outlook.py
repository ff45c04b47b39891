"""The next weeks of a ticket table, whole and by member: what the forecast report tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Literal

import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.facts.sentence import Translated
from itsq_analysis.forecasting.sums import Span
from itsq_analysis.forecasting.track_record import Expectation, expectations, span_sum

if TYPE_CHECKING:
    pass

WEEK = 7
ALL = "all"  # the span of the whole horizon
LONGEST = 182  # days ahead
ALIKE = 0.97  # of the busiest day: days of the same weekday that bring so much are busy as well

Change = Literal["more", "fewer", "perhaps_more", "perhaps_fewer", "same", "unknown"]


@dataclass(frozen=True)
class Asked:
    """What the report was asked for: a table, a dimension ("" for none), days ahead, levels in per cent (ascending)."""

    table: str
    by: str
    horizon: int
    levels: tuple[float, ...]

    @property
    def level(self) -> float:
        """The range that sentences tell."""
        return self.levels[0]


@dataclass(frozen=True)
class CountedEvent:
    """A planned event that moves the days ahead.

    Attributes:
        series: whose days.
        name: of the event, without a year.
        first: its first day ahead.
        last: its last day ahead.
        effect: by what share its days differ from what they would be.
        learned: days of the history that this was learned from; 0 = as announced in the register.
    """

    series: str
    name: str
    first: date
    last: date
    effect: float
    learned: int


@dataclass(frozen=True)
class ForecastOutlook:
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
        discontinued: member -> the last day with a ticket (None where there never was one); not forecast.
        holidays: day -> name of the days ahead that the first calendar has a name for, on a weekend too.
        working_days: in the days ahead, and in as many days before; 0 outside the years that the calendar knows.
        unannounced_years: of the days ahead, whose adjusted working days are not announced.
        events: planned events that are counted in the days ahead, those of the whole first.
        unannounced: whether the register leaves open since when one of them is known: recomputed forecasts do without it.
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
    discontinued: dict[str, date | None]
    holidays: tuple[tuple[date, Translated], ...]
    working_days: tuple[int, int]
    unannounced_years: tuple[int, ...]
    events: tuple[CountedEvent, ...]
    unannounced: bool
    notes: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The name of the series of all rows."""
        return self.asked.table

    @cached_property
    def totals(self) -> tuple[Expectation, ...]:
        """`sums` as facts."""
        return expectations(self.sums)

    @cached_property
    def by_day(self) -> tuple[Expectation, ...]:
        """`days` as facts, each named "day"."""
        day = self.days["ds"].dt.date
        end = (self.days["ds"] + timedelta(days=1)).dt.date
        return expectations(self.days.assign(made=self.start, span="day", start=day, end=end, y=float("nan")))

    def days_of(self, series: str) -> list[Expectation]:
        """The days ahead of one series."""
        return [day for day in self.by_day if day.series == series]

    @property
    def series(self) -> list[str]:
        """The whole, then the members, those of which most is expected first."""
        sums = [row for row in self.totals if row.span == ALL and row.series != self.whole]
        return [self.whole, *(row.series for row in sorted(sums, key=lambda row: (-row.mean, row.series)))]

    @property
    def members(self) -> list[str]:
        """Series of members, those of which most is expected first."""
        return self.series[1:]

    def total(self, series: str, span: str = ALL) -> Expectation:
        """What one series brings in a span."""
        return next(row for row in self.totals if row.series == series and row.span == span)

    def before(self, series: str) -> float:
        """What came in as many days before the start; NaN where they are not all known."""
        rows = self.history[self.history["unique_id"] == series]
        return span_sum(rows, self.start - timedelta(days=self.asked.horizon), self.start)

    def change(self, series: str) -> Change:
        """What one series brings against as many days before."""
        return change(self.total(series), self.before(series))

    def busiest(self) -> tuple[Expectation, bool]:
        """The busiest day of the whole, and whether others of its weekday are about as busy."""
        days = self.days_of(self.whole)
        peak = max(days, key=lambda day: day.mean)
        alike = [day for day in days if day.start.weekday() == peak.start.weekday() and day.mean >= ALIKE * peak.mean]
        return peak, len(alike) > 1

    def unusual(self) -> list[tuple[str, Change, float]]:
        """Members that move otherwise than the whole does, which follows the calendar: beyond their 95 % range, the largest first.

        With what was to be expected of each if it moved as the whole.
        """
        before = self.before(self.whole)
        if not before > 0:
            return []
        pace = self.total(self.whole).mean / before
        judged = [
            (series, change(self.total(series), self.before(series) * pace), self.before(series) * pace) for series in self.members
        ]
        moved = [item for item in judged if item[1] in ("more", "fewer")]
        return sorted(moved, key=lambda item: -abs(self.total(item[0]).mean - item[2]))

    def course(self, series: str, weeks: int) -> pd.DataFrame:
        """The last weeks of one series and the days ahead: ds, y, median (the mean), lower and upper (of the range told)."""
        past = self.history[self.history["unique_id"] == series].tail(weeks * WEEK)[["ds", "y"]].astype({"y": float})
        ahead, level = self.days[self.days["unique_id"] == series], f"{self.asked.level:g}"
        columns = {"median": ahead["mean"], "lower": ahead[f"lo-{level}"], "upper": ahead[f"hi-{level}"]}
        return pd.concat([past, pd.DataFrame({"ds": ahead["ds"], **columns})], ignore_index=True)

    def load(self) -> pd.DataFrame:
        """The whole by calendar week from Monday: week (its first day), weekday (0 is Monday), value; missing outside the days."""
        means = {day.start: day.mean for day in self.days_of(self.whole)}
        first = self.start - timedelta(days=self.start.weekday())
        count = ((self.end - timedelta(days=1)) - first).days // WEEK + 1
        days = [first + timedelta(days=place) for place in range(count * WEEK)]
        values = [round(means.get(day, float("nan"))) if day in means else float("nan") for day in days]
        return pd.DataFrame(
            {
                "week": [day - timedelta(days=day.weekday()) for day in days],
                "weekday": [day.weekday() for day in days],
                "value": values,
            }
        )


def check(table: str, by: str, horizon: int, levels: Sequence[float]) -> Asked:
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
    return Asked(table, by, horizon, chosen)


def change(row: Expectation, before: float) -> Change:
    """A forecast against what came before: more or fewer where even the 95 % range does not hold that, perhaps beyond the 80 %."""
    if isnan(before):
        return "unknown"
    (low, high), (lowest, highest) = row.range(80), row.range(95)
    if low <= before <= high:
        return "same"
    beyond = not lowest <= before <= highest
    if before < low:
        return "more" if beyond else "perhaps_more"
    return "fewer" if beyond else "perhaps_fewer"


def spans(cutoff: date, horizon: int) -> list[Span]:
    """The weeks of a horizon, then the whole of it.

    >>> [(span.name, (span.end - span.start).days) for span in spans(date(2026, 11, 3), 10)]
    [('1', 7), ('2', 3), ('all', 10)]
    """
    end = cutoff + timedelta(days=horizon)
    starts = [cutoff + timedelta(days=place) for place in range(0, horizon, WEEK)]
    weeks = [Span(str(place), day, min(day + timedelta(days=WEEK), end), alike="week") for place, day in enumerate(starts, 1)]
    return [*weeks, Span(ALL, cutoff, end)]
