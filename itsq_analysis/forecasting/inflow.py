"""How many incidents the calendar alone lets expect: the usual number of a day of its kind, added up over a period.

A month of eighteen working days brings fewer incidents than one of twenty-two, and more per working day, because some come on days
off. Days of the same kind are therefore compared: each weekday on which work is done, days off at a week's end, other days off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

import numpy as np
import pandas as pd
from scipy.stats import poisson, t

from itsq_analysis.indicators.completeness import complete_periods
from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period

RECENT = 12  # periods before, from which the usual number of a day is taken
FEWEST = 6  # periods from which it can be told


@dataclass(frozen=True)
class Inflow:
    """Incidents of a period and what the calendar lets expect.

    Attributes:
        opened: incidents; NaN for a period still to come.
        expected: by the days of the period.
        chance: of so large a difference while nothing changes (two-sided); 1 without an answer.
        periods: how many before were used.
    """

    opened: float
    expected: float
    chance: float
    periods: int


def inflow(context: ReportContext) -> Inflow | None:
    """The reporting period against its calendar; None where fewer than six complete periods lie before."""
    before = complete_periods(context.scope, "incidents")[-RECENT:]
    if len(before) < FEWEST:
        return None
    daily = _daily(context)
    usual = _usual(daily, before)
    ratios = np.array([_sum(daily, one) / expected for one in before if (expected := _expected(context, usual, one)) > 0])
    opened, expected = _sum(daily, context.period), _expected(context, usual, context.period)
    return Inflow(opened, expected, _chance(opened, expected, ratios), len(before))


def _daily(context: ReportContext) -> pd.DataFrame:
    """Incidents opened on each local day, with the kind of the day; a day without any is a true zero."""
    if "daily inflow" not in context.kept:
        zone = context.workspace.settings.organisation.timezone
        rows = context.query(
            "SELECT (opened_at AT TIME ZONE $zone)::DATE AS day, count(*) AS n FROM incidents "
            "WHERE opened_at < $moment GROUP BY 1 ORDER BY 1",
            zone=zone,
        )
        counts = pd.Series(rows["n"].to_numpy(dtype=float), index=pd.to_datetime(rows["day"]))
        last = context.moment.astimezone(context.workspace.settings.organisation.zone).date()
        first = counts.index[0].date() if len(counts) else last
        days = pd.date_range(first, last)
        frame = pd.DataFrame({"n": counts.reindex(days, fill_value=0.0), "kind": _kinds(context, days)}, index=days)
        context.kept["daily inflow"] = frame
    found: pd.DataFrame = context.kept["daily inflow"]
    return found


def _kinds(context: ReportContext, days: pd.DatetimeIndex) -> list[str]:
    """The weekday of a working day; "weekend" and "holiday" of days off."""
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    working = calendar.is_working_day(days.to_numpy(dtype="datetime64[D]"))
    return [
        f"work {day.weekday()}" if works else "weekend" if day.weekday() >= 5 else "holiday"
        for day, works in zip(days, working, strict=True)
    ]


def _usual(daily: pd.DataFrame, periods: Sequence[Period]) -> pd.Series:
    """Mean incidents of a day of each kind in these periods, and of any working day and day off for kinds that they lack."""
    part = pd.concat([_within(daily, one) for one in periods])
    usual = part.groupby("kind")["n"].mean()
    works = part["kind"].str.startswith("work")
    both = pd.Series({"any work": part.loc[works, "n"].mean(), "any off": part.loc[~works, "n"].mean()})
    known: pd.Series[float] = pd.concat([usual, both])
    return known


def _expected(context: ReportContext, usual: pd.Series, period: Period) -> float:
    days = pd.date_range(period.start, period.end - timedelta(days=1))
    kinds = _kinds(context, days)
    known = [usual.get(kind, usual["any work" if kind.startswith("work") else "any off"]) for kind in kinds]
    return float(np.nansum(known))


def _within(daily: pd.DataFrame, period: Period) -> pd.DataFrame:
    return daily[(daily.index >= pd.Timestamp(period.start)) & (daily.index < pd.Timestamp(period.end))]


def _sum(daily: pd.DataFrame, period: Period) -> float:
    return float(_within(daily, period)["n"].sum())


def _chance(opened: float, expected: float, ratios: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """How likely so large a difference is by chance: Student's t on the ratios of periods before, never below Poisson's tail."""
    if not expected > 0 or len(ratios) < FEWEST:
        return 1.0
    tail = poisson.sf(opened - 1, expected) if opened > expected else poisson.cdf(opened, expected)
    exact = min(1.0, 2 * float(tail))
    spread = float(ratios.std(ddof=1))
    if spread == 0:
        return exact
    distance = abs(opened / expected - ratios.mean()) / (spread * sqrt(1 + 1 / len(ratios)))
    return max(exact, float(2 * t.sf(distance, len(ratios) - 1)))
