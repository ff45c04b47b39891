"""Alarms explained: those over the same tickets are one event, told by the largest of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.explain.event import excess_of, explain_event
from itsq_analysis.anomaly.explain.explanation import Excess, Explanation
from itsq_analysis.anomaly.explain.sources import tickets
from itsq_analysis.anomaly.unusual import Event, Part, Precedent
from itsq_analysis.facts import Scope

EXPLAINED = 12  # events that are explained, the most unusual
ALPHA = 0.05
LENGTHS = 3  # of events that begin on one day
SAME = 0.5  # share of the smaller event's tickets in the larger one from which they are the same event
NEAR = 0.8  # a service is told in place of a group if its excess is at least so large a part of the group's
WEIGHT = {"service": 1.0, "group": NEAR}
USUAL = pd.Timedelta(days=28)  # before a lack, of whose tickets it is made


@dataclass(frozen=True, eq=False)
class Candidate:
    """An alarm with its excess; `others`: alarms over mostly the same tickets."""

    alarm: pd.Series
    dimension: str
    series: str
    up: bool
    excess: Excess
    others: list[Candidate] = field(default_factory=list)


def explained(scope: Scope, alarms: pd.DataFrame, table: str, judged: int, budget: float, *, days: int) -> tuple[Event, ...]:
    """Alarms of so many `days` explained, those over the same tickets as one event, oldest first.

    An event is certain if its chance is below 5 % over all series, days and lengths that could have been told. What an alarm over
    the same tickets has before it and where it lies is not looked for.

    Args:
        scope: as of its moment.
        alarms: rows of `Alarms`.
        table: incidents or requests.
        judged: series that were looked at.
        budget: alarms a month.
        days: that were looked back over.
    """
    strongest = alarms.sort_values("score", ascending=False, kind="stable").head(EXPLAINED * 3)
    candidates = []
    for _, alarm in strongest.iterrows():
        excess = excess_of(scope, alarm, table, alarm["dimension"] or None)
        up = bool(alarm["size"] >= 0)
        if excess is not None and (excess.size > 0) == up:
            candidates.append(Candidate(alarm, alarm["dimension"], str(alarm["unique_id"]), up, excess))
    looked_at = judged * days * LENGTHS * max(budget, 1.0)
    events = []
    for first in collapse_events(tickets(scope, table), candidates)[:EXPLAINED]:
        whole = explain_event(scope, first.alarm, table, first.dimension or None, excess=first.excess)
        also = tuple((other.dimension, other.series) for other in first.others)
        if whole is not None:
            events.append(_event(whole, table, also, certain=first.excess.chance <= ALPHA / looked_at))
    return tuple(sorted(events, key=lambda event: (event.first, event.dimension, event.series)))


def collapse_events(rows: pd.DataFrame, candidates: list[Candidate]) -> list[Candidate]:
    """Events over mostly the same tickets as one: the largest first, a service before a group that is hardly larger."""
    ordered = sorted(
        candidates, key=lambda event: (-abs(event.excess.size) * WEIGHT.get(event.dimension, 0.9), event.dimension, event.series)
    )
    first: list[Candidate] = []
    for event in ordered:
        home = next((larger for larger in first if _overlap(rows, larger, event) >= SAME), None)
        (first if home is None else home.others).append(event)
    return first


def _overlap(rows: pd.DataFrame, large: Candidate, small: Candidate) -> float:
    """Share of the smaller event's tickets (of those usually there, for a lack) that are the larger one's too."""
    if large.up != small.up or large.excess.end < small.excess.start or small.excess.end < large.excess.start:
        return 0.0
    start = small.excess.start if large.up else small.excess.start - USUAL
    inside = rows[rows["ds"].between(start, small.excess.end)]
    mine, theirs = (_tickets_of(inside, event) for event in (small, large))
    return float((mine & theirs).sum() / max(mine.sum(), 1))


def _tickets_of(rows: pd.DataFrame, event: Candidate) -> Any:
    if not event.dimension:
        return np.ones(len(rows), dtype=bool)
    return (rows[event.dimension] == event.series).to_numpy(dtype=bool, na_value=False)


def _event(whole: Explanation, table: str, also: tuple[tuple[str, str], ...], *, certain: bool) -> Event:
    return Event(
        table=table,
        dimension=whole.dimension,
        series=whole.series,
        up=whole.up,
        peak=whole.peak,
        score=whole.score,
        excess=whole.excess,
        parts=tuple(_part(row) for _, row in whole.where.iterrows()),
        tested=int(whole.where.attrs["tested"]),
        before=tuple(_precedent(row) for _, row in whole.before.iterrows()),
        also=also,
        certain=bool(certain),
    )


def _part(row: pd.Series) -> Part:
    pairs = [(row[f"{place}_dimension"], row[f"{place}_member"]) for place in ("first", "second")]
    named = tuple((str(dimension), str(member)) for dimension, member in pairs if pd.notna(dimension))
    numbers = (float(row[name]) for name in ("counted", "expected", "lower", "upper", "chance"))
    return Part(named, tuple(row["also"].items()), *numbers)


def _precedent(row: pd.Series) -> Precedent:
    words = {name: "" if pd.isna(row[name]) else str(row[name]) for name in ("service", "what", "outcome")}
    return Precedent(
        kind=str(row["kind"]),
        id=str(row["id"]),
        at=row["at"],
        alike=int(row["alike"]),
        per_month=float(row["per_month"]),
        unusual=bool(row["unusual"]),
        **words,
    )
