"""Is everything measured that the standard asks for, and where is the evidence: 32 sections in one table."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.indicators.coverage import Covered, coverage
from itsq_analysis.indicators.notes import open_actions
from itsq_analysis.indicators.scorecard.scorecard import SECTIONS
from itsq_analysis.indicators.standard import section_titles
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen
from itsq_analysis.page.section import Part, bullets, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.audit.issued import of_period
from itsq_analysis.tables import contract
from itsq_analysis.text import formats

TABLES = 3  # of the evidence of a section


def covered(context: ReportContext) -> FirstScreen:
    """How many sections are measured; reports, actions and targets in a line each; then the coverage matrix."""
    parts = coverage(context.scope)
    measured = sum(bool(part.score.known) for part in parts)
    known, names = sum(part.score.known for part in parts), sum(part.score.indicators for part in parts)
    answer = context.say("audit_coverage", measured=measured, sections=len(SECTIONS), known=known, n=names)
    lines = [*_targets(context), _reports(context), _actions(context)]
    told = subheading(context.term("findings")).markup + bullets(lines).markup
    table: list[Part] = [html_table(context, context.wording, columns(context), parts, first=3)]
    return FirstScreen("coverage_matrix", context.term("coverage_matrix"), answer, tuple(table), block=told)


def _targets(context: ReportContext) -> list[str]:
    targets = agreed_targets(context.scope)
    met, missed = (sum(value.status == word for value in targets) for word in ("met", "missed"))
    return [context.say("audit_targets", n=len(targets), met=met, missed=missed)] if targets else []


def _reports(context: ReportContext) -> str:
    made = of_period(context)
    approved, changed = sum(bool(one.approved_by) for one in made), sum(one.page == "changed" for one in made)
    return context.say("audit_reports" if made else "audit_reports_none", n=len(made), approved=approved, changed=changed)


def _actions(context: ReportContext) -> str:
    still = open_actions(context.scope)
    late = sum(note.overdue for note in still)
    return context.say("review_actions" if still else "actions_none_open", n=len(still), late=late)


def columns(context: ReportContext) -> list[Column[Covered]]:
    """Of the matrix, for page and workbook."""
    return [
        Column("audit_section", lambda one: f"{one.section} {section_titles()[one.section][context.language]}"),
        Column("audit_measured", lambda one: one.score.known, "count", lambda one: _measured(context, one)),
        Column("audit_met", lambda one: one.score.met, "number", lambda one: _met(context, one)),
        Column("audit_evidence", lambda one: evidence(context, one, len(one.evidence)), "text", lambda one: evidence(context, one)),
        Column("audit_clauses", lambda one: ", ".join(one.clauses) or None),
    ]


def _measured(context: ReportContext, one: Covered) -> Markup:
    """How many of its indicators; a section of which none is known strong, with a mark."""
    text = context.say("audit_of", k=one.score.known, n=one.score.indicators)
    if one.score.known:
        return Markup("{}").format(text)
    return Markup('<strong class="status-na"><span class="mark" aria-hidden="true">○</span> {}</strong>').format(text)


def _met(context: ReportContext, one: Covered) -> str:
    targets = [value for row in one.scored for value in row.targets]
    met = sum(value.status == "met" for value in targets)
    return context.say("audit_of", k=met, n=len(targets)) if targets else formats.MISSING


def evidence(context: ReportContext, one: Covered, most: int = TABLES) -> str:
    """Tables with their rows of the period, the fullest first."""
    named = [
        context.say("audit_rows", table=contract(table).title[context.language], n=context.number(rows))
        for table, rows in one.evidence[:most]
        if rows
    ]
    rest = len(one.evidence) - most
    return context.listed([*named, *([f"+{rest}"] if rest > 0 else [])]) if named else context.term("none")
