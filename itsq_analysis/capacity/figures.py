"""Every figure of every resource in one row: what `ws.capacity()` gives, and the pages' tables show."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from math import isfinite
from typing import Any

import pandas as pd

from itsq_analysis.capacity.margins import Margins, margins
from itsq_analysis.capacity.outlook import HORIZONS, CapacityOutlook, outlook_of, unmeasured
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.facts import Scope, fact


@dataclass(frozen=True)
class Figures:
    """One resource, measured or not; shares are 0 to 1 of its capacity, missing is None.

    Attributes:
        key, name, kind, service, owner, supplier, metric, unit, capacity, warning, limit, lead_days: of the register; warning and
            limit (the critical line) are shares.
        now: the last known value.
        busy_hour, peak: over four weeks; `after_loss`: the busy hour with one member lost, None where it does not run then.
        hours, coverage: known of these weeks.
        earliest, likely, latest: the days by which the limit is reached with 10, 50 and 90 %; None: not within 12 months.
        order_by, even_by: the last day to order with a risk of being late of 10 and of 50 %.
        risk_30, risk_90, risk_180, risk_365: that the limit is reached within so many days.
        reason: why nothing is said: no_metric, no_values, silent or short.
        last: the day of the last value of such a resource.
    """

    key: str
    name: str
    kind: str
    service: str
    owner: str
    supplier: str
    metric: str
    unit: str
    capacity: float | None
    warning: float
    limit: float
    now: float | None
    busy_hour: float | None
    peak: float | None
    after_loss: float | None
    hours: int | None
    coverage: float | None
    earliest: date | None
    likely: date | None
    latest: date | None
    lead_days: int
    order_by: date | None
    even_by: date | None
    risk_30: float | None
    risk_90: float | None
    risk_180: float | None
    risk_365: float | None
    reason: str | None
    last: date | None


@fact
def figures(scope: Scope) -> tuple[Figures, ...]:
    """One row a resource of the register, measured or not."""
    used = {margin.resource.key: margin for margin in margins(scope)}
    silent = {resource.resource.key: (resource.reason, resource.last) for resource in unmeasured(scope)}
    rows = []
    for resource in resource_register(scope):
        judged = _judged(outlook_of(scope, resource.key), used.get(resource.key))
        reason, last = silent.get(resource.key, (None, None))
        rows.append(Figures(**_registered(resource), **judged, reason=reason, last=last))
    return tuple(rows)


def _registered(resource: Resource) -> dict[str, Any]:
    same = ("key", "kind", "service", "owner", "supplier", "metric", "unit", "warning", "lead_days")
    columns: dict[str, Any] = {column: getattr(resource, column) for column in same}
    return columns | {"name": resource.label, "limit": resource.critical, "capacity": resource.whole if resource.counted else None}


def _judged(outlook: CapacityOutlook | None, margin: Margins | None) -> dict[str, Any]:
    used, forecast = margin.used if margin else None, outlook.forecast if outlook else None
    after = margin.after if margin and margin.after is not None and isfinite(margin.after) else None
    risks: dict[str, Any] = {f"risk_{days}": forecast.probability_by(days) if forecast else None for days in HORIZONS}
    judged: dict[str, Any] = {
        "now": outlook.share if outlook else None,
        "busy_hour": used.busy_hour if used else None,
        "peak": used.peak if used else None,
        "after_loss": after,
        "hours": used.hours if used else None,
        "coverage": margin.coverage if margin else None,
        "earliest": forecast.earliest if forecast else None,
        "likely": forecast.likely if forecast else None,
        "latest": forecast.latest if forecast else None,
        "order_by": outlook.safe.by if outlook else None,
        "even_by": outlook.even.by if outlook else None,
    }
    return judged | risks


def capacity_frame(scope: Scope) -> pd.DataFrame:
    """The figures as a frame, one row a resource; what is to be ordered first at the head, what is not measured at the end."""
    columns = [field.name for field in fields(Figures)]
    frame = pd.DataFrame([asdict(row) for row in figures(scope)], columns=columns)
    return frame.sort_values(["order_by", "likely", "name"], na_position="last", kind="stable", ignore_index=True)
