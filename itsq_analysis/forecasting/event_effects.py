"""Planned events (a promotion, a migration, a move): taken out of the history, put back into the days ahead.

By what share an event changes a day's number is learned from earlier days of events of the same name, as of a holiday. The change
that was announced counts as some such days, so it stands alone where history has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.day_levels import columns_by_day, level_of, same_end
from itsq_analysis.forecasting.holiday_effects import REPLACED, WEEKS
from itsq_analysis.forecasting.panel import Array, Panel
from itsq_analysis.forecasting.steps import DAY

COLUMNS = ("name", "first", "last", "effect")
PRIOR_DAYS = 1.5  # days of history that an announced change counts as
LEAST, MOST = -0.95, 10.0  # share of a day's usual number that an event may change it by
LARGEST = 3.0  # departure of a single day that is believed


@dataclass(frozen=True)
class EventEffects:
    """What planned events do to the series of a panel.

    Attributes:
        history: the panel without them.
        days: day -> names of the events on it.
        share: name -> by what share a day of it differs from its usual level, one per series.
        learned: name -> days of the history that this was learned from, one per series.
    """

    history: Panel
    days: Mapping[date, tuple[str, ...]]
    share: dict[str, Array]
    learned: dict[str, Array]

    def apply(self, paths: Array) -> Array:
        """Put the effects into paths (… × series × horizon)."""
        panel, result = self.history, paths.copy()
        places = panel.future(paths.shape[-1])
        for rows in same_end(panel.last):
            for day, columns in columns_by_day(panel, panel.grid.number(places[rows[0]])).items():
                if day in self.days:
                    result[..., rows[:, None], columns] *= self._factor(day)[rows][:, None]
        return result

    def _factor(self, day: date) -> Array:
        """What a day is multiplied by, one per series; nothing moves that may go below zero."""
        factor = np.prod([1 + self.share[name] for name in self.days[day]], axis=0)
        return np.asarray(np.where(self.history.negative, 1.0, factor))

    def table(self, horizon: int) -> pd.DataFrame:
        """unique_id, event, first, last (of its days ahead), effect, learned (days): the events that touch the days ahead."""
        ahead = self.history.grid.dates(self.history.future(horizon)).astype("datetime64[D]")
        rows = []
        for place, series in enumerate(self.history.ids.tolist()):
            for name in self.share:
                days = [day for day in ahead[place].tolist() if name in self.days.get(day, ())]
                if days and self.share[name][place]:
                    rows.append((series, name, days[0], days[-1], self.share[name][place], int(self.learned[name][place])))
        return pd.DataFrame(rows, columns=["unique_id", "event", "first", "last", "effect", "learned"])


def known_events(events: pd.DataFrame | None, first: date, cutoff: date, last: date) -> pd.DataFrame | None:
    """The events that a forecast can know at its cutoff and that touch its history or its days; None without any.

    Args:
        events: name, first, last (missing: it lasts), effect (a share; missing: not announced), and where there are: unique_id (of
            the series that it is about; missing: all), known (the day from which it is announced; missing: always).
        first: first day of the history.
        cutoff: the last day that is known. An event that has begun is known; a lasting one is then in the history.
        last: the last day that is forecast.

    Raises:
        ForecastError: a column is missing, or an effect is outside -0.95 to 10.
    """
    if events is None:
        return None
    missing = [name for name in COLUMNS if name not in events]
    if missing:
        raise ForecastError(f"events must have the columns {', '.join(COLUMNS)}; found none named {', '.join(missing)}; add them")
    table = events.reindex(columns=[*COLUMNS, "unique_id", "known"])
    for column in ("first", "last", "known"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[us]")
    table["effect"] = table["effect"].astype("float64")
    wrong = ~table["effect"].fillna(0.0).between(LEAST, MOST)
    if wrong.any():
        raise ForecastError(
            f"an event's effect must lie between {LEAST:g} and {MOST:g}; found {table['effect'][wrong].iloc[0]:g} "
            f"({table['name'][wrong].iloc[0]!r}); write 30 % more as 0.3"
        )
    begun = table["first"] <= pd.Timestamp(cutoff)
    told = table["known"].isna() | (table["known"] <= pd.Timestamp(cutoff + timedelta(days=1)))
    lasting = table["last"].isna()
    inside = (table["first"] <= pd.Timestamp(last)) & (lasting | (table["last"] >= pd.Timestamp(first)))
    chosen = table[inside & (begun | told) & ~(lasting & begun)]
    chosen = chosen.assign(last=chosen["last"].fillna(pd.Timestamp(last))).drop(columns="known").drop_duplicates()
    return chosen.astype({"name": "str", "unique_id": "str"}).reset_index(drop=True) if len(chosen) else None


def find_event_effects(panel: Panel, events: pd.DataFrame, special: SpecialDays, horizon: int) -> EventEffects | None:
    """Estimate the effects and clean the history; None where steps are longer than days or no event is about a series.

    Args:
        panel: the series.
        events: as `known_events` gives them.
        special: special days, from which nothing is learned about events.
        horizon: places ahead.
    """
    minutes = panel.grid.step.minutes
    if not minutes or minutes > DAY or DAY % minutes:
        return None
    begin, end = (panel.grid.dates(edge).astype("datetime64[D]") for edge in (panel.last - panel.length + 1, panel.last + horizon))
    days = _days(events, begin.min().item(), end.max().item())
    announced = {name: _announced(panel, rows) for name, rows in events.groupby("name", sort=True)}
    concerned = {name: about for name, (about, _) in announced.items()}
    total, count = _departures(panel, days, special, concerned)
    share = {
        name: np.where(about, np.clip((total[name] + PRIOR_DAYS * effect) / (count[name] + PRIOR_DAYS), LEAST, MOST), 0.0)
        for name, (about, effect) in announced.items()
    }
    if not any(values.any() for values in share.values()):
        return None
    effects = EventEffects(panel, days, share, count)
    return replace(effects, history=_cleaned(panel, effects))


def _days(events: pd.DataFrame, first: date, last: date) -> dict[date, tuple[str, ...]]:
    """Day -> names, within history and horizon."""
    days: dict[date, tuple[str, ...]] = {}
    for event in events.itertuples():
        begin, end = max(event.first.date(), first), min(event.last.date(), last)
        for place in range((end - begin).days + 1):
            day = begin + timedelta(days=place)
            days[day] = (*days.get(day, ()), str(event.name)) if str(event.name) not in days.get(day, ()) else days[day]
    return days


def _announced(panel: Panel, rows: pd.DataFrame) -> tuple[Array, Array]:
    """Which series an event of a name is about, and the change that was announced of it the last time, 0 where none was."""
    about, effect = np.zeros(panel.n, dtype=bool), np.zeros(panel.n)
    for event in rows.sort_values("first", kind="stable").itertuples():
        mine = np.ones(panel.n, dtype=bool) if pd.isna(event.unique_id) else panel.ids.astype("str") == event.unique_id
        about |= mine
        effect = np.where(mine & ~np.isnan(event.effect), event.effect, effect)
    return about & ~panel.negative, effect


def _departures(
    panel: Panel, days: Mapping[date, tuple[str, ...]], special: SpecialDays, concerned: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Name -> sum of the departures of its days from their usual level, and number of these days, one per series."""
    total, count = ({name: np.zeros(panel.n) for name in concerned} for _ in range(2))
    per_day = DAY // panel.grid.step.minutes
    around = [7 * per_day * week for week in range(-WEEKS, WEEKS + 1) if week]
    for rows in same_end(panel.last):
        numbers = panel.grid.number(panel.past()[rows[0]])
        by_day = columns_by_day(panel, numbers)
        unusual = [day for day in by_day if day in days or special.days.get(day, ("",))[0] in REPLACED]
        y = panel.y.copy()
        for day in unusual:
            y[rows[:, None], by_day[day]] = np.nan
        masked = panel.with_values(y)
        for day in [day for day in unusual if day in days and day not in special.days]:
            seen = panel.y[rows[:, None], by_day[day]]
            usual = level_of(masked, rows, numbers[by_day[day]], around)
            known = ~(np.isnan(seen) | np.isnan(usual))
            level = np.where(known, usual, 0.0).sum(axis=1)
            able = level > 0
            share = np.where(known, seen, 0.0).sum(axis=1) / np.where(able, level, 1.0) - 1.0
            several = sum(concerned[name][rows].astype(int) for name in days[day])
            for name in days[day]:
                learns = able & concerned[name][rows] & (several == 1)
                total[name][rows] += np.where(learns, np.clip(share, -1.0, LARGEST), 0.0)
                count[name][rows] += learns
    return total, count


def _cleaned(panel: Panel, effects: EventEffects) -> Panel:
    """The panel as it would have been without the events."""
    y = panel.y.copy()
    for rows in same_end(panel.last):
        for day, columns in columns_by_day(panel, panel.grid.number(panel.past()[rows[0]])).items():
            if day in effects.days:
                y[rows[:, None], columns] /= effects._factor(day)[rows][:, None]
    return panel.with_values(y)
