"""How much of the error budget is left, and how fast it burns: every objective that concerns the service."""

from __future__ import annotations

from math import isinf

from markupsafe import Markup

from itsq_analysis.briefing.service import allowed, spent
from itsq_analysis.charts import sparkline
from itsq_analysis.facts.sentence import Number, Share
from itsq_analysis.indicators.slo import SloCourse, slo_courses
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, lines, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.text import formats


def error_budget(context: ReportContext) -> list[Part]:
    """Allowed, spent and left in the period, the burn, and thirteen periods; nothing where no objective counts anything."""
    courses = [course for course in slo_courses(context.scope) if course.now.total]
    if not courses:
        return []
    return [
        subheading(context.term("error_budget")),
        html_table(context, context.wording, _columns(context), courses, first=3),
    ]


def _columns(context: ReportContext) -> list[Column[SloCourse]]:
    part = context.wording.part

    def name(one: SloCourse) -> Markup:
        whose = context.called(one.slo.service) if one.slo.service else context.term("review_objective_common")
        indicator = context.title(one.slo.indicator) if one.slo.indicator else f"{one.slo.resource} {one.slo.metric}"
        return lines(indicator, whose)

    def burn(one: SloCourse) -> str:
        return "\N{INFINITY}" if isinf(one.now.burn) else context.say("review_times", n=context.number(one.now.burn, 1))

    return [
        Column("review_objective", name),
        Column("review_left", lambda one: one.now.left, "share", lambda one: _left(context, one)),
        Column("review_spent", lambda one: one.now.spent, "number", lambda one: part(spent(one))),
        Column("review_allowed", lambda one: one.now.allowed, "number", lambda one: part(allowed(one))),
        Column("target", lambda one: one.slo.objective, "share", lambda one: formats.share(one.slo.objective)),
        Column("review_burn", lambda one: one.now.burn, "number", burn),
        Column("trend", lambda one: _course(context, one)),
    ]


def _left(context: ReportContext, one: SloCourse) -> Markup:
    """What is left of the budget; an overspent one strong, with a mark."""
    if one.now.status != "missed":
        return Markup('<span class="status-met"><span class="mark" aria-hidden="true">●</span> {}</span>').format(
            context.wording.part(Share(one.now.left, whole=True))
        )
    return Markup('<span class="status-missed certain"><span class="mark" aria-hidden="true">▲</span> {}</span>').format(
        context.term("review_overspent")
    )


def _course(context: ReportContext, one: SloCourse) -> Markup:
    """What was kept, with the objective as a line."""
    rows = [{"period": period.label, "value": kept.share} for period, kept in zip(one.periods, one.budgets, strict=True)]
    over = sum(kept.status == "missed" for kept in one.budgets)
    drawn = sparkline(
        rows,
        title=one.slo.id,
        summary=context.say("review_budget_picture", n=len(rows), over=context.plain.part(Number(over))),
        language=context.language,
        unit="share",
        target=one.slo.objective,
    )
    return Markup('<span class="sparkcell">{}</span>').format(Markup(drawn.svg()))  # noqa: S704 - our charts escape their texts
