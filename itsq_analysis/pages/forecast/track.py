"""Were earlier forecasts right? Those that were kept, and for times before them the same forecast made again as of then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isnan

import pandas as pd

FEWEST = 4  # forecasts from which something is said
LEVEL = 80.0


@dataclass(frozen=True)
class Score:
    """What earlier forecasts of one series were worth.

    Attributes:
        n: forecasts whose truth is known.
        inside: of them, those with the truth in the range.
        error: sum of absolute errors of the median over the sum of what came.
        naive: the same of the plain comparison; NaN where it cannot be made for the same forecasts.
    """

    n: int
    inside: int
    error: float
    naive: float

    @property
    def no_better(self) -> bool:
        """Whether the plain comparison was as good."""
        return not isnan(self.naive) and self.error >= 0.98 * self.naive


def score(rows: pd.DataFrame, naive: pd.Series, level: float = LEVEL) -> Score:
    """Score forecasts of one series.

    Args:
        rows: as `sums` gives them.
        naive: the plain comparison of each row, in the same order; missing where there is none.
        level: of the range.

    >>> rows = pd.DataFrame({"y": [100.0, 90.0, None], "median": [110, 90, 80], "lo-80": [100, 91, 1], "hi-80": [120, 95, 2]})
    >>> score(rows, pd.Series([80.0, 90.0, 70.0]))
    Score(n=2, inside=1, error=0.05263157894736842, naive=0.10526315789473684)
    """
    known = rows["y"].notna().to_numpy()
    told, plain = rows[known], pd.Series(naive.to_numpy(dtype=float)[known])
    came = told["y"].to_numpy(dtype=float)
    if not len(told) or not came.sum() > 0:
        return Score(len(told), 0, float("nan"), float("nan"))
    inside = (came >= told[f"lo-{level:g}"].to_numpy(dtype=float)) & (came <= told[f"hi-{level:g}"].to_numpy(dtype=float))
    error = abs(came - told["median"].to_numpy(dtype=float)).sum() / came.sum()
    compared = abs(came - plain.to_numpy()).sum() / came.sum() if plain.notna().all() else float("nan")
    return Score(len(told), int(inside.sum()), float(error), float(compared))


def span_sum(history: pd.DataFrame, start: date, end: date) -> float:
    """What came from one day to another (exclusive) in the rows of one series; NaN where a day is not known."""
    inside = history[(history["ds"] >= pd.Timestamp(start)) & (history["ds"] < pd.Timestamp(end))]["y"]
    return float(inside.sum()) if len(inside) == (end - start).days else float("nan")
