"""Seasonal: the value against those of the same time of the day, or of the week."""

from __future__ import annotations

import numpy as np

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array, trailing_mean
from itsq_analysis.forecasting.steps import DAY, WEEK

WEIGHT = 0.3  # of the newest day (week) in the profile


class Seasonal(BaseDetector):
    """Sees what is unusual for the time: a busy night, a quiet Monday morning, a holiday.

    >>> Seasonal("day", 3).name
    'seasonal day 3'
    """

    kind = "season"

    def __init__(self, season: str, width: int = 1) -> None:
        self.season, self.width = season, width
        self.name = f"seasonal {season} {width}"

    def errors(self, histories: Histories) -> Array:
        """Absolute mean, over the last `width` values, of the differences to the profile."""
        size = season_size(histories, self.season)
        if size < 2:
            return np.full_like(histories.y, np.nan)
        apart = histories.y - profile(histories, size)
        return np.asarray(np.abs(apart if self.width == 1 else np.where(np.isnan(apart), np.nan, trailing_mean(apart, self.width))))


def season_size(histories: Histories, season: str) -> int:
    """Steps in a day or a week, or the given seasons in their place; 0 where there is none."""
    if not histories.seasons:
        return 0
    if not histories.minutes:
        return histories.seasons[0] if season == "day" else (histories.seasons[1] if len(histories.seasons) > 1 else 0)
    wanted = (DAY if season == "day" else WEEK) // histories.minutes
    if wanted in histories.seasons:
        return wanted
    return histories.seasons[0] if season == "day" else 0


def profile(histories: Histories, size: int) -> Array:
    """Exponentially weighted mean of the same slot in earlier seasons; NaN until a slot was seen once.

    >>> day = Histories(np.array(["a"]), np.array([[1.0, 5.0, 3.0, 5.0]]), np.array([[0, 1, 2, 3]]), 720, (2,))
    >>> profile(day, 2)
    array([[nan, nan,  1.,  5.]])
    """
    return histories.once(f"profile {size}", lambda: _profile(histories, size))


def _profile(histories: Histories, size: int) -> Array:
    known = ~np.isnan(histories.y)
    if not known.any():
        return np.full_like(histories.y, np.nan)
    row, column = np.nonzero(known)
    first = np.where(known, histories.number, np.iinfo("int64").max).min(axis=1) // size
    season, slot = np.divmod(histories.number[row, column], size)
    season = season - first[row]
    if not season.any():  # no slot was seen twice
        return np.full_like(histories.y, np.nan)
    seen = np.full((histories.n, int(season.max()) + 1, size), np.nan)
    seen[row, season, slot] = histories.y[row, column]
    usual = np.full((histories.n, size), np.nan)
    for place in range(seen.shape[1]):
        now, seen[:, place] = seen[:, place].copy(), usual
        renewed = np.where(np.isnan(usual), now, usual + WEIGHT * (now - usual))
        usual = np.where(np.isnan(now), usual, renewed)
    expected = np.full_like(histories.y, np.nan)
    expected[row, column] = seen[row, season, slot]
    return expected
