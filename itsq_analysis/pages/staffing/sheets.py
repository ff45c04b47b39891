"""The plan as sheets of a workbook: every hour of the six weeks, and every number of people that was tried."""

from __future__ import annotations

from typing import Any

from itsq_analysis.page.columns import Declared, declared_sheet
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.pages.staffing.backlogs import level_columns
from itsq_analysis.pages.staffing.words import special_name, team_name
from itsq_analysis.staffing.planning import Plan, staffing_plan
from itsq_analysis.staffing.tickets import Level


def people_sheets(context: ReportContext) -> list[Sheet]:
    """Need and roster by hour, and backlogs by number of people; none where nothing is planned."""
    if context.scope.services:
        return []
    plan = staffing_plan(context.scope)
    hours, levels = list(plan.hours.itertuples(index=False)), [level for work in plan.teams for level in work.levels]
    sheets = [declared_sheet(context, "sheet_people", _hours(context, plan), hours, fixed=4)] if hours else []
    return [*sheets, *([declared_sheet(context, "sheet_backlogs", _backlogs(context), levels, fixed=1)] if levels else [])]


def _hours(context: ReportContext, plan: Plan) -> list[Declared[Any]]:
    """One row per team and open hour."""
    return [
        Declared("team", lambda hour: team_name(context, hour.team)),
        Declared("date", lambda hour: hour.ds.date(), "date"),
        Declared("weekday", lambda hour: context.term(f"weekday_{hour.ds.day_of_week}")),
        Declared("hour_of_day", lambda hour: f"{hour.ds:%H:%M}"),
        Declared("contacts_expected", lambda hour: round(hour.expected, 2), "number"),
        Declared("needed", lambda hour: hour.needed, "count"),
        Declared("rostered", lambda hour: hour.rostered, "number"),
        Declared("gap_people", lambda hour: hour.gap, "number"),
        Declared("remark", lambda hour: special_name(context, plan, hour.ds.date())),
    ]


def _backlogs(context: ReportContext) -> list[Declared[Level]]:
    """One row per team and number of people."""

    def remark(level: Level) -> str:
        remarks = {"by_roster": level.people == level.work.people, "lower_bound": level.work.bounds}
        return context.listed(context.term(key) for key, holds in remarks.items() if holds)

    return [
        Declared("team", lambda level: level.work.team),
        Declared("open_now", lambda level: level.work.open, "count"),
        Declared("per_week", lambda level: level.work.per_week, "number"),
        Declared("backlog_limit", lambda level: level.work.limit, "count"),
        *level_columns(),
        Declared("remark", remark),
    ]
