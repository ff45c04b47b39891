"""What can be given back? Capacity that the busy hour, the peak and a failure leave idle, and its cost a year."""

from __future__ import annotations

from itsq_analysis.capacity.margins import LEAST, Overprovisioned, margins, overprovisioned
from itsq_analysis.capacity.statements import quantity
from itsq_analysis.facts.sentence import Days, Money, Number, Sentence
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.capacity.tables import cost
from itsq_analysis.pages.capacity.words import percent, say, wording

SHORT = 90  # days of history below which a season may be missing: said with the number


def idle(context: ReportContext) -> Section:
    """What each resource could give back, and what that saves."""
    title, every = context.term("cap_idle"), overprovisioned(context.scope)
    if not margins(context.scope):
        return Section("idle", title, context.say("cap_nothing_to_judge"))
    if not every:
        return Section("idle", title, context.say("cap_idle_none", share=percent(LEAST)))
    priced = [one for one in every if one.idle.saving is not None]
    answer = context.say("cap_idle_answer_unpriced", n=len(every))
    if priced:
        total = Money(sum(one.idle.saving or 0.0 for one in priced))
        answer = say(context, "cap_idle_answer", n=Number(len(every)), money=total, priced=Number(len(priced)))
    table = html_table(context, wording(context), COLUMNS, every, context.term("cap_idle"))
    return Section("idle", title, answer, (table, paragraph(context.say("cap_idle_note"))))


COLUMNS: list[Column[Overprovisioned]] = [
    Column("cap_resource", lambda one: one.resource.label),
    Column("cap_busy_hour", lambda one: one.idle.busy_hour, "share"),
    Column("cap_peak", lambda one: one.idle.peak, "share"),
    Column("cap_spare", lambda one: one.idle.spare, "number", lambda one: quantity(one.resource, one.idle.spare)),
    Column("cap_share", lambda one: one.idle.share, "share"),
    Column("cap_saving", lambda one: one.idle.saving, "number", lambda one: cost(one.idle.saving)),
    Column("cap_days_seen", lambda one: one.days, text=lambda one: _seen(one)),
]


def _seen(one: Overprovisioned) -> Days | Sentence:
    return Sentence("cap_days_short", {"n": Number(one.days)}) if one.days < SHORT else Days(one.days)
