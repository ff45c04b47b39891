"""What others offer for daily series: scores of every day, higher = more unusual. All of them see the whole series at once."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from statsmodels.tsa.seasonal import STL

from bench.forecasting.peers import ENVIRONMENT, install

PROPHET = Path(__file__).parent / "prophet_band.py"


def stl(frame: pd.DataFrame) -> pd.Series:
    """Residual of a robust STL decomposition over its median absolute deviation."""
    return _each(frame, _stl)


def isolation_forest(frame: pd.DataFrame) -> pd.Series:
    """scikit-learn's isolation forest of value, weekday, last value, last week's and the ratio to the four weeks before."""
    return _each(
        frame,
        lambda y, ds: -IsolationForest(random_state=0, n_estimators=100).fit(_features(y, ds)).score_samples(_features(y, ds)),
    )


def local_outlier_factor(frame: pd.DataFrame) -> pd.Series:
    """scikit-learn's LOF of the same features, standardised."""
    return _each(frame, _lof)


def prophet(frame: pd.DataFrame, holidays: dict[str, pd.DataFrame]) -> pd.Series:
    """Distance from Prophet's fit in widths of its band, with the same holidays; run in the peers' environment."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        frame.to_csv(place / "frame.csv", index=False)
        days = pd.concat([days.assign(unique_id=name) for name, days in holidays.items()])
        days.to_csv(place / "holidays.csv", index=False)
        python = install() if not ENVIRONMENT.exists() else next(ENVIRONMENT.glob("bin/python"), None) or install()
        subprocess.run([str(python), str(PROPHET), str(place)], check=True, capture_output=True)
        return pd.read_csv(place / "score.csv")["score"]


def _each(frame: pd.DataFrame, score) -> pd.Series:
    parts = []
    for _, part in frame.groupby("unique_id", sort=False):
        y = part["y"].interpolate().bfill().to_numpy(dtype=float)
        parts.append(pd.Series(score(y, part["ds"]), index=part.index))
    return pd.concat(parts).reindex(frame.index)


def _stl(y: np.ndarray, _: pd.Series) -> np.ndarray:
    residual = STL(y, period=7, robust=True).fit().resid
    spread = 1.4826 * np.median(np.abs(residual - np.median(residual)))
    return np.abs(residual) / max(spread, 1e-9)


def _lof(y: np.ndarray, ds: pd.Series) -> np.ndarray:
    table = _features(y, ds)
    table = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-9)
    return -LocalOutlierFactor(n_neighbors=20).fit(table).negative_outlier_factor_


def _features(y: np.ndarray, ds: pd.Series) -> np.ndarray:
    series = pd.Series(y)
    same = pd.concat([series.shift(7 * week) for week in range(1, 5)], axis=1).mean(axis=1)
    table = pd.DataFrame({"y": series, "weekday": ds.dt.dayofweek.to_numpy(), "last": series.shift(1), "week": series.shift(7)})
    table["ratio"] = series / same.clip(lower=1)
    return table.bfill().to_numpy()
