"""Which reports were made, and are they what was approved: every one with number, version, hash and approval."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts.issued import IssuedReport, IssuedReports, issued_reports
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, lines, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.text import formats

SELF = "audit"  # an audit report does not list itself
SHORT = 16  # characters of a hash on the page; the workbook has all


def issued(context: ReportContext) -> Section:
    """The reports of periods that lie within the year, in the order of their names."""
    made, unreadable = of_period(context), _all(context).unreadable
    if not made:
        told = [context.say("audit_reports_none")]
    else:
        approved, changed = sum(bool(one.approved_by) for one in made), sum(one.page == "changed" for one in made)
        told = [context.say("audit_reports", n=len(made), approved=approved, changed=changed)]
    parts: list[Part] = [html_table(context, context.wording, columns(context), made, first=3)] if made else []
    parts += [bullets([context.say("audit_unreadable", n=len(unreadable), list=context.listed(unreadable))])] if unreadable else []
    return context.section("issued_reports", told, [*parts, paragraph(context.say("audit_reports_note"))])


def of_period(context: ReportContext) -> Sequence[IssuedReport]:
    """Reports whose period lies within the audit's."""
    return [one for one in _all(context).reports if one.report != SELF and _within(context, one.period)]


def _all(context: ReportContext) -> IssuedReports:
    memory = context.scope.memory
    if "issued" not in memory:
        memory["issued"] = issued_reports(context.workspace.path)
    made: IssuedReports = memory["issued"]
    return made


def _within(context: ReportContext, label: str) -> bool:
    """Whether a label names a period within the audit's; a manifest may hold any text."""
    try:
        period: Period = parse_period(label, context.scope.settings.period.month_starts_on)
    except IndicatorError:
        return False
    return context.period.start <= period.start and period.end <= context.period.end


def columns(context: ReportContext) -> list[Column[IssuedReport]]:
    """Of the list, for page and workbook."""
    return [
        Column("audit_report", lambda one: one.name),
        Column(
            "audit_period",
            lambda one: one.period,
            "text",
            lambda one: formats.period_label(_period(context, one), context.language),
        ),
        Column("audit_number", lambda one: one.number or None, "text", lambda one: _number(context, one)),
        Column("audit_approval", lambda one: one.approved_by or None, "text", lambda one: _approval(context, one)),
        Column("fingerprint", lambda one: one.sha256, "text", lambda one: _hash(context, one)),
        Column("snapshot", lambda one: one.snapshot, "count"),
    ]


def _period(context: ReportContext, one: IssuedReport) -> Period:
    return parse_period(one.period, context.scope.settings.period.month_starts_on)


def _number(context: ReportContext, one: IssuedReport) -> Markup:
    status = context.term(f"audit_status_{one.status}") if one.status in ("draft", "issued", "corrected") else ""
    return lines(context.called(one.number) or formats.MISSING, " ".join(filter(None, (status, one.version))))


def _approval(context: ReportContext, one: IssuedReport) -> Markup:
    if one.approved_by:
        return lines(context.called(one.approved_by), one.approved_on)
    return Markup("{}").format(context.term("audit_not_approved" if one.run else "audit_by_hand"))


def _hash(context: ReportContext, one: IssuedReport) -> Markup:
    state = context.term(f"audit_page_{one.page}")
    mark = Markup('<strong class="status-missed">{}</strong>').format(state) if one.page == "changed" else state
    return Markup('<code>{}</code> <span class="note">{}</span>').format(one.sha256[:SHORT], mark)
