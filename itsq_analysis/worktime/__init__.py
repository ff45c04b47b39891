"""Working time: business calendars, holidays, pauses, deadlines.

Working hours are local wall time; a calendar turns them once into UTC breakpoints, and its clock is the piecewise-linear sum of
working time up to a moment. Everything else is a difference on that clock, in integers, for whole arrays.
"""

from itsq_analysis.worktime.build import build_calendar, parse_duration
from itsq_analysis.worktime.calendar import Calendar
from itsq_analysis.worktime.days import (
    CalendarProblem,
    country_days,
    override_files,
    override_problems,
    override_text,
    read_overrides,
)
from itsq_analysis.worktime.hours import Week, parse_hours
from itsq_analysis.worktime.moments import microseconds, utc_microseconds
from itsq_analysis.worktime.pauses import due_at, late_from, paused_working_seconds

__all__ = [
    "Calendar",
    "CalendarProblem",
    "Week",
    "build_calendar",
    "country_days",
    "due_at",
    "late_from",
    "microseconds",
    "override_files",
    "override_problems",
    "override_text",
    "parse_duration",
    "parse_hours",
    "paused_working_seconds",
    "read_overrides",
    "utc_microseconds",
]
