"""Where a roster has too few people and where too many: weekdays and hours that repeat, and single days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HALF = 0.5  # of the weeks in which an hour must lack people to be called a pattern
TOO_MANY = 2  # people beyond those needed, from which on a surplus is told


@dataclass(frozen=True)
class Stretch:
    """Hours of a weekday that have too few (or too many) people in at least half of the weeks; holidays and the like apart.

    Attributes:
        weekday: 0 is Monday.
        start, end: o'clock, the end exclusive.
        people: too few, or too many, as a rule.
        days: on which it is so.
        of: ordinary days of that weekday in the plan.
        person_hours: added up over these days.
        busy: share of their time for which those rostered are busy in these hours.
    """

    weekday: int
    start: int
    end: int
    people: int
    days: tuple[date, ...]
    of: int
    person_hours: float
    busy: float


@dataclass(frozen=True)
class Occasion:
    """A single day with too few people that no stretch tells; `special` is holiday, adjusted, after or None."""

    day: date
    start: int
    end: int
    people: int
    special: str | None
    person_hours: float


def too_few(hours: pd.DataFrame) -> NDArray[np.bool_]:
    """Hours with at least half a person too few."""
    return np.asarray(hours["gap"].astype(float) >= HALF)


def too_many(hours: pd.DataFrame, lowest: float) -> NDArray[np.bool_]:
    """Hours with at least two people more than needed, who are busy for less than the lowest share of their time."""
    return np.asarray((hours["gap"].astype(float) <= -TOO_MANY) & (hours["busy"].astype(float) < lowest))


def stretches(hours: pd.DataFrame, marked: NDArray[np.bool_]) -> list[Stretch]:
    """What repeats among the marked hours, the most person-hours first.

    Args:
        hours: of a desk: `ds`, `gap`, `special`, `busy`.
        marked: the hours that have too few, or too many.

    >>> hours = pd.DataFrame({"ds": pd.to_datetime(["2026-11-09 09:00", "2026-11-09 10:00", "2026-11-16 09:00"]),
    ...     "gap": [2.0, 2.0, 2.0], "special": None, "busy": 0.9})
    >>> [(one.weekday, one.start, one.end, one.people, len(one.days), one.of) for one in stretches(hours, too_few(hours))]
    [(0, 9, 11, 2, 2, 2)]
    """
    ordinary = hours[hours["special"].isna() & hours["gap"].notna()]
    stamps = ordinary["ds"].dt
    ordinary = ordinary.assign(marked=marked[ordinary.index], day=stamps.date, weekday=stamps.day_of_week, hour=stamps.hour)
    shares = ordinary.groupby(["weekday", "hour"])["marked"].mean()
    often = shares[shares >= HALF].index
    stretches = []
    for weekday, start, end in _runs(list(often)):
        of_weekday = ordinary[ordinary["weekday"] == weekday]
        rows = of_weekday[of_weekday["hour"].between(start, end - 1) & of_weekday["marked"]]
        amounts = rows["gap"].astype(float).abs()
        days = tuple(sorted(rows["day"].unique()))
        people = max(1, round(float(amounts.mean())))
        of = int(of_weekday["day"].nunique())
        stretches.append(
            Stretch(weekday, start, end, people, days, of, float(amounts.sum()), float(rows["busy"].astype(float).mean()))
        )
    return sorted(stretches, key=lambda stretch: (-stretch.person_hours, stretch.weekday, stretch.start))


def occasions(hours: pd.DataFrame, marked: NDArray[np.bool_], known_stretches: list[Stretch]) -> list[Occasion]:
    """Marked hours on days that no stretch tells, the special days first, then by person-hours."""
    known = {(day, hour) for stretch in known_stretches for day in stretch.days for hour in range(stretch.start, stretch.end)}
    rows = hours.assign(day=hours["ds"].dt.date, hour=hours["ds"].dt.hour)[marked]
    rows = rows.loc[np.array([pair not in known for pair in zip(rows["day"], rows["hour"], strict=True)], dtype=bool)]
    gaps = []
    for day, start, end in _runs(list(zip(rows["day"], rows["hour"], strict=True))):
        part = rows[(rows["day"] == day) & rows["hour"].between(start, end - 1)]
        amounts = part["gap"].astype(float).abs()
        special = part["special"].iloc[0]
        name = None if pd.isna(special) else str(special)
        gaps.append(Occasion(day, start, end, max(1, round(float(amounts.max()))), name, float(amounts.sum())))
    return sorted(gaps, key=lambda occasion: (occasion.special is None, -occasion.person_hours, occasion.day))


def _runs(pairs: list[tuple[Any, int]]) -> Iterator[tuple[Any, int, int]]:
    """Hours that follow each other on the same day or weekday: (day, first hour, hour after the last)."""
    ordered = sorted(pairs)
    start = 0
    for place in range(1, len(ordered) + 1):
        ends = place == len(ordered) or ordered[place] != (ordered[place - 1][0], ordered[place - 1][1] + 1)
        if ends:
            yield ordered[start][0], ordered[start][1], ordered[place - 1][1] + 1
            start = place
