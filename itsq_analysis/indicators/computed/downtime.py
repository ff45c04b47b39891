"""Outages laid over the agreed service time: what was promised, and what of it was lost, per period and service.

Moments are whole microseconds since 1970 UTC, durations whole seconds of the service's own calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from itsq_analysis.indicators.computed.result import Key, absent
from itsq_analysis.indicators.computed_scope import ComputedScope, microseconds

HOUR = 3600


class Service(NamedTuple):
    """A registered service; `calendar` is None where itsq.toml has none of that id, `users` None where not known."""

    name: str
    member: str | None
    calendar: str | None
    users: int | None


class Outage(NamedTuple):
    """An interruption as registered; `users` is None where not known."""

    service: str
    start: int
    end: int
    degradation: float
    users: int | None


class Piece(NamedTuple):
    """A stretch of down time of one service; the run it belongs to is named by the moment the run began."""

    service: str
    run: int
    start: int
    end: int
    loss: float


class Lost(NamedTuple):
    """The agreed service time in one piece and one period."""

    period: int
    service: Service
    run: int
    loss: float
    seconds: int


def read_services(scope: ComputedScope) -> list[Service]:
    """The registered services. Without a calendar of itsq.toml there is no agreed service time, so nothing can be lost of it."""
    known = {calendar.id for calendar in scope.settings.calendars}
    sql = f"SELECT t.service, {scope.member_sql('services')}, t.calendar, t.users {scope.from_sql('services')} ORDER BY 1"
    rows = scope.once(("services", scope.dimension), lambda: scope.connection.sql(sql).fetchall())
    return [Service(name, member, calendar if calendar in known else None, users) for name, member, calendar, users in rows]


def read_outages(scope: ComputedScope, *kinds: str) -> list[Outage]:
    """The outages of these kinds that had begun by `as_of`; one that lasted then, or has no end, ends at `as_of`."""
    wanted = ", ".join(f"'{kind}'" for kind in kinds)
    sql = f"""SELECT service, epoch_us(started_at), epoch_us(least(coalesce(restored_at, {scope.as_of_sql}), {scope.as_of_sql})),
                   coalesce(degradation, 1), users_affected
            FROM outages WHERE started_at < {scope.as_of_sql} AND kind IN ({wanted}) ORDER BY service, started_at, number"""
    return scope.once(("outages", kinds), lambda: [Outage(*row) for row in scope.connection.sql(sql).fetchall()])


def keys(scope: ComputedScope, services: Iterable[Service]) -> list[Key]:
    """Every period × every member of these services."""
    return [(period, member) for period in range(len(scope.periods)) for member in {service.member for service in services}]


def pieces(outages: Iterable[Outage], loss: Callable[[Outage], float]) -> list[Piece]:
    """Outages cut into pieces that do not overlap.

    Outages of one service that overlap or touch are one run; at each moment of it the greatest loss holds. Those that lose
    nothing do not count.

    >>> two = [Outage("Mail", 0, 20, 0.5, None), Outage("Mail", 10, 30, 1.0, None)]
    >>> [(piece.start, piece.end, piece.loss) for piece in pieces(two, lambda outage: outage.degradation)]
    [(0, 10, 0.5), (10, 20, 1.0), (20, 30, 1.0)]
    """
    losses = sorted((o.service, o.start, o.end, loss(o)) for o in outages if o.end > o.start and loss(o) > 0)
    timeline = []
    for run in _runs(losses):
        service, run_start = run[0][:2]
        timeline += [Piece(service, run_start, *piece) for piece in _cut(run)]
    return timeline


def _runs(losses: Iterable[tuple[str, int, int, float]]) -> Iterator[list[tuple[str, int, int, float]]]:
    """Losses in order of service and start, grouped into those that overlap or touch."""
    run: list[tuple[str, int, int, float]] = []
    stop = 0
    for loss in losses:
        if run and (loss[0] != run[0][0] or loss[1] > stop):
            yield run
            run = []
        stop = max(stop, loss[2]) if run else loss[2]
        run.append(loss)
    if run:
        yield run


def _cut(run: Sequence[tuple[str, int, int, float]]) -> list[tuple[int, int, float]]:
    """Start, end and greatest loss between any two neighbouring bounds of a run."""
    edges = sorted({edge for _, start, end, _ in run for edge in (start, end)})
    return [
        (begin, until, max(loss for _, start, end, loss in run if start <= begin and end >= until))
        for begin, until in pairwise(edges)
    ]


def agreed_seconds(scope: ComputedScope, services: Iterable[Service]) -> dict[tuple[int, Service], int]:
    """The agreed service time of each service with a calendar in each period that the register of outages covers."""
    covered = [bound for bound, reason in zip(bounds(scope), absent(scope, "outages", "started_at"), strict=True) if reason is None]
    served = [service for service in services if service.calendar]
    calendars = dict.fromkeys(str(service.calendar) for service in served)
    spans = [(calendar, start, end) for calendar in calendars for _, start, end in covered]
    seconds = dict(zip(spans, _service_seconds(scope, spans), strict=True))
    return {
        (period, service): int(seconds[str(service.calendar), start, end]) for period, start, end in covered for service in served
    }


def lost_seconds(scope: ComputedScope, services: Iterable[Service], down: Iterable[Piece]) -> list[Lost]:
    """The agreed service time in each piece and period; services without a calendar are left out."""
    measured = {service.name: service for service in services if service.calendar}
    spans = [
        (period, measured[piece.service], piece, max(start, piece.start), min(end, piece.end))
        for piece in down
        if piece.service in measured
        for period, start, end in bounds(scope)
        if piece.start < end and piece.end > start
    ]
    seconds = _service_seconds(scope, [(str(service.calendar), start, end) for _, service, _, start, end in spans])
    return [
        Lost(period, service, piece.run, piece.loss, int(length))
        for (period, service, piece, _, _), length in zip(spans, seconds, strict=True)
    ]


def bounds(scope: ComputedScope) -> list[tuple[int, int, int]]:
    """Index, start and end of each period; a period after `as_of` is empty."""
    moments = enumerate(zip(scope.starts, scope.ends, strict=True))
    return [(period, microseconds(min(start, end)), microseconds(end)) for period, (start, end) in moments]


def _service_seconds(scope: ComputedScope, spans: Sequence[tuple[str, int, int]]) -> np.ndarray:
    """Seconds of service time in each (calendar, start, end), one call per calendar."""
    seconds = np.zeros(len(spans), dtype=np.int64)
    for calendar in sorted({name for name, _, _ in spans}):
        chosen = [index for index, span in enumerate(spans) if span[0] == calendar]
        edges = np.array([spans[index][1:] for index in chosen], dtype=np.int64)
        seconds[chosen] = scope.calendars(calendar).working_seconds(edges[:, 0], edges[:, 1])
    return seconds
