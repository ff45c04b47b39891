"""Why the forecast of a report is what it is: level and trend, week, holidays, models, and the backtest of each series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.facts.sentence import Translated
from itsq_analysis.forecasting.explain import Explanation
from itsq_analysis.forecasting.outlook import WEEK, Asked, ForecastOutlook
from itsq_analysis.forecasting.outlook_facts import forecast_explanation, forecast_outlook

STRONGEST = 8  # holidays
MOVED = ("observed", "substituted")  # days of a holiday that lies on a day off itself
SATURDAY = 5
AFTER = "day after "
A_YEAR = 300  # steps: a longer season is that of the year


@dataclass(frozen=True)
class Backtest:
    """Mean absolute errors by day of one series at earlier cutoffs, and whether the plain forecast was as good (None: unknown)."""

    series: str
    error: float
    naive: float
    no_better: bool | None


@dataclass(frozen=True)
class HolidayEffect:
    """By what share a named day differs from its usual level; `after`: it is the first day after it."""

    name: Translated
    after: bool
    effect: float


@dataclass(frozen=True)
class Reasons:
    """What explains the forecast of the whole.

    Attributes:
        level: of the last week, holidays apart.
        trend: change of the level over the days ahead.
        week: weekday (0 is Monday) -> usual value over the mean, the smallest first; empty where it is not known.
        yearly: whether the season of the year is known.
        holidays: named days with the strongest effects.
        weights: model -> its weight, the largest first.
        backtests: of every series.
    """

    level: float
    trend: float
    week: tuple[tuple[int, float], ...]
    yearly: bool
    holidays: tuple[HolidayEffect, ...]
    weights: tuple[tuple[str, float], ...]
    backtests: tuple[Backtest, ...]


@fact
def reasons(scope: Scope, asked: Asked) -> Reasons:
    """Why the forecast is what it is."""
    outlook, explanation = forecast_outlook(scope, asked), forecast_explanation(scope, asked)
    series = {str(row["unique_id"]): row for row in explanation.series.to_dict("records")}
    whole, backtests = series[outlook.whole], []
    for name in outlook.series:
        row = series[name]
        known = None if pd.isna(row["no_better"]) else bool(row["no_better"])
        backtests.append(Backtest(name, float(row["mae"]), float(row["naive_mae"]), known))
    components = explanation.components[explanation.components["unique_id"] == outlook.whole]
    weights = components.groupby("component", sort=False)["weight"].first().sort_values(ascending=False)
    pattern = explanation.pattern[explanation.pattern["unique_id"] == outlook.whole]
    return Reasons(
        float(whole["level"]),
        float(whole["trend"]),
        _week(pattern),
        bool((pattern["season"] > A_YEAR).any()),
        _holidays(scope, outlook, explanation),
        tuple((str(name), float(weight)) for name, weight in weights.items()),
        tuple(backtests),
    )


def _week(pattern: pd.DataFrame) -> tuple[tuple[int, float], ...]:
    rows = pattern[pattern["season"] == WEEK].sort_values("factor", kind="stable")
    if len(rows) < WEEK or rows["factor"].isna().any():
        return ()
    return tuple((int(slot), float(factor)) for slot, factor in zip(rows["slot"], rows["factor"], strict=True))


def _holidays(scope: Scope, outlook: ForecastOutlook, explanation: Explanation) -> tuple[HolidayEffect, ...]:
    """The strongest effects of named days on the whole; days moved by an observance are like the holiday itself."""
    names = _names(scope, outlook)
    rows = explanation.holidays[explanation.holidays["unique_id"] == outlook.whole]
    rows = rows[rows["name"].isin([*names, *(f"{AFTER}{name}" for name in names)])]
    rows = rows.assign(size=rows["effect"].abs()).sort_values(["size", "name"], ascending=[False, True], kind="stable")
    return tuple(
        HolidayEffect(names[str(name).removeprefix(AFTER)], str(name) not in names, float(effect))
        for name, effect in zip(rows["name"].head(STRONGEST), rows["effect"], strict=False)
    )


def _names(scope: Scope, outlook: ForecastOutlook) -> dict[str, Translated]:
    """The holidays of the history and of the days ahead: by their English names, as effects carry them."""
    calendar = scope.workspace.calendar(scope.settings.calendars[0].id)
    first = max(outlook.history["ds"].min().date(), date(calendar.first_year, 1, 1))
    days = [first + timedelta(days=place) for place in range((outlook.end - first).days)]
    holidays = [day for day in days if not calendar.is_working_day(day) and day.weekday() < SATURDAY]
    pairs = ((calendar.holiday_name(day), calendar.holiday_name(day, "zh")) for day in holidays)
    return {en: Translated(en, zh or en) for en, zh in pairs if en and not any(word in en for word in MOVED)}
