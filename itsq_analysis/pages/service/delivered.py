"""What happened and what comes: interruptions one by one; volume and users' voice; changes made and planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from itsq_analysis.briefing.service import volume_ahead
from itsq_analysis.indicators.changes import failed_changes
from itsq_analysis.indicators.coming import Planned, planned_work
from itsq_analysis.indicators.notes import open_actions
from itsq_analysis.indicators.outages import all_services
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, beside, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.availability import outage_list
from itsq_analysis.pages.quality.changes import changes_answer
from itsq_analysis.pages.quality.demand import demand_answer, monthly_picture
from itsq_analysis.pages.quality.majors import majors_answer, majors_parts
from itsq_analysis.pages.quality.users_voice import voice_answer, voice_picture
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SHOWN = 6  # failed changes and planned work one by one
Row = tuple[str, datetime, Any]  # number, when it failed or begins, the failed change's description or planned work


def availability(context: ReportContext) -> Section:
    """Major incidents one by one, then the other outages."""
    total = all_services(context.scope)
    told = majors_answer(context)
    if total.availability and total.measured:
        lost = formats.duration(total.lost, context.language)
        facts = {"value": context.shown(total.availability), "lost": lost, "n": len(total.outages)}
        told.append(context.say("review_availability" if total.outages else "review_uninterrupted", **facts))
    else:
        told.append(context.say("availability_no_data"))
    return context.section("availability", told, [*majors_parts(context), *outage_list(context)])


def demand(context: ReportContext) -> Section:
    """How much was asked for and what users say; beside it what was changed, and what the next period brings."""
    asked = context.has("surveys")
    told = [*demand_answer(context, people=False), *(voice_answer(context) if asked else [])]
    volume: list[Part] = [monthly_picture(context)] if context.has("incidents") else []
    return context.section("review_volume", told, beside(volume, [*(voice_picture(context) if asked else []), *_changes(context)]))


def _changes(context: ReportContext) -> list[Part]:
    """Changes and those that failed; volume, work and actions of the next period."""
    work, following = planned_work(context.scope), context.period.following()
    due = [note for note in open_actions(context.scope) if note.due and note.due < following.end]
    told = changes_answer(context) if context.has("changes") else [context.say("changes_no_data")]
    told += [context.wording.sentence(sentence) for sentence in volume_ahead(context.scope)]
    told.append(context.say("review_planned" if work else "review_planned_none", n=len(work)))
    told += [context.say("review_due", n=len(due))] if due else []
    failed = [_failed(change) for change in failed_changes(context.scope).to_dict("records")]
    rows = [*failed, *((one.number, one.start, one) for one in work)][:SHOWN]
    parts: list[Part] = [subheading(context.term("review_next")), paragraph(sentences(told, context.language), "told")]
    parts += [html_table(context, context.wording, _columns(context), rows)] if rows else []
    more = len(failed) + len(work) - len(rows)
    return [*parts, *([paragraph(context.say("review_more", n=more))] if more else [])]


def _failed(change: Mapping[Any, Any]) -> Row:
    return str(change["number"]), change["closed_at"], change["short_description"]


def _columns(context: ReportContext) -> list[Column[Row]]:
    def what(row: Row) -> str:
        work = row[2]
        title = work.title if isinstance(work, Planned) else work
        return context.term(f"review_{work.kind}") if isinstance(work, Planned) and not title else context.called(str(title))

    def state(row: Row) -> Markup:
        if isinstance(row[2], Planned):
            return Markup("{}").format(context.term("review_is_planned"))
        return Markup('<strong class="status-missed">{}</strong>').format(context.term("review_has_failed"))

    return [
        Column("review_work", what),
        Column("review_state", state),
        Column("review_when", lambda row: formats.minute(row[1], context.language)),
        Column("number", lambda row: row[0]),
    ]
