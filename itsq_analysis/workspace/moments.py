"""As of when numbers are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from itsq_analysis.errors import IndicatorError

INSTANT = timedelta(microseconds=1)


def moment_of(as_of: date | datetime | str | None, horizon: datetime, zone: ZoneInfo) -> datetime:
    """The moment as of which numbers are told: the end of the day `as_of`, never later than the data's horizon.

    What is told as of a moment lies before it; what happened at the horizon itself has happened.

    Raises:
        IndicatorError: a text that is no date.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> moment_of("2026-10-31", datetime(2026, 11, 3, tzinfo=zone), zone).isoformat()
    '2026-11-01T00:00:00+08:00'
    """
    known = horizon + INSTANT
    if as_of is None:
        return known
    try:
        parsed = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError as error:
        raise IndicatorError(f"as_of must be a date such as 2026-10-31; found {as_of!r}; write it so") from error
    if isinstance(parsed, datetime) and (parsed.time() != time() or not isinstance(as_of, str)):
        stated = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
    else:
        day = parsed.date() if isinstance(parsed, datetime) else parsed
        stated = datetime.combine(day + timedelta(days=1), time(), zone)
    return min(stated, known)
