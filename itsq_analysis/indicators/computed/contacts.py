"""Contacts of a phone or chat queue: sums over intervals, and shares and means of these sums.

Calls of one day meet the same queue, so they are not independent: the intervals of shares and means take days, not calls, as what
varies (ratio estimator with days as clusters; Cochran, Sampling Techniques, 3rd ed., sections 2.11 and 9A).
"""

from __future__ import annotations

from collections.abc import Callable
from math import nan, sqrt

import pandas as pd
from scipy.special import stdtrit

from itsq_analysis.indicators.computed.result import EMPTY, Key, Result, limits, notes, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import TAIL, poisson, wilson

FEWEST_DAYS = 5  # below, days say nothing about how much they differ


def _sums(scope: ComputedScope, part: str, whole: str) -> list[tuple[int, str | None, float, float, int, float, int]]:
    """Per period and member: both sums over the rows that know both, days, sum of squared residuals by day, rows left out.

    The residual of a day is its part − ratio × its whole. Sums are taken in order: their last digit must not depend on threads.
    """
    known = f't."{part}" IS NOT NULL AND t."{whole}" IS NOT NULL'
    rows: list[tuple[int, str | None, float, float, int, float, int]] = scope.connection.sql(
        f"""WITH days AS (
                SELECT p.period, {scope.member_sql("contacts")} AS member, epoch_us(t.start) // 86400000000 AS day,
                       coalesce(sum(t."{part}" ORDER BY t.number) FILTER (WHERE {known}), 0) AS part,
                       coalesce(sum(t."{whole}" ORDER BY t.number) FILTER (WHERE {known}), 0) AS whole,
                       count(*) FILTER (WHERE NOT ({known})) AS unknown
                {scope.from_sql("contacts")} JOIN {scope.periods_sql} ON t.start >= p.start AND t.start < p.stop
                GROUP BY ALL),
            totals AS (
                SELECT period, member, sum(part ORDER BY day)::DOUBLE AS part, sum(whole ORDER BY day)::DOUBLE AS whole
                FROM days GROUP BY ALL)
            SELECT d.period, d.member, any_value(a.part), any_value(a.whole), count(*) FILTER (WHERE d.whole > 0),
                   sum((d.part - a.part / nullif(a.whole, 0) * d.whole) ** 2 ORDER BY d.day), sum(d.unknown)
            FROM days d JOIN totals a ON a.period = d.period AND a.member IS NOT DISTINCT FROM d.member GROUP BY ALL"""
    ).fetchall()
    return rows


def _share(name: str, part: str, whole: str, meaning: str) -> Callable[[ComputedScope], pd.DataFrame]:
    def indicator(scope: ComputedScope) -> pd.DataFrame:
        measured: dict[Key, Result] = {}
        for period, member, count, total, days, squares, unknown in _sums(scope, part, whole):
            reason = notes(intervals_not_counted=int(unknown))
            if not total:
                measured[period, member] = Result(numerator=count, denominator=0, reason=reason or EMPTY.reason)
                continue
            share = count / total
            by_chance = share * (1 - share) * total
            excess = 1.0
            if days >= FEWEST_DAYS and by_chance > 0:
                excess = max(1.0, squares * days / (days - 1) / by_chance)
            bounds = limits(wilson(count / excess, total / excess))
            measured[period, member] = Result(share, count, total, int(total), *bounds, reason)
        return results(scope, measured, EMPTY)

    return _named(indicator, name, meaning)


def _mean(name: str, part: str, whole: str, meaning: str) -> Callable[[ComputedScope], pd.DataFrame]:
    def indicator(scope: ComputedScope) -> pd.DataFrame:
        measured: dict[Key, Result] = {}
        for period, member, seconds, total, days, squares, unknown in _sums(scope, part, whole):
            reason = notes(intervals_not_counted=int(unknown))
            if not total:
                measured[period, member] = Result(numerator=seconds, denominator=0, reason=reason or EMPTY.reason)
                continue
            mean = seconds / total
            low, high = nan, nan
            if days >= FEWEST_DAYS:
                half = float(stdtrit(days - 1, 1 - TAIL)) * sqrt(squares * days / (days - 1)) / total
                low, high = max(0.0, mean - half), mean + half
            measured[period, member] = Result(mean, seconds, total, int(total), low, high, reason)
        return results(scope, measured, EMPTY)

    return _named(indicator, name, meaning)


def _named(indicator: Callable[[ComputedScope], pd.DataFrame], name: str, meaning: str) -> Callable[[ComputedScope], pd.DataFrame]:
    indicator.__name__, indicator.__qualname__, indicator.__doc__ = name, name, meaning
    return over("contacts", "start")(indicator)


@over("contacts", "start")
def contacts_offered(scope: ComputedScope) -> pd.DataFrame:
    """Contacts that came in during the period, answered or not. Exact Poisson interval."""
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("contacts")} AS member, sum(t.offered)::DOUBLE
            {scope.from_sql("contacts")} JOIN {scope.periods_sql} ON t.start >= p.start AND t.start < p.stop GROUP BY ALL"""
    ).fetchall()
    measured = {
        (period, member): Result(offered, offered, n=int(offered), lower=low, upper=high)
        for period, member, offered in rows
        for low, high in [limits(poisson(offered))]
    }
    return results(scope, measured, EMPTY)


answer_rate = _share("answer_rate", "answered", "offered", "Contacts answered, of those that came in.")
service_level_20s = _share(
    "service_level_20s", "answered_in_target", "offered", "Contacts answered within the target time, of all that came in."
)
abandon_rate = _share("abandon_rate", "abandoned", "offered", "Contacts given up while waiting, of all that came in.")
answer_time_mean = _mean("answer_time_mean", "wait_seconds", "answered", "Mean seconds that those answered had waited.")
handle_time_mean = _mean("handle_time_mean", "handle_seconds", "answered", "Mean seconds to handle an answered contact.")
