"""Working time the slow, obvious way: look at every minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DayHours = Callable[[date], Iterable[tuple[int, int]]]


@cache
def utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock in `zone` shows `wall`; if none does, the wall time moved forward by the gap."""
    offsets = {(wall + nearby).replace(tzinfo=zone).utcoffset() for nearby in (-DAY, DAY)}
    moments = sorted((wall - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall]
    if shown:
        return shown[0]
    return (wall - (wall - DAY).replace(tzinfo=zone).utcoffset()).replace(tzinfo=UTC)


@cache
def is_working(moment: datetime, hours: DayHours, zone: ZoneInfo) -> bool:
    """Whether a moment lies in an interval of its local day, or of a day beside it."""
    today = moment.astimezone(zone).date()
    for day in (today - DAY, today, today + DAY):
        midnight = datetime(day.year, day.month, day.day)
        for opens, closes in hours(day):
            if utc(midnight + opens * MINUTE, zone) <= moment < utc(midnight + closes * MINUTE, zone):
                return True
    return False


def working_minutes(start: datetime, end: datetime, hours: DayHours, zone: ZoneInfo, pauses: Iterable = ()) -> int:
    """Working minutes from start to end that lie in none of the pauses; all moments are whole minutes."""
    count = 0
    while start < end:
        paused = any(begins <= start < ends for begins, ends in pauses)
        count += is_working(start, hours, zone) and not paused
        start += MINUTE
    return count


def due(start: datetime, minutes: int, hours: DayHours, zone: ZoneInfo, pauses: Iterable = ()) -> datetime:
    """The moment at which that many unpaused working minutes have passed."""
    while minutes:
        minutes -= working_minutes(start, start + MINUTE, hours, zone, pauses)
        start += MINUTE
    return start
