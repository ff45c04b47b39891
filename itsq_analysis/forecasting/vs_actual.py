"""Was the period as forecast, and what comes? The last forecasts one period ahead against what came."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Literal

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.facts.record import NUMBERS, record_name, told_before
from itsq_analysis.forecasting.next_periods import NextPeriods, next_periods
from itsq_analysis.forecasting.track_record import Expectation, TrackRecord, expectations, span_sum
from itsq_analysis.periods import Period, history

TABLE = "incidents"
LEVEL = 80.0  # per cent, of the range that is told

Verdict = Literal["as_expected", "more", "fewer", "far_more", "far_fewer"]


@dataclass(frozen=True)
class ForecastVsActual:
    """Forecasts of the whole by period.

    Attributes:
        ahead: the next period and two more.
        record: of forecasts made one period ahead, the reporting period's last.
    """

    ahead: tuple[tuple[Period, Expectation], ...]
    record: TrackRecord


@fact
def forecast_vs_actual(scope: Scope) -> ForecastVsActual | None:
    """The forecast of the reporting period and of those to come; None where nothing can be forecast (see `next_periods`)."""
    forecast = next_periods(scope, TABLE)
    if forecast is None:
        return None
    ahead = tuple(zip(forecast.periods, expectations(forecast.rows), strict=True))
    return ForecastVsActual(ahead, _record(scope, forecast))


def folder(scope: Scope) -> str:
    """Where the forecasts of the whole by periods of this length are kept."""
    return record_name(scope, TABLE, "", scope.period.grain)


def verdict(row: Expectation) -> Verdict:
    """What came against the forecast: beyond 80 % one period in five lies by chance, beyond 95 % one in twenty."""
    if row.holds(LEVEL):
        return "as_expected"
    more, far = row.came > row.range(LEVEL)[1], not row.holds(95)
    return ("far_more" if more else "far_fewer") if far else ("more" if more else "fewer")


def _record(scope: Scope, forecast: NextPeriods) -> TrackRecord:
    """What readers were told where that is kept, else computed again as of then; against the year or the period before."""
    kept_record = told_before(scope, folder(scope), scope.period.end, ["1"])
    kept = {(row["made"], row["end"]): row for row in kept_record.rows.to_dict("records")}
    again = forecast.earlier.to_dict("records")
    is_told = [(row["made"], row["end"]) in kept for row in again]
    columns = [*forecast.earlier.columns]
    numbers = [
        {name: kept[row["made"], row["end"]][name] for name in NUMBERS} if mine else {}
        for row, mine in zip(again, is_told, strict=True)
    ]
    rows = pd.DataFrame([row | own for row, own in zip(again, numbers, strict=True)], columns=columns)
    periods = history(scope.period, len(rows)) if len(rows) else []
    year = [_came(forecast, period.same_period_last_year()) for period in periods]
    before = [_came(forecast, period.previous()) for period in periods]
    plain = "before" if any(map(isnan, year)) else "year"
    return TrackRecord(expectations(rows, year if plain == "year" else before, is_told), LEVEL, kept_record.files, plain)


def _came(forecast: NextPeriods, period: Period) -> float:
    return span_sum(forecast.daily, period.start, period.end)
