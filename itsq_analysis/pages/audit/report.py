"""The audit report: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from itsq_analysis.facts.sentence import Number, Sentence
from itsq_analysis.indicators.completeness import is_over
from itsq_analysis.indicators.coverage import coverage
from itsq_analysis.indicators.cube import cube
from itsq_analysis.page.appendix import definitions_table, provenance
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.facts_file import facts_json
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK, Files
from itsq_analysis.page.report import Report
from itsq_analysis.page.section import Section, folded, nested, paragraph
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.page.values_csv import to_csv
from itsq_analysis.pages.audit import covered, improved, issued, trends
from itsq_analysis.pages.audit.sheets import sheets
from itsq_analysis.periods import month_of
from itsq_analysis.text import Language
from itsq_analysis.workspace import LAST_MONTH, Workspace, given_workspace


class AuditReport(Report):
    """A year as an auditor reads it; each method gives one section.

    Make it with `audit_report`.

    Attributes:
        months: the same workspace over the last complete month of the year, for what is told by months.
    """

    def __init__(self, context: ReportContext, months: ReportContext, parameters: dict[str, Any]) -> None:
        super().__init__(context, parameters)
        self.months = months

    def coverage(self) -> Section:
        """The 32 sections of the standard with clauses, targets and evidence: the first screen."""
        return covered.covered(self.context)

    def issued(self) -> Section:
        """Every report of the year with number, version, hash and approval."""
        return issued.issued(self.context)

    def actions(self) -> Section:
        """Actions open and closed; improvements and whether they worked."""
        return improved.improved(self.context, self.months)

    def trends(self) -> Section:
        """Every indicator: the year, thirteen months, what changed."""
        return trends.trends(self.context, self.months)

    def missing(self) -> Section:
        """What could not be measured, and why."""
        return trends.missing(self.context)

    def appendix(self) -> Section:
        """How every number is defined, and where the numbers come from."""
        context, names = self.context, list(self.context.scope.catalogue)
        parts = (
            folded(context.say("definitions_fold", n=len(names)), definitions_table(context, names)),
            paragraph(context.say("mapping_note")),
            *nested(provenance(context, self.parameters)),
        )
        return Section("appendix", context.term("appendix"), context.say("definitions"), parts)

    def files(self) -> Files:
        """The values as CSV and the workbook; `itsq run` writes them beside the page."""
        context = self.context
        values = cube(self.months.scope).table([(list(context.scope.catalogue), None)], PERIODS)
        title = f"{context.title_of_report} {context.period_name}"
        measured = sum(bool(part.score.known) for part in coverage(context.scope))
        verdict = Sentence("audit_sections", {"measured": Number(measured), "n": Number(len(coverage(context.scope)))})
        contents = {
            WORKBOOK: workbook(sheets(context, self.months), title, context.language),
            VALUES: to_csv(values),
            FACTS: facts_json(context, (), (), values, verdict),
        }
        return Files(contents)


def audit_report(
    workspace: Workspace | str | Path | None = None,
    *,
    period: str | int | date = LAST_MONTH,
    services: Sequence[str] = (),
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> AuditReport:
    """A year for the audit: coverage of the standard, issued reports, actions and their effect, trends, what has no value.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        period: such as "2026", "2026-H2", or "last-month": the last complete month of the data.
        services: only these; () is all.
        language: of the page, "en" or "zh".
        as_of: tell the numbers as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        IndicatorError: a service that the data do not know.

    >>> report = audit_report("data/sample", period="2026", language="zh")  # doctest: +SKIP
    >>> report.coverage()  # doctest: +SKIP
    """
    opened = given_workspace(workspace, snapshot=snapshot, services=services)
    context = ReportContext(opened, opened.period(period, as_of), language, opened.moment(as_of), titled="audit_title")
    stated: dict[str, Any] = {"period": context.period.label, "services": list(opened.services), "language": language}
    return AuditReport(context, _last_month(context), stated | {"as_of": as_of and str(as_of), "snapshot": opened.snapshot.id})


def _last_month(context: ReportContext) -> ReportContext:
    """The same report over the last month of its period that is over."""
    scope = context.scope
    last = min(scope.today, context.period.end - timedelta(days=1))
    month = month_of(last, scope.settings.period.month_starts_on)
    return replace(context, period=month if is_over(scope, month) else month.previous())
