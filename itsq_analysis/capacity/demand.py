"""What drives the use of resources: measured demand month by month, and what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.outlook import capacity_outlooks
from itsq_analysis.capacity.resource_register import Resource, measured_demand, planned_demand
from itsq_analysis.facts import Scope, fact

MONTHS = 13
LASTING = 30  # days of an event without an end that are looked at


@dataclass(frozen=True)
class DemandHistory:
    """A driver's course: `ds` (first day), `y` (mean of the values) of each month that is over, the last thirteen."""

    driver: str
    unit: str
    months: pd.DataFrame


@dataclass(frozen=True)
class PlannedAmount:
    """Planned amounts of a driver that are no events: how far they reach, and the largest with its month."""

    driver: str
    unit: str
    until: date
    largest: float
    month: date


@dataclass(frozen=True)
class Fullest:
    """The fullest resource against its limit while an event lasts: its highest day expected, and in the 80 % range; shares."""

    resource: Resource
    median: float
    upper: float


@dataclass(frozen=True)
class PlannedEvent:
    """An event of the register; growth is a share."""

    name: str
    service: str
    start: date
    until: date | None
    value: float | None
    unit: str
    growth: float | None
    note: str
    fullest: Fullest | None


@fact
def demand_histories(scope: Scope) -> tuple[DemandHistory, ...]:
    """Each measured driver with at least two months; services are added up.

    A month in which a service is not known that is known before and after is left out: the sum would look like a fall.
    """
    histories = []
    for driver, rows in measured_demand(scope).groupby("driver", sort=True):
        months = _monthly(rows, pd.Period(last_whole_day(scope) + timedelta(days=1), "M"))
        if len(months) > 1:
            histories.append(DemandHistory(str(driver), _unit(rows), months))
    return tuple(histories)


def _monthly(rows: pd.DataFrame, over: pd.Period) -> pd.DataFrame:
    known = _together(rows)
    months = pd.to_datetime(known["date"]).dt.to_period("M")
    means = known["value"].astype(float).groupby([months, known["service"].fillna("")]).mean().unstack()
    gaps = means.isna() & means.ffill().notna() & means.bfill().notna()
    values = means[~gaps.any(axis=1)].sum(axis=1)
    values = values[values.index < over]
    return pd.DataFrame({"ds": pd.PeriodIndex(values.index).to_timestamp(), "y": values.to_numpy()}).tail(MONTHS)


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value of which the amount of all services is made: those of no service, else those of each."""
    known = rows[rows["value"].notna()]
    return known[known["service"].isna()] if known["service"].isna().any() else known


def _unit(rows: pd.DataFrame) -> str:
    units = rows["unit"].dropna()
    return str(units.iloc[-1]) if len(units) else ""


@fact
def planned_amounts(scope: Scope) -> tuple[PlannedAmount, ...]:
    """Planned amounts that are no events, by driver."""
    planned = planned_demand(scope)
    rows, amounts = planned[planned["event"].isna() & planned["growth"].isna() & planned["value"].notna()], []
    for driver, course in rows.groupby("driver", sort=True):
        by_day = _together(course).assign(date=pd.to_datetime(course["date"])).groupby("date")["value"].sum().astype(float)
        month = by_day.index[int(by_day.argmax())].date()
        amounts.append(PlannedAmount(str(driver), _unit(course), by_day.index.max().date(), float(by_day.max()), month))
    return tuple(amounts)


@fact
def planned_events(scope: Scope) -> tuple[PlannedEvent, ...]:
    """Planned events, the next first, each with the resource of its service that is then the fullest."""
    planned = planned_demand(scope)
    return tuple(_event(scope, row) for row in planned[planned["event"].notna() | planned["growth"].notna()].to_dict("records"))


def _event(scope: Scope, row: dict[Any, Any]) -> PlannedEvent:
    row = {name: None if pd.isna(value) else value for name, value in row.items()}
    start = pd.Timestamp(row["date"]).date()
    until = None if row["until"] is None else pd.Timestamp(row["until"]).date()
    service = str(row["service"] or "")
    return PlannedEvent(
        name=str(row["event"] or row["driver"]),
        service=service,
        start=start,
        until=until,
        value=None if row["value"] is None else float(row["value"]),
        unit=str(row["unit"] or ""),
        growth=None if row["growth"] is None else float(row["growth"]),
        note=str(row["note"] or ""),
        fullest=_fullest(scope, service, start, until or start + timedelta(days=LASTING - 1)),
    )


def _fullest(scope: Scope, service: str, first: date, last: date) -> Fullest | None:
    """Of the event's service; of an event of all services, of all resources."""
    candidates = []
    for outlook in capacity_outlooks(scope):
        if service and outlook.resource.service != service:
            continue
        ahead = outlook.ahead()
        days = ahead[(ahead["ds"] >= pd.Timestamp(first)) & (ahead["ds"] <= pd.Timestamp(last))]
        if not days.empty:
            candidates.append(Fullest(outlook.resource, float(days["median"].max()), float(days["upper"].max())))
    by_limit = sorted(candidates, key=lambda candidate: (candidate.upper / candidate.resource.critical, candidate.resource.name))
    return by_limit[-1] if by_limit else None
