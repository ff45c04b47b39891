"""What is told about one event, and about what came after one moment."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

RARE = 0.05


@dataclass(frozen=True)
class Excess:
    """The days whose counts differ most from what was expected of them.

    Attributes:
        start, end: first and last day, both included.
        counted, expected: sums over these days; `expected` is made of the days before alone.
        lower, upper: 95 % interval of counted - expected.
        chance: of so much, while nothing changes, in days chosen beforehand; they were not, so it is for ranking.
        by_day: counted - expected of each of the days.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    counted: float
    expected: float
    lower: float
    upper: float
    chance: float
    by_day: tuple[float, ...]

    @property
    def size(self) -> float:
        """counted - expected."""
        return self.counted - self.expected


@dataclass(frozen=True)
class Explanation:
    """An event and what goes with it; frames as their functions return them.

    Attributes:
        series: the event's series: a member, or the table's name.
        dimension: of the member; "" for the whole table.
        peak: the day of the highest score.
        up: more than expected, or fewer.
        score: of the alarm, 0-1.
        excess: the days that differ most from expectation, and by how much.
        where: `contributions` over these days.
        before: `precedents`: changes and outages before.
        together: `moved_together`: other series of the same dimension; empty where it was not asked for.
    """

    series: str
    dimension: str
    peak: pd.Timestamp
    up: bool
    score: float
    excess: Excess
    where: pd.DataFrame
    before: pd.DataFrame
    together: pd.DataFrame


@dataclass(frozen=True)
class Impact:
    """What came after a moment, and what was to be expected of what lay before it.

    Attributes:
        at: the moment (naive local time).
        until: end of the last day that is counted, exclusive.
        counted: tickets (or the mean of a metric) from the moment on.
        expected: the same, forecast.
        lower, upper: 95 % interval of counted - expected.
        chance: of so large a difference, either way, while nothing changes.
    """

    at: pd.Timestamp
    until: pd.Timestamp
    counted: float
    expected: float
    lower: float
    upper: float
    chance: float

    @property
    def excess(self) -> float:
        """counted - expected."""
        return self.counted - self.expected

    @property
    def certain(self) -> bool:
        """Whether chance hardly explains it (5 %, for one moment that was chosen beforehand)."""
        return self.chance <= RARE
