"""Was it done, and did it help: open actions until they are closed, then those that were done and what became of their values."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from itsq_analysis.indicators.notes import Note, done_actions, effect_of, notes, open_actions
from itsq_analysis.indicators.unknown_names import UnknownNames, unknown_names
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.cells import headings, in_unit, unit_word, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import about
from itsq_analysis.page.section import Part, Section, bullets, paragraph, subheading
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.text import formats

SHOWN = 12  # actions of either kind one by one
TOLD = 60  # characters of an action in the answer
NAMED = 10  # names told of each kind that nothing is called so
SHEET: dict[str, Kind] = {
    **{"action": "text", "indicator": "text", "cause": "text", "note_owner": "text", "note_due": "date", "note_done": "date"},
    **{"days_overdue": "count", "action_from": "text", "decision_needed": "text", "status": "text", "unit": "text"},
    **{"effect_before": "number", "effect_after": "number", "effect": "text"},
}


def actions(context: ReportContext) -> Section:
    """Open actions by days overdue, then the done ones with the value before and after; who signs is told below."""
    still, done = open_actions(context.scope), done_actions(context.scope)
    parts: list[Part] = []
    if still:
        parts.append(html_table(context, context.wording, open_columns(context), still[:SHOWN], context.term("actions_open")))
    if done:
        parts.append(html_table(context, context.wording, done_columns(context), done[:SHOWN], context.term("actions_done")))
    if max(len(still), len(done)) > SHOWN:
        parts.append(paragraph(context.say("in_sheet", sheet=context.term("action_list"))))
    checks = [unknown(context, names) for names in unknown_names(context.scope)]
    parts += [subheading(context.term("register_checks")), bullets(checks)] if checks else []
    return context.section("actions", _answer(context), parts)


def unknown(context: ReportContext, names: UnknownNames) -> str:
    """Names of a register that nothing is called by."""
    rest = [f"\N{HORIZONTAL ELLIPSIS} +{len(names.names) - NAMED}"] if len(names.names) > NAMED else []
    return context.say(names.kind, n=names.n, list=context.listed([*names.names[:NAMED], *rest]))


def _answer(context: ReportContext) -> list[str]:
    if not notes(context.scope):
        return [context.say("actions_empty")]
    still = open_actions(context.scope)
    late = [note for note in still if note.overdue]
    lately = [note for note in done_actions(context.scope) if note.done_on and note.done_on >= context.period.start]
    told = [context.say("actions_open", n=len(still), late=len(late)) if still else context.say("actions_none_open")]
    for note in late[:1]:
        what = note.action if len(note.action) <= TOLD else note.action[: TOLD - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        told.append(context.say("actions_longest", what=what, owner=note.owner or context.term("owner_none"), n=note.days_overdue))
    told.append(context.say("actions_done_since", n=len(lately)) if lately else context.say("actions_done_none"))
    return told


def open_columns(context: ReportContext) -> list[Column[Note]]:
    """Of the actions that are not done."""
    return [
        Column("note_action", lambda note: _what(context, note)),
        Column("overdue", lambda note: note.days_overdue, "count", lambda note: _overdue(context, note)),
        Column("note_owner", lambda note: note.owner or None),
        Column("note_due", lambda note: note.due and formats.day(note.due, context.language)),
        Column("indicator", lambda note: about(context, note)),
        Column("action_from", lambda note: formats.period_label(note.period, context.language)),
    ]


def done_columns(context: ReportContext) -> list[Column[Note]]:
    """Of those that are, with what became of the value."""
    scope = context.scope
    return [
        Column("note_action", lambda note: note.action),
        Column("effect", lambda note: context.term(f"effect_{effect_of(scope, note).word}")),
        Column("effect_before", lambda note: _value(context, effect_of(scope, note).before)),
        Column("effect_after", lambda note: _value(context, effect_of(scope, note).after)),
        Column("note_owner", lambda note: note.owner or None),
        Column("note_done", lambda note: note.done_on and formats.day(note.done_on, context.language)),
        Column("indicator", lambda note: about(context, note)),
    ]


def _what(context: ReportContext, note: Note) -> Markup:
    """An action in people's words, with what management must decide."""
    mark = Markup('<strong class="decision">{}</strong> ').format(context.term("decision_mark")) if note.decision_needed else ""
    return Markup("{}{}").format(mark, context.called(note.action))


def _overdue(context: ReportContext, note: Note) -> str:
    if note.days_overdue is None:
        return context.term("overdue_no_day")
    if not note.overdue:
        return context.term("overdue_not")
    return Markup("<strong>{}</strong>").format(context.say("overdue_days", n=note.days_overdue))


def _value(context: ReportContext, value: Value | None) -> str | None:
    """A value with its period."""
    return context.shown(value) + context.aside(value.period) if value else None


def actions_sheet(context: ReportContext) -> Sheet:
    """Every action: those still open, then those done with the value before and after."""
    rows = [list(_cells(context, note)) for note in (*open_actions(context.scope), *done_actions(context.scope))]
    return Sheet(context.term("action_list"), headings(context, SHEET, "notes"), rows, context.term("none"), fixed=1)


def _cells(context: ReportContext, note: Note) -> Iterable[object]:
    became = effect_of(context.scope, note)
    unit = context.scope.catalogue[note.indicator].unit if note.known else None
    yield from (note.action, about(context, note), note.cause, note.owner, note.due, note.done_on, note.days_overdue)
    state = "done" if note.done_on else "overdue" if note.overdue else "open"
    yield from (note.period.label, yes(context)(note.decision_needed), context.term(f"action_{state}"))
    yield unit and unit_word(context, unit)
    yield from (in_unit(value and value.value, unit) for value in (became.before, became.after))
    yield context.term(f"effect_{became.word}") if note.done_on else None
