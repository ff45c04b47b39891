"""Change impact: incidents after changes that failed, or that lie before an event, against the forecast made before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from itsq_analysis.anomaly.explain import Impact
from itsq_analysis.errors import ForecastError
from itsq_analysis.page.context import ALPHA, ReportContext
from itsq_analysis.pages.unusual.events import Event

DAYS = 3
MOST = 40  # changes that are looked at


@dataclass(frozen=True)
class Effect:
    """A change and what came after it; `named` incidents name it as their cause, `certain` allows for all changes of the table."""

    number: str
    service: str
    at: pd.Timestamp
    what: str
    outcome: str
    impact: Impact
    named: int
    certain: bool


def impacts(context: ReportContext, events: Sequence[Event]) -> list[Effect]:
    """The changes of the period that did not simply succeed, and the unusual ones before its events, the largest excess first."""
    sources = context.workspace.explaining(context.moment)
    happenings = sources.happenings()
    first, end = pd.Timestamp(context.period.start), pd.Timestamp(context.period.end)
    changes = happenings[(happenings["kind"] == "change") & happenings["service"].notna()]
    failed = changes["at"].between(first, end, inclusive="left") & changes["outcome"].isin(("unsuccessful", "successful_issues"))
    before = {row["id"] for one in events for _, row in one.told.before.iterrows() if row["kind"] == "change" and row["unusual"]}
    chosen = changes[failed | changes["id"].isin(before)].tail(MOST)
    tickets = sources.tickets("incidents")
    named = tickets["change"].value_counts()
    found = []
    for _, one in chosen.iterrows():
        try:
            impact = context.workspace.impact(one["id"], days=DAYS, as_of=context.moment)
        except ForecastError:
            continue  # too little lies before it, or nothing after it
        words = [str(one[key]) if pd.notna(one[key]) else "" for key in ("service", "what", "outcome")]
        certain = impact.chance <= ALPHA / len(chosen)
        found.append(Effect(one["id"], words[0], one["at"], words[1], words[2], impact, int(named.get(one["id"], 0)), certain))
    return sorted(found, key=lambda one: (-one.impact.excess, one.number))
