"""The rows behind indicators that Python computes, one function each: key, member, numerator, denominator, left_out.

What a row adds to the numerator and to the denominator, so that their sums (or what `recompute` does instead) give the value;
`left_out` is a code of words.toml where a row adds nothing. Each takes a `ComputedScope` of one period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import pandas as pd

from itsq_analysis.indicators.computed.downtime import (
    HOUR,
    Outage,
    Piece,
    Service,
    agreed_seconds,
    bounds,
    lost_seconds,
    pieces,
    read_outages,
    read_services,
)
from itsq_analysis.indicators.computed.indicator_system import with_rows, with_target
from itsq_analysis.indicators.computed.promoters import BY_USER
from itsq_analysis.indicators.computed.repeat import KEY, LOOKBACK
from itsq_analysis.indicators.computed_scope import ComputedScope

Rows = Callable[[ComputedScope], pd.DataFrame]
COLUMNS = ("part", "key", "member", "at", "numerator", "denominator", "left_out")


def contacts(part: str, whole: str | None) -> Rows:
    """Intervals of a queue: sums of two columns."""

    def rows(scope: ComputedScope) -> pd.DataFrame:
        below = f't."{whole}"' if whole else "1"
        known = f't."{part}" IS NOT NULL AND {below} IS NOT NULL'
        return _placed(
            scope,
            "contacts",
            "start",
            f'CASE WHEN {known} THEN t."{part}" END AS numerator, CASE WHEN {known} THEN {below} END AS denominator, '
            f"CASE WHEN NOT ({known}) THEN 'intervals_not_counted' END AS left_out",
        )

    return rows


def first_level(scope: ComputedScope) -> pd.DataFrame:
    """Resolved incidents: 1 where a group of level 1 resolved it."""
    return _placed(
        scope,
        "incidents",
        "resolved_at",
        "CAST(l.level = 1 AS INTEGER) AS numerator, CASE WHEN l.level IS NOT NULL THEN 1 END AS denominator, "
        "CASE WHEN l.level IS NULL THEN 'unknown_level' END AS left_out, l.assignment_group AS resolved_by, l.level",
        "LEFT JOIN groups l ON l.assignment_group = t.assignment_group",
        NOT_CANCELED,
    )


def ping_pong(scope: ComputedScope) -> pd.DataFrame:
    """Resolved incidents: 1 where one went from a group to another and straight back; the groups in order."""
    rows = _placed(scope, "incidents", "resolved_at", "1 AS numerator, 1 AS denominator, NULL AS left_out", where=NOT_CANCELED)
    log = scope.connection.sql(
        f"""SELECT number, list(assignment_group ORDER BY seq) AS visited FROM state_log
            WHERE ticket_table = 'incidents' AND assignment_group IS NOT NULL AND "at" < {scope.as_of_sql} GROUP BY number"""
    ).fetchall()
    paths = {number: [name for place, name in enumerate(names) if not place or names[place - 1] != name] for number, names in log}
    known = rows["key"].isin(paths.keys())
    returned = [
        float(any(path[place] == path[place - 2] for place in range(2, len(path))))
        for path in (paths.get(key, []) for key in rows["key"])
    ]
    return rows.assign(
        numerator=pd.Series(returned, index=rows.index).where(known),
        denominator=rows["denominator"].where(known),
        left_out=rows["left_out"].astype("object").mask(~known, "no_state_log"),
        groups=[" → ".join(paths.get(key, [])) for key in rows["key"]],
    )


def repeats(scope: ComputedScope) -> pd.DataFrame:
    """Opened incidents: 1 where one like it had been resolved within the 90 days before; which one."""
    keyed = f"SELECT number, opened_at, resolved_at, {KEY} AS likeness FROM incidents WHERE state IS DISTINCT FROM 'canceled'"
    return _placed(
        scope,
        "incidents",
        "opened_at",
        "CASE WHEN r.likeness IS NOT NULL THEN CAST(coalesce(r.repeated, false) AS INTEGER) END AS numerator, "
        "CASE WHEN r.likeness IS NOT NULL THEN 1 END AS denominator, "
        "CASE WHEN r.likeness IS NULL THEN 'unknown_key' END AS left_out, CASE WHEN r.repeated THEN r.earlier END AS repeats",
        f"""JOIN (SELECT k.number, k.likeness, e.number AS earlier, e.resolved_at >= k.opened_at - {LOOKBACK} AS repeated
                  FROM ({keyed}) k ASOF LEFT JOIN (SELECT * FROM ({keyed}) WHERE resolved_at IS NOT NULL AND likeness IS NOT NULL) e
                  ON k.likeness = e.likeness AND k.opened_at > e.resolved_at) r ON r.number = t.number""",
    )


def resolve_times(scope: ComputedScope) -> pd.DataFrame:
    """Opened incidents: hours until ended, or open so far (`ended` is then false)."""
    ended = f"coalesce(t.ended_at < {scope.as_of_sql}, false)"
    until = f"CASE WHEN {ended} THEN t.ended_at ELSE {scope.as_of_sql} END"
    hours = f"greatest(epoch_us({until}) - epoch_us(t.opened_at), 0) / 1e6 / {HOUR}"
    return _placed(
        scope,
        "incidents",
        "opened_at",
        f"{hours} AS numerator, 1 AS denominator, NULL AS left_out, {ended} AS ended",
        where=NOT_CANCELED,
    )


def restore_times(scope: ComputedScope) -> pd.DataFrame:
    """Unplanned outages restored in the period: hours from start to restoration."""
    hours = f"(epoch_us(t.restored_at) - epoch_us(t.started_at)) / 1e6 / {HOUR}"
    return _placed(
        scope,
        "outages",
        "restored_at",
        f"{hours} AS numerator, 1 AS denominator, NULL AS left_out, t.service",
        where="t.kind = 'unplanned'",
    )


def promoters(scope: ComputedScope) -> pd.DataFrame:
    """Answers to the recommend question: 1 a promoter, −1 a detractor, 0 between."""
    points = "CASE WHEN t.recommend >= 9 THEN 1 WHEN t.recommend <= 6 THEN -1 ELSE 0 END"
    return _placed(
        scope,
        "surveys",
        "answered_at",
        f"CASE WHEN {BY_USER} THEN {points} END AS numerator, CASE WHEN {BY_USER} THEN 1 END AS denominator, "
        f"CASE WHEN NOT ({BY_USER}) THEN 'automatic_answers' END AS left_out, t.recommend",
        where="t.recommend IS NOT NULL",
    )


def interruptions(scope: ComputedScope) -> pd.DataFrame:
    """Interruptions that touch the period, overlapping outages as one, cut at its bounds: hours."""
    sql = f"SELECT DISTINCT t.service, {scope.member_sql('outages')} AS member {scope.from_sql('outages')}"
    members, [(_, start, end)] = dict(scope.connection.sql(sql).fetchall()), bounds(scope)
    ends = {(piece.service, piece.run): piece.end for piece in _down(scope, "unplanned")}
    cells = [
        ("interruption", numbers, members[service], begin, (min(stop, end) - max(begin, start)) / 1e6 / HOUR, 1.0, None)
        for (service, begin), stop in ends.items()
        if begin < end and stop > start
        for numbers in [_numbers(scope, ("unplanned",), service, begin, stop)]
    ]
    return _frame(cells)


def uptime(*kinds: str, per_user: bool = False) -> Rows:
    """Agreed hours of each service (numerator and denominator), then hours lost in each outage (numerator, negative)."""

    def rows(scope: ComputedScope) -> pd.DataFrame:
        services = read_services(scope)
        users = {service.name: service.users or 0 for service in services}

        def loss(outage: Outage) -> float:
            if not per_user:
                return outage.degradation
            known = users.get(outage.service, 0)
            return known * outage.degradation if outage.users is None else min(known, outage.users)

        def weight(service: Service) -> float:
            return (service.users or 0) if per_user else 1

        agreed = _agreed(scope, services, weight, "no_users" if per_user else None)
        return _frame([*agreed, *_lost(scope, [weighed for weighed in services if weight(weighed)], kinds, loss)])

    return rows


def between_failures(scope: ComputedScope) -> pd.DataFrame:
    """Agreed hours (numerator), hours of any interruption (negative), and failures that began in the period (denominator)."""
    services, [(_, start, end)] = read_services(scope), bounds(scope)
    agreed = [(*row[:5], 0.0 if row[5] == row[5] else row[5], row[6]) for row in _agreed(scope, services, lambda _: 1, None)]
    lost = _lost(scope, services, ("unplanned", "maintenance"), lambda outage: float(outage.degradation > 0))
    members = {service.name: service.member for service in services if service.calendar}
    ends = {(piece.service, piece.run): piece.end for piece in _down(scope, "unplanned") if piece.service in members}
    failures = [
        ("failure", _numbers(scope, ("unplanned",), service, run, stop), members[service], run, 0.0, 1.0, None)
        for (service, run), stop in ends.items()
        if start <= run < end
    ]
    return _frame([*agreed, *lost, *failures])


def all_of(part: str, flags: Callable[[ComputedScope], list[dict[str, bool]]]) -> Rows:
    """What is all there, each once: 1 where it is so."""

    def rows(scope: ComputedScope) -> pd.DataFrame:
        return _frame([(part, name, None, None, float(flag), 1.0, None) for name, flag in flags(scope)[0].items()])

    return rows


NOT_CANCELED = "t.state IS DISTINCT FROM 'canceled'"
EVIDENCE: dict[str, Rows] = {
    "abandon_rate": contacts("abandoned", "offered"),
    "answer_rate": contacts("answered", "offered"),
    "answer_time_mean": contacts("wait_seconds", "answered"),
    "availability": uptime("unplanned"),
    "availability_user_weighted": uptime("unplanned", per_user=True),
    "availability_with_maintenance": uptime("unplanned", "maintenance"),
    "contacts_offered": contacts("offered", None),
    "first_level_resolution_rate": first_level,
    "handle_time_mean": contacts("handle_seconds", "answered"),
    "longest_outage": interruptions,
    "mtbf": between_failures,
    "nps": promoters,
    "ping_pong_share": ping_pong,
    "registers_kept": all_of("table", with_rows),
    "repeat_incidents": repeats,
    "resolve_time_km_median": resolve_times,
    "restore_time_mean": restore_times,
    "restore_time_median": restore_times,
    "service_level_20s": contacts("answered_in_target", "offered"),
    "targets_agreed": all_of("headline indicator", with_target),
}
Cell = tuple[str, str, str | None, int | None, float, float, str | None]


def _placed(scope: ComputedScope, table: str, time: str, outputs: str, joins: str = "", where: str = "TRUE") -> pd.DataFrame:
    """Rows of a table whose time lies in the period, with what each adds."""
    sql = f"""SELECT '{table}' AS part, t.number AS key, {scope.member_sql(table)} AS member, t."{time}" AS at, {outputs}
              {scope.from_sql(table)} JOIN {scope.periods_sql} ON t."{time}" >= p.start AND t."{time}" < p.stop {joins}
              WHERE {where} ORDER BY t.number"""
    rows: pd.DataFrame = scope.connection.sql(sql).to_arrow_table().to_pandas()
    return rows


def _agreed(
    scope: ComputedScope, services: Sequence[Service], weight: Callable[[Service], float], lacking: str | None
) -> list[Cell]:
    """One cell a service: its agreed hours, or why it has none."""
    seconds = {service.name: length for (_, service), length in agreed_seconds(scope, services).items()}
    cells: list[Cell] = []
    for service in services:
        hours = seconds.get(service.name, 0) / HOUR * weight(service)
        reason = "no_service_calendar" if not service.calendar else None if weight(service) else lacking
        known = float("nan") if reason else hours
        cells.append(("agreed service time", service.name, service.member, None, known, known, reason))
    return cells


def _lost(scope: ComputedScope, services: Sequence[Service], kinds: Sequence[str], loss: Callable[[Outage], float]) -> list[Cell]:
    """One cell an interruption: the agreed hours lost in it, negative."""
    down = pieces(read_outages(scope, *kinds), loss)
    hours: dict[tuple[str, str | None, int], float] = defaultdict(float)
    for lost in lost_seconds(scope, services, down):
        hours[lost.service.name, lost.service.member, lost.run] -= lost.seconds / HOUR * lost.loss
    ends: dict[tuple[str, int], int] = {}
    for piece in down:
        ends[piece.service, piece.run] = max(piece.end, ends.get((piece.service, piece.run), piece.end))
    return [
        ("time lost", _numbers(scope, kinds, service, run, ends[service, run]), member, run, length, 0.0, None)
        for (service, member, run), length in hours.items()
    ]


def _down(scope: ComputedScope, *kinds: str) -> list[Piece]:
    return pieces(read_outages(scope, *kinds), lambda outage: float(outage.degradation > 0))


def _numbers(scope: ComputedScope, kinds: Sequence[str], service: str, start: int, end: int) -> str:
    """The numbers of the outages that an interruption is made of."""
    sql = f"""SELECT service, number, epoch_us(started_at) AS start,
                     epoch_us(least(coalesce(restored_at, {scope.as_of_sql}), {scope.as_of_sql})) AS stop, kind
              FROM outages ORDER BY 3, 2"""
    rows = scope.once("outages of interruptions", lambda: scope.connection.sql(sql).fetchall())
    return ", ".join(
        number for name, number, begin, stop, kind in rows if name == service and kind in kinds and begin <= end and stop >= start
    )


def _frame(cells: Sequence[Cell]) -> pd.DataFrame:
    frame = pd.DataFrame(cells, columns=list(COLUMNS))
    return frame.assign(at=pd.to_datetime(frame["at"].astype("float64"), unit="us", utc=True))
