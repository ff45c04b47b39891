"""The week at a glance: by weekday and hour, people too few and too many; without a roster, people needed."""

from __future__ import annotations

from itsq_analysis.charts import gap_grid, heat_grid
from itsq_analysis.charts.chart import Chart
from itsq_analysis.charts.gap_grid import NOTHING
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.staffing.words import day_name, team_name
from itsq_analysis.staffing.balance import Balance
from itsq_analysis.staffing.planning import Plan


def need_grid(context: ReportContext, plan: Plan, desk: Balance) -> Chart:
    """Need against roster on ordinary days, the mean of the weeks; holidays and the like are left out."""
    across = "column" if desk.hours else "period"
    grid = desk.grid.rename(columns={"weekday": "member", "hour": across})
    frame = grid.assign(
        member=[context.term(f"weekday_{weekday}") for weekday in grid["member"]],
        **{across: [f"{hour:02d}" for hour in grid[across]]},
    )
    facts = {"team": team_name(context, desk.team), "last": day_name(context, plan.last)}
    if not desk.hours:
        title, summary = context.say("people_need_title", **facts), _spot(context, desk.highest)
        told = context.say("people_need_summary", most=summary)
        return heat_grid(frame, title=title, summary=told, language=context.language, unit="count")
    few, many = (abs(cell[2]) >= NOTHING and cell[2] * sign > 0 for cell, sign in ((desk.lowest, -1), (desk.highest, 1)))
    none = context.say("people_grid_none")
    worst = {"worst": _spot(context, desk.lowest) if few else none, "spare": _spot(context, desk.highest) if many else none}
    names = (context.term("too_few"), context.term("too_many"))
    title, summary = context.say("people_grid_title", **facts), context.say("people_grid_summary", **worst)
    return gap_grid(frame, title=title, summary=summary, language=context.language, names=names)


def _spot(context: ReportContext, cell: tuple[int, int, float]) -> str:
    weekday, hour, people = cell
    facts = {"weekday": context.term(f"weekday_{weekday}"), "hour": f"{hour:02d}:00", "people": context.number(abs(people), 1)}
    return context.say("people_grid_spot", **facts)
