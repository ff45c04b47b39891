"""How good forecasts were: scores of a backtest, per series and over all, with intervals that know their cutoffs.

Each score uses the forecast that minimises it: absolute errors the median, squared errors and sums the mean (Kolassa 2020,
"Why the best point forecast depends on the error or accuracy measure", IJF 36:208).
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.errors import ForecastError

ALL = "all"  # what the last row is called
_KEYS = ["unique_id", "cutoff", "ds"]
_VALUES = ["y", "mean", "median", "scale", "scale2"]
_CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]


def evaluate(bt: pd.DataFrame, *, benchmark: pd.DataFrame | None = None) -> pd.DataFrame:
    """Score the forecasts of a backtest against what happened.

    A row whose y is missing is not counted (nor is a closed slot, which has no row). Of a series whose scale is zero or
    missing (a constant history) the scaled scores are missing; its errors count in wape, bias and coverage.

    Args:
        bt: one row per series, cutoff and timestamp: `unique_id, cutoff, ds, y, mean, median`, pairs `lo-L, hi-L` (L in
            percent), `scale` and `scale2` (see `naive_scales`), as `backtest` returns them.
        benchmark: the same points forecast by the competition's Naive2: adds `smape` and `owa`.

    Returns:
        One row per series in order of appearance, then "all"; `unique_id`, `n` (points counted) and, in units of nothing:

        - `wape`: sum of |y - median| over sum of |y|; "all" over all series together.
        - `bias`: sum of mean over sum of y, less 1 (+0.05: 5 % too many were forecast).
        - `mase`: mean of |y - median| / scale (Hyndman and Koehler 2006, IJF 22:679).
        - `rmsse`: root of the mean of (y - mean)² / scale2 (Makridakis et al. 2022, M5, IJF 38:1346).
        - `sql`: scaled quantile loss, mean over the quantiles q that bt holds (the bounds and the median) of
          2 (q - [y < f]) (y - f) / scale: the loss of the median alone is mase (Shchur et al. 2023, AutoGluon-TimeSeries).
        - `msis`: mean of (hi - lo + 40 times what y lies outside) / scale, of 95 % (Makridakis et al. 2020, M4, IJF 36:54).
        - `coverage-L`, `coverage-L-lower`, `coverage-L-upper`: share of y within lo-L..hi-L, and its 95 % interval with the
          points of one cutoff as one cluster (Korn and Graubard 1998, Survey Methodology 24:193); missing for one cutoff.
        - `smape`: mean of 2 |y - median| / (|y| + |median|), M4 prints it times 100; `owa`: mean of smape and mase, each over
          the benchmark's (M4).

        mase, rmsse, sql, msis and smape of "all" are means over the series, so that each series has the same weight.

    Raises:
        ForecastError: a column is missing or not numeric, a point stands twice, a forecast is missing or infinite, bounds
            cross, or the benchmark has other points.

    >>> point = {"unique_id": "E-mail", "cutoff": 0, "ds": [1, 2], "y": [10.0, 20.0], "mean": 12.0, "median": 11.0}
    >>> bounds = {"lo-80": 8.0, "hi-80": 16.0, "scale": 5.0, "scale2": 25.0}
    >>> evaluate(pd.DataFrame(point | bounds)).loc[0, ["n", "wape", "mase", "coverage-80"]].round(3).tolist()
    [2.0, 0.333, 1.0, 0.5]
    """
    counted = _counted(bt, "bt")
    levels = _levels(counted)
    names = pd.Index(bt["unique_id"].unique())
    points = _points(counted, levels)
    scores = pd.concat([_means(points, names), _coverage(points, levels, names)], axis=1)
    if benchmark is not None:
        scores = _against(scores, counted, benchmark, names)
    scores.insert(0, "unique_id", [*names, ALL])
    return scores


def naive_scales(y: npt.ArrayLike, season_length: int) -> tuple[float, float]:
    """What `mase` and `rmsse` are scaled by: mean absolute and mean squared change of a history over one season.

    Args:
        y: the history up to the cutoff, on a regular grid, NaN where unknown (closed slots left out).
        season_length: grid steps in a season; 1 for none. A history without two points a season apart is taken with 1.

    Returns:
        Mean of |y[t] - y[t-m]| and of its square over the t where both are known; NaN where there are none.

    >>> naive_scales([1.0, 5.0, 2.0, float("nan"), 5.0, 7.0], 2)
    (2.0, 5.0)
    """
    if season_length < 1:
        raise ForecastError(f"season_length must be at least 1; found {season_length}; use 1 for a series without season")
    known = np.asarray(y, dtype=np.float64)
    change = known[season_length:] - known[:-season_length]
    change = change[~np.isnan(change)]
    if not len(change):
        return naive_scales(known, 1) if season_length > 1 else (np.nan, np.nan)
    return float(np.abs(change).mean()), float((change**2).mean())


def _counted(bt: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows whose y is known, after everything they need was checked."""
    if not isinstance(bt, pd.DataFrame):
        raise ForecastError(f"{name} must be a frame; found {type(bt).__name__}; give what backtest() returns")
    bounds = [column for column in bt.columns if re.fullmatch(r"(lo|hi)-\d+(\.\d+)?", str(column))]
    partners = [f"{'hi' if column.startswith('lo') else 'lo'}-{column[3:]}" for column in bounds]
    for column in [*_KEYS, *_VALUES, *partners]:
        if column not in bt.columns:
            raise ForecastError(f"{name} must have the column {column!r}; found {', '.join(map(str, bt.columns))}; add it")
    for column in [*_VALUES, *bounds]:
        if not pd.api.types.is_numeric_dtype(bt[column]):
            raise ForecastError(f"{name}: {column} must be numeric; found {bt[column].dtype}; convert it")
    _refuse(bt, bt.duplicated(_KEYS), f"{name} must have one row per series, cutoff and timestamp", "drop all but one")
    known = bt[bt["y"].notna()]
    if known.empty:
        raise ForecastError(f"{name} must have a row whose y is known; found {len(bt)} rows; move the cutoff back")
    for column in ["y", "mean", "median", *bounds]:
        bad = ~np.isfinite(known[column].to_numpy(dtype=np.float64))
        _refuse(known, bad, f"{name}: {column} must be a finite number where y is known", "forecast it, or leave the row out")
    for level in _levels(known):
        crossed = (known[f"lo-{level}"] > known[f"hi-{level}"]).to_numpy()
        _refuse(known, crossed, f"{name}: lo-{level} must not lie above hi-{level}", "sort the bounds")
    _refuse(
        known, (known[["scale", "scale2"]] < 0).any(axis=1), f"{name}: scale and scale2 must not be negative", "use naive_scales"
    )
    return known


def _refuse(frame: pd.DataFrame, bad: pd.Series[bool] | npt.NDArray[np.bool_], rule: str, remedy: str) -> None:
    wrong = frame.loc[np.asarray(bad)]
    if len(wrong):
        at = wrong.iloc[0]
        rows = f"{len(wrong)} such, first series {at['unique_id']!r}, cutoff {at['cutoff']}, ds {at['ds']}"
        raise ForecastError(f"{rule}; found {rows}; {remedy}")


def _levels(bt: pd.DataFrame) -> list[str]:
    return sorted((column[3:] for column in bt.columns if str(column).startswith("lo-")), key=float)


def _points(counted: pd.DataFrame, levels: list[str]) -> pd.DataFrame:
    """What each point adds to each score."""
    y, median, mean = (counted[column].to_numpy(dtype=np.float64) for column in ("y", "median", "mean"))
    scale, scale2 = (counted[column].where(counted[column] > 0).to_numpy(dtype=np.float64) for column in ("scale", "scale2"))
    points = counted[["unique_id", "cutoff"]].copy()
    points["error"], points["size"], points["y"], points["mean"] = np.abs(y - median), np.abs(y), y, mean
    points["mase"], points["rmsse"] = np.abs(y - median) / scale, (y - mean) ** 2 / scale2
    losses = [_quantile_loss(y, median, 0.5)]
    for level in levels:
        low, high = (counted[f"{side}-{level}"].to_numpy(dtype=np.float64) for side in ("lo", "hi"))
        outside = 1 - float(level) / 100
        losses += [_quantile_loss(y, low, outside / 2), _quantile_loss(y, high, 1 - outside / 2)]
        points[f"coverage-{level}"] = ((low <= y) & (y <= high)).astype(np.float64)
        if float(level) == 95:
            points["msis"] = (high - low + 2 / outside * (np.maximum(low - y, 0) + np.maximum(y - high, 0))) / scale
    points["sql"] = np.mean(losses, axis=0) / scale
    if "msis" not in points:
        points["msis"] = np.nan
    return points


def _quantile_loss(y: Floats, forecast: Floats, q: float) -> Floats:
    loss: Floats = 2 * np.maximum(q * (y - forecast), (q - 1) * (y - forecast))
    return loss


def _means(points: pd.DataFrame, names: pd.Index[str]) -> pd.DataFrame:
    """All scores but coverage: a row per series, then one over all."""
    groups = points.groupby("unique_id", sort=False, observed=True)
    sums = _with_last(groups[["error", "size", "mean", "y"]].sum().reindex(names), "sum")
    scaled = groups[["mase", "rmsse", "sql", "msis"]].mean().reindex(names)
    scaled = _with_last(scaled.assign(rmsse=np.sqrt(scaled["rmsse"])), "mean")
    scores = pd.DataFrame({"n": [*groups.size().reindex(names, fill_value=0), len(points)]})
    scores["wape"] = _over(sums["error"], sums["size"])
    scores["bias"] = _over(sums["mean"], sums["y"]) - 1
    return scores.join(scaled)


def _with_last(by_series: pd.DataFrame, how: str) -> pd.DataFrame:
    """The rows of the series, numbered, and under them their sum or mean."""
    return pd.concat([by_series, by_series.agg([how])], ignore_index=True)


def _over(above: pd.Series[float], below: pd.Series[float]) -> pd.Series[float]:
    """A ratio, missing where there is nothing to divide by."""
    return above / below.where(below != 0)


def _coverage(points: pd.DataFrame, levels: list[str], names: pd.Index[str]) -> pd.DataFrame:
    """Share inside each level's bounds with its interval: a row per series, then one over all."""
    columns: dict[str, pd.Series[float]] = {}
    for level in levels:
        hits = points.groupby(["unique_id", "cutoff"], sort=False, observed=True)[f"coverage-{level}"].agg(["sum", "count"])
        whole = hits.groupby("cutoff", sort=False).sum().assign(unique_id=ALL)
        bounds = pd.concat([_clustered(hits.reset_index()).reindex(names), _clustered(whole)], ignore_index=True)
        columns |= {f"coverage-{level}{end}": bounds[key] for end, key in (("", "share"), ("-lower", "lower"), ("-upper", "upper"))}
    return pd.DataFrame(columns, index=range(len(names) + 1))


def _clustered(cells: pd.DataFrame) -> pd.DataFrame:
    """Share of hits per series and its interval: Clopper-Pearson with the effective size that the clusters leave.

    `cells` has a row per series and cutoff: sum (hits), count (points). Where all or none are hits the effective size is the
    number of clusters. One cluster says nothing about the next one: no interval.
    """
    from scipy.stats import t
    from statsmodels.stats.proportion import proportion_confint

    total = cells.groupby("unique_id", sort=False)[["sum", "count"]].transform("sum")
    spread = (cells["sum"] - total["sum"] / total["count"] * cells["count"]) ** 2
    by_series = (
        cells.assign(spread=spread, clusters=1).groupby("unique_id", sort=False)[["sum", "count", "spread", "clusters"]].sum()
    )
    n, k = by_series["count"].to_numpy(dtype=np.float64), by_series["clusters"].to_numpy(dtype=np.float64)
    p = by_series["sum"].to_numpy(dtype=np.float64) / n
    tail = (1 - _CONFIDENCE) / 2
    with np.errstate(divide="ignore", invalid="ignore"):  # one cluster, or clusters that are all alike
        variance = k / (k - 1) * by_series["spread"].to_numpy(dtype=np.float64) / n**2
        size = np.where((p == 0) | (p == 1), k, p * (1 - p) / variance)
        size = np.minimum(size * (t.ppf(tail, n - 1) / t.ppf(tail, k - 1)) ** 2, n)
    lower, upper = proportion_confint(p * size, size, alpha=1 - _CONFIDENCE, method="beta")
    return pd.DataFrame(
        {"share": p, "lower": np.where(k > 1, lower, np.nan), "upper": np.where(k > 1, upper, np.nan)}, by_series.index
    )


def _against(scores: pd.DataFrame, counted: pd.DataFrame, benchmark: pd.DataFrame, names: pd.Index[str]) -> pd.DataFrame:
    """Add sMAPE and OWA."""
    other = counted[_KEYS].merge(_counted(benchmark, "benchmark"), on=_KEYS, how="left")
    _refuse(other, other["median"].isna(), "benchmark must forecast every point of bt", "forecast the same points")
    other[["y", "scale"]] = counted[["y", "scale"]].to_numpy()
    own, theirs = _symmetric(counted, names), _symmetric(other, names)
    mase = _means(_points(other, []), names)["mase"]
    return scores.assign(smape=own, owa=(_over(own, theirs) + _over(scores["mase"], mase)) / 2)


def _symmetric(counted: pd.DataFrame, names: pd.Index[str]) -> pd.Series[float]:
    """sMAPE per series, then of all; right and wrong by nothing (0 for 0) is no error."""
    error, size = 2 * (counted["y"] - counted["median"]).abs(), counted["y"].abs() + counted["median"].abs()
    by_series = (error / size.where(size > 0, 1.0)).groupby(counted["unique_id"], sort=False).mean().reindex(names)
    return pd.Series([*by_series, by_series.mean()])
