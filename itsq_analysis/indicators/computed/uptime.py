"""Availability: the share of the agreed service time in which services worked.

Service time is pooled over services; percentages are never averaged. Only services with a calendar of itsq.toml count: without an
agreed service time there is nothing to be available in. The others are counted in the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from itsq_analysis.indicators.computed.downtime import (
    HOUR,
    Outage,
    Service,
    agreed_seconds,
    keys,
    lost_seconds,
    pieces,
    read_outages,
    read_services,
)
from itsq_analysis.indicators.computed.result import Key, Result, absent, limits, notes, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import gamma


@over("services")
def availability(scope: ComputedScope) -> pd.DataFrame:
    """1 − time lost in unplanned outages ÷ agreed service time.

    Overlapping outages of a service count once, with the greatest degradation (missing = 1). Numerator and denominator are hours
    of service time, n is the number of interruptions. The interval is the gamma interval of the time lost; without any
    interruption there is no lower limit. The upper limit holds even with few outages, so "missed" can be trusted; with fewer
    than ten of very unequal length the lower one is too high more often than it should be (simulated in the tests).
    """
    return _availability(scope, ["unplanned"], lambda outage: outage.degradation)


@over("services")
def availability_with_maintenance(scope: ComputedScope) -> pd.DataFrame:
    """As `availability`, announced maintenance counting as lost too."""
    return _availability(scope, ["unplanned", "maintenance"], lambda outage: outage.degradation)


@over("services")
def availability_user_weighted(scope: ComputedScope) -> pd.DataFrame:
    """1 − user-hours lost in unplanned outages ÷ (agreed service hours × users of the service).

    Users affected are users without the service, at most all of its users; where their number is missing it is users ×
    degradation. Services without a number of users are left out and counted in the reason.
    """
    users = {service.name: service.users or 0 for service in read_services(scope)}

    def lost_users(outage: Outage) -> float:
        known = users.get(outage.service, 0)
        return known * outage.degradation if outage.users is None else min(known, outage.users)

    return _availability(scope, ["unplanned"], lost_users, per_user=True)


def _availability(
    scope: ComputedScope, kinds: Sequence[str], loss: Callable[[Outage], float], per_user: bool = False
) -> pd.DataFrame:
    services = read_services(scope)
    weighted = [service for service in services if service.users or not per_user]
    agreed: dict[Key, float] = defaultdict(float)
    for (period, service), seconds in agreed_seconds(scope, weighted).items():
        agreed[period, service.member] += seconds / HOUR * ((service.users or 0) if per_user else 1)
    runs: dict[Key, dict[tuple[str, int], float]] = defaultdict(lambda: defaultdict(float))
    for lost in lost_seconds(scope, weighted, pieces(read_outages(scope, *kinds), loss)):
        runs[lost.period, lost.service.member][lost.service.name, lost.run] += lost.seconds / HOUR * lost.loss
    unknown = absent(scope, "outages", "started_at")
    measured: dict[Key, Result] = {}
    for key in keys(scope, services):
        left_out = _left_out(services, key[1], per_user)
        reason = unknown[key[0]] or (None if agreed[key] else left_out or "no_service_time")
        measured[key] = Result(reason=reason) if reason else _share(agreed[key], list(runs[key].values()), left_out)
    return results(scope, measured, Result(reason="no_data_table"))


def _share(agreed: float, lost: Sequence[float], left_out: str | None) -> Result:
    """Availability from the hours agreed and the hours lost in each interruption."""
    weights = np.array([hours for hours in lost if hours > 0])
    total = float(weights.sum())
    below, above = limits(gamma(total, (weights**2).sum(), weights.max(initial=0.0)))
    return Result(
        value=1 - total / agreed,
        numerator=agreed - total,
        denominator=agreed,
        n=len(weights),
        lower=float(np.maximum(0.0, 1 - above / agreed)),
        upper=1 - below / agreed,
        reason=left_out,
    )


def _left_out(services: Sequence[Service], member: str | None, per_user: bool) -> str | None:
    """How many of the member's services have no agreed service time, and how many more no number of users."""
    own = [service for service in services if service.member == member]
    return notes(
        no_service_calendar=sum(service.calendar is None for service in own),
        no_users=sum(service.calendar is not None and not service.users for service in own) if per_user else 0,
    )
