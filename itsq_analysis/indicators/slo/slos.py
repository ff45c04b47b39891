"""Every `[[slo]]` of a workspace: rolling budget, burn over four windows, when the month's budget is gone; and month by month."""

from __future__ import annotations

from datetime import timedelta
from math import inf, isinf
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope
from itsq_analysis.indicators.slo.budget import Budget, gone_days
from itsq_analysis.indicators.slo.counted import budgets
from itsq_analysis.periods import history, month_of
from itsq_analysis.settings.slo import SloSettings

BURN = {"burn_1h": timedelta(hours=1), "burn_6h": timedelta(hours=6), "burn_1d": timedelta(days=1), "burn_3d": timedelta(days=3)}
RATE_DAYS = 28  # from which the rate of the forecast comes
MONTHS = 13
COLUMNS = ("share", "status", "allowed", "spent", "left")


def slos(scope: Scope) -> pd.DataFrame:
    """One row an objective, over its rolling window up to the scope's moment.

    Columns: slo, service, indicator, counting, maintenance, objective, days, good, total, share, status, allowed, spent, left
    (share of the budget), burn_1h, burn_6h, burn_1d, burn_3d, month, month_left, gone_early, gone_likely, gone_late (days on which
    the month's budget is gone with 10, 50 and 90 %; missing: not in this month). Amounts are hours of service time, tickets, or
    hours measured.
    """
    return pd.DataFrame([_row(scope, slo) for slo in scope.settings.slos])


def slo_months(scope: Scope) -> pd.DataFrame:
    """One row an objective and month, the last 13, the running one as far as it is known.

    Columns: slo, month, start, end, good, total, share, status, allowed, spent, left.
    """
    starts_on, zone = scope.settings.period.month_starts_on, scope.settings.organisation.zone
    months = history(month_of(scope.today, starts_on), MONTHS)
    rows: list[dict[str, Any]] = []
    for slo in scope.settings.slos:
        counted = budgets(scope, slo, [month.bounds(zone) for month in months])
        rows += [
            {"slo": slo.id, "month": month.label, "start": month.start, "end": month.end, **_told(budget)}
            for month, budget in zip(months, counted, strict=True)
        ]
    return pd.DataFrame(rows)


def _told(budget: Budget) -> dict[str, Any]:
    return {"good": budget.good, "total": budget.total, **{name: getattr(budget, name) for name in COLUMNS}}


def _row(scope: Scope, slo: SloSettings) -> dict[str, Any]:
    moment, zone = scope.moment, scope.settings.organisation.zone
    month = month_of(scope.today, scope.settings.period.month_starts_on)
    days = [(moment - timedelta(days=back + 1), moment - timedelta(days=back)) for back in range(RATE_DAYS)]
    spans = [(moment - length, moment) for length in (timedelta(days=slo.days), *BURN.values())]
    rolling, *rest = budgets(scope, slo, [*spans, month.bounds(zone), *days])
    burns, running, daily = rest[: len(BURN)], rest[len(BURN)], rest[len(BURN) + 1 :]
    return {
        "slo": slo.id,
        "service": slo.service,
        "indicator": slo.indicator or f"{slo.resource} {slo.metric} at most {slo.at_most:g}",
        "counting": slo.counting,
        "maintenance": slo.maintenance,
        "objective": slo.objective,
        "days": slo.days,
        **_told(rolling),
        **{name: burn.burn for name, burn in zip(BURN, burns, strict=True)},
        "month": month.label,
        **_forecast(scope, slo, running, daily),
    }


def _forecast(scope: Scope, slo: SloSettings, running: Budget, daily: list[Budget]) -> dict[str, Any]:
    """What is left of the month's budget, were each coming day as large as the past ones are on average, and when it is gone."""
    month = month_of(scope.today, scope.settings.period.month_starts_on)
    ahead = (month.end - scope.today).days - 1
    whole = running.total + ahead * sum(budget.total for budget in daily) / len(daily)
    left = (1 - slo.objective) * whole - running.spent
    gone = gone_days(left, [budget.spent for budget in daily], ahead) if running.spent or left > 0 else (inf,) * 3
    names = ("gone_early", "gone_likely", "gone_late")
    days = {name: None if isinf(day) else scope.today + timedelta(days=int(day)) for name, day in zip(names, gone, strict=True)}
    return {"month_left": left, **days}
