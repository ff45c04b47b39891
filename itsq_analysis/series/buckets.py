"""How time is cut into the buckets of a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from itsq_analysis.errors import IndicatorError

_ALIASES = {"H": "h", "M": "MS", "Q": "QS", "Y": "YS"}
_MINUTES = {"5min": 5, "15min": 15, "30min": 30, "h": 60}
_UNITS = {"D": "day", "W": "week", "MS": "month", "QS": "quarter", "YS": "year"}
_STEPS = {name: pd.DateOffset(minutes=minutes) for name, minutes in _MINUTES.items()} | {
    "D": pd.DateOffset(days=1),
    "W": pd.DateOffset(days=7),
    "MS": pd.DateOffset(months=1),
    "QS": pd.DateOffset(months=3),
    "YS": pd.DateOffset(months=12),
}

_FIRST_CHANGE, _LAST_CHANGE = "1970-01-01", "2100-01-01"


@dataclass(frozen=True)
class Buckets:
    """How time is cut: for days and longer on the local calendar, for shorter steps on the UTC clock, from a local midnight.

    Where the clock is changed by a part of a step (Lord Howe's hours, by 30 minutes), a bucket ends there and counting begins anew.
    """

    freq: str
    zone: ZoneInfo
    end: datetime
    month_starts_on: int

    @property
    def on_clock(self) -> bool:
        """Whether it is cut on the UTC clock."""
        return self.freq in _MINUTES

    def edge(self, moment: datetime) -> pd.Timestamp:
        """An aware moment as the buckets count it: naive local time, or naive UTC."""
        return pd.Timestamp(moment.astimezone(UTC if self.on_clock else self.zone).replace(tzinfo=None))

    def midnight(self, moment: datetime) -> pd.Timestamp:
        """The local midnight before a moment, as the buckets count it."""
        local = moment.astimezone(self.zone)
        return self.edge(datetime(local.year, local.month, local.day, tzinfo=self.zone))

    @property
    def _breaks(self) -> list[pd.Timestamp]:
        """When the clock is changed by a part of a step, naive UTC, ascending, before the end."""
        changed = _odd_changes(self.zone, _MINUTES[self.freq]) if self.on_clock else ()
        return [moment for moment in changed if moment < self.edge(self.end)]

    @property
    def _eras(self) -> list[tuple[pd.Timestamp | None, pd.Timestamp]]:
        """Where counting begins anew (None: what came before all breaks), with a moment at which a step starts; newest first."""
        starts = [None, *self._breaks]
        inside = [*(moment - timedelta(days=1) for moment in self._breaks), self.edge(self.end)]
        return [(start, self.midnight(at.tz_localize(UTC))) for start, at in zip(starts, inside, strict=True)][::-1]

    def sql(self, column: str) -> str:
        """The start of the bucket of a TIMESTAMPTZ column, as the buckets count it."""
        if self.on_clock:
            moment, step = f"({column} AT TIME ZONE 'UTC')", f"INTERVAL {_MINUTES[self.freq]} MINUTE"
            *later, (_, first) = [(start, f"time_bucket({step}, {moment}, TIMESTAMP '{origin}')") for start, origin in self._eras]
            cases = " ".join(
                f"WHEN {moment} >= TIMESTAMP '{start}' THEN greatest({bucket}, TIMESTAMP '{start}')" for start, bucket in later
            )
            return f"CASE {cases} ELSE {first} END" if later else first
        local, unit = f"({column} AT TIME ZONE '{self.zone.key}')", _UNITS[self.freq]
        if unit in ("day", "week") or self.month_starts_on == 1:
            return f"CAST(date_trunc('{unit}', {local}) AS TIMESTAMP)"
        days = f"INTERVAL {self.month_starts_on - 1} DAY"  # a month that starts late is named after the one in which it ends
        return f"CAST(date_trunc('{unit}', {local} - {days} + INTERVAL 1 MONTH) - INTERVAL 1 MONTH + {days} AS TIMESTAMP)"

    def grid(self, first: pd.Timestamp, covered_from: pd.Timestamp) -> pd.DatetimeIndex:
        """The buckets from the first one on that lie wholly between `covered_from` and the end."""
        step = _STEPS[self.freq]
        starts = pd.date_range(first, self.edge(self.end), freq=step, unit="us")
        for begin, origin in self._eras[::-1]:
            if begin is not None and first < begin:
                behind = (origin - begin) % pd.Timedelta(minutes=_MINUTES[self.freq])
                later = pd.date_range(begin + behind, self.edge(self.end), freq=step, unit="us")
                starts = pd.DatetimeIndex([*starts[starts < begin], begin, *later[later > begin]]).as_unit("us")
        return pd.DatetimeIndex(starts[np.asarray(starts >= covered_from) & self.is_over(starts)])

    def is_over(self, starts: pd.DatetimeIndex) -> np.ndarray:
        """Whether each bucket ends at or before the end."""
        ends = np.asarray(starts + _STEPS[self.freq])
        for moment in self._breaks:
            crossed = np.asarray(starts < moment) & (ends > moment.to_datetime64())
            ends = np.where(crossed, moment.to_datetime64(), ends)
        return np.asarray(ends <= self.edge(self.end).to_datetime64())

    def shown(self, starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The starts of buckets as a frame tells them."""
        return starts.tz_localize("UTC").tz_convert(self.zone) if self.on_clock else starts


@lru_cache(maxsize=64)
def _odd_changes(zone: ZoneInfo, minutes: int) -> tuple[pd.Timestamp, ...]:
    """When a zone's offset changed, or will, by what is no multiple of some minutes: naive UTC, to the minute, ascending."""
    days = pd.date_range(_FIRST_CHANGE, _LAST_CHANGE, freq="D", unit="s")
    offsets = days.tz_localize(UTC).tz_convert(zone).tz_localize(None) - days
    moments: list[pd.Timestamp] = []
    for day in days[:-1][(np.diff(offsets.asi8) // 60) % minutes != 0]:
        between = pd.date_range(day, periods=1441, freq="min", unit="s")
        shown = between.tz_localize(UTC).tz_convert(zone).tz_localize(None) - between
        moments += list(between[1:][(np.diff(shown.asi8) // 60) % minutes != 0])
    return tuple(moments)


def known_frequency(freq: str) -> str:
    """The step's own name.

    Raises:
        IndicatorError: there is no such step.
    """
    name = _ALIASES.get(freq, freq)
    if name not in _STEPS:
        raise IndicatorError(f"freq must be one of {', '.join(_STEPS)}; found {freq!r}; use one of these")
    return name
