"""All that is told about one event."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.anomaly.explain.onset import Excess


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
