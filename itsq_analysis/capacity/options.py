"""What can be done about a resource that runs out: each option with its price, until when it can wait and what it gains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.kept_forecasts import Compared, kept_forecasts
from itsq_analysis.capacity.order import order_by
from itsq_analysis.capacity.outlook import RISKS, CapacityOutlook, capacity_outlooks
from itsq_analysis.capacity.plans import planned_changes
from itsq_analysis.capacity.resource_register import registered_options
from itsq_analysis.capacity.scenario import MONTH, Scenario
from itsq_analysis.capacity.use import daily_use
from itsq_analysis.facts import Scope, fact

LOOK = 730  # days ahead at which options are compared


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        option: extend, clean, move, accept or other.
        title: in the register's words; "" is the step that the register of resources names.
        price: None where none is named.
        by: the last day to decide for it with a risk of being late of 10 %; None where that is not within 12 months.
        likely: when the limit is most likely reached after it; None = not within 24 months.
        months: gained; at least so many where `likely` is None; None where it gains nothing that can be computed.
    """

    option: str
    title: str
    size: float | None
    price: float | None
    lead_days: int
    owner: str
    note: str
    by: date | None
    likely: date | None
    months: float | None

    @property
    def at_least(self) -> bool:
        """Whether `months` is what it gains at the least."""
        return self.likely is None


@fact
def options(scope: Scope) -> dict[str, tuple[Option, ...]]:
    """Resource -> its open options, the largest gain first; the register's step where no extension is named.

    Those of the resources that must be ordered within 12 months.
    """
    needed = [outlook for outlook in capacity_outlooks(scope) if outlook.safe.by is not None]
    rows = {outlook.resource.key: _rows(scope, outlook) for outlook in needed}
    sizes = {key: sorted({size for row in raises if (size := row["raised"])}) for key, raises in rows.items()}
    compared = _compared(scope, [outlook for outlook in needed if sizes[outlook.resource.key]], sizes)
    made = {}
    for outlook in needed:
        key = outlook.resource.key
        gains = _gains(scope, compared[key], sizes[key]) if key in compared else {}
        options = [_option(scope, outlook, row, gains.get(row["raised"])) for row in rows[key]]
        made[key] = tuple(sorted(options, key=lambda option: (-(option.months or 0.0), option.price or 0.0, option.title)))
    return made


def _rows(scope: Scope, outlook: CapacityOutlook) -> list[dict[str, Any]]:
    """The register's options of a resource, with by how much each moves the limit away from the use, in the metric's unit."""
    resource, frame = outlook.resource, registered_options(scope)
    of_resource = frame[frame["resource"] == resource.key].to_dict("records")
    rows = [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in of_resource]
    if resource.step_size and not any(row["option"] == "extend" for row in rows):
        rows.append({"option": "extend", "title": "", "size": resource.step_size, "price": resource.step_price})
    for row in rows:
        factor = resource.critical if row["option"] == "extend" else 1.0
        size = row.get("size")
        row["raised"] = float(size) * factor if size else None
    return rows


def _compared(scope: Scope, outlooks: list[CapacityOutlook], sizes: dict[str, list[float]]) -> dict[str, Compared]:
    resources = [outlook.resource for outlook in outlooks]
    asked = {
        resource.key: [Scenario(str(place), add_limit=size) for place, size in enumerate(sizes[resource.key])]
        for resource in resources
    }
    last = last_whole_day(scope)
    return kept_forecasts(scope, daily_use(scope), resources, last, LOOK, changes=planned_changes(scope), scenarios=asked)


def _gains(scope: Scope, compared: Compared, sizes: list[float]) -> dict[float | None, tuple[date | None, float]]:
    """Size -> when the limit is most likely reached after it, and the months gained."""
    before = compared.base.likely
    if before is None:
        return {}
    edge = last_whole_day(scope) + timedelta(days=LOOK)
    gains: dict[float | None, tuple[date | None, float]] = {}
    for place, size in enumerate(sizes):
        likely = compared.scenarios[str(place)].likely
        gains[size] = (likely, ((likely or edge) - before).days / MONTH)
    return gains


def _option(scope: Scope, outlook: CapacityOutlook, row: dict[str, Any], gain: tuple[date | None, float] | None) -> Option:
    lead = row.get("lead_time_days")
    days = outlook.resource.lead_days if lead is None else int(lead)
    likely, months = gain or (outlook.forecast.likely, None)
    return Option(
        option=str(row["option"]),
        title=str(row["title"]),
        size=row.get("size"),
        price=row.get("price"),
        lead_days=days,
        owner=str(row.get("owner") or outlook.resource.owner),
        note=str(row.get("note") or ""),
        by=order_by(outlook.forecast, days, RISKS[:1], today=scope.today)[0].by,
        likely=likely,
        months=months,
    )
