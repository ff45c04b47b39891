"""Effects of the time of month: what pay days, bills and closings do, learned where they come again month after month.

Each day is compared with the same weekday three weeks before and after. A working day's place in the month, counted from its
first or from its last working day, has an effect as far as days of that place agree: the estimate is drawn towards none by their
spread (empirical Bayes), and then by how well the other months tell each month. A series without such a pattern, or with less
than three turns of the month, keeps its values to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.panel import Array, Ints, Panel, mean_known, median_known
from itsq_analysis.forecasting.steps import DAY

DaysOff = npt.NDArray[np.datetime64]

FREE = ("public", "optional")  # days that do not count as working days
FIRST, LAST = 7, 5  # working days from the beginning and from the end of a month that have a place of their own
FEWEST_TURNS = 3  # of the month
WEEKS = (-3, -2, -1, 1, 2, 3)  # whose same weekday tells what is usual
FEWEST_AROUND = 3  # of these weeks must be known
MOST = 0.5  # share beyond which a departure is a burst, not a pattern
LEAST_LEVEL = 2.0  # mean count of a day below which nothing can be told
LEAST_STRENGTH = 0.3
SURE, SURE_FEW = 1.3, 2.0  # standard errors by which the other months must tell a month better than nothing does
_MONDAY = np.datetime64("1970-01-05")


@dataclass(frozen=True)
class MonthEffects:
    """What the time of month does to the series of a panel.

    Attributes:
        history: the panel without it.
        effect: series × place, as a share of the usual level; place 0 is the middle of the month.
        off: days off, which are not counted as working days.
    """

    history: Panel
    effect: Array
    off: DaysOff

    def apply(self, paths: Array, last: Ints) -> Array:
        """Put the effects into paths (… × series × horizon) that begin after `last`."""
        places = last[:, None] + np.arange(1, paths.shape[-1] + 1)[None, :]
        return np.asarray(paths * (1.0 + _looked_up(self.effect, place_in_month(_days(self.history, places), self.off))))


def find_month_effects(panel: Panel, special: SpecialDays) -> MonthEffects | None:
    """Estimate the effects and clean the history (which must be without holidays); None where there are none."""
    minutes = panel.grid.step.minutes
    if not minutes or minutes > DAY or DAY % minutes or panel.negative.all():
        return None
    days = _days(panel, panel.past())
    if int(days.max() - days.min()) < 30 * FEWEST_TURNS:
        return None
    off = np.array([day for day, (kind, _) in special.days.items() if kind in FREE], dtype="datetime64[D]")
    totals, firsts = _totals(panel, days)
    effect = _effects(totals, firsts, panel, off)
    if not effect.any():
        return None
    factor = 1.0 + _looked_up(effect, place_in_month(days, off))
    return MonthEffects(panel.with_values(panel.y / factor), effect, off)


def place_in_month(days: Ints, off: DaysOff) -> Ints:
    """0 in the middle of a month; 1, 2, … its first working days, -1, -2, … its last ones, as non-negative numbers.

    Args:
        days: numbered from Monday 5 January 1970.
        off: days off.

    A day off or of the weekend has the place of the working day before it, or of the month's first one.
    """
    first, last = int(days.min()), int(days.max())
    every = _MONDAY + np.arange(first, last + 1)
    begin = every.astype("datetime64[M]").astype("datetime64[D]")
    end = (every.astype("datetime64[M]") + 1).astype("datetime64[D]")
    since = np.maximum(np.busday_count(begin, every + 1, holidays=off), 1)
    left = np.busday_count(every, end, holidays=off)
    left = np.where(np.is_busday(every, holidays=off), left, left + 1)
    place = np.where(left <= LAST, FIRST + np.minimum(left, LAST), np.where(since <= FIRST, since, 0))
    return np.asarray(place[days - first], dtype="int64")


def _days(panel: Panel, places: Ints) -> Ints:
    step = panel.grid.step
    return np.asarray((panel.grid.number(places) * step.minutes + step.origin) // DAY, dtype="int64")


def _looked_up(effect: Array, place: Ints) -> Array:
    return np.take_along_axis(effect, place, axis=1)


def _totals(panel: Panel, days: Ints) -> tuple[Array, Ints]:
    """Mean of each whole day, series × days (NaN where it is not whole), and each series' first day."""
    first = days[:, 0]
    width = int((days[:, -1] - first).max()) + 1
    if panel.grid.step.minutes == DAY and not panel.grid.open:
        return panel.y, first
    row = np.broadcast_to(np.arange(panel.n)[:, None], days.shape)
    cell = (row * width + days - first[:, None])[panel.known]
    count = np.bincount(cell, minlength=panel.n * width).reshape(panel.n, width)
    total = np.bincount(cell, weights=panel.y[panel.known], minlength=panel.n * width).reshape(panel.n, width)
    whole = (count > 0) & (count >= 0.9 * count.max(axis=1, keepdims=True))
    return np.where(whole, total / np.maximum(count, 1), np.nan), first


def _effects(totals: Array, firsts: Ints, panel: Panel, off: DaysOff) -> Array:
    """Series × places."""
    rest = _departures(totals)
    days = firsts[:, None] + np.arange(totals.shape[1])[None, :]
    place = place_in_month(days, off)
    turn = (_MONDAY + days + 15).astype("datetime64[M]").astype("int64")
    turn = turn - turn.min()
    known = ~np.isnan(rest)
    places, turns = FIRST + LAST + 1, int(turn.max()) + 1
    row = np.broadcast_to(np.arange(panel.n)[:, None], rest.shape)
    cell = ((row * turns + turn) * places + place)[known]
    shape = (panel.n, turns, places)
    count: Array = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(float)
    total = np.bincount(cell, weights=rest[known], minlength=int(np.prod(shape))).reshape(shape)
    square = np.where(known, rest, 0.0) ** 2
    kept = _shrinkage(count.sum(axis=1), total.sum(axis=1), square.sum(axis=1))
    effect = kept * _ratio(total.sum(axis=1), count.sum(axis=1))
    strength = _strength(count, np.asarray(total), kept)
    able = ~panel.negative & (np.nan_to_num(mean_known(totals)) >= LEAST_LEVEL * panel.counts)
    return np.asarray(effect * (strength * able)[:, None])


def _departures(totals: Array) -> Array:
    """Each day as a share of the same weekday's median in the weeks around it, less one."""
    width = totals.shape[1]
    around = np.full((len(WEEKS), *totals.shape), np.nan)
    for place, week in enumerate(WEEKS):
        shift = 7 * week
        if abs(shift) < width:
            around[place, :, max(shift, 0) : width + min(shift, 0)] = totals[:, max(-shift, 0) : width - max(shift, 0)]
    usual = np.where((~np.isnan(around)).sum(axis=0) >= FEWEST_AROUND, median_known(around), np.nan)
    able = usual > 0
    return np.clip(np.where(able, totals / np.where(able, usual, 1.0) - 1.0, np.nan), -MOST, MOST)


def _ratio(above: Array, below: Array) -> Array:
    return np.asarray(np.where(below > 0, above / np.maximum(below, 1e-12), 0.0))


def _shrinkage(count: Array, total: Array, square: Array) -> Array:
    """Share of each place's mean that is believed, series × places: variance between places over that of a place's mean."""
    everything = count.sum(axis=1)
    mean = _ratio(total, count)
    middle = _ratio(total.sum(axis=1), everything)
    within = np.maximum(square - (count * mean**2).sum(axis=1), 0.0) / np.maximum(everything - count.shape[1], 1.0)
    spread = (count * (mean - middle[:, None]) ** 2).sum(axis=1) - (count.shape[1] - 1) * within
    between = np.maximum(spread, 0.0) / np.maximum(everything - _ratio((count**2).sum(axis=1), everything), 1.0)
    return _ratio(count * between[:, None], count * between[:, None] + within[:, None])


def _strength(count: Array, total: Array, kept: Array) -> Array:
    """How well the other months tell each month, one per series: slope of its departures on their effects, between 0 and 1."""
    others = kept[:, None] * _ratio(total.sum(axis=1, keepdims=True) - total, count.sum(axis=1, keepdims=True) - count)
    together = (total * others).sum(axis=2)
    size = (count * others**2).sum(axis=2)
    turns = (count[:, :, 1:].sum(axis=2) >= FIRST).sum(axis=1)
    slope = np.clip(_ratio(together.sum(axis=1), size.sum(axis=1)), 0.0, 1.0)
    gain = 2 * together - size
    spread = np.sqrt(((gain - gain.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))
    sure = gain.sum(axis=1) > (SURE + SURE_FEW / np.maximum(turns, 1)) * spread
    return np.asarray(np.where((turns >= FEWEST_TURNS) & sure & (slope >= LEAST_STRENGTH), slope, 0.0))
