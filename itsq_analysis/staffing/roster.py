"""People on duty by hour, from a roster of shifts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

DAY = 24 * 60


def on_duty(roster: pd.DataFrame, start: date, days: int) -> pd.DataFrame:
    """People on duty in every hour of some days.

    Args:
        roster: rows of the contract `roster`: date, shift_start, shift_end (HH:MM, local), people. A shift whose end is
            not later than its start ends on the next day; a person for half an hour counts half.
        start: first local day.
        days: number of days.

    Returns:
        `ds` (naive local hour) and `people`, one row per hour; hours without a shift have 0. Which days the roster covers at all
        is told by `covered`: False where no shift reaches that day.

    >>> shifts = pd.DataFrame({"date": [date(2026, 10, 5)], "shift_start": ["22:30"], "shift_end": ["06:00"],
    ...     "people": [2.0]})
    >>> hours = on_duty(shifts, date(2026, 10, 5), 2)
    >>> hours.loc[[22, 23, 24, 29, 30], "people"].tolist(), hours["covered"].tolist()[::24]
    ([1.0, 2.0, 2.0, 2.0, 0.0], [True, True])
    """
    minutes = np.zeros((days + 1) * DAY)
    covered = np.zeros(days + 1, dtype=bool)
    shifts = zip(roster["date"], roster["shift_start"], roster["shift_end"], roster["people"], strict=True)
    for first, begin, end, people in shifts:
        place = (pd.Timestamp(first) - pd.Timestamp(start)).days
        low, high = _minute(begin), _minute(end)
        high += DAY if high <= low else 0
        low, high = place * DAY + low, place * DAY + high
        minutes[max(low, 0) : max(min(high, minutes.size), 0)] += people
        for day in range(max(place, 0), min((high - 1) // DAY, days) + 1):
            covered[day] = True
    hours = minutes[: days * DAY].reshape(-1, 60).mean(axis=1)
    stamps = pd.date_range(pd.Timestamp(start), periods=days * 24, freq="h")
    return pd.DataFrame({"ds": stamps, "people": hours, "covered": np.repeat(covered[:days], 24)})


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
