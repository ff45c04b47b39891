"""What is forecast: a frame, the cutoffs, and what a user would say about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.scores import naive_scales

KEYS = ["unique_id", "cutoff", "ds"]


@dataclass(frozen=True)
class Dataset:
    """Series and the cutoffs from which each model forecasts them.

    Attributes:
        name: short, unique, fit for a file name.
        title: what stands in RESULTS.md.
        frame: unique_id, ds, y, sorted.
        freq: the step, as pandas names it.
        seasons: season lengths in rows, the shortest first; scales are taken with the first (`scale_season` if given).
        horizon: rows to forecast.
        cutoffs: last known timestamps, the same for all series.
        country: whose public holidays apply, with a subdivision ("CA-BC"); None: none.
        counts: whether y are counts.
        grid: the slots that are ever open, where the others are closed; seasons and horizon count them. None: always open.
        development: windows on which choices were made; they are no evidence.
    """

    name: str
    title: str
    frame: pd.DataFrame
    freq: str
    seasons: tuple[int, ...]
    horizon: int
    cutoffs: tuple[pd.Timestamp, ...]
    country: str | None = None
    counts: bool = True
    grid: pd.DatetimeIndex | None = None
    development: bool = False
    scale_season: int | None = None

    @property
    def digest(self) -> str:
        """Changes with the data, the windows and what the models are told."""
        rows = pd.util.hash_pandas_object(self.frame, index=False).to_numpy().tobytes()
        told = repr((self.freq, self.seasons, self.horizon, self.cutoffs, self.country, self.grid is None))
        return hashlib.sha256(rows + told.encode()).hexdigest()[:12]

    def past(self, cutoff: pd.Timestamp) -> pd.DataFrame:
        return self.frame[self.frame["ds"] <= cutoff]

    def truth(self) -> pd.DataFrame:
        """unique_id, cutoff, ds, y, scale, scale2: what every model is scored against."""
        return pd.concat([self._window(cutoff) for cutoff in self.cutoffs], ignore_index=True)

    def _window(self, cutoff: pd.Timestamp) -> pd.DataFrame:
        season = self.scale_season or self.seasons[0]
        scales = {name: naive_scales(group["y"], season) for name, group in self.past(cutoff).groupby("unique_id", sort=False)}
        wanted = pd.MultiIndex.from_product([list(scales), self._next(cutoff)], names=["unique_id", "ds"])
        after = self.frame[self.frame["ds"] > cutoff].set_index(["unique_id", "ds"])
        future = after.reindex(wanted).reset_index().assign(cutoff=cutoff)  # a missing day, or a day off, is a gap
        future["scale"] = [scales[name][0] for name in future["unique_id"]]
        future["scale2"] = [scales[name][1] for name in future["unique_id"]]
        return future[[*KEYS, "y", "scale", "scale2"]]

    def _next(self, cutoff: pd.Timestamp) -> pd.DatetimeIndex:
        """The steps that are forecast from a cutoff."""
        if self.grid is not None:
            return self.grid[self.grid > cutoff][: self.horizon]
        return pd.date_range(cutoff, periods=self.horizon + 1, freq=self.freq)[1:]


def daily_cutoffs(frame: pd.DataFrame, count: int, horizon: int, stride: int) -> tuple[pd.Timestamp, ...]:
    """Rolling cutoffs, counted in the distinct timestamps back from the end, oldest first."""
    stamps = np.sort(frame["ds"].unique())
    places = [len(stamps) - 1 - horizon - stride * window for window in range(count)][::-1]
    return tuple(pd.Timestamp(stamps[place]) for place in places)


def long(series: dict[str, pd.Series]) -> pd.DataFrame:
    """Series by name -> unique_id, ds, y."""
    parts = [pd.DataFrame({"unique_id": name, "ds": y.index, "y": y.to_numpy(dtype=float)}) for name, y in series.items()]
    return pd.concat(parts, ignore_index=True)
