"""Conclusion: the first screen, and below it what else must be known of the period."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.briefing import decisions, findings
from itsq_analysis.briefing.verdict import majors_line, verdict
from itsq_analysis.indicators.completeness import is_over, thin_edge
from itsq_analysis.indicators.missed_targets import missed_targets
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen, block
from itsq_analysis.page.judgement import why
from itsq_analysis.page.section import Part, Section, bullets, subheading
from itsq_analysis.pages.quality.exemptions import turned_by_exemptions
from itsq_analysis.text import clauses, formats

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog", "incidents_ended")


def first_screen(context: ReportContext) -> Section:
    """The first screen: one sentence over the agreed targets, decisions, findings, major incidents; then more about the period."""
    scope = context.scope
    screen = block(context, verdict(scope), decisions(scope), findings(scope), majors_line(scope))
    return FirstScreen("verdict", context.term("verdict"), context.brief.sentence(verdict(scope)), _more(context), screen)


def _more(context: ReportContext) -> tuple[Part, ...]:
    """What does not fit a first screen: every missed target as far as its numbers go, and what was not measured."""
    sentences = [
        *warnings(context),
        *map(context.wording.sentence, missed_targets(context.scope)),
        *filter(None, [turned_by_exemptions(context)]),
        *_unmeasured(context),
        _demand(context),
        *_refused(context),
    ]
    return (subheading(context.say("period_more")), bullets(sentences))


def _unmeasured(context: ReportContext) -> Iterator[str]:
    unmeasured = [value for value in agreed_targets(context.scope) if value.status == "not measurable"]
    items = [
        context.say("not_measured_item", title=context.wording.scoped(value), reason=why(context, value)) for value in unmeasured
    ]
    if items:
        yield context.say("not_measured", list=clauses(items, context.language))


def _demand(context: ReportContext) -> str:
    """How many came, how many were resolved, and what became of the backlog."""
    cells, before = context.cube, context.period.previous()
    opened, resolved, backlog, ended = (cells.value(name) for name in IDS)
    days, days_before = context.working_days(context.period), context.working_days(before)
    if not opened.value > 0:
        return context.say("no_incidents", period=context.period_name)
    facts = {"n": context.shown(opened), "resolved": context.shown(resolved), "after": context.shown(backlog)}
    if opened.value == 1 or not days:
        return context.say("demand_plain", **facts)
    facts |= {"rate": context.number(opened.value / days, 1), "days": str(days)}
    opened_before, backlog_before = (cells.value(name, period=before) for name in ("incidents_opened", "incident_backlog"))
    if not opened_before.value > 0 or not days_before:
        return context.say("demand_first", **facts)
    rest = ended.value - resolved.value
    other = context.say("demand_other", n=context.number(rest)) if rest > 0 else ""
    facts |= {"previous_rate": context.number(opened_before.value / days_before, 1), "before": context.shown(backlog_before)}
    return context.say("demand_before", **facts, other=other)


def warnings(context: ReportContext) -> Iterator[str]:
    """Why the period's numbers are not the last word: it was not over, or the extraction thins out in it."""
    if not is_over(context.scope, context.period):
        yield context.say("incomplete", as_of=formats.minute(context.moment, context.language))
    edge = thin_edge(context.scope)
    if edge is not None:
        rates = {"rate": context.number(edge.rate, 1), "usual": context.number(edge.usual, 1)}
        yield context.say("thin", period=context.period_name, **rates)


def _refused(context: ReportContext) -> Iterator[str]:
    files = context.workspace.snapshot.files
    refused = sum(entry["quarantined"] for entry in files)
    if refused:
        yield context.say("refused_rows", n=context.number(refused), read=context.number(sum(entry["read"] for entry in files)))
