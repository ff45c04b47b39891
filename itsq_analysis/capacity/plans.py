"""What is planned: events that change demand, and options that were chosen and are not done yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.resource_register import Resource, planned_demand, registered_options, resource_register
from itsq_analysis.facts import Scope, fact


@fact
def planned_changes(scope: Scope) -> dict[str, tuple[Change, ...]]:
    """Resource -> what is planned: events of its service, and options that were chosen and are not done yet."""
    last, events = last_whole_day(scope), planned_demand(scope)
    events = events[events["growth"].notna()]
    decided = registered_options(scope, decided=True)
    chosen = decided[(decided["outcome"] == "chosen") & decided["size"].notna()]
    changes = {}
    for resource in resource_register(scope):
        of_service = events[events["service"].isna() | (events["service"] == resource.service)]
        planned = [change for row in of_service.to_dict("records") if (change := _event(row, last)) is not None]
        changes[resource.key] = (*planned, *_bought(resource, chosen[chosen["resource"] == resource.key], last))
    return changes


def _event(row: Mapping[Any, Any], last: date) -> Change | None:
    """A planned event: more demand while it lasts; of one that has begun, only its end is still to come."""
    growth, name = float(row["growth"]), str(row["event"] if pd.notna(row["event"]) else row["driver"])
    on, until = pd.Timestamp(row["date"]).date(), None if pd.isna(row["until"]) else pd.Timestamp(row["until"]).date()
    if on > last:
        return Change(on, growth=growth, name=name, until=until)
    if until is None or until < last or growth <= -1:
        return None
    return Change(until + timedelta(days=1), growth=1 / (1 + growth) - 1, name=name)


def _bought(resource: Resource, chosen: pd.DataFrame, last: date) -> list[Change]:
    """The options that were chosen and are not done yet, each on the day on which it was promised; extensions add up.

    An option whose promised day has passed is no longer reckoned with.
    """
    lead = pd.to_timedelta(chosen["lead_time_days"].fillna(resource.lead_days).astype(float), unit="D")
    chosen = chosen.assign(on=pd.to_datetime(chosen["decided_on"]) + lead).sort_values("on", kind="stable")
    limit, changes = resource.limit, []
    for row in chosen[chosen["done_on"].isna() & (chosen["on"] > pd.Timestamp(last))].to_dict("records"):
        on, size, name = row["on"].date(), float(row["size"]), str(row["title"])
        if row["option"] == "extend":
            limit += resource.critical * size
            changes.append(Change(on, limit=limit, name=name))
        else:
            changes.append(Change(on, add=-size, name=name))
    return changes
