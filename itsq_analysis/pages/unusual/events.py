"""The unusual events of a context: alarms on all series together, the same thing told once, each with its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.anomaly import detect, to_events
from itsq_analysis.anomaly.explain import Explanation
from itsq_analysis.errors import ForecastError
from itsq_analysis.page.context import ALPHA, ReportContext
from itsq_analysis.series import UNKNOWN
from itsq_analysis.workspace.explaining import explain_event

ALARMS = 1.0  # false alarms a month that a page allows itself, over all its series together
WEEKS = 13  # looked back over, at least the period
BY = ("service", "group")  # whose members are looked at besides the whole
SHORTEST = 56  # days of a series from which it is looked at
EXPLAINED = 12  # events that are explained, the most unusual
LENGTHS = 3  # of events that begin on one day
SAME = 0.5  # share of the smaller event's tickets in the larger one from which they are the same event
NEAR = 0.8  # a service is told in place of a group if its excess is at least so large a part of the group's


@dataclass(frozen=True)
class Event:
    """An event that is told.

    Attributes:
        told: its explanation.
        also: other series that raised an alarm over the same tickets, as (dimension, member).
        certain: chance does not explain it, whichever of the series and days is looked at.
        table: what it counts: incidents or requests.
    """

    told: Explanation
    also: tuple[tuple[str, str], ...]
    certain: bool
    table: str

    @property
    def first(self) -> date:
        """First day of the excess."""
        return self.told.excess.start.date()

    @property
    def last(self) -> date:
        """Its last day."""
        return self.told.excess.end.date()


@dataclass(frozen=True)
class Unusual:
    """What was looked at and what was found, oldest first; `series`: how many could be judged, 0 with too little history."""

    start: date
    end: date
    series: int
    events: tuple[Event, ...]

    def within(self, first: date, end: date) -> list[Event]:
        """Events with a day from `first` on and before `end`."""
        return [one for one in self.events if one.first < end and one.last >= first]


def unusual_events(context: ReportContext) -> Unusual:
    """The events of the last thirteen weeks up to the end of the period, or of the period where that is longer; worked out once."""
    if "unusual" not in context.kept:
        context.kept["unusual"] = _found(context)
    kept: Unusual = context.kept["unusual"]
    return kept


def _found(context: ReportContext) -> Unusual:
    end = min(context.period.end, context.moment.astimezone(context.workspace.settings.organisation.zone).date())
    monday = end - timedelta(days=(end - timedelta(days=1)).weekday() + 1 + 7 * (WEEKS - 1))
    start = min(monday, context.period.start)
    alarms, judged = found_alarms(context, "incidents", (None, *BY), ALARMS)
    inside = alarms[(alarms["end"] >= pd.Timestamp(start)) & (alarms["start"] < pd.Timestamp(end))]
    events = explained(context, inside, "incidents", judged, ALARMS, days=(end - start).days)
    return Unusual(start, end, judged, tuple(one for one in events if one.last >= start and one.first < end))


def found_alarms(
    context: ReportContext, table: str, dimensions: Sequence[str | None], alarms: float, *, freq: str = "D", each: bool = False
) -> tuple[pd.DataFrame, int]:
    """Alarms on the whole of a table and on the members of some dimensions.

    Args:
        context: whose workspace and moment.
        table: incidents or requests.
        dimensions: None is the whole.
        alarms: false alarms a month, over all series together.
        freq: "D".
        each: the budget is that of each series.

    Returns:
        The rows of `to_events` with `dimension` ("" for the whole), and how many series were judged.
    """
    frames = []
    for by in dimensions:
        frame = context.workspace.series(table, freq=freq, by=by, as_of=context.moment)
        frame = frame[frame["unique_id"] != UNKNOWN]
        frames.append(frame.assign(unique_id=f"{by or ''}\n" + frame["unique_id"]))
    series = pd.concat(frames, ignore_index=True)
    judged = 0 if series.empty else int((series.groupby("unique_id")["ds"].agg(np.ptp) >= pd.Timedelta(days=SHORTEST - 1)).sum())
    empty = pd.DataFrame(columns=["unique_id", "dimension", "start", "end", "peak", "direction", "y", "expected", "size", "score"])
    if not judged:
        return empty, 0
    holidays = context.workspace.explaining(context.moment).holidays if freq == "D" else None
    try:
        found = detect(series, freq=freq, holidays=holidays, alarms_per_month=alarms if each else alarms / judged)
    except ForecastError:
        return empty, 0  # every series is too short
    events = to_events(found)
    if events.empty:
        return empty, judged
    named = events["unique_id"].str.split("\n", n=1, expand=True)
    return events.assign(dimension=named[0], unique_id=named[1]), judged


def explained(context: ReportContext, alarms: pd.DataFrame, table: str, judged: int, budget: float, *, days: int) -> list[Event]:
    """Alarms of so many `days` explained, those over the same tickets as one event, oldest first.

    An event is certain if its chance is below 5 % over all series, days and lengths that could have been told.
    """
    sources = context.workspace.explaining(context.moment)
    strongest = alarms.sort_values("score", ascending=False, kind="stable").head(EXPLAINED * 3)
    told = []
    for _, alarm in strongest.iterrows():
        found = explain_event(sources, alarm, table, alarm["dimension"] or None)
        if found is not None and (found.excess.size > 0) == found.up:
            told.append(found)
    looked_at = judged * days * LENGTHS * max(budget, 1.0)
    groups = _same(context, told, table)[:EXPLAINED]
    events = [
        Event(first, tuple((one.dimension, one.series) for one in rest), first.excess.chance <= ALPHA / looked_at, table)
        for first, rest in groups
    ]
    return sorted(events, key=lambda one: (one.first, one.told.dimension, one.told.series))


def _same(context: ReportContext, told: list[Explanation], table: str) -> list[tuple[Explanation, list[Explanation]]]:
    """Events over mostly the same tickets: the largest first, a service before a group that is hardly larger."""
    weight = {"service": 1.0, "group": NEAR}
    ordered = sorted(told, key=lambda one: (-abs(one.excess.size) * weight.get(one.dimension, 0.9), one.dimension, one.series))
    groups: list[tuple[Explanation, list[Explanation]]] = []
    for one in ordered:
        home = next((rest for first, rest in groups if _overlap(context, first, one, table) >= SAME), None)
        if home is None:
            groups.append((one, []))
        else:
            home.append(one)
    return groups


def _overlap(context: ReportContext, large: Explanation, small: Explanation, table: str) -> float:
    """Share of the smaller event's tickets (of those usually there, for a lack) that are the larger one's too."""
    if large.up != small.up or large.excess.end < small.excess.start or small.excess.end < large.excess.start:
        return 0.0
    tickets = context.workspace.explaining(context.moment).tickets(table)
    days = tickets["ds"].between(small.excess.start, small.excess.end)
    if not large.up:
        days = tickets["ds"].between(small.excess.start - pd.Timedelta(days=28), small.excess.end)
    mine, theirs = (_members(tickets, one) & days for one in (small, large))
    return float((mine & theirs).sum() / max(mine.sum(), 1))


def _members(tickets: pd.DataFrame, one: Explanation) -> Any:
    if not one.dimension:
        return np.ones(len(tickets), dtype=bool)
    return (tickets[one.dimension] == one.series).to_numpy(dtype=bool, na_value=False)
