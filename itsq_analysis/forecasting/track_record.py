"""Were earlier forecasts right? What readers were told at the time, and apart from it what is computed again as of then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan, nan

import pandas as pd

FEWEST = 4  # forecasts from which something is said
NO_BETTER = 0.98  # of the plain comparison's error: from there on a forecast is called no better


@dataclass(frozen=True)
class Expectation:
    """A forecast of one series over some days.

    Attributes:
        series: its name.
        span: what the days are called.
        made: the first day that was not known.
        start: first day.
        end: the day after the last one.
        mean: to add up.
        median: as likely too high as too low.
        ranges: level in per cent -> its limits.
        came: what came; NaN while a day of it is not known.
        naive: the plain comparison; NaN where there is none.
        told: whether readers were told it at the time; else it is computed again as of then.
    """

    series: str
    span: str
    made: date
    start: date
    end: date
    mean: float
    median: float
    ranges: tuple[tuple[float, float, float], ...]
    came: float = nan
    naive: float = nan
    told: bool = False

    def range(self, level: float) -> tuple[float, float]:
        """The limits of a level."""
        return next((low, high) for known, low, high in self.ranges if known == level)

    @property
    def is_known(self) -> bool:
        """Whether what came is known."""
        return not isnan(self.came)

    def holds(self, level: float) -> bool:
        """Whether what came lies in the range."""
        low, high = self.range(level)
        return low <= self.came <= high


@dataclass(frozen=True)
class Score:
    """What forecasts of one series were worth.

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
        return not isnan(self.naive) and self.error >= NO_BETTER * self.naive


@dataclass(frozen=True)
class TrackRecord:
    """Forecasts of one series made at earlier cutoffs, oldest first.

    Attributes:
        rows: those that readers were told, and recomputed ones for times of which no told one is kept.
        level: of the range that is scored, in per cent.
        files: name and SHA-256 of the kept forecasts that were read.
        plain: what the plain comparison is: "year" (the same period a year ago) or "before" (as many days, or the period, before).
    """

    rows: tuple[Expectation, ...]
    level: float
    files: tuple[tuple[str, str], ...] = ()
    plain: str = "before"

    @property
    def known(self) -> list[Expectation]:
        """Those whose truth is known."""
        return [row for row in self.rows if row.is_known]

    @property
    def all(self) -> Score:
        """Of all, told and recomputed."""
        return score(self.rows, self.level)

    @property
    def told(self) -> Score:
        """Of what readers were told."""
        return score([row for row in self.rows if row.told], self.level)

    @property
    def recomputed(self) -> Score:
        """Of those that are computed again as of then."""
        return score([row for row in self.rows if not row.told], self.level)


def score(rows: Sequence[Expectation], level: float) -> Score:
    """Score forecasts of one series.

    Args:
        rows: the forecasts.
        level: of the range.

    >>> day = date(2026, 11, 1)
    >>> ranges = (((80.0, 100.0, 120.0),), ((80.0, 91.0, 95.0),))
    >>> rows = [Expectation("a", "1", day, day, day, 1.0, 110.0, ranges[0], 100.0, 80.0)]
    >>> rows += [Expectation("a", "1", day, day, day, 1.0, 90.0, ranges[1], 90.0, 90.0)]
    >>> score(rows, 80)
    Score(n=2, inside=1, error=0.05263157894736842, naive=0.10526315789473684)
    """
    known = [row for row in rows if row.is_known]
    total = sum(row.came for row in known)
    if not total > 0:
        return Score(len(known), 0, nan, nan)
    error = sum(abs(row.came - row.median) for row in known) / total
    naive = sum(abs(row.came - row.naive) for row in known) / total
    return Score(len(known), sum(row.holds(level) for row in known), error, naive)


def expectations(
    rows: pd.DataFrame, naive: Sequence[float] | None = None, told: Sequence[bool] | None = None
) -> tuple[Expectation, ...]:
    """Rows of `sums` as facts, with the plain comparison of each and whether it was told, in the same order."""
    levels = [float(name[3:]) for name in rows.columns if str(name).startswith("lo-")]
    return tuple(
        Expectation(
            str(row["unique_id"]),
            str(row["span"]),
            row["made"],
            row["start"],
            row["end"],
            float(row["mean"]),
            float(row["median"]),
            tuple((level, float(row[f"lo-{level:g}"]), float(row[f"hi-{level:g}"])) for level in levels),
            float(row["y"]),
            nan if naive is None else float(naive[place]),
            told is not None and bool(told[place]),
        )
        for place, row in enumerate(rows.to_dict("records"))
    )


def course(rows: Sequence[Expectation], level: float, labels: Sequence[str]) -> pd.DataFrame:
    """Forecasts and what came, for a picture: period (a label), y, median, lower, upper."""
    limits = [row.range(level) for row in rows]
    return pd.DataFrame(
        {
            "period": list(labels),
            "y": [row.came for row in rows],
            "median": [row.median for row in rows],
            "lower": [low for low, _ in limits],
            "upper": [high for _, high in limits],
        }
    )


def span_sum(history: pd.DataFrame, start: date, end: date) -> float:
    """What came from one day to another (exclusive) in the rows of one series; NaN where a day is not known."""
    inside = history[(history["ds"] >= pd.Timestamp(start)) & (history["ds"] < pd.Timestamp(end))]["y"]
    return float(inside.sum()) if len(inside) == (end - start).days else nan
