"""How many incidents the calendar alone lets expect: the usual number of a day of its kind, added up over a period.

A month of eighteen working days brings fewer incidents than one of twenty-two, and more per working day, because some come on days
off. Days of the same kind are therefore compared: each weekday on which work is done, days off at a week's end, other days off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

import numpy as np
import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.forecasting.panel import Array
from itsq_analysis.indicators.completeness import complete_periods
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


@fact
def inflow(scope: Scope) -> Inflow | None:
    """The reporting period against its calendar; None where fewer than six complete periods lie before it."""
    before = complete_periods(scope, "incidents")[-RECENT:]
    if len(before) < FEWEST:
        return None
    daily = _daily(scope)
    usual = _usual(daily, before)
    expected = [_expected(scope, usual, period) for period in before]
    ratios = np.array([_sum(daily, period) / number for period, number in zip(before, expected, strict=True) if number > 0])
    opened, now = _sum(daily, scope.period), _expected(scope, usual, scope.period)
    return Inflow(opened, now, _chance(opened, now, ratios), len(before))


def _daily(scope: Scope) -> pd.DataFrame:
    """Incidents opened on each local day, with the kind of the day; a day without any is a true zero."""
    rows = scope.query(
        "SELECT (opened_at AT TIME ZONE $zone)::DATE AS day, count(*) AS n FROM incidents "
        "WHERE opened_at < $moment GROUP BY 1 ORDER BY 1",
        zone=scope.settings.organisation.timezone,
    )
    counts = pd.Series(rows["n"].to_numpy(dtype=float), index=pd.to_datetime(rows["day"]))
    last = scope.moment.astimezone(scope.settings.organisation.zone).date()
    days = pd.date_range(counts.index[0].date() if len(counts) else last, last)
    return pd.DataFrame({"n": counts.reindex(days, fill_value=0.0), "kind": _kinds(scope, days)}, index=days)


def _kinds(scope: Scope, days: pd.DatetimeIndex) -> list[str]:
    """The weekday of a working day; "weekend" and "holiday" of days off."""
    calendar = scope.workspace.calendar(scope.settings.calendars[0].id)
    working = calendar.is_working_day(days.to_numpy(dtype="datetime64[D]"))
    return [
        f"work {day.weekday()}" if works else "weekend" if day.weekday() >= 5 else "holiday"
        for day, works in zip(days, working, strict=True)
    ]


def _usual(daily: pd.DataFrame, periods: tuple[Period, ...]) -> pd.Series:
    """Mean incidents of a day of each kind in these periods, and of any working day and day off for kinds that they lack."""
    part = pd.concat([_within(daily, period) for period in periods])
    usual = part.groupby("kind")["n"].mean()
    works = part["kind"].str.startswith("work")
    both = pd.Series({"any work": part.loc[works, "n"].mean(), "any off": part.loc[~works, "n"].mean()})
    known: pd.Series[float] = pd.concat([usual, both])
    return known


def _expected(scope: Scope, usual: pd.Series, period: Period) -> float:
    kinds = _kinds(scope, pd.date_range(period.start, period.end - timedelta(days=1)))
    return float(np.nansum([usual.get(kind, usual["any work" if kind.startswith("work") else "any off"]) for kind in kinds]))


def _within(daily: pd.DataFrame, period: Period) -> pd.DataFrame:
    return daily[(daily.index >= pd.Timestamp(period.start)) & (daily.index < pd.Timestamp(period.end))]


def _sum(daily: pd.DataFrame, period: Period) -> float:
    return float(_within(daily, period)["n"].sum())


def _chance(opened: float, expected: float, ratios: Array) -> float:
    """How likely so large a difference is by chance: Student's t on the ratios of periods before, never below Poisson's tail."""
    from scipy.special import pdtr, pdtrc, stdtr  # scipy.stats would take half a second to import

    if not expected > 0 or len(ratios) < FEWEST:
        return 1.0
    tail = pdtrc(opened - 1, expected) if opened > expected else pdtr(opened, expected)
    exact = min(1.0, 2 * float(tail))
    spread = float(ratios.std(ddof=1))
    if spread == 0:
        return exact
    distance = abs(opened / expected - ratios.mean()) / (spread * sqrt(1 + 1 / len(ratios)))
    return max(exact, float(2 * stdtr(len(ratios) - 1, -distance)))
