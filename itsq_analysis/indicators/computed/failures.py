"""Mean time between failures of services."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log

import pandas as pd

from itsq_analysis.indicators.computed.downtime import (
    HOUR,
    Service,
    agreed_seconds,
    bounds,
    keys,
    lost_seconds,
    pieces,
    read_outages,
    read_services,
)
from itsq_analysis.indicators.computed.result import Key, Result, absent, joined, limits, notes, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import LEVEL, poisson


@over("services")
def mtbf(scope: ComputedScope) -> pd.DataFrame:
    """Mean time between failures, hours: time in service ÷ failures.

    Time in service is agreed service time outside any outage or maintenance, pooled over services. A failure is an unplanned
    interruption that began in the period (overlapping outages of a service are one). The interval is the exact Poisson one;
    without a failure there is no value but the one-sided 95 % lower bound.
    """
    services = read_services(scope)
    interrupted = pieces(read_outages(scope, "unplanned", "maintenance"), lambda outage: float(outage.degradation > 0))
    agreed: dict[Key, int] = defaultdict(int)
    for (period, service), seconds in agreed_seconds(scope, services).items():
        agreed[period, service.member] += seconds
    lost: dict[Key, int] = defaultdict(int)
    for piece in lost_seconds(scope, services, interrupted):
        lost[piece.period, piece.service.member] += piece.seconds
    failures = _failures(scope, services)
    unknown = absent(scope, "outages", "started_at")
    measured: dict[Key, Result] = {}
    for key in keys(scope, services):
        left_out = notes(no_service_calendar=sum(service.member == key[1] and not service.calendar for service in services))
        reason = unknown[key[0]] or (None if agreed[key] else left_out or "no_service_time")
        measured[key] = Result(reason=reason) if reason else _between((agreed[key] - lost[key]) / HOUR, failures[key], left_out)
    return results(scope, measured, Result(reason="no_data_table"))


def _failures(scope: ComputedScope, services: Iterable[Service]) -> Counter[Key]:
    """Unplanned interruptions of services with a calendar, counted in the period in which they began."""
    members = {service.name: service.member for service in services if service.calendar}
    down = pieces(read_outages(scope, "unplanned"), lambda outage: float(outage.degradation > 0))
    began = {(piece.service, piece.run) for piece in down if piece.service in members}
    return Counter(
        (period, members[service]) for service, run in began for period, start, end in bounds(scope) if start <= run < end
    )


def _between(hours: float, failures: int, left_out: str | None) -> Result:
    """Hours in service per failure; with none, at least so many that one in twenty would have seen none."""
    if not failures:
        return Result(numerator=hours, denominator=0, lower=hours / -log(1 - LEVEL), reason=joined("no_failures", left_out))
    fewest, most = limits(poisson(failures))
    return Result(hours / failures, hours, failures, failures, hours / most, hours / fewest, left_out)
