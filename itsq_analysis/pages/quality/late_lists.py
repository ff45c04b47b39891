"""The sheet of late incidents: every one of the period, and open ones that are or soon will be late."""

from __future__ import annotations

from itsq_analysis.indicators.late import KINDS, late_frame
from itsq_analysis.page.cells import cell_rows, headings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet

STANDINGS = ("late", "open", "soon")
SHEET: dict[str, Kind] = {
    **dict.fromkeys(("number", "standing", "service", "priority", "assignment_group", "supplier"), "text"),
    **{"opened_at": "time", "due_at": "time", "over": "hours", "whole": "hours"},
    **dict.fromkeys(KINDS, "hours"),
}


def late_sheet(context: ReportContext) -> Sheet:
    """Every late incident of the period, those open and late, and those that soon will be, with what their working time went on."""
    rules = any(rule.resolution for rule in context.scope.settings.sla)
    rows = []
    if rules:
        frame = late_frame(context.scope).rename(columns={"group": "assignment_group"})
        place = frame["standing"].map({standing: place for place, standing in enumerate(STANDINGS)})
        worst = frame.assign(place=place).sort_values(["place", "over", "number"], ascending=[True, False, True], kind="stable")
        say = {"standing": lambda one: context.term(f"standing_{one}"), "priority": lambda one: context.member("priority", one)}
        rows = cell_rows(worst, SHEET, **say)
    empty = context.term("none") if rules else context.say("late_unmeasured")
    return Sheet(context.term("late"), headings(context, SHEET, "incidents"), rows, empty, fixed=1)
