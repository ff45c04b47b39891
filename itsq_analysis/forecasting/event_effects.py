"""Planned events (a promotion, a migration, a move): taken out of the history, put back into the days ahead.

By what share an event changes a day's number is learned from earlier days of events of the same name, as of a holiday. The change
that was announced counts as some such days, so it stands alone where history has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.day_levels import columns_by_day, level_of, same_end
from itsq_analysis.forecasting.holiday_effects import REPLACED, WEEKS
from itsq_analysis.forecasting.panel import Array, Bools, Panel
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

    def counted(self, horizon: int) -> list[dict[str, Any]]:
        """The events that touch the days ahead: unique_id, event, first, last (of its days ahead), effect, learned (days)."""
        ahead = self.history.grid.dates(self.history.future(horizon)).astype("datetime64[D]")
        rows = []
        for place, series in enumerate(self.history.ids.tolist()):
            for name in self.share:
                days = [day for day in ahead[place].tolist() if name in self.days.get(day, ())]
                if days and self.share[name][place]:
                    row = {"unique_id": series, "event": name, "first": days[0], "last": days[-1]}
                    rows.append(row | {"effect": float(self.share[name][place]), "learned": int(self.learned[name][place])})
        return rows


@dataclass(frozen=True)
class PlannedEvent:
    """An event as `forecast` takes it; `last`: None where it lasts; `effect`: NaN where none was announced."""

    name: str
    first: date
    last: date | None
    effect: float
    series: str | None
    known: date | None


def check_events(events: pd.DataFrame) -> tuple[PlannedEvent, ...]:
    """The rows of a frame of events.

    Args:
        events: name, first, last (missing: it lasts), effect (a share; missing: not announced), and where there are: unique_id (of
            the series that it is about; missing: all), known (the day from which it is announced; missing: always).

    Raises:
        ForecastError: a column is missing, or an effect is outside -0.95 to 10.
    """
    missing = [name for name in COLUMNS if name not in events]
    if missing:
        raise ForecastError(f"events must have the columns {', '.join(COLUMNS)}; found none named {', '.join(missing)}; add them")
    checked = []
    for row in events.reindex(columns=[*COLUMNS, "unique_id", "known"]).to_dict("records"):
        first, last, known = (None if pd.isna(row[key]) else pd.Timestamp(row[key]).date() for key in ("first", "last", "known"))
        effect = float("nan") if pd.isna(row["effect"]) else float(row["effect"])
        if first is None or not (isnan(effect) or LEAST <= effect <= MOST):
            raise ForecastError(
                f"an event must have a first day, and an effect between {LEAST:g} and {MOST:g}; found {row['first']} and "
                f"{effect:g} ({row['name']!r}); write 30 % more as 0.3"
            )
        series = None if pd.isna(row["unique_id"]) else str(row["unique_id"])
        checked.append(PlannedEvent(str(row["name"]), first, last, effect, series, known))
    return tuple(dict.fromkeys(checked))


def known_events(events: Sequence[PlannedEvent], first: date, cutoff: date, last: date) -> tuple[PlannedEvent, ...]:
    """The events that a forecast can know at its cutoff and that touch its history or its days.

    Args:
        events: of the register.
        first: first day of the history.
        cutoff: the last day that is known. An event that has begun is known; a lasting one is then in the history.
        last: the last day that is forecast.
    """
    chosen = []
    for event in events:
        begun = event.first <= cutoff
        announced = event.known is None or event.known <= cutoff + timedelta(days=1)
        inside = event.first <= last and (event.last is None or event.last >= first)
        if inside and (begun or announced) and not (begun and event.last is None):
            chosen.append(replace(event, last=event.last or last, known=None))
    return tuple(chosen)


def find_event_effects(panel: Panel, events: Sequence[PlannedEvent], special: SpecialDays, horizon: int) -> EventEffects | None:
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
    announced = {
        name: _announced(panel, [event for event in events if event.name == name])
        for name in sorted({event.name for event in events})
    }
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


def _days(events: Sequence[PlannedEvent], first: date, last: date) -> dict[date, tuple[str, ...]]:
    """Day -> names, within history and horizon."""
    days: dict[date, tuple[str, ...]] = {}
    for event in events:
        begin, end = max(event.first, first), min(event.last or last, last)
        for day in (begin + timedelta(days=place) for place in range((end - begin).days + 1)):
            names = days.get(day, ())
            days[day] = names if event.name in names else (*names, event.name)
    return days


def _announced(panel: Panel, events: Sequence[PlannedEvent]) -> tuple[Bools, Array]:
    """Which series events of a name are about, and the change that was announced the last time, 0 where none was."""
    about, effect = np.zeros(panel.n, dtype=bool), np.zeros(panel.n)
    for event in sorted(events, key=lambda event: event.first):
        mine = np.ones(panel.n, dtype=bool) if event.series is None else panel.ids.astype("str") == event.series
        about |= mine
        effect = np.where(mine & (not isnan(event.effect)), event.effect, effect)
    return about & ~panel.negative, effect


def _departures(
    panel: Panel, days: Mapping[date, tuple[str, ...]], special: SpecialDays, concerned: Mapping[str, Bools]
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
