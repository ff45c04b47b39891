"""Forecasts of sums: tickets of a whole week or month, made from a daily forecast, with ranges that held before.

The range of a sum is not the sum of the ranges of its days: errors of single days partly cancel, an error in the level does not.
Possible futures of the daily forecast (`forecasting.paths`) give a first range of each sum. How often such ranges held is then read
from the same forecast made at earlier cutoffs, each from nothing but the days before it: the range is stretched or narrowed by the
size of those errors, with Student's t for how few there are. A range that is told for a cutoff uses errors that were known then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.panel import Array

LEVELS = (80, 95)  # per cent
FEWEST_DAYS, ENOUGH_DAYS = 28, 84  # of history before a cutoff: twice the days ahead, but at least and at most so many
PATHS = 400
PRIOR = 4.0  # errors that the range from paths counts for
POOLED = 3  # series from which the errors of all say something about each
Z80 = 1.2815515655446004
KEYS = ("unique_id", "made", "span", "start", "end")


@dataclass(frozen=True)
class Span:
    """Days whose sum is forecast.

    Attributes:
        name: what it is called; one cutoff has each name once.
        start: first day.
        end: the day after the last one.
        alike: the same for spans whose errors are compared with each other, as those of one length; "" compares those of one name.
    """

    name: str
    start: date
    end: date
    alike: str = ""


def sums(
    daily: pd.DataFrame,
    origins: Sequence[tuple[date, Sequence[Span]]],
    *,
    levels: Sequence[float] = LEVELS,
    made: Mapping[date, pd.DataFrame] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Forecast sums of days at several cutoffs.

    Args:
        daily: unique_id, ds (naive days), y; no day is missing between a series' first and the last of all.
        origins: cutoffs (the first day that is not known) with the spans to forecast, oldest first. A series is
            forecast where it reaches back twice as far as ahead (at least four weeks, and twelve always suffice).
        levels: of the ranges, in per cent.
        made: daily forecasts that exist already, by their cutoff, as `forecast` gives them with the levels 80 and 95.
        options: holidays, events, model, seed, cache, as for `forecast_at_cutoffs`; they make the other cutoffs.

    Returns:
        One row per series, cutoff and span: unique_id, made (the cutoff), span, start, end, mean, median, lo-80, hi-80, lo-95,
        hi-95 (or of other levels), y (the sum that came; missing while a day of it is not known), errors (how many earlier errors
        the range stands on).

    >>> days = pd.date_range("2026-01-05", periods=100, freq="D")
    >>> daily = pd.DataFrame({"unique_id": "mail", "ds": days, "y": 3.0})
    >>> cutoff = date(2026, 4, 13)
    >>> found = sums(daily, [(cutoff, [Span("week", cutoff, date(2026, 4, 20))])])
    >>> found[["mean", "median", "lo-80", "hi-80"]].iloc[0].round(6).tolist()
    [21.0, 21.0, 21.0, 21.0]
    """
    forecasts = _forecasts(daily, origins, made or {}, options)
    came = {name: _cumulative(rows) for name, rows in daily.groupby("unique_id", sort=False)}
    parts = [row for cutoff, spans in origins if cutoff in forecasts for row in _raw(forecasts[cutoff], cutoff, spans, came)]
    ranges = [f"{side}-{level:g}" for level in levels for side in ("lo", "hi")]
    columns = [*KEYS, "mean", "median", *ranges, "y", "errors"]
    if not parts:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[len(KEYS) :], float))
    return _calibrated(pd.DataFrame(parts), levels)[columns]


def _forecasts(
    daily: pd.DataFrame,
    origins: Sequence[tuple[date, Sequence[Span]]],
    made: Mapping[date, pd.DataFrame],
    options: dict[str, Any],
) -> dict[date, pd.DataFrame]:
    """The daily forecast of each cutoff at which a series reaches back far enough."""
    from itsq_analysis.forecasting.at_cutoffs import forecast_at_cutoffs

    begun = daily.groupby("unique_id")["ds"].min()
    pasts = {}
    for cutoff, spans in origins:
        if cutoff in made:
            continue
        horizon = max((span.end - cutoff).days for span in spans)
        needed = timedelta(days=min(max(2 * horizon, FEWEST_DAYS), ENOUGH_DAYS))
        chosen = begun.index[begun <= pd.Timestamp(cutoff) - needed]
        past = daily[(daily["ds"] < pd.Timestamp(cutoff)) & daily["unique_id"].isin(chosen)]
        if len(past):
            pasts[cutoff] = (past, horizon)
    computed = forecast_at_cutoffs(list(pasts.values()), levels=LEVELS, **options) if pasts else []
    return {**made, **dict(zip(pasts, computed, strict=True))}


def _cumulative(rows: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Days of one series in order, and before each of them (and after the last) the sum and the number of known values."""
    ordered = rows.sort_values("ds", kind="stable")
    y = ordered["y"].to_numpy(dtype=float)
    total, count = (np.concatenate([[0.0], np.cumsum(part)]) for part in (np.nan_to_num(y), (~np.isnan(y)).astype(float)))
    return ordered["ds"].to_numpy(dtype="datetime64[D]"), total, count


def _raw(
    ahead: pd.DataFrame, made: date, spans: Sequence[Span], came: Mapping[Any, tuple[Array, Array, Array]]
) -> list[dict[str, Any]]:
    """Mean, median and the half-widths of the 80 % range from paths, of one cutoff."""
    from itsq_analysis.forecasting.paths import paths

    rows = []
    for name, part in ahead.groupby("unique_id", sort=True):
        drawn, days, means = paths(part, PATHS), part["ds"].to_numpy(), part["mean"].to_numpy()
        for span in spans:
            inside = (days >= np.datetime64(span.start)) & (days < np.datetime64(span.end))
            low, median, high = np.quantile(drawn[:, inside].sum(axis=1), (0.1, 0.5, 0.9))
            row = {"unique_id": name, "made": made, "span": span.name, "start": span.start, "end": span.end}
            row |= {"alike": span.alike or span.name, "mean": float(means[inside].sum()), "median": median}
            rows.append(row | {"low": median - low, "high": high - median, "y": _came(came.get(name), span, made)})
    return rows


def _came(series: tuple[Array, Array, Array] | None, span: Span, made: date) -> float:
    """What came in a span since the cutoff; NaN while a day of it is not known."""
    if series is None:
        return float("nan")
    days, total, count = series
    start = np.searchsorted(days, np.datetime64(max(span.start, made)))
    end = np.searchsorted(days, np.datetime64(span.end))
    return float(total[end] - total[start]) if count[end] - count[start] == (span.end - span.start).days else float("nan")


def _calibrated(rows: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
    """Ranges by the errors that were known at each cutoff."""
    from scipy.stats import t

    miss = rows["y"] - rows["median"]
    unit = np.where(miss > 0, rows["high"], rows["low"]) / Z80
    errors = np.where(miss == 0, 0.0, miss / np.maximum(unit, 0.5))
    scale, freedom, count = _scales(rows, np.asarray(errors, dtype=float))
    median, low, high = (rows[name].to_numpy(dtype=float) for name in ("median", "low", "high"))
    ranges = {}
    for level in levels:
        reach = scale * t.ppf(0.5 + level / 200, freedom) / Z80
        ranges[f"lo-{level:g}"] = np.maximum(np.round(median - low * reach), 0.0)
        ranges[f"hi-{level:g}"] = np.round(median + high * reach)
    return rows.assign(median=np.round(median), errors=count, **ranges)


def _scales(rows: pd.DataFrame, errors: Array) -> tuple[Array, Array, Array]:
    """By what to stretch each range from paths, the degrees of freedom of that, and the number of errors behind it.

    Errors of spans that overlap say less than their number: they count as often as whole spans fit between the first and last.
    """
    made, start, end = (
        pd.to_datetime(rows[name]).to_numpy().astype("datetime64[D]").astype("int64") for name in KEYS[1:2] + KEYS[3:]
    )
    series, alike = (pd.factorize(rows[name])[0] for name in ("unique_id", "alike"))
    known = ~np.isnan(errors)
    scale, freedom, count = np.ones(len(rows)), np.full(len(rows), PRIOR), np.zeros(len(rows), dtype="int64")
    for place in range(len(rows)):
        before = known & (end <= made[place]) & (alike == alike[place])
        own = before & (series == series[place])
        prior = 1.0
        if len(np.unique(series[before])) >= POOLED:
            prior = (PRIOR + (errors[before] ** 2).sum()) / (PRIOR + before.sum())
        n = count[place] = int(own.sum())
        if not n:
            scale[place] = np.sqrt(prior)
            continue
        reach = end[own].max() - start[own].min()
        worth = min(float(n), max(1.0, reach / (end[place] - start[place])))
        scale[place] = np.sqrt((PRIOR * prior + worth * (errors[own] ** 2).mean()) / (PRIOR + worth))
        freedom[place] = PRIOR + worth
    return scale, freedom, count
