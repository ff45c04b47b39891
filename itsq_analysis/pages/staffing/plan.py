"""The plan of a context, worked out once, and its days and hours in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.planning import Plan

WEEKS = 6
DAYS_NAMED = 6  # of one pattern, one by one


def plan_of(context: ReportContext) -> Plan:
    """The plan as of the report's moment; worked out once for a context."""
    if "staffing" not in context.kept:
        context.kept["staffing"] = context.workspace.staffing_plan(WEEKS, as_of=context.moment)
    found: Plan = context.kept["staffing"]
    return found


def team_name(context: ReportContext, desk: Desk) -> str:
    """A desk's name; one whose contacts name no group is "the desk"."""
    return desk.team or context.term("desk_unnamed")


def clock(start: int, end: int) -> str:
    """Hours of a day: "09:00–11:00".

    >>> clock(9, 11)
    '09:00–11:00'
    """
    return f"{start:02d}:00–{end:02d}:00"


def day_name(context: ReportContext, day: date) -> str:
    """A day without its year."""
    return short_day(day, context.language)


def days_listed(context: ReportContext, days: Iterable[date]) -> str:
    """Days one after the other; of many the first and how many more there are."""
    names = [day_name(context, day) for day in days]
    if len(names) <= DAYS_NAMED:
        return context.listed(names)
    return context.say("days_more", list=context.listed(names[: DAYS_NAMED - 1]), n=len(names) - DAYS_NAMED + 1)


def special_name(context: ReportContext, day: date) -> str:
    """Why a day is not like others: a holiday by its name, an adjusted working day, the first one after a break; "" if it is.

    What the calendar adds to a name in brackets (observed, in place of which day) is left out.
    """
    weeks = plan_of(context).weeks
    special = weeks.special(day)
    if special != "holiday":
        return context.term(f"special_{special}") if special else ""
    name = weeks.calendar.holiday_name(day, context.language) or ""
    return re.split("[(\uff08]", name)[0].strip() or context.term("special_holiday")


def weeks_of(plan: Plan) -> list[tuple[date, date]]:
    """First and last day of each calendar week of the plan; the first may be short."""
    mondays = sorted({day - timedelta(days=day.weekday()) for day in plan.weeks.days})
    return [(max(monday, plan.weeks.start), monday + timedelta(days=6)) for monday in mondays]
