"""Time to resolve with open incidents counted: the Kaplan–Meier median."""

from __future__ import annotations

from math import isnan, nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from itsq_analysis.indicators.computed.downtime import HOUR
from itsq_analysis.indicators.computed.result import EMPTY, Key, Result, joined, notes, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import TAIL

Floats = npt.NDArray[np.floating[Any]]
ROUNDING = 1e-9  # a survival of one half is recognised in spite of rounding


@over("incidents", "opened_at")
def resolve_time_km_median(scope: ComputedScope) -> pd.DataFrame:
    """Median clock time from opened to ended (resolved, else closed), over incidents opened in the period, hours.

    Incidents that are open at `as_of` count with the time they have been open so far (censored), canceled ones not at all. Where
    an incident was closed without a resolution time, its time until closed is an upper bound of what it took; such incidents are
    counted in the reason. Numerator: ended incidents; denominator and n: all of them.
    """
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("incidents")} AS member, coalesce(t.ended_at < {scope.as_of_sql}, false) AS ended,
                   ended AND t.resolved_at IS NULL AS unresolved,
                   epoch_us(CASE WHEN ended THEN t.ended_at ELSE {scope.as_of_sql} END) - epoch_us(t.opened_at) AS duration
            {scope.from_sql("incidents")} JOIN {scope.periods_sql} ON t.opened_at >= p.start AND t.opened_at < p.stop
            WHERE t.state IS DISTINCT FROM 'canceled'"""
    )
    frame = rows.to_arrow_table().to_pandas()
    frame["hours"] = frame["duration"].clip(lower=0) / 1e6 / HOUR
    measured: dict[Key, Result] = {}
    for (period, member), group in frame.groupby(["period", "member"], dropna=False):
        median, lower, upper = median_survival(group.hours, group.ended)
        unreached = "median_not_reached" if isnan(median) else None
        reason = joined(unreached, notes(no_resolution_time=int(group.unresolved.sum())))
        measured[int(period), None if pd.isna(member) else str(member)] = Result(
            median, int(group.ended.sum()), len(group), len(group), lower, upper, reason
        )
    return results(scope, measured, EMPTY)


def median_survival(duration: npt.ArrayLike, ended: npt.ArrayLike) -> tuple[float, float, float]:
    """Median of durations of which some have not ended, with its 95 % limits, in the unit of the durations.

    Product-limit estimate of Kaplan & Meier (1958), JASA 53:457-481. Where the curve runs at exactly one half, the median is the
    middle of that stretch, so that without censoring it is the ordinary median. Limits: Brookmeyer & Crowley (1982), Biometrics
    38:29-41, the times whose survival does not differ from one half, on the complementary log-log scale with Greenwood's
    variance. A limit, or the median, that the curve does not reach is NaN.

    >>> median_survival([1, 2, 3, 4], [True, True, True, True])[0]
    2.5
    >>> median_survival([1, 2, 3, 4], [True, False, False, False])[0]
    nan
    """
    duration, ended = np.asarray(duration, dtype=float), np.asarray(ended, dtype=bool)
    times, deaths = np.unique(duration[ended], return_counts=True)
    at_risk = len(duration) - np.searchsorted(np.sort(duration), times)
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        half = -ndtri(TAIL) * np.sqrt(variance) / -np.log(survival)
        centre = np.log(-np.log(survival))
        low, high = np.exp(-np.exp(centre + half)), np.exp(-np.exp(centre - half))
    return _middle(times, survival), _first(times, low), _first(times, high)


def _middle(times: Floats, survival: Floats) -> float:
    reached = np.flatnonzero(survival <= 0.5 + ROUNDING)
    if not len(reached):
        return nan
    first = reached[0]
    flat = abs(survival[first] - 0.5) <= ROUNDING and first + 1 < len(times)
    return float((times[first] + times[first + 1]) / 2 if flat else times[first])


def _first(times: Floats, survival: Floats) -> float:
    """The first time at which a curve is at or below one half; NaN where it never is."""
    reached = np.flatnonzero(survival <= 0.5)
    return float(times[reached[0]]) if len(reached) else nan
