"""What was done about it, and did it help: actions open and closed, and improvements against what would have been expected."""

from __future__ import annotations

from collections import Counter
from math import inf

from markupsafe import Markup

from itsq_analysis.indicators.improvements import Improvement, Verdict, improvements
from itsq_analysis.indicators.notes import Note, notes, open_actions
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.actions import done_columns, open_columns
from itsq_analysis.pages.quality.comparisons import amount
from itsq_analysis.text import formats

SHOWN = 40  # of a kind one by one; all are in the workbook
VERDICTS: tuple[Verdict, ...] = ("worked", "no_effect", "worse", "too_early", "unmeasured")


def improved(context: ReportContext, months: ReportContext) -> Section:
    """Open actions, those closed in the year, then improvements of the year with their effect; `months` is about its last month."""
    still, done, loop = open_actions(context.scope), closed(context), of_year(context, months)
    told = [context.say("audit_actions", n=len(still), late=sum(note.overdue for note in still), done=len(done))]
    counts = Counter(one.verdict for one in loop)
    if loop:
        facts = {word: counts[word] for word in VERDICTS}
        told.append(context.say("audit_improvements", n=len(loop), **facts))
    parts: list[Part] = []
    if still:
        parts.append(html_table(context, context.wording, open_columns(context), still[:SHOWN], context.term("actions_open")))
    if done:
        parts.append(html_table(months, months.wording, done_columns(months), done[:SHOWN], context.term("actions_done")))
    if loop:
        parts.append(html_table(context, months.wording, columns(months), loop[:SHOWN], context.term("audit_improved"), first=2))
        parts.append(paragraph(context.say("audit_counterfactual")))
    if max(len(still), len(done), len(loop)) > SHOWN:
        parts.append(paragraph(context.say("in_sheet", sheet=context.term("action_list"))))
    return context.section("audit_actions", told, parts)


def closed(context: ReportContext) -> list[Note]:
    """Actions that were done in the year, the last first."""
    period = context.period
    done = [note for note in notes(context.scope) if note.action and note.done_on and period.start <= note.done_on < period.end]
    return sorted(done, key=lambda note: -(note.done_on or period.start).toordinal())


def of_year(context: ReportContext, months: ReportContext) -> list[Improvement]:
    """Improvements that were done in the year."""
    period = context.period
    return [one for one in improvements(months.scope, period.start) if one.done_on and one.done_on < period.end]


def columns(context: ReportContext) -> list[Column[Improvement]]:
    """Of the improvements, for page and workbook; of the context over months."""
    return [
        Column("audit_improvement", lambda one: one.title),
        Column("audit_effect", lambda one: context.term(f"improvement_{one.verdict}"), "text", lambda one: _verdict(context, one)),
        Column("audit_after", lambda one: _after(context, one)),
        Column("audit_expected", lambda one: _expected(context, one)),
        Column("indicator", lambda one: _about(context, one)),
        Column(
            "note_done", lambda one: one.done_on, "date", lambda one: one.done_on and formats.day(one.done_on, context.language)
        ),
        Column("note_owner", lambda one: one.owner or None),
    ]


def _verdict(context: ReportContext, one: Improvement) -> Markup:
    strong = {"worked": "status-met certain", "worse": "status-missed certain"}.get(one.verdict)
    text = context.term(f"improvement_{one.verdict}")
    return Markup('<span class="{}">{}</span>').format(strong, text) if strong else Markup("{}").format(text)


def _after(context: ReportContext, one: Improvement) -> str | None:
    """The mean since, and of how many periods."""
    if one.effect is None:
        return None
    return amount(context, one.indicator, one.effect.actual) + context.aside(context.say("audit_periods", n=one.periods))


def _expected(context: ReportContext, one: Improvement) -> str | None:
    """What the periods before let expect, as the range in which the mean since would lie 95 times of 100."""
    if one.effect is None:
        return None
    reach = one.effect.actual - one.effect.expected - one.effect.lower
    indicator = context.scope.catalogue[one.indicator]
    highest = 1.0 if indicator.unit == "%" else inf
    lowest = -inf if indicator.kind == "difference" or indicator.unit == "points" else 0.0
    ends = (amount(context, one.indicator, min(highest, max(lowest, one.effect.expected + side * reach))) for side in (-1, 1))
    return context.say("audit_range", **dict(zip(("low", "high"), ends, strict=True)))


def _about(context: ReportContext, one: Improvement) -> str:
    title = context.title(one.indicator) if one.indicator in context.scope.catalogue else one.indicator
    return title + (context.aside(context.called(one.service)) if one.service else "")
