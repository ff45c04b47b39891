"""The step of a series: from timestamps to whole numbers on a regular grid and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.errors import ForecastError

DAY = 1440
WEEK = 7 * DAY
MONDAY = 4 * DAY  # minutes from 1970-01-01 to the first Monday, 1970-01-05

_FIXED = {"min": 1, "h": 60, "D": DAY, "B": DAY, "W": WEEK}
_MONTHS = {"MS": 1, "ME": 1, "QS": 3, "QE": 3, "YS": 12, "YE": 12}
_OLDER_NAMES = {"T": "min", "H": "h", "M": "ME", "Q": "QE", "A": "YE", "Y": "YE", "d": "D"}
_NAME = re.compile(r"(\d*)([A-Za-z]+)(?:-[A-Z]{3})?")


@dataclass(frozen=True)
class Step:
    """How far apart two timestamps are: whole minutes, whole months, or one (whole numbers instead of timestamps).

    Attributes:
        minutes: of a fixed step, else 0.
        months: of a step on the calendar, else 0.
        origin: minutes (or the day of the month, 31 = its end) that every timestamp is away from the start of a step.

    >>> Step(minutes=1440).seasons, Step(minutes=60).seasons, Step(months=1).seasons
    ((7,), (24, 168), (12,))
    """

    minutes: int = 0
    months: int = 0
    origin: int = 0

    @property
    def seasons(self) -> tuple[int, ...]:
        """Steps in a day and in a week, or in a year; the shortest first."""
        if self.months:
            return (12 // self.months,) if self.months < 12 and 12 % self.months == 0 else ()
        if not self.minutes:
            return ()
        if self.minutes == WEEK:
            return (52,)
        if self.minutes == DAY:
            return (7,)
        if self.minutes > DAY:
            return ()
        day = (DAY // self.minutes,) if DAY % self.minutes == 0 else ()
        week = (WEEK // self.minutes,) if WEEK % self.minutes == 0 else ()
        return day + week

    @property
    def per_week(self) -> int:
        """Steps in a week, 0 where a week has no whole number of them."""
        return WEEK // self.minutes if self.minutes and WEEK % self.minutes == 0 else 0

    @property
    def name(self) -> str:
        """As pandas calls it."""
        if self.months:
            return {1: "MS", 3: "QS", 12: "YS"}.get(self.months, f"{self.months}MS")
        for unit, size in (("W", WEEK), ("D", DAY), ("h", 60), ("min", 1)):
            if self.minutes and self.minutes % size == 0:
                return unit if self.minutes == size else f"{self.minutes // size}{unit}"
        return "1"

    def number(self, stamps: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
        """Naive timestamps -> their place on the grid; a timestamp between two places takes the earlier."""
        if self.months:
            months = np.asarray(stamps.year, dtype="int64") * 12 + np.asarray(stamps.month, dtype="int64") - 1
            return np.asarray((months - self._month_phase) // self.months, dtype="int64")
        minutes = stamps.as_unit("s").asi8 // 60
        number: npt.NDArray[np.int64] = (minutes - MONDAY - self.origin) // self.minutes
        return number

    def stamps(self, numbers: npt.NDArray[np.int64]) -> pd.DatetimeIndex:
        """Places on the grid -> naive timestamps."""
        if self.months:
            months = numbers * self.months + self._month_phase
            first = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[s]")
            days = pd.DatetimeIndex(first)
            inside = (
                np.minimum(self.origin % 100, days.days_in_month.to_numpy()) if self.origin else np.ones(len(days), dtype="int64")
            )
            return (days + pd.to_timedelta(inside - 1, unit="D")).as_unit("us")
        minutes = numbers * self.minutes + MONDAY + self.origin
        return pd.DatetimeIndex((minutes * 60).astype("datetime64[s]")).as_unit("us")

    @property
    def _month_phase(self) -> int:
        return self.origin // 100


def parse_step(name: str) -> Step:
    """A frequency's name, as pandas writes it: "5min", "h", "D", "W", "MS", "QS", "YS".

    Raises:
        ForecastError: not a frequency between one minute and a year.

    >>> parse_step("30min").minutes, parse_step("W-SUN").minutes, parse_step("ME").months
    (30, 10080, 1)
    """
    match = _NAME.fullmatch(str(name))
    unit = _OLDER_NAMES.get(match[2], match[2]) if match else ""
    count = int(match[1] or 1) if match else 1
    if count >= 1 and unit in _FIXED:
        return Step(minutes=count * _FIXED[unit])
    if count >= 1 and unit in _MONTHS:
        return Step(months=count * _MONTHS[unit])
    raise ForecastError(f"freq must be a step such as 5min, 30min, h, D, W, MS, QS or YS; found {name!r}; use one of these")


def find_step(stamps: pd.DatetimeIndex, codes: npt.NDArray[np.int64]) -> Step:
    """The commonest distance of neighbours, over all series; a day where no series has two and all are at midnight.

    Args:
        stamps: naive local timestamps, sorted within each series.
        codes: which series each one belongs to, sorted.

    Raises:
        ForecastError: no series has two timestamps, or they are not whole minutes apart.
    """
    same = codes[1:] == codes[:-1]
    gaps = np.diff(stamps.as_unit("s").asi8)[same]
    gaps = gaps[gaps > 0]
    if not len(gaps) and len(stamps) and bool((stamps == stamps.normalize()).all()):
        return Step(minutes=DAY)
    if not len(gaps):
        raise ForecastError("freq can be found only where a series has two timestamps; found none; give freq, such as freq='D'")
    sizes, counts = np.unique(gaps, return_counts=True)
    days = sizes[counts.argmax()] / 86400
    if 27 < days < 32:
        return Step(months=1)
    if 89 < days < 93:
        return Step(months=3)
    if 180 < days < 185:
        return Step(months=6)
    if 364 < days < 367:
        return Step(months=12)
    seconds = int(sizes[counts.argmax()])
    if seconds % 60:
        raise ForecastError(f"timestamps must be whole minutes apart; found {seconds} s; sum them up to minutes or hours")
    return Step(minutes=seconds // 60)


def place(step: Step, stamps: pd.DatetimeIndex) -> Step:
    """The step with its origin: where in a step the timestamps lie (days from 06:00, weeks from Sunday, months from the 26th)."""
    if step.months:
        days = np.asarray(stamps.day)
        last = bool((days == np.asarray(stamps.days_in_month)).all())
        day = 31 if last else int(np.bincount(days).argmax())
        months = np.asarray(stamps.year, dtype="int64") * 12 + np.asarray(stamps.month) - 1
        phase = int(np.bincount(months % step.months).argmax())
        return Step(months=step.months, origin=100 * phase + day)
    minutes = stamps.as_unit("s").asi8 // 60 - MONDAY
    inside, counts = np.unique(minutes % step.minutes, return_counts=True)
    return Step(minutes=step.minutes, origin=int(inside[counts.argmax()]))


def off_grid(step: Step, stamps: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    """Which timestamps do not lie on the grid."""
    if step.months:
        return np.asarray(step.stamps(step.number(stamps)) != stamps.normalize())
    return np.asarray(step.stamps(step.number(stamps)) != stamps)


def whole_numbers(values: Any) -> bool:
    """Whether the places are given as whole numbers instead of timestamps."""
    return bool(pd.api.types.is_integer_dtype(values))
