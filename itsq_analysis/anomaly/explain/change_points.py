"""Changes of level: when a series went over to another level, from which to which, and between which dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.ndimage import uniform_filter1d

from itsq_analysis.anomaly.explain.days import Holidays, day_slots, known_days
from itsq_analysis.anomaly.explain.expectation import Array, common_profile
from itsq_analysis.errors import ForecastError

SHUFFLES, FIRST = 999, 60  # random orders, and after how many it is looked whether more are needed
ALPHA = 0.01
COVERED = 0.95
DEEPEST = 10  # times that a part of a part is looked at again
COLUMNS = ("unique_id", "at", "earliest", "latest", "before", "after", "lower", "upper", "chance", "n")


def change_points(
    frame: pd.DataFrame, *, holidays: Holidays = None, kind: str = "count", shortest: int | None = None,
    alpha: float = ALPHA, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """The changes of level of every series.

    Counts by day are divided by the profile of the kind of day (week, holidays) and taken to the scale on which their variance is
    even; the series is split where two levels fit better than one, then each side again. A split is told if blocks of the series
    in random order seldom show one as strong.

    Args:
        frame: unique_id, ds, y, and for shares `n` (cases behind each); by day for counts, by period for indicators. Missing values
            and shares of no cases are left out.
        holidays: as for `itsq_analysis.detect`; for days.
        kind: "count", "share" (y between 0 and 1 of n cases) or "value" (anything else, such as hours).
        shortest: rows that a level must last; None takes 14 days, or 4 periods.
        alpha: share of series without any change for which one is told all the same.
        seed: of the random orders.

    Returns:
        One row per change: unique_id, at (first row of the new level), earliest, latest (95 % interval of `at`), before, after
        (levels, counts per usual day), lower, upper (95 % interval of after - before), chance, n (rows); none without a change.

    Raises:
        ForecastError: an unknown kind, shares without n, values that are not finite, or a level of no rows.

    >>> days = pd.date_range("2026-01-05", periods=120, freq="D")
    >>> y = np.where(np.arange(120) < 70, 10.0, 20.0) + np.tile([0, 1, -1, 1], 30)
    >>> found = change_points(pd.DataFrame({"unique_id": "mail", "ds": days, "y": y}))
    >>> found["at"].tolist() == [days[70]], found[["before", "after"]].round(0).values.tolist()
    (True, [[10.0, 20.0]])
    """
    if kind not in ("count", "share", "value") or (kind == "share" and "n" not in frame):
        raise ForecastError(f"kind must be count, value, or share with a column n; found {kind!r}; name one, and add n for shares")
    if shortest is not None and shortest < 1:
        raise ForecastError(f"shortest must be 1 row or more; found {shortest!r}; leave it out for two weeks, or four periods")
    if np.isinf(frame["y"].to_numpy(dtype=float)).any():
        raise ForecastError("y must be finite; found one that is not; leave it empty where it is not known")
    known = frame.dropna(subset=["y", "n"] if kind == "share" else ["y"])
    known = known[known["n"] > 0] if kind == "share" else known
    if kind == "count" and len(known):
        holidays = known_days(holidays, pd.DatetimeIndex(known["ds"]))  # once for all series
    parts = [
        _Course.of(name, rows, holidays, kind, shortest, alpha, seed).changes()
        for name, rows in known.sort_values("ds").groupby("unique_id", sort=True)
    ]
    rows = [row for part in parts for row in part]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def levels_around(frame: pd.DataFrame, at: pd.Timestamp, *, holidays: Holidays = None) -> tuple[float, float]:
    """Counts on a usual day before a day and from it on, of one daily series.

    >>> days = pd.date_range("2026-01-05", periods=120, freq="D")
    >>> sides = levels_around(pd.DataFrame({"unique_id": "a", "ds": days, "y": [10.0] * 70 + [20.0] * 50}), days[70])
    >>> [round(level, 1) for level in sides]
    [10.0, 20.0]
    """
    course = _Course.of("", frame.sort_values("ds"), holidays, "count", None, ALPHA, 0)
    cut = int((course.ds < at).sum())
    sides = slice(0, cut), slice(cut, len(frame))
    before, after = (course.level(side) if side.start < side.stop else float("nan") for side in sides)
    return before, after


@dataclass
class _Course:
    """One series on an even scale: z with weights w, and its values with the calendar taken out."""

    name: object
    ds: pd.Series
    z: Array
    w: Array
    plain: Array
    shortest: int
    alpha: float
    block: int
    seed: int

    @classmethod
    def of(
        cls, name: object, rows: pd.DataFrame, holidays: Holidays, kind: str, shortest: int | None, alpha: float, seed: int
    ) -> _Course:
        y, w = rows["y"].to_numpy(dtype=float), np.ones(len(rows))
        daily = len(rows) > 1 and float(pd.Series(rows["ds"]).diff().dt.total_seconds().median()) <= 86400.0
        plain, z = y, y
        if kind == "count":
            profile = np.ones(len(y))
            if daily and len(y):
                slots = day_slots(pd.DatetimeIndex(rows["ds"]), holidays)
                drift = np.maximum(uniform_filter1d(y, 29, mode="nearest"), 1e-9)  # a change must not look like a kind of day
                profile = np.maximum(common_profile(y / drift, slots)[slots], 1e-3)
            plain = y / profile
            z, w = 2 * np.sqrt(np.maximum(plain, 0.0) + 0.375), profile
        elif kind == "share":
            n = rows["n"].to_numpy(dtype=float)
            z, w = 2 * np.arcsin(np.sqrt((y * n + 0.375) / (n + 0.75))), np.maximum(n, 1e-9)
        least = shortest or (14 if daily else 4)
        return cls(name, rows["ds"].reset_index(drop=True), z, w, plain, least, alpha, 7 if daily else 1, seed)

    def changes(self) -> list[dict[str, object]]:
        """The changes in order of time."""
        cuts = sorted(self._split(0, len(self.z), DEEPEST))
        edges = [0, *(cut for cut, _ in cuts), len(self.z)]
        return [
            self._row(cut, chance, slice(edges[place], cut), slice(cut, edges[place + 2]))
            for place, (cut, chance) in enumerate(cuts)
        ]

    def level(self, part: slice) -> float:
        """Mean over some rows, of counts per usual day."""
        return float(np.average(self.plain[part], weights=self.w[part]))

    def _split(self, start: int, end: int, left: int) -> list[tuple[int, float]]:
        if end - start < 2 * self.shortest or left < 1:
            return []
        z, w = self.z[start:end], self.w[start:end]
        gains = _gains(z, w)[self.shortest - 1 : len(z) - self.shortest]
        cut = start + self.shortest + int(gains.argmax())
        chance = self._chance(z, w, float(gains.max()), start)
        if chance > self.alpha:
            return []
        lower, upper = self._split(start, cut, left - 1), self._split(cut, end, left - 1)
        return [*lower, (cut, chance), *upper]

    def _chance(self, z: Array, w: Array, gain: float, start: int) -> float:
        """How often blocks in random order show a split as strong; no more are drawn once that is too often to be told."""
        rng = np.random.default_rng([self.seed, start, len(z)])
        blocks = np.array_split(np.arange(len(z)), max(len(z) // self.block, 2))
        sizes, first = np.array([len(block) for block in blocks]), np.array([block[0] for block in blocks])
        stronger = 0
        for drawn in (FIRST, SHUFFLES - FIRST):
            shuffled = np.array([rng.permutation(len(blocks)) for _ in range(drawn)])
            length = sizes[shuffled]
            begin = np.repeat((first[shuffled] - np.cumsum(length, axis=1) + length).ravel(), length.ravel())
            order = begin.reshape(drawn, len(z)) + np.arange(len(z))
            largest = _gains(z[order], w[order])[:, self.shortest - 1 : len(z) - self.shortest].max(axis=1)
            stronger += int((largest >= gain - 1e-12).sum())
            if 1 + stronger > self.alpha * (1 + SHUFFLES):
                break
        return (1 + stronger) / (1 + SHUFFLES)

    def _row(self, cut: int, chance: float, before: slice, after: slice) -> dict[str, object]:
        first, last = self._interval(cut, before.start, after.stop)
        old, new = self.level(before), self.level(after)
        reach = 1.96 * float(np.hypot(self._error(before), self._error(after)))
        dates = self.ds[cut], self.ds[first], self.ds[last]
        values = (self.name, *dates, old, new, new - old - reach, new - old + reach, chance, len(self.z))
        return dict(zip(COLUMNS, values, strict=True))

    def _error(self, part: slice) -> float:
        """Standard error of a level, from means of blocks, which know that neighbours are alike."""
        values, weights = self.plain[part], self.w[part]
        blocks = np.array_split(np.arange(len(values)), max(len(values) // self.block, 2))
        means = np.array([np.average(values[block], weights=weights[block]) for block in blocks])
        return float(means.std(ddof=1) / np.sqrt(len(means)))

    def _interval(self, cut: int, start: int, end: int) -> tuple[int, int]:
        """The dates that hold 95 % of the likelihood of where the level changed."""
        z, w = self.z[start:end], self.w[start:end]
        gains = _gains(z, w)
        levels = [np.average(z[side], weights=w[side]) for side in (slice(0, cut - start), slice(cut - start, None))]
        fitted = np.where(np.arange(len(z)) < cut - start, *levels)
        variance = max(float((w * (z - fitted) ** 2).sum()) / max(len(z) - 2, 1), 1e-12)
        log = gains / (2 * variance)
        weight = np.exp(log - log.max())
        order = np.argsort(-weight, kind="stable")
        reached = np.cumsum(weight[order]) / weight.sum()
        kept = order[: int(np.searchsorted(reached, COVERED)) + 1]
        return start + 1 + int(kept.min()), start + 1 + int(kept.max())


def _gains(z: Array, w: Array) -> Array:
    """Of a split after each row but the last: by how much it lowers the weighted sum of squares; series lie along the last axis."""
    total, weight = np.cumsum(w * z, axis=-1), np.cumsum(w, axis=-1)
    left, known = total[..., :-1], weight[..., :-1]
    right, rest = total[..., -1:] - left, weight[..., -1:] - known
    return np.asarray(left**2 / known + right**2 / rest - total[..., -1:] ** 2 / weight[..., -1:])
