"""Times of day as people write them in a register: 09:00, 9:00 AM, 18时30分."""

from __future__ import annotations

import re

from itsq_analysis.ingest.header import normal

_CLOCK = re.compile(
    r"(?:(?:1899-12-3[01]|1900-01-0[01])[t]?)?(\d{1,2})(?:[:.时点](\d{2})?分?(?::00(?:\.0+)?)?)([ap])?\.?(?:m\.?)?",
    re.ASCII,
)


def clock_time(text: str) -> str | None:
    """The time of day that a text names as HH:MM, None where it names none. A spreadsheet's own day (1899-12-30) is left out.

    >>> [clock_time(text) for text in ("9:00", "18:30:00", "6:30 PM", "12:15 am", "24:00", "1899-12-30 08:00:00", "25:00", "9")]
    ['09:00', '18:30', '18:30', '00:15', '24:00', '08:00', None, None]
    """
    match = _CLOCK.fullmatch(normal(text))
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    possible = minute < 60 and (hour < 24 or (hour == 24 and minute == 0))
    return f"{hour:02}:{minute:02}" if possible else None
