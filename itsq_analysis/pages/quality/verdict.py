"""Conclusion: the first screen, and below it the further decisions and findings of the page that can be detached and handed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from itsq_analysis.briefing import decisions, findings
from itsq_analysis.briefing.since import Since
from itsq_analysis.briefing.verdict import majors_line, verdict
from itsq_analysis.facts import Decision, Finding
from itsq_analysis.indicators.completeness import is_over, thin_edge
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen, Opening, block, chosen, linked
from itsq_analysis.page.section import Html, Part, Section, bullets, subheading
from itsq_analysis.page.since import lines
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.exemptions import turned_by_exemptions
from itsq_analysis.text import formats

FURTHER = 8  # findings, and decisions, below the first screen


def first_screen(context: ReportContext, since: Since | None = None) -> Section:
    """One sentence over the agreed targets, decisions, findings, major incidents; then what a first screen has no room for.

    What has changed since the earlier report, where there is one, comes first of it.
    """
    scope = context.scope
    opening = Opening(verdict(scope), decisions(scope), findings(scope), majors_line(scope))
    asked, sentences = chosen(context, opening)
    rest = opening.decisions[len(asked) :][:FURTHER], opening.findings[len(sentences) :][:FURTHER]
    parts = (*_warned(context), *_since(context, since), *_decisions(context, rest[0]), *_findings(context, rest[1]))
    title, answer = context.term("verdict"), context.brief.sentence(opening.answer)
    return FirstScreen("verdict", title, answer, parts, block=block(context, opening))


def _since(context: ReportContext, since: Since | None) -> tuple[Part, ...]:
    if since is None:
        return ()
    heading = context.say("since_heading", period=context.wording.period_label(since.label))
    return (subheading(heading), bullets(lines(since, context.language)))


def _warned(context: ReportContext) -> list[Part]:
    told = [*warnings(context), *filter(None, [turned_by_exemptions(context)])]
    return [bullets(told)] if told else []


def _decisions(context: ReportContext, further: Sequence[Decision]) -> list[Part]:
    """The decisions that are less urgent, by date."""
    wording = context.wording
    columns: list[Column[Decision]] = [
        Column("decision_what", lambda decision: wording.part(decision.what)),
        Column("decision_due", lambda decision: decision.by and wording.day(decision.by)),
        Column("note_owner", lambda decision: decision.owner or None),
        Column("decision_about", lambda decision: decision.number and wording.part(decision.number)),
    ]
    ordered = sorted(further, key=lambda decision: decision.by or date.max)
    return [subheading(context.term("decisions_more")), html_table(context, wording, columns, ordered)] if further else []


def _findings(context: ReportContext, further: Sequence[Finding]) -> list[Part]:
    """What else has changed or stands out, each with the way to its section."""
    items = Markup("").join(linked(context.wording.part(finding.sentence), finding.section) for finding in further)
    listed = Html(Markup('<ul class="findings">{}</ul>').format(items))
    return [subheading(context.term("findings_more")), listed] if further else []


def warnings(context: ReportContext) -> Iterator[str]:
    """Why the period's numbers are not the last word: it was not over, or the extraction thins out in it."""
    if not is_over(context.scope, context.period):
        yield context.say("incomplete", as_of=formats.minute(context.moment, context.language))
    edge = thin_edge(context.scope)
    if edge is not None:
        rates = {"rate": context.number(edge.rate, 1), "usual": context.number(edge.usual, 1)}
        yield context.say("thin", period=context.period_name, **rates)
