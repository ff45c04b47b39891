"""Services that went over to another level and stayed there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from itsq_analysis.anomaly.explain import change_points
from itsq_analysis.page.context import ALPHA, ReportContext
from itsq_analysis.series import UNKNOWN

HISTORY = 364  # days up to the end
WORTH = 0.2  # of the level before; less is no news
FEWEST = 1.0  # incidents on a usual day, on one side at least


@dataclass(frozen=True)
class Level:
    """A change of level: the service, the new level's first day with its 95 % interval, counts per usual day before and after."""

    member: str
    at: date
    earliest: date
    latest: date
    before: float
    after: float


def levels(context: ReportContext, start: date, end: date) -> list[Level]:
    """The changes between two days, the largest first; 5 % of quiet contexts have one."""
    frame = context.workspace.series("incidents", by="service", as_of=context.moment)
    last = pd.Timestamp(end)
    frame = frame[(frame["unique_id"] != UNKNOWN) & (frame["ds"] < last) & (frame["ds"] >= last - pd.Timedelta(days=HISTORY))]
    number = max(frame["unique_id"].nunique(), 1)
    found = change_points(frame, holidays=context.workspace.explaining(context.moment).holidays, alpha=ALPHA / number)
    told = [
        Level(str(row["unique_id"]), row["at"].date(), row["earliest"].date(), row["latest"].date(), row["before"], row["after"])
        for _, row in found.iterrows()
        if abs(row["after"] - row["before"]) >= WORTH * row["before"] and max(row["before"], row["after"]) >= FEWEST
    ]
    return sorted((one for one in told if start <= one.at < end), key=lambda one: (-abs(one.after - one.before), one.member))
