"""Runs in the peers' own environment: one peer over all windows of one set.

    python peer_models.py FOLDER MODEL

FOLDER holds frame.parquet (unique_id, ds, y), wanted.parquet (unique_id, cutoff, ds), told.json (freq, seasons, horizon,
country) and, where there are closed slots, grid.parquet (ds of the open ones); written is MODEL.parquet (unique_id, cutoff, ds, mean, median, lo-80, hi-80, lo-95, hi-95) and MODEL.json (CPU seconds, versions).
The defaults of each library are used: nobody tuned the peers, nor us, on the test windows.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LEVELS = (80, 95)
BOUNDS = [f"{side}-{level}" for level in LEVELS for side in ("lo", "hi")]
QUANTILES = [0.1, 0.9, 0.025, 0.975]  # in the order of BOUNDS


def main(folder: Path, model: str) -> None:
    frame = pd.read_parquet(folder / "frame.parquet")
    wanted = pd.read_parquet(folder / "wanted.parquet")
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    told["grid"] = pd.read_parquet(folder / "grid.parquet")["ds"] if (folder / "grid.parquet").exists() else None
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    run, library = MODELS[model]
    parts, started = [], time.process_time()
    for cutoff, future in wanted.groupby("cutoff"):
        parts.append(run(frame[frame["ds"] <= cutoff], future[["unique_id", "ds"]], told).assign(cutoff=cutoff))
    seconds = time.process_time() - started
    result = pd.concat(parts, ignore_index=True)
    result[["unique_id", "cutoff", "ds", "mean", "median", *BOUNDS]].to_parquet(folder / f"{model}.parquet")
    (folder / f"{model}.json").write_text(
        json.dumps({"cpu": seconds, "library": f"{library} {version(library)}"}), encoding="utf-8"
    )


def statsforecast(make: Callable[[dict[str, Any]], Any]) -> Callable[..., pd.DataFrame]:
    """A model of statsforecast on regular rows."""

    def run(past: pd.DataFrame, future: pd.DataFrame, told: dict[str, Any]) -> pd.DataFrame:
        from statsforecast import StatsForecast
        from statsforecast.models import SeasonalNaive

        rows = regular(past, told)
        rows = rows.assign(ds=rows.groupby("unique_id").cumcount())
        model = make(told)
        fallback = SeasonalNaive(told["seasons"][0])
        engine = StatsForecast(models=[model], freq=1, n_jobs=1, fallback_model=fallback)
        found = engine.forecast(df=rows, h=told["horizon"], level=list(LEVELS)).reset_index(drop=True)
        name = repr(model)
        columns = {name: "mean"} | {f"{name}-{bound}": bound for bound in BOUNDS}
        found = found.rename(columns=columns)[["unique_id", *columns.values()]].assign(median=lambda one: one["mean"])
        found["place"] = found.groupby("unique_id").cumcount()
        wanted = future.assign(place=future.groupby("unique_id").cumcount())
        return wanted.merge(found, on=["unique_id", "place"], how="left").drop(columns="place")

    return run


def regular(past: pd.DataFrame, told: dict[str, Any]) -> pd.DataFrame:
    """Every step from a series' first to its last row, but closed slots; what is missing is as a (week's) season before."""
    parts = []
    for name, group in past.groupby("unique_id", sort=False):
        y = group.set_index("ds")["y"]
        grid = told["grid"]
        y = y.asfreq(told["freq"]) if grid is None else y.reindex(grid[(grid >= y.index[0]) & (grid <= y.index[-1])])
        y = y.fillna(y.shift(told["seasons"][-1])).ffill()
        parts.append(pd.DataFrame({"unique_id": name, "ds": y.index, "y": y.to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def _models() -> Any:
    from statsforecast import models

    return models


def _mstl(told: dict[str, Any]) -> Any:
    return _models().MSTL(season_length=told["seasons"], trend_forecaster=_models().AutoETS(model="ZZN"))


def _one_season(told: dict[str, Any]) -> int:
    return int(told["seasons"][0])


def holt_winters(past: pd.DataFrame, future: pd.DataFrame, told: dict[str, Any]) -> pd.DataFrame:
    """statsmodels' additive Holt-Winters with damped trend; bounds from 500 simulated paths."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    season, parts = told["seasons"][0], []
    for name, group in regular(past, told).groupby("unique_id", sort=False):
        wanted = future[future["unique_id"] == name]
        y = group["y"].to_numpy()
        seasonal = {"seasonal": "add", "seasonal_periods": season} if len(y) >= 2 * season and season > 1 else {}
        fit = ExponentialSmoothing(y, trend="add", damped_trend=True, initialization_method="estimated", **seasonal).fit()
        paths = np.asarray(fit.simulate(told["horizon"], repetitions=500, error="add", rng=np.random.default_rng(0)))
        parts.append(_sampled(wanted, np.asarray(fit.forecast(told["horizon"])), paths.reshape(told["horizon"], -1)))
    return pd.concat(parts, ignore_index=True)


def prophet(holidays: bool) -> Callable[..., pd.DataFrame]:
    def run(past: pd.DataFrame, future: pd.DataFrame, told: dict[str, Any]) -> pd.DataFrame:
        from prophet import Prophet

        parts = []
        for name, group in past.groupby("unique_id", sort=False):
            wanted = future[future["unique_id"] == name]
            np.random.seed(0)  # Prophet draws from the global generator
            model = Prophet(uncertainty_samples=500, holidays=_days_off(group, wanted, told["country"]) if holidays else None)
            model.fit(group[["ds", "y"]])
            samples = model.predictive_samples(wanted[["ds"]].reset_index(drop=True))["yhat"]
            parts.append(_sampled(wanted, model.predict(wanted[["ds"]])["yhat"].to_numpy(), samples))
        return pd.concat(parts, ignore_index=True)

    return run


def _days_off(past: pd.DataFrame, future: pd.DataFrame, country: str) -> pd.DataFrame:
    """Public holidays of past and future by name, as Prophet's add_country_holidays makes them (it knows no subdivisions)."""
    import holidays

    code, _, part = country.partition("-")
    years = range(past["ds"].min().year, future["ds"].max().year + 1)
    days = holidays.country_holidays(code, subdiv=part or None, years=years, language="en_US")
    return pd.DataFrame({"ds": pd.to_datetime(list(days)), "holiday": list(days.values())})


def _sampled(wanted: pd.DataFrame, mean: np.ndarray, samples: np.ndarray) -> pd.DataFrame:
    """`samples`: step × draw."""
    bounds = np.quantile(samples, QUANTILES, axis=1)
    columns = {"mean": mean, "median": mean} | dict(zip(BOUNDS, bounds, strict=True))
    return wanted.assign(**{name: np.asarray(values)[: len(wanted)] for name, values in columns.items()})


MODELS: dict[str, tuple[Callable[..., pd.DataFrame], str]] = {
    "SeasonalNaive": (statsforecast(lambda told: _models().SeasonalNaive(_one_season(told))), "statsforecast"),
    "Naive": (statsforecast(lambda _: _models().Naive()), "statsforecast"),
    "AutoETS": (statsforecast(lambda told: _models().AutoETS(_one_season(told))), "statsforecast"),
    "AutoETS-1": (statsforecast(lambda _: _models().AutoETS(1)), "statsforecast"),
    "AutoARIMA": (statsforecast(lambda told: _models().AutoARIMA(season_length=_one_season(told))), "statsforecast"),
    "AutoCES": (statsforecast(lambda told: _models().AutoCES(_one_season(told))), "statsforecast"),
    "DynamicOptimizedTheta": (
        statsforecast(lambda told: _models().DynamicOptimizedTheta(_one_season(told))), "statsforecast"),
    "Theta": (statsforecast(lambda _: _models().Theta(1)), "statsforecast"),
    "MSTL": (statsforecast(_mstl), "statsforecast"),
    "HoltWinters": (holt_winters, "statsmodels"),
    "Prophet": (prophet(holidays=False), "prophet"),
    "Prophet-holidays": (prophet(holidays=True), "prophet"),
}  # fmt: skip

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
