"""Forecasts of daily series from several cutoffs, past ones too, in one batch; each is computed once in its life.

A forecast's key is what it is made of: the series up to the cutoff, the special days and events that touch history or horizon, and
the model's arguments. A month that is loaded later changes none of these for a past cutoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from itsq_analysis.facts import Cache, keep_each
from itsq_analysis.forecasting.calendar import Holidays
from itsq_analysis.forecasting.combined import Job, panel_forecasts
from itsq_analysis.forecasting.forecast import Request, check_levels, result_of


@dataclass(frozen=True)
class _Kept:
    """A forecast as it is kept: its rows, and what stands in `attrs` of the frame."""

    rows: pd.DataFrame
    notes: list[str]
    events: list[dict[str, Any]]


def forecast_at_cutoffs(
    pasts: Sequence[tuple[pd.DataFrame, int]],
    *,
    levels: Sequence[float] = (80, 95),
    holidays: Holidays = None,
    events: pd.DataFrame | None = None,
    model: str = "auto",
    seed: int = 0,
    cache: Cache | None = None,
) -> list[pd.DataFrame]:
    """Forecast from several cutoffs.

    Args:
        pasts: for each cutoff the rows that are known at it (unique_id, ds, y; naive days) and the days ahead.
        levels: of the intervals, in per cent.
        holidays: as for `forecast`.
        events: as for `forecast`; each cutoff uses those that are known at it.
        model: as for `forecast`.
        seed: as for `forecast`.
        cache: where forecasts are kept; None computes all of them.

    Returns:
        For each cutoff what `forecast` gives of its rows.

    Raises:
        ForecastError: as `forecast`.

    >>> days = pd.date_range("2026-01-05", periods=56, freq="D")
    >>> daily = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 8})
    >>> [int(frame["median"].sum()) for frame in forecast_at_cutoffs([(daily.head(49), 7), (daily, 14)])]
    [20, 40]
    """
    chosen = tuple(check_levels(levels))
    requests = [Request(past, horizon, "D", None, chosen, holidays, events, None, model) for past, horizon in pasts]
    jobs = [request.job() for request in requests]

    def compute(places: list[int]) -> list[_Kept]:
        answers = panel_forecasts([jobs[place] for place in places], seed)
        frames = [result_of(requests[place], jobs[place], *answer) for place, answer in zip(places, answers, strict=True)]
        return [_Kept(frame, frame.attrs["notes"], frame.attrs["events"]) for frame in frames]

    keys = [_key(request, job, seed) for request, job in zip(requests, jobs, strict=True)]
    return [_frame(kept) for kept in keep_each(cache, keys, compute)]


def _key(request: Request, job: Job, seed: int) -> tuple[Any, ...]:
    """All that a forecast is made of."""
    history = request.frame[["unique_id", "ds", "y"]].reset_index(drop=True)
    days = [(day, *special) for day, special in job.special.days.items()]
    return ("forecast", history, days, job.special.notes, job.events, request.horizon, request.levels, request.model, seed)


def _frame(kept: _Kept) -> pd.DataFrame:
    frame = kept.rows.copy(deep=False)
    frame.attrs = {"notes": kept.notes, "events": kept.events}
    return frame
