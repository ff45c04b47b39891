"""Days by kind: weekdays, and the special ones that are not like them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.forecasting.calendar import SpecialDays, special_days

Ints = npt.NDArray[np.int64]
Holidays = str | Sequence[str | pd.DataFrame] | pd.DataFrame | SpecialDays | None

# 0-6 are Monday to Sunday as they usually are.
SLOTS = {"working": 7, "public": 8, "optional": 8, "half": 9, "bridge": 10, "after": 11}
NUMBER = 12
WORKING = (0, 1, 2, 3, 4)
SUNDAY = 6


def day_slots(days: pd.DatetimeIndex, holidays: Holidays = None) -> Ints:
    """The kind of every day: 0-6 Monday to Sunday; 7 adjusted working day, 8 day off, 9 half day, 10 bridge day, 11 first
    working day after a holiday.

    Args:
        days: naive local days.
        holidays: as for `itsq_analysis.detect`, or the special days of a longer time.

    >>> day_slots(pd.DatetimeIndex(["2026-10-01", "2026-10-09", "2026-10-10", "2026-10-12"]), "CN").tolist()
    [8, 4, 7, 0]
    """
    slots = np.asarray(days.day_of_week, dtype=np.int64).copy()
    if holidays is None or not len(days):
        return slots
    known = known_days(holidays, days).days
    kinds = [known[day][0] if day in known else "" for day in days.date]
    return np.array([SLOTS.get(kind, slot) for kind, slot in zip(kinds, slots.tolist(), strict=True)], dtype=np.int64)


def known_days(holidays: Holidays, days: pd.DatetimeIndex) -> SpecialDays:
    """The special days among some days, or those that are given already."""
    if isinstance(holidays, SpecialDays):
        return holidays
    last = days.max().date()
    return special_days(holidays, days.min().date(), last, last)


def day_grid(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """All days from the first to the last, both included.

    >>> len(day_grid(pd.Timestamp("2026-02-28"), pd.Timestamp("2026-03-01")))
    2
    """
    return pd.date_range(first, last, freq="D", unit="us")
