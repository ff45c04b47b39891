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
from scipy.stats import t

from itsq_analysis.forecasting import forecast
from itsq_analysis.forecasting.paths import paths

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
        options: holidays, model, seed, as for `forecast`; they make the other cutoffs.

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
    known = made or {}
    parts = [_raw(daily, cutoff, spans, known.get(cutoff), options) for cutoff, spans in origins]
    filled = [part for part in parts if len(part)]
    ranges = [f"{side}-{level:g}" for level in levels for side in ("lo", "hi")]
    columns = [*KEYS, "mean", "median", *ranges, "y", "errors"]
    if not filled:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[len(KEYS) :], float))
    return _calibrated(pd.concat(filled, ignore_index=True), levels)[columns]


def _raw(
    daily: pd.DataFrame,
    made: date,
    spans: Sequence[Span],
    ahead: pd.DataFrame | None,
    options: dict[str, Any],
) -> pd.DataFrame:
    """Mean, median and the half-widths of the 80 % range from paths, of one cutoff."""
    cut = pd.Timestamp(made)
    if ahead is None:
        past = daily[daily["ds"] < cut]
        horizon = max((span.end - made).days for span in spans)
        needed = timedelta(days=min(max(2 * horizon, FEWEST_DAYS), ENOUGH_DAYS))
        begun = past.groupby("unique_id")["ds"].min()
        past = past[past["unique_id"].isin(begun.index[begun <= cut - needed])]
        if not len(past):
            return pd.DataFrame()
        ahead = forecast(past, horizon, freq="D", levels=LEVELS, **options)
    known = dict(iter(daily[daily["ds"] >= cut].groupby("unique_id")))
    rows = []
    for name, part in ahead.groupby("unique_id", sort=True):
        drawn = paths(part, PATHS)
        days = part["ds"].to_numpy()
        for span in spans:
            inside = (days >= np.datetime64(span.start)) & (days < np.datetime64(span.end))
            low, median, high = np.quantile(drawn[:, inside].sum(axis=1), (0.1, 0.5, 0.9))
            row = {"unique_id": name, "made": made, "span": span.name, "start": span.start, "end": span.end}
            row["alike"] = span.alike or span.name
            row |= {"mean": float(part["mean"].to_numpy()[inside].sum()), "median": median}
            rows.append(row | {"low": median - low, "high": high - median, "y": _came(known.get(name), span)})
    return pd.DataFrame(rows)


def _came(rows: pd.DataFrame | None, span: Span) -> float:
    """What came in a span; NaN while a day of it is not known."""
    if rows is None:
        return float("nan")
    inside = rows[(rows["ds"] >= pd.Timestamp(span.start)) & (rows["ds"] < pd.Timestamp(span.end))]["y"]
    return float(inside.sum()) if len(inside) == (span.end - span.start).days and inside.notna().all() else float("nan")


def _calibrated(rows: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
    """Ranges by the errors that were known at each cutoff."""
    miss = rows["y"] - rows["median"]
    unit = np.where(miss > 0, rows["high"], rows["low"]) / Z80
    rows = rows.assign(error=np.where(miss == 0, 0.0, miss / np.maximum(unit, 0.5)))
    return pd.concat([_ranges(rows, made, levels) for made in rows["made"].unique()], ignore_index=True)


def _ranges(rows: pd.DataFrame, made: date, levels: Sequence[float]) -> pd.DataFrame:
    """The rows of one cutoff with their ranges."""
    now = rows[rows["made"] == made].reset_index(drop=True)
    before = rows[(rows["end"] <= made) & rows["error"].notna()]
    found = [_scale(before, now.loc[place, ["unique_id", "alike"]].tolist(), _days(now, place)) for place in now.index]
    scale, freedom = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    median = now["median"].to_numpy(dtype=float)
    ranges = {}
    for level in levels:
        reach = scale * t.ppf(0.5 + level / 200, freedom) / Z80
        ranges[f"lo-{level:g}"] = np.maximum(np.round(median - now["low"].to_numpy(dtype=float) * reach), 0.0)
        ranges[f"hi-{level:g}"] = np.round(median + now["high"].to_numpy(dtype=float) * reach)
    return now.assign(median=np.round(median), errors=[one[2] for one in found], **ranges)


def _days(rows: pd.DataFrame, place: int) -> int:
    return (pd.Timestamp(rows["end"].iloc[place]) - pd.Timestamp(rows["start"].iloc[place])).days


def _scale(before: pd.DataFrame, which: Sequence[str], days: int) -> tuple[float, float, int]:
    """By what to stretch the range from paths, the degrees of freedom of that, and the number of errors behind it.

    Errors of spans that overlap say less than their number: they count as often as whole spans fit between the first and last.
    """
    name, kind = which
    alike = before[before["alike"] == kind]
    own = alike[alike["unique_id"] == name]
    prior = 1.0
    if alike["unique_id"].nunique() >= POOLED:
        prior = (PRIOR + float((alike["error"] ** 2).sum())) / (PRIOR + len(alike))
    if not len(own):
        return float(np.sqrt(prior)), PRIOR, 0
    reach = (pd.Timestamp(own["end"].max()) - pd.Timestamp(own["start"].min())).days
    count = min(float(len(own)), max(1.0, reach / days))
    mean_square = float((own["error"] ** 2).mean())
    return float(np.sqrt((PRIOR * prior + count * mean_square) / (PRIOR + count))), PRIOR + count, len(own)
