"""Does it hold in the busy hour, and after a failure? Each resource against its two limits."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from itsq_analysis.capacity.margins import DAYS, Margins, margins
from itsq_analysis.charts import Chart, dots
from itsq_analysis.facts.sentence import Name, Number, Share, Term
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, folded
from itsq_analysis.page.table import Column, frame_of, html_table
from itsq_analysis.pages.capacity.words import labels, percent, say, wording
from itsq_analysis.text import paragraph as sentences

SHOWN = 15  # lanes of the picture
MARKS = {"critical": ("status-missed certain", "▲"), "warning": ("status-none", "△"), "fine": ("status-met", "●")}


def load(context: ReportContext) -> Section:
    """Dots at the busy hour and after the loss of one member, against warning and critical."""
    title, every = context.term("cap_load"), margins(context.scope)
    if not every:
        return Section("load", title, context.say("cap_nothing_to_judge"))
    critical, warned = ([one.resource for one in every if one.standing == standing] for standing in ("critical", "warning"))
    failing = [one.resource for one in every if one.fails]
    named = {"cap_load_failing": failing, "cap_load_critical": critical}
    told = [context.say(key, n=len(found), list=labels(context, found)) for key, found in named.items() if found]
    told.append(context.say("cap_load_answer", of=len(every), critical=len(critical), warning=len(warned), days=DAYS))
    table = html_table(context, wording(context), _columns(context), every)
    parts = (_picture(context, every), folded(context.say("cap_load_fold", n=len(every)), table))
    return Section("load", title, told[0], parts, sentences(told[1:], context.language))


def _picture(context: ReportContext, every: tuple[Margins, ...]) -> Chart:
    shown, fullest = every[:SHOWN], max(every, key=lambda one: one.busy)
    rows = [
        {
            "member": context.called(one.resource.label),
            "value": one.used.busy_hour,
            "after": None if one.after is None or math.isinf(one.after) else one.after,
            "warning": one.resource.warning,
            "critical": one.resource.critical,
        }
        for one in shown
    ]
    summary = say(
        context,
        "cap_load_picture",
        name=Name(fullest.resource.label, 0),
        share=percent(fullest.used.busy_hour),
        critical=Share(fullest.resource.critical, whole=True),
        shown=Number(len(shown)),
        of=Number(len(every)),
    )
    names = {"value_name": context.term("cap_busy_hour"), "after_name": context.term("cap_after_loss")}
    return dots(frame_of(rows), title=context.say("cap_load_chart"), summary=summary, language=context.language, **names)


def _columns(context: ReportContext) -> list[Column[Margins]]:
    def standing(one: Margins) -> Markup:
        css, mark = MARKS[one.standing]
        told = context.term(f"cap_standing_{one.standing}")
        return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>').format(css, mark, told)

    return [
        Column("cap_resource", lambda one: one.resource.label),
        Column("cap_busy_hour", lambda one: one.used.busy_hour, "share"),
        Column("judgement", standing),
        Column("cap_peak", lambda one: one.used.peak, "share"),
        Column("cap_after_loss", _loss),
        Column("cap_lines", lambda one: f"{one.resource.warning:.0%} / {one.resource.critical:.0%}"),
        Column("cap_hours", lambda one: one.used.hours, "count"),
        Column("cap_coverage", lambda one: one.coverage, "share"),
    ]


def _loss(one: Margins) -> Any:
    """The share after the loss of one member, in words where it cannot be carried or there is none to lose."""
    if one.after is None:
        return None if one.resource.members is None else Term("cap_single")
    return Term("cap_down") if math.isinf(one.after) else Share(one.after, whole=True)
