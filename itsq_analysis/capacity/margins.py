"""Does it hold in the busy hour, and after a failure? Each resource's margins to its two limits, and its capacity to spare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from itsq_analysis.capacity.idle import Idle, idle
from itsq_analysis.capacity.outlook import SAFE, YEAR, outlook_of
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.capacity.use import hourly_use
from itsq_analysis.capacity.utilisation import Utilisation, after_loss, utilisation
from itsq_analysis.facts import Scope, fact

if TYPE_CHECKING:
    from itsq_analysis.capacity.utilisation import ServiceHours

DAYS = 28
HOUR = pd.Timedelta(hours=1)
LEAST = 0.2  # share of the capacity from which idle capacity is worth a line


@dataclass(frozen=True)
class Margins:
    """One resource over four weeks: its utilisation, and the busy hour with one member lost (infinite: it does not run)."""

    resource: Resource
    used: Utilisation
    after: float | None
    coverage: float

    @property
    def busy(self) -> float:
        """The busy hour by the critical line: 1 is at the limit."""
        return (self.used.busy_hour or 0.0) / self.resource.critical

    @property
    def worst(self) -> float:
        """The larger of busy hour and loss, by the critical line."""
        return max(self.busy, (self.after or 0.0) / self.resource.critical)

    @property
    def standing(self) -> str:
        """Beyond the critical line, beyond the warning, or neither ("fine"): of the busy hour alone."""
        busy = self.used.busy_hour or 0.0
        return "critical" if busy >= self.resource.critical else "warning" if busy >= self.resource.warning else "fine"

    @property
    def fails(self) -> bool:
        """Whether the loss of one member is more than the others can carry."""
        return self.after is not None and self.after >= 1.0


@dataclass(frozen=True)
class Overprovisioned:
    """One resource with what is idle, and the days that it was looked at."""

    resource: Resource
    idle: Idle
    days: int


@fact
def margins(scope: Scope) -> tuple[Margins, ...]:
    """Every measured resource, the worst first."""
    used = _utilisations(scope)
    judged = [
        Margins(
            resource,
            used[resource.key][0],
            after_loss(used[resource.key][0].busy_hour, resource.members, resource.members_needed),
            used[resource.key][1],
        )
        for resource in resource_register(scope)
        if resource.key in used
    ]
    return tuple(sorted(judged, key=lambda margin: (-margin.worst, margin.resource.name)))


@fact(disk=True)
def _utilisations(scope: Scope) -> dict[str, tuple[Utilisation, float]]:
    """Resource -> its utilisation over four weeks, and how much of it is known."""
    register, hourly = {resource.key: resource for resource in resource_register(scope)}, hourly_use(scope, DAYS)
    return {
        key: (utilisation(frame, capacity=register[key].whole, service_hours=service_hours(scope, register[key])), coverage(frame))
        for key, frame in hourly.items()
    }


def coverage(hourly: pd.DataFrame) -> float:
    """Hours with a value as a share of those that there would be if every day had as many as the usual one.

    Monitoring that measures every second hour, or once a day, has no gaps for that.
    """
    local = hourly["ds"].dt.tz_localize(None) if hourly["ds"].dt.tz is not None else hourly["ds"]
    counts = local.dt.normalize().value_counts()
    return min(1.0, float(counts.sum() / (DAYS * counts.median())))


def service_hours(scope: Scope, resource: Resource) -> ServiceHours | None:
    """The service hours of a resource's service, by its calendar; None is always."""
    from itsq_analysis.forecasting.clock import localized  # brings the models: only where it is computed

    workspace, zone = scope.workspace, scope.settings.organisation.zone
    named = {} if workspace.snapshot.horizon is None or resource.fills else _calendars(scope)
    if resource.service not in named:
        return None
    calendar = workspace.calendar(named[resource.service])

    def _open(stamps: pd.DatetimeIndex) -> np.typing.NDArray[np.bool_]:
        local = stamps if stamps.tz is not None else localized(stamps, zone)
        if local[0].year < calendar.first_year:
            return np.ones(len(local), dtype=bool)
        return np.asarray(calendar.working_seconds(local, local + HOUR) > 0)

    return _open


@fact
def _calendars(scope: Scope) -> dict[str, str]:
    """Service -> its calendar, of those that the settings know."""
    known = {calendar.id for calendar in scope.settings.calendars}
    rows = scope.query("SELECT service, calendar FROM services WHERE calendar IS NOT NULL")
    named: dict[str, str] = {}
    for service, calendar in zip(rows["service"], rows["calendar"], strict=True):
        named.setdefault(str(service), str(calendar))
    return {service: calendar for service, calendar in named.items() if calendar in known}


@fact
def overprovisioned(scope: Scope) -> tuple[Overprovisioned, ...]:
    """Resources at least a fifth of which could be given back, the most money first; none that runs out within 12 months."""
    idle_parts, spared = _idle(scope), []
    for resource in resource_register(scope):
        outlook = outlook_of(scope, resource.key) if resource.key in idle_parts else None
        if outlook is not None and outlook.forecast.probability < SAFE and idle_parts[resource.key][0].share >= LEAST:
            spared.append(Overprovisioned(resource, *idle_parts[resource.key]))
    return tuple(sorted(spared, key=lambda spare: (-(spare.idle.saving or 0.0), -spare.idle.share, spare.resource.name)))


@fact(disk=True)
def _idle(scope: Scope) -> dict[str, tuple[Idle, int]]:
    """Resource -> what is idle over a year, and the days that were looked at; of those with a known hour."""
    parts = {}
    for resource in resource_register(scope):
        hourly = hourly_use(scope, YEAR).get(resource.key)
        if hourly is None:
            continue
        spare = idle(
            hourly,
            capacity=resource.whole,
            yearly_cost=resource.yearly_cost,
            target=resource.warning,
            step=resource.step_size,
            members=resource.members,
            service_hours=service_hours(scope, resource),
        )
        if spare is not None:
            parts[resource.key] = (spare, int((hourly["ds"].max() - hourly["ds"].min()).days) + 1)
    return parts
