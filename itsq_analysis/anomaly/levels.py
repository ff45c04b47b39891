"""Members that went over to another level of incidents and stayed there, and those that a shift of the whole is laid to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from itsq_analysis.anomaly.alarms import counts
from itsq_analysis.anomaly.unusual import window
from itsq_analysis.facts import Scope, fact
from itsq_analysis.periods import Period
from itsq_analysis.series import UNKNOWN

HISTORY = 364  # days up to the end that are looked at
BEFORE = 56  # days before a shift of the whole, from which the earlier level is known
ALPHA = 0.05
WORTH = 0.2  # of the level before; less is no news
FEWEST = 1.0  # incidents on a usual day, on one side at least


@dataclass(frozen=True)
class Level:
    """A change of level.

    Attributes:
        dimension, member: whose.
        at: the new level's first day, with its 95 % interval from `earliest` to `latest`.
        before, after: incidents on a usual day (of the level's mean week, holidays aside).
        whole_before, whole_after: of all incidents, on either side of the same day.
    """

    dimension: str
    member: str
    at: date
    earliest: date
    latest: date
    before: float
    after: float
    whole_before: float
    whole_after: float

    @property
    def up(self) -> bool:
        """Whether there are more than before."""
        return self.after > self.before


def level_changes(scope: Scope, dimension: str = "service") -> tuple[Level, ...]:
    """The changes of level in the year up to the end of the period, the largest first; 5 % of quiet scopes have one."""
    return _level_changes(scope, dimension, HISTORY)


@fact(disk=True)
def _level_changes(scope: Scope, dimension: str, days: int) -> tuple[Level, ...]:
    from itsq_analysis.anomaly.explain.change_points import change_points, levels_around

    last = pd.Timestamp(window(scope)[1])

    def recent(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["unique_id"] != UNKNOWN) & (frame["ds"] < last) & (frame["ds"] >= last - pd.Timedelta(days=days))]

    frame, whole = (recent(counts(scope, "incidents", by, "D")) for by in (dimension, ""))
    alpha = ALPHA / max(frame["unique_id"].nunique(), 1)
    changes = []
    for _, row in change_points(frame, holidays=scope.special_days, alpha=alpha).iterrows():
        before, after = float(row["before"]), float(row["after"])
        if abs(after - before) >= WORTH * before and max(before, after) >= FEWEST:
            at, earliest, latest = (row[name].date() for name in ("at", "earliest", "latest"))
            whole_before, whole_after = levels_around(whole, row["at"], holidays=scope.special_days)
            member = str(row["unique_id"])
            changes.append(Level(dimension, member, at, earliest, latest, before, after, whole_before, whole_after))
    return tuple(sorted(changes, key=lambda level: (-abs(level.after - level.before), level.member)))


def attributed_shift(scope: Scope, since: Period, *, up: bool) -> tuple[Level, ...]:
    """The members that a shift of all incidents is laid to, the largest first: those whose own level went the same way then.

    A run of periods on one side of the mean begins with the period of the change or with the one after it, by chance also earlier.
    Services are looked at first, groups where no service changed.

    Args:
        scope: whose period the shift lasts to.
        since: first period of the shift.
        up: whether there are more incidents since, or fewer.
    """
    first, end = since.previous().start, window(scope)[1]
    age = (end - first).days
    days = HISTORY if age <= HISTORY - BEFORE else age + HISTORY  # the changes that the section tells, where they reach back
    for dimension in ("service", "group"):
        same = tuple(level for level in _level_changes(scope, dimension, days) if level.up == up and first <= level.at < end)
        if same:
            return same
    return ()
