"""Change impact: incidents after changes that failed, or that lie before an event, against the forecast made before them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.anomaly.explain.explanation import Impact
from itsq_analysis.anomaly.unusual import unusual_events
from itsq_analysis.errors import ForecastError
from itsq_analysis.facts import Scope, fact

DAYS = 3
MOST = 40  # changes that are looked at
ALPHA = 0.05


@dataclass(frozen=True)
class Effect:
    """A change and what came after it.

    Attributes:
        number: of the change.
        service: "" where none is named.
        at: when it took effect (naive local time).
        outcome: "" where it is not known.
        impact: incidents of its service after it.
        named: incidents that name it as their cause.
        certain: beyond chance over all changes that are looked at.
    """

    number: str
    service: str
    at: pd.Timestamp
    outcome: str
    impact: Impact
    named: int
    certain: bool


@fact(disk=True)
def impacts(scope: Scope) -> tuple[Effect, ...]:
    """The changes of the period that did not simply succeed, and the unusual ones before its certain events, the largest excess
    first."""
    from itsq_analysis.anomaly.explain.event import change_impact
    from itsq_analysis.anomaly.explain.sources import happenings, named_changes

    first, end = scope.period.start, scope.period.end
    known = happenings(scope)
    changes = known[(known["kind"] == "change") & known["service"].notna()]
    inside = changes["at"].between(pd.Timestamp(first), pd.Timestamp(end), inclusive="left")
    failed = inside & changes["outcome"].isin(("unsuccessful", "successful_issues"))
    certain = [event for event in unusual_events(scope).within(first, end) if event.certain]
    before = {precedent.id for event in certain for precedent in event.suspects if precedent.kind == "change"}
    chosen = changes[failed | changes["id"].isin(before)].tail(MOST)
    effects = []
    for _, change in chosen.iterrows():
        number = str(change["id"])
        try:
            impact = change_impact(scope, number, "incidents", DAYS)
        except ForecastError:
            continue  # too little lies before it, or nothing after it
        outcome = "" if pd.isna(change["outcome"]) else str(change["outcome"])
        named = named_changes(scope).get(number, 0)
        sure = bool(impact.chance <= ALPHA / len(chosen))
        effects.append(Effect(number, str(change["service"]), change["at"], outcome, impact, named, sure))
    return tuple(sorted(effects, key=lambda effect: (-effect.impact.excess, effect.number)))
