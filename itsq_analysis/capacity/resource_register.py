"""What the registers say of resources: what there is, how it is judged, what could be done about it, what drives its use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope, fact

FILLS = frozenset({"disk", "database", "licence"})  # what is used stays used until somebody removes it
LEAD = 60  # days, where the register names none
WARNING, CRITICAL = 0.7, 0.85
FULLER = {"disk": (0.8, 0.9), "database": (0.8, 0.9)}  # what may be fuller before it is judged
ENERGY = frozenset({"kwh", "mwh"})
PER_CENT = frozenset({"%", "\N{FULLWIDTH PERCENT SIGN}", "percent", "per cent", "pct"})


@dataclass(frozen=True)
class Resource:
    """One row of the register.

    Attributes:
        label: the name, with the key where another resource has the same name.
        whole: 100 % in the metric's unit: the capacity; without one 100 where the metric is in per cent, else 1: it is a share.
        counted: whether amounts are told in the unit; else as shares of the whole.
        warning, critical: shares of the whole.
        in_use: seats of a licence, where no metric tells.
        ends: (what ends, the day) of licence, certificate or maintenance.
    """

    key: str
    name: str
    label: str
    kind: str
    service: str
    owner: str
    supplier: str
    metric: str
    unit: str
    whole: float
    counted: bool
    warning: float
    critical: float
    lead_days: int
    step_size: float | None
    step_price: float | None
    yearly_cost: float | None
    members: int | None
    members_needed: int | None
    in_use: float | None
    ends: tuple[tuple[str, date], ...]
    note: str

    @property
    def fills(self) -> bool:
        """Whether its use grows with demand, rather than follow it."""
        return self.kind in FILLS

    @property
    def limit(self) -> float:
        """The critical line, in the metric's unit."""
        return self.critical * self.whole

    @property
    def energy(self) -> bool:
        """Whether it measures energy, which has no limit here."""
        return self.unit.lower() in ENERGY or self.metric.lower() == "pue"


@fact
def resource_register(scope: Scope) -> tuple[Resource, ...]:
    """All resources of the register by name, those of the scope's services."""
    frame = scope.query('SELECT * FROM "resources"')
    resources = [_resource(row) for row in frame.to_dict("records")]
    names = Counter(resource.name for resource in resources)
    labelled = [
        resource if names[resource.name] == 1 else replace(resource, label=f"{resource.name} ({resource.key})")
        for resource in resources
    ]
    return tuple(sorted(labelled, key=lambda resource: (resource.name.casefold(), resource.key)))


def _resource(row: dict[Any, Any]) -> Resource:
    kind, unit = _text(row["kind"]) or "other", _text(row["unit"])
    capacity, lead = _number(row["capacity"]), _whole(row["lead_time_days"])
    warning, critical = FULLER.get(kind, (WARNING, CRITICAL))
    ends = [(what, row[column]) for what, column in ((kind, "expires_on"), ("maintenance", "maintenance_until"))]
    per_cent = unit.lower() in PER_CENT
    name = _text(row["name"]) or str(row["resource"])
    return Resource(
        key=str(row["resource"]),
        name=name,
        label=name,
        kind=kind,
        service=_text(row["service"]),
        owner=_text(row["owner"]),
        supplier=_text(row["supplier"]),
        metric=_text(row["metric"]),
        unit=unit,
        whole=capacity or (100.0 if per_cent else 1.0),
        counted=bool(capacity) or per_cent,
        warning=_number(row["warning"]) or warning,
        critical=_number(row["critical"]) or critical,
        lead_days=LEAD if lead is None else lead,
        step_size=_number(row["step_size"]),
        step_price=_number(row["step_price"]),
        yearly_cost=_number(row["yearly_cost"]),
        members=_whole(row["members"]),
        members_needed=_whole(row["members_needed"]),
        in_use=_number(row["quantity_in_use"]),
        ends=tuple((what, pd.Timestamp(day).date()) for what, day in ends if pd.notna(day)),
        note=_text(row["note"]),
    )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else " ".join(str(value).split())


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


@fact
def registered_options(scope: Scope, decided: bool = False) -> pd.DataFrame:
    """Options that are open, or with `decided` those that were decided by the scope's day, the newest first."""
    when = "decided_on <= $day" if decided else "(decided_on IS NULL OR decided_on > $day)"
    order = "decided_on DESC, resource, option, title" if decided else "resource, price, option, title"
    known = '"resource" IN (SELECT "resource" FROM "resources")'
    return scope.query(f'SELECT * FROM "capacity_options" WHERE {when} AND {known} ORDER BY {order}', day=scope.today)


@fact
def measured_demand(scope: Scope) -> pd.DataFrame:
    """Measured rows of demand drivers up to the scope's day, oldest first."""
    where = "kind = 'measured' AND \"date\" <= $day"
    return scope.query(f'SELECT * FROM "demand_drivers" WHERE {where} ORDER BY "date", driver, service', day=scope.today)


@fact
def planned_demand(scope: Scope) -> pd.DataFrame:
    """Planned rows of demand drivers that are not over, oldest first; an event's `growth` is also known from its amount alone."""
    from itsq_analysis.forecasting.planned_events import announced_change, announced_on, register

    rows, cutoff = register(scope.workspace), last_whole_day(scope) + timedelta(days=1)
    planned = rows[(rows["kind"] == "planned") & (rows["until"].fillna(rows["date"]) > pd.Timestamp(scope.today))]
    growth = [
        row["growth"] if pd.isna(row["event"]) else announced_change(rows, row, announced_on(row, cutoff))
        for row in planned.to_dict("records")
    ]
    return planned.assign(growth=pd.Series(growth, planned.index, "float64"))


def require_resources(scope: Scope) -> None:
    """Refuse a service that no resource has; a report over nothing would look like a safe year.

    Raises:
        ReportError: with the service's name.
    """
    known = set(scope.query("SELECT DISTINCT service FROM resources")["service"]) if scope.services else set()
    for service in scope.services:
        if service not in known:
            raise ReportError(
                f"services must have resources; found none of {service!r} in the register of resources; name another service"
            )
