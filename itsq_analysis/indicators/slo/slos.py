"""Every `[[slo]]` of a workspace: rolling budget, burn over four windows, when the month's budget is gone; and month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, isinf
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.slo.budget import Budget, gone_days
from itsq_analysis.periods import Period, history, month_of
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
    months = history(month_of(scope.today, scope.settings.period.month_starts_on), MONTHS)
    return pd.DataFrame(
        [
            {"slo": slo.id, "month": month.label, "start": month.start, "end": month.end, **_told(budget)}
            for slo in scope.settings.slos
            for month, budget in zip(months, _of_periods(scope, slo, months), strict=True)
        ]
    )


@dataclass(frozen=True)
class SloCourse:
    """An objective over the report's periods.

    Attributes:
        slo: as in itsq.toml; where it names no service, what it counts is that of the scope's services.
        periods: oldest first, the reporting one last.
        budgets: of each period.
    """

    slo: SloSettings
    periods: tuple[Period, ...]
    budgets: tuple[Budget, ...]

    @property
    def now(self) -> Budget:
        """The reporting period's."""
        return self.budgets[-1]


@fact
def slo_courses(scope: Scope) -> tuple[SloCourse, ...]:
    """The objectives that concern the scope's services, in the order of itsq.toml, over the reporting period and twelve before."""
    own = [slo for slo in scope.settings.slos if not scope.services or slo.service is None or slo.service in scope.services]
    periods = tuple(scope.history(MONTHS))
    return tuple(SloCourse(slo, periods, tuple(_of_periods(scope, slo, periods))) for slo in own)


def _of_periods(scope: Scope, slo: SloSettings, periods: Sequence[Period]) -> list[Budget]:
    return _budgets(scope, slo, [period.bounds(scope.settings.organisation.zone) for period in periods])


def _budgets(scope: Scope, slo: SloSettings, windows: Sequence[tuple[datetime, datetime]]) -> list[Budget]:
    from itsq_analysis.indicators.slo.counted import budgets  # here: a page that is kept loads neither scipy nor functions

    return budgets(scope, slo, windows)


def _told(budget: Budget) -> dict[str, Any]:
    return {"good": budget.good, "total": budget.total, **{name: getattr(budget, name) for name in COLUMNS}}


def _row(scope: Scope, slo: SloSettings) -> dict[str, Any]:
    moment, zone = scope.moment, scope.settings.organisation.zone
    month = month_of(scope.today, scope.settings.period.month_starts_on)
    days = [(moment - timedelta(days=back + 1), moment - timedelta(days=back)) for back in range(RATE_DAYS)]
    spans = [(moment - length, moment) for length in (timedelta(days=slo.days), *BURN.values())]
    rolling, *rest = _budgets(scope, slo, [*spans, month.bounds(zone), *days])
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
