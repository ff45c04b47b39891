"""People's words about the values as the page says them, marked as theirs."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from itsq_analysis.indicators.notes import Note, notes_for
from itsq_analysis.page.context import ReportContext
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import clauses, formats


def about(context: ReportContext, note: Note) -> str:
    """What a note is about: "Resolved within SLA, group Business Applications"; an indicator that is not known as it is written."""
    title = context.title(note.indicator) if note.known else note.indicator
    return context.say("scoped", title=title, member=_members(context, note)) if note.members else title


def words(context: ReportContext, note: Note) -> str:
    """A note's cause, owner and day in one line, each with what it is; without a cause its action, which actions are tracked by."""
    parts = {"cause": note.cause} if note.cause else {"note_action": note.action}
    parts["note_owner"] = note.owner
    if note.done_on:
        parts["note_done"] = formats.day(note.done_on, context.language)
    elif note.due:
        parts["note_due"] = formats.day(note.due, context.language)
    told = [context.say("labelled", label=context.term(key), text=context.called(part)) for key, part in parts.items() if part]
    return clauses(told, context.language)


def note_cell(context: ReportContext, value: Any) -> Markup:
    """People's words beside a value, marked as theirs; a missed agreed target without any says so; else nothing."""
    notes = notes_for(context.scope, value)
    if notes:
        return Markup("").join(_marked(context, note, value) for note in notes)
    asks = value.status == "missed" and value.target_kind == "agreed"
    return Markup('<span class="people none">{}</span>').format(context.term("note_none")) if asks else Markup("")


def _members(context: ReportContext, note: Note) -> str:
    return context.listed(context.named(kind, name) for kind, name in note.members)


def _marked(context: ReportContext, note: Note, value: Any) -> Markup:
    told = words(context, note)
    if note.members and is_missing(value.dimension):
        told = context.say("labelled", label=_members(context, note), text=told)
    return Markup('<span class="people"><strong>{}</strong> {}</span>').format(context.term("note_mark"), told)
