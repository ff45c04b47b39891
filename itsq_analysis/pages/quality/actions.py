"""Was it done, and did it help: open actions until they are closed, then those that were done and what became of their values."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators.effects import UNMEASURED, Effect, effect
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import Action, Note, about, notes, open_actions, scope
from itsq_analysis.page.section import Part, Section, bullets, paragraph, subheading, table
from itsq_analysis.pages.quality.register_checks import register_checks
from itsq_analysis.periods import history
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as joined

FOLLOWED = 4  # periods, the report's the last, in which a done action is told; its effect needs a whole one afterwards
TOLD = 60  # characters of an action in the answer


def actions(context: ReportContext) -> Section:
    """Open actions by days overdue, then the done ones with the value before and after."""
    found, done = open_actions(context), done_actions(context)
    parts: list[Part] = [_open_table(context, found)] if found else []
    if done:
        parts += [subheading(context.term("actions_done")), _done_table(context, done), paragraph(context.say("effect_no_proof"))]
    told = register_checks(context)
    parts += [subheading(context.term("register_checks")), bullets(told)] if told else []
    return Section("actions", context.term("actions"), _answer(context, found, done), tuple(parts))


def done_actions(context: ReportContext) -> list[Note]:
    """Actions done in the report's period, the three before, or since it ended as far as known; the last done first."""
    since = history(context.period, FOLLOWED)[0].start
    found = [note for note in notes(context) if note.action and note.done_on is not None and note.done_on >= since]
    return sorted(found, key=lambda note: -(note.done_on or since).toordinal())


def _answer(context: ReportContext, found: list[Action], done: list[Note]) -> str:
    if not notes(context):
        return context.say("actions_empty")
    late = [one for one in found if one.overdue]
    lately = [note for note in done if note.done_on is not None and note.done_on >= context.period.start]
    told = [context.say("actions_open", n=len(found), late=len(late)) if found else context.say("actions_none_open")]
    if late:
        first = late[0]
        facts = {"what": _short(first.note.action), "owner": first.note.owner or context.term("owner_none")}
        told.append(context.say("actions_longest", **facts, n=first.days_overdue))
    told.append(context.say("actions_done_since", n=len(lately)) if lately else context.say("actions_done_none"))
    return joined(told, context.language)


def _short(text: str) -> str:
    return text if len(text) <= TOLD else text[: TOLD - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _open_table(context: ReportContext, found: list[Action]) -> Part:
    keys = ("note_action", "indicator", "note_owner", "note_due", "overdue", "action_from")
    rows = [
        {
            "note_action": _what(context, one.note),
            "indicator": about(context, one.note),
            "note_owner": one.note.owner or formats.MISSING,
            "note_due": formats.day(one.note.due, context.language) if one.note.due else formats.MISSING,
            "overdue": _overdue(context, one),
            "action_from": formats.period_label(one.note.period, context.language),
        }
        for one in found
    ]
    return table({key: context.term(key) for key in keys}, rows, numeric={"overdue"}, caption=context.term("actions_open"))


def _what(context: ReportContext, note: Note) -> Markup:
    """An action in people's words, with what management must decide and with its cause."""
    mark = (
        Markup('<strong class="decision">{}</strong> ').format(context.term("decision_mark"))
        if note.decision_needed
        else Markup("")
    )
    return mark + _beneath(context, note.action, "cause", note.cause)


def _beneath(context: ReportContext, text: str, label: str, more: str) -> Markup:
    """A text with a further fact of the note beneath it, where there is one."""
    told = context.say("labelled", label=context.term(label), text=more)
    return Markup("{}{}").format(text, Markup('<span class="note">{}</span>').format(told) if more else "")


def _overdue(context: ReportContext, one: Action) -> Markup | str:
    if one.days_overdue is None:
        return context.term("overdue_no_day")
    if one.days_overdue <= 0:
        return context.term("overdue_not")
    return Markup("<strong>{}</strong>").format(context.say("overdue_days", n=one.days_overdue))


def _done_table(context: ReportContext, done: list[Note]) -> Part:
    keys = ("note_action", "indicator", "note_done", "effect_before", "effect_after", "effect")
    rows = []
    for note in done:
        found = effect_of(context, note)
        rows.append(
            {
                "note_action": _beneath(context, note.action, "note_owner", note.owner),
                "indicator": about(context, note),
                "note_done": formats.day(note.done_on, context.language) if note.done_on else formats.MISSING,
                "effect_before": _value(context, found.before),
                "effect_after": _value(context, found.after),
                "effect": context.term(f"effect_{found.word}"),
            }
        )
    return table({key: context.term(key) for key in keys}, rows)


def effect_of(context: ReportContext, note: Note) -> Effect:
    """What became of a done action's indicator, of its service or group where the indicator can be told by it."""
    if not note.known or note.done_on is None:
        return UNMEASURED
    return effect(context.scope, note.indicator, *scope(context, note), note.period, note.done_on)


def _value(context: ReportContext, value: Value | None) -> str:
    """A value with its period."""
    return formats.MISSING if value is None else context.shown(value) + context.aside(value.period)


def actions_frame(context: ReportContext) -> pd.DataFrame:
    """One row per action: the open ones as listed, then the done ones; for the workbook.

    Columns action, about, cause, owner, due, done_on (days), days_overdue (Int64; missing without a due date and when done), period
    (label), decision_needed (bool), state ("overdue", "open" or "done"), before, after (values), unit, effect (see `Effect.word`,
    missing while open).
    """
    rows = [_record(context, one.note, one, None) for one in open_actions(context)]
    rows += [_record(context, note, None, effect_of(context, note)) for note in done_actions(context)]
    columns = ("action", "about", "cause", "owner", "due", "done_on", "days_overdue", "period", "decision_needed", "state")
    frame = pd.DataFrame(rows, columns=[*columns, "before", "after", "unit", "effect"])
    return frame.astype({"days_overdue": "Int64"})


def _record(context: ReportContext, note: Note, still: Action | None, found: Effect | None) -> dict[str, object]:
    return {
        **{"action": note.action, "about": about(context, note), "cause": note.cause, "owner": note.owner, "due": note.due},
        "done_on": note.done_on,
        "days_overdue": still.days_overdue if still else None,
        "period": note.period.label,
        "decision_needed": note.decision_needed,
        "state": "done" if still is None else "overdue" if still.overdue else "open",
        "before": found.before.value if found and found.before is not None else float("nan"),
        "after": found.after.value if found and found.after is not None else float("nan"),
        "unit": context.workspace.catalogue[note.indicator].unit if note.known else None,
        "effect": found.word if found else None,
    }
