"""The workbook beside the audit report: everything that the page tells in full."""

from __future__ import annotations

from itsq_analysis.indicators.coverage import coverage
from itsq_analysis.page.cells import about_sheet
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import sheet
from itsq_analysis.pages.audit import covered, improved, issued
from itsq_analysis.pages.quality.actions import actions_sheet


def sheets(context: ReportContext, months: ReportContext) -> list[Sheet]:
    """All sheets in order."""
    none = context.term("none")
    return [
        sheet(context, context.plain, "coverage_matrix", covered.columns(context), coverage(context.scope), none),
        sheet(context, context.plain, "issued_reports", issued.columns(context), issued.of_period(context), none),
        sheet(context, context.plain, "audit_improved", improved.columns(months), improved.of_year(context, months), none),
        actions_sheet(months),
        about_sheet(context),
    ]
