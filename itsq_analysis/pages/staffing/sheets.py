"""The plan as sheets of a workbook: every hour of the six weeks, and every number of people that was tried."""

from __future__ import annotations

from typing import Any

from itsq_analysis.page.cells import headings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.pages.staffing.plan import plan_of, special_name
from itsq_analysis.staffing.planning import Plan


def people_sheets(context: ReportContext) -> list[Sheet]:
    """Need and roster by hour, and backlogs by number of people; none where nothing is planned."""
    if context.workspace.services:
        return []
    plan = plan_of(context)
    found = [_hours(context, plan)] if len(plan.hours) else []
    return [*found, *([_backlogs(context, plan)] if any(len(one.chances) for one in plan.teams) else [])]


def _hours(context: ReportContext, plan: Plan) -> Sheet:
    """One row per team and open hour."""
    kinds: dict[str, Kind] = {
        **{"team": "text", "date": "date", "weekday": "text", "hour_of_day": "text", "contacts_expected": "number"},
        **{"needed": "count", "rostered": "number", "gap_people": "number", "remark": "text"},
    }
    names = {day: special_name(context, day) for day in plan.weeks.days}
    rows = [
        [
            team or context.term("desk_unnamed"),
            moment.date(),
            context.term(f"weekday_{moment.day_of_week}"),
            f"{moment:%H:%M}",
            round(expected, 2),
            needed,
            rostered,
            gap,
            names[moment.date()],
        ]
        for team, moment, expected, needed, rostered, gap in plan.hours[
            ["team", "ds", "expected", "needed", "rostered", "gap"]
        ].itertuples(index=False, name=None)
    ]
    return Sheet(context.term("sheet_people"), headings(context, kinds), rows, fixed=4)


def _backlogs(context: ReportContext, plan: Plan) -> Sheet:
    """One row per team and number of people."""
    kinds: dict[str, Kind] = {
        **{"team": "text", "open_now": "count", "per_week": "number", "backlog_limit": "count", "chance_level": "count"},
        **{"chance_within": "share", "backlog_median": "number", "backlog_p90": "number", "remark": "text"},
    }
    rows: list[list[Any]] = []
    for one in plan.teams:
        for people, within, median, p90 in one.chances[["people", "within", "median", "p90"]].itertuples(index=False, name=None):
            remarks = [context.term("by_roster")] if people == one.people else []
            remarks += [context.term("lower_bound")] if one.bounds else []
            facts = [one.team, one.open, one.per_week, one.limit, people, within, median, p90]
            rows.append([*facts, context.listed(remarks)])
    return Sheet(context.term("sheet_backlogs"), headings(context, kinds), rows, fixed=1)
