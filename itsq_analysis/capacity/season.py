"""What the calendar adds to a day's use: the week (and the day, for hours), the end of the month, the year, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array, Bools, Ints

WEEKS = 26  # of history from which the week is learnt
MONTHS = 3  # turns of the month at least
TURN = 3  # days on both sides of it
YEARS = 640  # days of history at least, for the course of a year
HOLIDAY_DAYS = 2.0  # how many holidays the assumption "no effect" is worth


@dataclass(frozen=True)
class Season:
    """What the calendar adds; `at` reads it for any stamps."""

    cycle: Array
    per_day: int
    turn: Mapping[int, float] = field(default_factory=dict)
    year: Array = field(default_factory=lambda: np.zeros(0))
    pull: float = 0.0
    off: frozenset[date] = frozenset()

    def at(self, stamps: pd.DatetimeIndex) -> Array:
        """The season at each stamp."""
        result = _cycle_at(self.cycle, stamps, self.per_day)
        if self.turn:
            position = turn_of_month(stamps)
            result = result + np.array([self.turn.get(int(day), 0.0) for day in position])
        if len(self.year):
            result = result + waves(stamps) @ self.year
        if self.pull:
            away = holidays_at(stamps, self.off)
            result = result + np.where(away, self.pull * sunday_less(self.cycle, stamps, self.per_day), 0.0)
        return np.asarray(result)


def find_season(x: Array, stamps: pd.DatetimeIndex, per_day: int, off: frozenset[date] = frozenset()) -> Season:
    """The season of one spliced series.

    Args:
        x: values without jumps and bursts, NaN = not known.
        stamps: of the values.
        per_day: steps in a day (1 or 24).
        off: holidays.

    >>> stamps = pd.date_range("2026-01-05", periods=140)          # a Monday
    >>> found = find_season(np.where(stamps.day_of_week >= 5, 10.0, 17.0), stamps, 1)
    >>> (found.at(stamps[:7])[0] - found.at(stamps[5:6])[0]).round(6)
    np.float64(7.0)
    """
    away = holidays_at(stamps, off)
    plain = np.where(away, np.nan, x)
    cycle = _cycle(plain, stamps, per_day)
    rest = plain - _cycle_at(cycle, stamps, per_day)
    turn = _turn(rest, stamps) if per_day == 1 else {}
    if turn:
        position = turn_of_month(stamps)
        rest = rest - np.array([turn.get(int(day), 0.0) for day in position])
    year = _year(rest, stamps) if per_day == 1 else np.zeros(0)
    pull = _pull(x, cycle, stamps, per_day, away) if away.any() else 0.0
    return Season(cycle, per_day, turn, year, pull, off)


def holidays_at(stamps: pd.DatetimeIndex, off: frozenset[date]) -> Bools:
    """Which stamps lie on a holiday."""
    if not off:
        return np.zeros(len(stamps), dtype=bool)
    return np.asarray(stamps.normalize().isin(pd.DatetimeIndex(sorted(off))))


def turn_of_month(stamps: pd.DatetimeIndex) -> Ints:
    """-3 to -1 for the last days of a month, 1 to 3 for the first ones, 0 for others."""
    day, left = np.asarray(stamps.day), np.asarray(stamps.days_in_month - stamps.day)
    return np.asarray(np.where(left < TURN, -1 - left, np.where(day <= TURN, day, 0)), dtype=np.int64)


def waves(stamps: pd.DatetimeIndex) -> Array:
    """Two harmonics of the year, stamps × 4."""
    angle = 2 * np.pi * np.asarray(stamps.day_of_year) / 365.25
    return np.stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)], axis=1)


def running_mean(x: Array, width: int) -> Array:
    """Centred, over what is known; NaN where less than half of the window is."""
    known = ~np.isnan(x)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, x, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    half = width // 2
    place = np.arange(len(x))
    low, high = np.maximum(place - half, 0), np.minimum(place - half + width, len(x))
    number = count[high] - count[low]
    whole = (number >= width / 2) & (place >= half) & (place < len(x) - half)
    return np.asarray(np.where(whole, (total[high] - total[low]) / np.maximum(number, 1), np.nan))


def _slots(stamps: pd.DatetimeIndex, length: int, per_day: int) -> Ints:
    if per_day == 1:
        return np.asarray(stamps.day_of_week % length, dtype=np.int64)
    hours = np.asarray(stamps.day_of_week * 24 + stamps.hour, dtype=np.int64)
    return hours % length


def _cycle_at(cycle: Array, stamps: pd.DatetimeIndex, per_day: int) -> Array:
    if len(cycle) == 1:
        return np.zeros(len(stamps))
    return np.asarray(cycle[_slots(stamps, len(cycle), per_day)])


def sunday_less(cycle: Array, stamps: pd.DatetimeIndex, per_day: int) -> Array:
    """How far the same hour of a Sunday lies from each stamp's usual season."""
    if len(cycle) < 7 * per_day:
        return np.zeros(len(stamps))
    sunday = stamps + pd.to_timedelta(6 - np.asarray(stamps.day_of_week), unit="D")
    return _cycle_at(cycle, pd.DatetimeIndex(sunday), per_day) - _cycle_at(cycle, stamps, per_day)


def _cycle(x: Array, stamps: pd.DatetimeIndex, per_day: int) -> Array:
    """The week's course (the day's, where hours reach over less than three weeks), drawn towards nothing as it may be noise."""
    week = 7 * per_day
    length = week if per_day == 1 or len(x) >= 3 * week else per_day
    if len(x) < 3 * length:
        return np.zeros(1)
    rest = (x - running_mean(x, length))[-WEEKS * week :]
    slots = _slots(stamps, length, per_day)[-WEEKS * week :]
    mean, error = np.zeros(length), np.zeros(length)
    for slot in range(length):
        seen = rest[slots == slot]
        seen = seen[~np.isnan(seen)]
        if len(seen) < 2:
            continue
        mean[slot] = np.median(seen) if len(seen) > 4 else seen.mean()
        error[slot] = seen.var(ddof=1) / len(seen) * 1.5
    mean -= mean.mean()
    strength = float((mean**2).sum())
    kept = max(0.0, 1.0 - float(error.sum()) / strength) if strength > 0 else 0.0
    return np.asarray(mean * kept) if kept > 0.3 else np.zeros(1)


def _turn(x: Array, stamps: pd.DatetimeIndex) -> dict[int, float]:
    """What the days at the turn of the month add, where three turns or more agree beyond noise.

    Each turn is measured against the line between the medians of the week before it and the week after it, so that neither growth
    nor the turn's own height (it may last for days) hides it.
    """
    x, stamps = x[-730:], stamps[-730:]
    turns = np.array([_one_turn(x, int(first)) for first in np.flatnonzero(stamps.day == 1)]).reshape(-1, 2 * TURN)
    strength = turns[:, TURN - 1 : TURN + 1].mean(axis=1)  # the last day of a month and the first
    turns, strength = turns[~np.isnan(strength)], strength[~np.isnan(strength)]
    if len(turns) < MONTHS:
        return {}
    usual = max(float(strength.std(ddof=1)), 1.4826 * float(np.median(np.abs(np.diff(x[~np.isnan(x)])))))
    if abs(float(np.median(strength))) < 4 * 1.25 * usual / np.sqrt(len(turns)):
        return {}
    effects = {}
    for place, day in enumerate((*range(-TURN, 0), *range(1, TURN + 1))):
        seen = turns[~np.isnan(turns[:, place]), place]
        if len(seen) >= MONTHS:
            middle, error = float(seen.mean()), float(seen.std(ddof=1)) / np.sqrt(len(seen))
            effects[day] = middle * max(0.0, 1 - (error / middle) ** 2) if middle else 0.0
    return {day: size for day, size in effects.items() if size}


def _one_turn(x: Array, first: int) -> Array:
    """How far the days around the first of a month lie from the line between the weeks beside it; NaN = not known."""
    before, after = x[max(first - TURN - 8, 0) : max(first - TURN, 0)], x[first + TURN : first + TURN + 8]
    days = np.full(2 * TURN, np.nan)
    if (~np.isnan(before)).sum() < 3 or (~np.isnan(after)).sum() < 3:
        return days
    low, high = float(np.nanmedian(before)), float(np.nanmedian(after))
    place = np.arange(-TURN, TURN)
    line = low + (high - low) * (place + TURN + 4.5) / (2 * TURN + 8)
    inside = (place + first >= 0) & (place + first < len(x))
    days[inside] = x[first + place[inside]] - line[inside]
    return days


def _year(x: Array, stamps: pd.DatetimeIndex) -> Array:
    """Two harmonics beside a trend that may bend once a year; nothing where they explain little beyond it."""
    known = np.flatnonzero(~np.isnan(x))
    if len(known) < 0.7 * YEARS or known[-1] - known[0] < YEARS or not _comes_again(x, stamps):
        return np.zeros(0)
    t = (known - known[0]) / 365.25
    bends = [np.maximum(t - bend, 0.0) for bend in np.arange(1.0, t[-1] - 0.5)]
    trend = np.stack([np.ones(len(t)), t, *bends], axis=1)
    before, _ = _least_squares(trend, x[known])
    after, fit = _least_squares(np.hstack([trend, waves(stamps)[known]]), x[known])
    if before <= 0 or after > 0.6 * before:
        return np.zeros(0)
    return np.asarray(fit[-4:] * (1 - after / before))


def _least_squares(columns: Array, y: Array) -> tuple[float, Array]:
    """What is left (sum of squares), and the weights."""
    weights = np.linalg.lstsq(columns, y, rcond=None)[0]
    return float(((y - columns @ weights) ** 2).sum()), np.asarray(weights)


def _comes_again(x: Array, stamps: pd.DatetimeIndex) -> bool:
    """Whether the first and the last year have much the same course: a wandering level looks like a season in one year."""
    courses = []
    for part in (slice(0, 365), slice(len(x) - 365, len(x))):
        known = ~np.isnan(x[part])
        if known.sum() < 250:
            return False
        t = np.arange(365)[known] / 365.25
        columns = np.hstack([np.stack([np.ones(len(t)), t], axis=1), waves(stamps[part])[known]])
        courses.append(_least_squares(columns, x[part][known])[1][-4:])
    sizes = [float(np.linalg.norm(course)) for course in courses]
    return min(sizes) > 0.5 * max(sizes) and float(courses[0] @ courses[1]) > 0.7 * sizes[0] * sizes[1]


def _pull(x: Array, cycle: Array, stamps: pd.DatetimeIndex, per_day: int, away: Bools) -> float:
    """How far holidays go towards a Sunday: 0 not at all, 1 all the way."""
    move = np.where(away, sunday_less(cycle, stamps, per_day), 0.0)
    level = running_mean(np.where(away, np.nan, x - _cycle_at(cycle, stamps, per_day)), 7 * per_day)
    took = x - level - _cycle_at(cycle, stamps, per_day)
    able = away & ~np.isnan(took) & (np.abs(move) > 0)
    if not able.any():
        return 0.0
    under = float((move[able] ** 2).sum())
    prior = HOLIDAY_DAYS * under / able.sum()
    return float(np.clip((move[able] * took[able]).sum() / (under + prior), -0.2, 1.2))
