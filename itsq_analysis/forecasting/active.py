"""One common cutoff: members that have ended are told, not extended."""

from __future__ import annotations

from typing import Any

import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.discontinued import find_discontinued
from itsq_analysis.forecasting.forecast import forecast


def forecast_active(frame: pd.DataFrame, horizon: int, *, freq: str, **options: Any) -> pd.DataFrame:
    """Forecast series that all reach to one cutoff; those that have ended are left out and named in `attrs["notes"]`.

    Args:
        frame: as `itsq_analysis.series.series` makes it: true zeros up to a common end.
        horizon: steps.
        freq: the step.
        options: as for `forecast`.

    Raises:
        ForecastError: there is no row, or as `forecast`.
    """
    if not len(frame):
        raise ForecastError("a forecast needs rows that lie in whole steps; found none; load more, or take a shorter step (freq)")
    ended = find_discontinued(frame, freq)
    names = set(ended["unique_id"].tolist())
    alive = frame[~frame["unique_id"].isin(names)]
    if not len(alive):
        lasts = ", ".join(f"{name.unique_id} since {_day(name.last)}" for name in ended.itertuples())
        raise ForecastError(
            f"a forecast needs a series that goes on; found only ended ones ({lasts}); choose another table or as_of"
        )
    result = forecast(alive, horizon, freq=freq, **options)
    notes = [
        f"{name.unique_id} has had nothing since {_day(name.last)}: taken as ended, not forecast" for name in ended.itertuples()
    ]
    result.attrs["notes"] = [*notes, *result.attrs["notes"]]
    return result


def _day(stamp: Any) -> str:
    return "the beginning" if pd.isna(stamp) else str(pd.Timestamp(stamp).date())
