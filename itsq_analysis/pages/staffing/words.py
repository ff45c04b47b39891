"""Desks, days and hours in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.staffing.planning import Plan

DAYS_NAMED = 6  # of one pattern, one by one


def team_name(context: ReportContext, team: str) -> str:
    """A desk's name; one whose contacts name no group is "the desk"."""
    return context.called(team) or context.term("desk_unnamed")


def clock(start: int, end: int) -> str:
    """Hours of a day: "09:00–11:00".

    >>> clock(9, 11)
    '09:00–11:00'
    """
    return f"{start:02d}:00–{end:02d}:00"


def day_name(context: ReportContext, day: date) -> str:
    """A day without its year."""
    return short_day(day, context.language)


def days_listed(context: ReportContext, days: Sequence[date]) -> str:
    """Days one after the other; of many the first and how many more there are."""
    names = [day_name(context, day) for day in days]
    if len(names) <= DAYS_NAMED:
        return context.listed(names)
    return context.say("days_more", list=context.listed(names[: DAYS_NAMED - 1]), n=len(names) - DAYS_NAMED + 1)


def special_name(context: ReportContext, plan: Plan, day: date) -> str:
    """Why a day is not like others: a holiday by its name, an adjusted working day, the first one after a break; "" if it is."""
    special = plan.special.get(day)
    if special is None:
        return ""
    return (special.kind == "holiday" and special.names[context.language]) or context.term(f"special_{special.kind}")


def special_days_named(context: ReportContext, plan: Plan, days: Iterable[date]) -> str:
    """The special ones of some days by name, with their days; "" if there are none."""
    named: dict[str, list[str]] = {}
    for day in days:
        if name := special_name(context, plan, day):
            named.setdefault(name, []).append(day_name(context, day))
    return context.listed(f"{name}{context.aside(context.listed(told))}" for name, told in named.items())
