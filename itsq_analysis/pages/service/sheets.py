"""The workbook beside the review: promises, error budgets, major incidents, actions."""

from __future__ import annotations

from itsq_analysis.indicators.slo import slo_courses
from itsq_analysis.indicators.targets import agreed_targets, common_targets
from itsq_analysis.page.cells import about_sheet, headings, in_unit, unit_word
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.pages.quality.actions import actions_sheet
from itsq_analysis.pages.quality.majors import majors_sheet

PROMISES: dict[str, Kind] = {
    **{"indicator": "text", "unit": "text", "review_promised": "number", "review_delivered": "number"},
    **{"numerator": "number", "denominator": "number", "status": "text"},
}
BUDGETS: dict[str, Kind] = {
    **{"review_objective": "text", "month": "text", "target": "share", "review_allowed": "number", "review_spent": "number"},
    "review_left": "share",
}


def sheets(context: ReportContext) -> list[Sheet]:
    """All sheets in order."""
    return [_promises(context), _budgets(context), majors_sheet(context), actions_sheet(context), about_sheet(context)]


def _promises(context: ReportContext) -> Sheet:
    """Promises to the service, then what is agreed for all services."""
    own = [(value, value.target, value.status) for value in agreed_targets(context.scope)]
    common = [(one.value, one.target, "no target") for one in common_targets(context.scope)]
    rows = []
    for value, target, status in (*own, *common):
        unit = context.scope.catalogue[value.indicator].unit
        amounts = [in_unit(target, unit), in_unit(value.value, unit)]
        word = context.term(status.replace(" ", "_"))
        rows.append([context.plain.scoped(value), unit_word(context, unit), *amounts, value.numerator, value.denominator, word])
    return Sheet(context.term("review_own"), headings(context, PROMISES), rows, fixed=1)


def _budgets(context: ReportContext) -> Sheet:
    rows = [
        [one.slo.id, period.label, one.slo.objective, budget.allowed, budget.spent, budget.left]
        for one in slo_courses(context.scope)
        for period, budget in zip(one.periods, one.budgets, strict=True)
    ]
    return Sheet(context.term("error_budget"), headings(context, BUDGETS), rows, context.term("none"), fixed=1)
