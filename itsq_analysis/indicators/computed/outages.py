"""How long outages last: the longest one, and the time until the service was restored. Clock time, hours."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.indicators.computed.downtime import HOUR, bounds, pieces, read_outages
from itsq_analysis.indicators.computed.result import Key, Result, limits, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import order_ranks, student


@over("outages", "started_at")
def longest_outage(scope: ComputedScope) -> pd.DataFrame:
    """The longest unplanned interruption of one service within the period.

    Overlapping or touching outages of a service are one, cut at the period's bounds; a degraded service is an interrupted one. n
    is the number of interruptions. The longest of none is not 0 but missing. A maximum has no interval.
    """
    members = dict(
        scope.connection.sql(
            f"SELECT DISTINCT t.service, {scope.member_sql('outages')} AS member {scope.from_sql('outages')}"
        ).fetchall()
    )
    ends: dict[tuple[str, int], int] = {}
    for piece in pieces(read_outages(scope, "unplanned"), lambda outage: float(outage.degradation > 0)):
        ends[piece.service, piece.run] = piece.end
    hours: dict[Key, list[float]] = defaultdict(list)
    for period, start, end in bounds(scope):
        for (service, begin), stop in ends.items():
            if begin < end and stop > start:
                hours[period, members[service]].append((min(stop, end) - max(begin, start)) / 1e6 / HOUR)
    measured = {key: Result(value=max(lengths), n=len(lengths)) for key, lengths in hours.items()}
    return results(scope, measured, Result(reason="no_outages"))


@over("outages", "started_at")
def restore_time_mean(scope: ComputedScope) -> pd.DataFrame:
    """Mean of outage start → service restored, over unplanned outages restored in the period; Student's t interval."""
    measured: dict[Key, Result] = {}
    for key, hours in _restore_times(scope).items():
        n, total = len(hours), float(hours.sum())
        lower, upper = limits(student(n, total, float((hours**2).sum())))
        measured[key] = Result(total / n, total, n, n, float(np.maximum(lower, 0)), upper)
    return results(scope, measured, Result(denominator=0, reason="no_outages"))


@over("outages", "started_at")
def restore_time_median(scope: ComputedScope) -> pd.DataFrame:
    """Median of outage start → service restored, over unplanned outages restored in the period; order statistics."""
    measured: dict[Key, Result] = {}
    for key, hours in _restore_times(scope).items():
        first, last = (int(rank) for rank in order_ranks(len(hours), 0.5))
        enclosing = {name: hours[rank - 1] for name, rank in (("lower", first), ("upper", last)) if rank}
        measured[key] = Result(value=float(np.median(hours)), n=len(hours), **enclosing)
    return results(scope, measured, Result(reason="no_outages"))


def _restore_times(scope: ComputedScope) -> dict[Key, npt.NDArray[np.float64]]:
    """Ascending hours from start to restoration of the unplanned outages restored in each period."""
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("outages")}, epoch_us(t.restored_at) - epoch_us(t.started_at) AS duration
            {scope.from_sql("outages")} JOIN {scope.periods_sql} ON t.restored_at >= p.start AND t.restored_at < p.stop
            WHERE t.kind = 'unplanned' ORDER BY duration"""
    ).fetchall()
    hours: dict[Key, list[float]] = defaultdict(list)
    for period, member, duration in rows:
        hours[period, member].append(duration / 1e6 / HOUR)
    return {key: np.array(values) for key, values in hours.items()}
