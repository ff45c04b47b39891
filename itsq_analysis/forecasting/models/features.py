"""What the trees see of a series at an origin, all in units of the series' own unrest."""

from __future__ import annotations

from copy import copy
from math import gcd

import numpy as np

from itsq_analysis.forecasting.panel import Array, Panel, mean_known
from itsq_analysis.forecasting.steps import DAY, WEEK

CYCLES = 4  # seasons that the base is the mean of
ORIGINS = 48  # at least so many are learned from, where history has them


class Table:
    """Features of every series × step from any origin (column of the last known value).

    Attributes:
        width: number of features.
    """

    def __init__(self, panel: Panel, horizon: int) -> None:
        self.panel, self.horizon = panel, horizon
        step = panel.grid.step
        weekly = step.months > 0 or step.minutes >= WEEK  # no slot of a week: the last value is the base
        usable = [season for season in panel.seasons if season > 1 and panel.length >= 3 * season and not weekly]
        self.long = usable[-1] if usable else 1
        self.day = usable[0] if len(usable) > 1 else 1
        self.cycles = CYCLES if self.long > 1 else 1
        self.year = _year(panel)
        self.smooth = _centred(panel.y, 7 if step.minutes == DAY else 1)
        self.y = panel.y
        self.usual = self._usual()
        self.rest = self.y - self.usual
        known = ~np.isnan(self.rest)
        self._sum = _cumulative(np.where(known, self.rest, 0.0))
        self._size = _cumulative(np.where(known, np.abs(self.rest), 0.0))
        self._count = _cumulative(known.astype(float))
        self.width = self.rows(self.panel.length - 1)[:1].shape[-1]

    def _usual(self) -> Array:
        """Mean of the last values of the same slot, for every column."""
        shifted = [_shift(self.y, self.long * cycle) for cycle in range(1, self.cycles + 1)]
        return _middle(np.stack(shifted))

    def lag(self, origin: int, season: int, cycle: int) -> Array:
        """For each step, the value of its slot `cycle` known seasons ago (0 = the newest known), series × horizon."""
        steps = np.arange(1, self.horizon + 1)
        columns = origin + steps - season * (-(-steps // season) + cycle)
        return np.asarray(np.where(columns >= 0, self.y[:, np.maximum(columns, 0)], np.nan))

    def base(self, origin: int) -> Array:
        """Mean of the newest values of each step's slot; the mean of what is known where there is none."""
        base = _middle(np.stack([self.lag(origin, self.long, cycle) for cycle in range(self.cycles)]))
        level = mean_known(self.y[:, max(0, origin + 1 - self.long) : origin + 1])
        return np.asarray(np.where(np.isnan(base), level[:, None], base))

    def scale(self, origin: int) -> Array:
        """Mean size of the departures from the usual value up to the origin."""
        size = self._mean_of(self._size, origin, self.panel.length)
        return np.where(np.isnan(size) | (size <= 0), self._fallback(origin), size)

    def _fallback(self, origin: int) -> Array:
        level = mean_known(np.abs(self.y[:, : origin + 1]))
        return np.where(np.isnan(level) | (level <= 0), 1.0, 0.2 * level)

    def _mean_of(self, cumulative: Array, origin: int, span: int) -> Array:
        start = max(origin + 1 - span, 0)
        count = self._count[:, origin + 1] - self._count[:, start]
        total = cumulative[:, origin + 1] - cumulative[:, start]
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def rows(self, origin: int) -> Array:
        """Series × horizon × features."""
        base, scale = self.base(origin), self.scale(origin)[:, None]
        shape = base.shape
        steps = np.arange(1, self.horizon + 1)
        columns: list[Array] = [np.broadcast_to(steps * 1.0, shape), np.broadcast_to((origin + steps) % self.long * 1.0, shape)]
        if self.day > 1:
            columns += [np.broadcast_to((origin + steps) % self.day * 1.0, shape)]
            columns += [(self.lag(origin, self.day, cycle) - base) / scale for cycle in range(3)]
        columns += [(self.lag(origin, self.long, cycle) - base) / scale for cycle in range(3)]
        for span in sorted({1, 3, max(self.day // 4, 1), max(self.day, 7), self.long, 4 * self.long}):
            columns.append(np.broadcast_to((self._mean_of(self._sum, origin, span) / scale[:, 0])[:, None], shape))
        for back in range(1, 4):
            value = self.rest[:, origin - back] if origin >= back else np.full(shape[0], np.nan)
            columns.append(np.broadcast_to((value / scale[:, 0])[:, None], shape))
        if self.day > 1:
            columns.append(self._rest_lag(origin) / scale)
        columns += [self._year_before(origin, years) / scale for years in (1, 2)]
        span = self.long * CYCLES if self.long > 1 else max(self.year, 8)
        level = mean_known(self.y[:, max(0, origin + 1 - span) : origin + 1])[:, None]
        columns.append((base - level) / scale)
        columns.append(np.broadcast_to(level / scale, shape))
        return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=-1)

    def _year_before(self, origin: int, years: int) -> Array:
        """How far the days around the target, some years earlier, lay above the last weeks (the last value) of that time."""
        back = origin - years * self.year
        span = self.long * CYCLES if self.long > 1 else 1
        if not self.year or back < span or self.horizon > self.year - 4:
            return np.full((self.panel.n, self.horizon), np.nan)
        then = mean_known(self.y[:, back - span + 1 : back + 1])
        return np.asarray(self.smooth[:, back + 1 : back + 1 + self.horizon] - then[:, None])

    def _rest_lag(self, origin: int) -> Array:
        """Departure of the same slot of the newest known day from its usual value."""
        steps = np.arange(1, self.horizon + 1)
        columns = origin + steps - self.day * -(-steps // self.day)
        return np.asarray(np.where(columns >= 0, self.rest[:, np.maximum(columns, 0)], np.nan))

    def training(self, end: int, most: int) -> tuple[Array, Array]:
        """Features and targets from origins whose targets lie before column `end`, at most so many rows.

        Where there are many series each origin takes some of them, so that there are many origins too.
        """
        first = min(int(self.panel.first.min(initial=self.panel.length)) + self.long, end)
        origins = np.arange(end - 1 - 1, max(first, 1) - 1, -1)
        per_origin = max(self.panel.n * self.horizon, 1)
        share = min(max(-(-ORIGINS * per_origin // most), 1), self.panel.n)
        stride = max(len(origins) * per_origin // (share * most), 1)
        while stride > 1 and gcd(stride, self.long) > 1:
            stride -= 1
        examples = [
            self._part(place % share, share)._examples(origin, end) for place, origin in enumerate(origins[::stride].tolist())
        ]
        if not examples:
            return np.zeros((0, 1)), np.zeros(0)
        rows, target = (np.concatenate(parts) for parts in zip(*examples, strict=True))
        if len(target) > most:
            picked = np.linspace(0, len(target) - 1, most).astype(int)
            rows, target = rows[picked], target[picked]
        return rows, target

    def _part(self, start: int, share: int) -> Table:
        """The table of every so many-th series."""
        if share == 1:
            return self
        part = copy(self)
        part.panel = self.panel.rows(slice(start, None, share))
        for name in ("y", "smooth", "usual", "rest", "_sum", "_size", "_count"):
            setattr(part, name, getattr(self, name)[start::share])
        return part

    def _examples(self, origin: int, end: int) -> tuple[Array, Array]:
        """Features and targets of one origin."""
        truth = np.full((self.panel.n, self.horizon), np.nan)
        seen = self.y[:, origin + 1 : min(origin + 1 + self.horizon, end)]
        truth[:, : seen.shape[1]] = seen
        target = (truth - self.base(origin)) / self.scale(origin)[:, None]
        kept = np.isfinite(target) & (np.abs(target) < 1e6)
        return self.rows(origin)[kept], target[kept]


def _year(panel: Panel) -> int:
    """Steps in a year of whole weeks; 0 where a step is shorter than a day or nothing is known of the time."""
    step = panel.grid.step
    if step.months:
        return 12 // step.months
    if step.minutes < DAY or WEEK % step.minutes:
        return 0
    return 52 if step.minutes == WEEK else 52 * (len(panel.grid.open) or 7) * DAY // step.minutes


def _centred(y: Array, width: int) -> Array:
    """Mean of what is known in a window around each column."""
    known = ~np.isnan(y)
    total, count = _cumulative(np.where(known, y, 0.0)), _cumulative(known.astype(float))
    columns = np.arange(y.shape[1])
    start, end = np.maximum(columns - width // 2, 0), np.minimum(columns + width // 2 + 1, y.shape[1])
    inside = count[:, end] - count[:, start]
    return np.where(inside > 0, (total[:, end] - total[:, start]) / np.maximum(inside, 1), np.nan)


def _shift(y: Array, by: int) -> Array:
    shifted = np.full(y.shape, np.nan)
    if by < y.shape[1]:
        shifted[:, by:] = y[:, : y.shape[1] - by]
    return shifted


def _middle(stacked: Array) -> Array:
    """Mean without the smallest and the largest where at least four are known, so that a burst does not enter it."""
    total = mean_known(stacked, axis=0)
    full = ~np.isnan(stacked).any(axis=0)
    if len(stacked) < CYCLES or not full.any():
        return total
    trimmed = (stacked.sum(axis=0) - stacked.min(axis=0) - stacked.max(axis=0)) / (len(stacked) - 2)
    return np.where(full, trimmed, total)


def _cumulative(values: Array) -> Array:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
