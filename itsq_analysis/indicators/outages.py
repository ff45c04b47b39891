"""Outages as they were known at the moment of the report, one by one and by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.value import Value

PERIODS = 13  # in the picture of lost minutes
SERVICES = 20  # services told one by one, those that lost most
AVAILABILITY = ("availability", "availability_with_maintenance", "availability_user_weighted", "longest_outage")


@dataclass(frozen=True)
class Outage:
    """One row of the register; moments in the workspace's zone; what the register does not say is None.

    Attributes:
        hours: clock time, so far where it is not restored.
        restored_at: None where it was not restored by the moment of the report.
        user_hours: hours times the users it left without the service.
    """

    number: str
    service: str
    started_at: datetime
    hours: float
    detected_at: datetime | None = None
    restored_at: datetime | None = None
    major: bool | None = None
    users_affected: int | None = None
    user_hours: float | None = None
    incident: str | None = None
    problem: str | None = None
    change: str | None = None
    cause: str | None = None
    action: str | None = None
    reviewed_on: date | None = None


@fact
def outages_frame(scope: Scope, start: datetime | None = None, kind: str = "unplanned") -> pd.DataFrame:
    """Outages that touch the period: the register's columns, with `hours` (clock time, so far if not restored) and `user_hours`.

    What was restored after the moment of the report had not been restored then. `start` is another begin of the span; `kind` is
    "unplanned" or "maintenance".
    """
    return scope.query(
        "WITH known AS (SELECT * REPLACE (CASE WHEN restored_at <= $moment THEN restored_at END AS restored_at) FROM outages), "
        "timed AS (SELECT *, epoch(coalesce(restored_at, $moment)) / 3600 - epoch(started_at) / 3600 AS hours FROM known) "
        "SELECT *, hours * users_affected AS user_hours FROM timed "
        "WHERE kind = $kind AND started_at < $end AND coalesce(restored_at, $moment) > $start ORDER BY started_at, number",
        kind=kind,
        **({} if start is None else {"start": start}),
    )


@fact
def outages(scope: Scope, start: datetime | None = None, kind: str = "unplanned") -> tuple[Outage, ...]:
    """The outages of `outages_frame`, in the order in which they began."""
    frame = outages_frame(scope, start, kind)
    known = frame[[*Outage.__dataclass_fields__]].astype(object)
    rows = known.where(known.notna(), None).to_dict("records")
    return tuple(Outage(**{str(name): value for name, value in row.items()} | _days(row["reviewed_on"])) for row in rows)


def _days(reviewed_on: object) -> dict[str, date | None]:
    return {"reviewed_on": None if reviewed_on is None else pd.Timestamp(reviewed_on).date()}  # type: ignore[arg-type]


def user_hours(outages: Sequence[Outage]) -> float | None:
    """Lost in all of these outages; None where no number of users is known."""
    known = [outage.user_hours for outage in outages if outage.user_hours is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class ServiceAvailability:
    """One service in the period, or all of them together (`service` None).

    Attributes:
        availability: None where no register of services holds it.
        maintenance: availability with planned maintenance as down time; None as above.
        longest: its longest outage.
        outages: that touch the period.
    """

    service: str | None
    availability: Value | None
    maintenance: Value | None
    longest: Value
    outages: tuple[Outage, ...]

    @property
    def measured(self) -> bool:
        """Whether its availability is known."""
        return self.availability is not None and self.availability.known

    @property
    def lost(self) -> float:
        """Hours of agreed service time lost; 0 where they are not known."""
        return _lost(self.availability)

    @property
    def planned(self) -> float:
        """Hours lost to planned maintenance beside them."""
        return _lost(self.maintenance) - self.lost

    @property
    def told(self) -> bool:
        """Whether it has a row of its own: an outage, or an agreed target, or nothing known."""
        return bool(self.outages) or self.availability is None or not self.availability.known or self.availability.agreed


@fact
def services_availability(scope: Scope) -> tuple[ServiceAvailability, ...]:
    """Every service of the registers of services and outages, the one that lost most agreed time first."""
    cells = cube(scope)
    cells.want(AVAILABILITY[:2], "service")
    known, planned = ({value.member: value for value in cells.values(name, "service")} for name in AVAILABILITY[:2])
    by_service: dict[str, list[Outage]] = {}
    for outage in outages(scope):
        by_service.setdefault(outage.service, []).append(outage)
    names = dict.fromkeys(name for name in (*known, *planned, *by_service) if name is not None)
    services = [
        ServiceAvailability(
            name,
            known.get(name),
            planned.get(name),
            cells.value("longest_outage", "service", name),
            tuple(by_service.get(name, ())),
        )
        for name in names
    ]
    return tuple(sorted(services, key=lambda service: (-service.lost, service.service or "")))


@fact
def all_services(scope: Scope) -> ServiceAvailability:
    """All services together."""
    available, planned, _, longest = (cube(scope).value(name) for name in AVAILABILITY)
    return ServiceAvailability(None, available, planned, longest, outages(scope))


@dataclass(frozen=True)
class LostMinutes:
    """Minutes of agreed time lost to unplanned outages, by service and period.

    Attributes:
        frame: columns member (a service), period (label), value; the services that lost anything in 13 periods, at most 20.
        quiet: how many lost nothing.
        service, period, minutes: where most was lost at once; "" without any service.
    """

    frame: pd.DataFrame
    quiet: int
    service: str = ""
    period: str = ""
    minutes: float = 0.0


@fact
def lost_minutes(scope: Scope) -> LostMinutes:
    """What every service of the register lost in 13 periods."""
    frame = cube(scope).frame(["availability"], "service", PERIODS)
    known = frame[frame["member"].notna() & frame["denominator"].notna()]
    minutes = ((known["denominator"] - known["numerator"]) * 60).round()
    lost = pd.DataFrame({"member": known["member"].to_numpy(), "period": known["period"].to_numpy(), "value": minutes.to_numpy()})
    if lost.empty:
        return LostMinutes(lost, 0)
    sums = lost.groupby("member")["value"].sum().sort_values(ascending=False, kind="stable")
    most = lost.iloc[int(lost["value"].argmax())]
    shown = lost[lost["member"].isin(sums[sums > 0].index[:SERVICES])]
    return LostMinutes(shown, int((sums == 0).sum()), most["member"], most["period"], float(most["value"]))


def _lost(value: Value | None) -> float:
    hours = 0.0 if value is None else value.denominator - value.numerator
    return 0.0 if isnan(hours) else hours
