"""What is planted in the demo: the dates, places and sizes that the analysis should find again.

Moments are whole seconds since 1970 in UTC; Shanghai has been eight hours ahead, without summer time, since 1991. The working
days come from `itsq_analysis.worktime`, that is from the table of China in the `holidays` package: another table makes other
bytes, and the test that compares them with `data/sample/` says so.
"""

from __future__ import annotations

from datetime import date, datetime

from itsq_analysis.worktime import Calendar, build_calendar

ZONE = "Asia/Shanghai"
OFFSET = 8 * 3600
HOUR = 3600
DAY = 24 * HOUR
OFFICE_HOURS = "Mon-Fri 09:00-12:00,13:00-18:00"


def moment(text: str) -> int:
    """The moment of a local time such as "2026-10-20 09:40" in seconds since 1970 UTC.

    >>> moment("1970-01-01 08:00")
    0
    """
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds()) - OFFSET


FIRST_DAY = date(2024, 11, 1)
EXTRACTED = moment("2026-11-03 08:00")
EARLIER_EXTRACTION = moment("2026-10-26 00:00")  # of all incident files but the last one
OVERLAP_FROM = moment("2026-10-24 00:00")  # the last file holds what was updated since

CLEAN_SERVICE = "人事自助 HR self-service"

SHIFT_SERVICE = "Video conferencing"
SHIFT_FROM = moment("2026-03-09 00:00")
SHIFT_PERCENT = 190

SLUMP_GROUP = "Business Applications"
SLUMP_FROM = moment("2026-10-12 00:00")
SLUMP_PERCENT = 520  # working time, of what it would have been

# service, end of the implementation, outcome, extra incidents, days over which they come, per cent of them linked by caused_by
BAD_CHANGES = (
    ("订单门户 Order portal", moment("2026-06-18 22:40"), "unsuccessful", 64, 4, 45),
    ("Network", moment("2026-10-21 21:30"), "successful_issues", 48, 3, 50),
)

OUTAGE_SERVICE = "仓储管理 WMS"
OUTAGE_FROM = moment("2026-10-20 09:40")
OUTAGE_TO = moment("2026-10-20 13:25")
OUTAGE_INCIDENTS = 38  # the major incident and those that users opened meanwhile
OUTAGE_USERS = 1900


def office() -> Calendar:
    """Monday to Friday, 09:00–12:00 and 13:00–18:00, with China's holidays and adjusted working days."""
    return build_calendar("5x8", OFFICE_HOURS, ZONE, holidays="CN", first_year=2024, last_year=2028)


def tool_office() -> Calendar:
    """The same hours as the ticket tool counts them: it knows no holidays, so its own SLA flag differs."""
    return build_calendar("tool", OFFICE_HOURS, ZONE, first_year=2024, last_year=2028)
