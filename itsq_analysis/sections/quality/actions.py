"""Was it done, and did it help: open actions until they are closed, then those that were done and what became of their values."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as joined
from itsq_analysis.periods import history
from itsq_analysis.sections.notes import Action, Note, about, notes, open_actions
from itsq_analysis.sections.quality.effects import Effect, effect
from itsq_analysis.sections.quality.register_checks import register_checks
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, bullets, paragraph, subheading, table

FOLLOWED = 4  # periods, the report's the last, in which a done action is told; its effect needs a whole one afterwards
TOLD = 60  # characters of an action in the answer


def actions(scene: Scene) -> Section:
    """Open actions by days overdue, then the done ones with the value before and after."""
    found, done = open_actions(scene), done_actions(scene)
    parts: list[Part] = [_open_table(scene, found)] if found else []
    if done:
        parts += [subheading(scene.term("actions_done")), _done_table(scene, done), paragraph(scene.say("effect_no_proof"))]
    told = register_checks(scene)
    parts += [subheading(scene.term("register_checks")), bullets(told)] if told else []
    return Section("actions", scene.term("actions"), _answer(scene, found, done), tuple(parts))


def done_actions(scene: Scene) -> list[Note]:
    """Actions done in the report's period, the three before, or since it ended as far as known; the last done first."""
    since = history(scene.period, FOLLOWED)[0].start
    found = [note for note in notes(scene) if note.action and note.done_on is not None and note.done_on >= since]
    return sorted(found, key=lambda note: -(note.done_on or since).toordinal())


def _answer(scene: Scene, found: list[Action], done: list[Note]) -> str:
    if not notes(scene):
        return scene.say("actions_empty")
    late = [one for one in found if one.overdue]
    lately = [note for note in done if note.done_on is not None and note.done_on >= scene.period.start]
    told = [scene.say("actions_open", n=len(found), late=len(late)) if found else scene.say("actions_none_open")]
    if late:
        first = late[0]
        facts = {"what": _short(first.note.action), "owner": first.note.owner or scene.term("owner_none")}
        told.append(scene.say("actions_longest", **facts, n=first.days_overdue))
    told.append(scene.say("actions_done_since", n=len(lately)) if lately else scene.say("actions_done_none"))
    return joined(told, scene.language)


def _short(text: str) -> str:
    return text if len(text) <= TOLD else text[: TOLD - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _open_table(scene: Scene, found: list[Action]) -> Part:
    keys = ("note_action", "indicator", "note_owner", "note_due", "overdue", "action_from")
    rows = [
        {
            "note_action": _what(scene, one.note),
            "indicator": about(scene, one.note),
            "note_owner": one.note.owner or formats.MISSING,
            "note_due": formats.day(one.note.due, scene.language) if one.note.due else formats.MISSING,
            "overdue": _overdue(scene, one),
            "action_from": formats.period_label(one.note.period, scene.language),
        }
        for one in found
    ]
    return table({key: scene.term(key) for key in keys}, rows, numeric={"overdue"}, caption=scene.term("actions_open"))


def _what(scene: Scene, note: Note) -> Markup:
    """An action in people's words, with what management must decide and with its cause."""
    mark = (
        Markup('<strong class="decision">{}</strong> ').format(scene.term("decision_mark")) if note.decision_needed else Markup("")
    )
    return mark + _beneath(scene, note.action, "cause", note.cause)


def _beneath(scene: Scene, text: str, label: str, more: str) -> Markup:
    """A text with a further fact of the note beneath it, where there is one."""
    told = scene.say("labelled", label=scene.term(label), text=more)
    return Markup("{}{}").format(text, Markup('<span class="note">{}</span>').format(told) if more else "")


def _overdue(scene: Scene, one: Action) -> Markup | str:
    if one.days_overdue is None:
        return scene.term("overdue_no_day")
    if one.days_overdue <= 0:
        return scene.term("overdue_not")
    return Markup("<strong>{}</strong>").format(scene.say("overdue_days", n=one.days_overdue))


def _done_table(scene: Scene, done: list[Note]) -> Part:
    keys = ("note_action", "indicator", "note_done", "effect_before", "effect_after", "effect")
    rows = []
    for note in done:
        found = effect(scene, note)
        rows.append(
            {
                "note_action": _beneath(scene, note.action, "note_owner", note.owner),
                "indicator": about(scene, note),
                "note_done": formats.day(note.done_on, scene.language) if note.done_on else formats.MISSING,
                "effect_before": _value(scene, found.before),
                "effect_after": _value(scene, found.after),
                "effect": scene.term(f"effect_{found.word}"),
            }
        )
    return table({key: scene.term(key) for key in keys}, rows)


def _value(scene: Scene, row: pd.Series | None) -> str:
    """A value with its period."""
    if row is None:
        return formats.MISSING
    return scene.shown(row) + scene.aside(str(row["period"]))


def actions_frame(scene: Scene) -> pd.DataFrame:
    """One row per action: the open ones as listed, then the done ones; for the workbook.

    Columns action, about, cause, owner, due, done_on (days), days_overdue (Int64; missing without a due date and when done), period
    (label), decision_needed (bool), state ("overdue", "open" or "done"), before, after (values), unit, effect (see `Effect.word`,
    missing while open).
    """
    rows = [_record(scene, one.note, one, None) for one in open_actions(scene)]
    rows += [_record(scene, note, None, effect(scene, note)) for note in done_actions(scene)]
    columns = ("action", "about", "cause", "owner", "due", "done_on", "days_overdue", "period", "decision_needed", "state")
    frame = pd.DataFrame(rows, columns=[*columns, "before", "after", "unit", "effect"])
    return frame.astype({"days_overdue": "Int64"})


def _record(scene: Scene, note: Note, still: Action | None, found: Effect | None) -> dict[str, object]:
    return {
        **{"action": note.action, "about": about(scene, note), "cause": note.cause, "owner": note.owner, "due": note.due},
        "done_on": note.done_on,
        "days_overdue": still.days_overdue if still else None,
        "period": note.period.label,
        "decision_needed": note.decision_needed,
        "state": "done" if still is None else "overdue" if still.overdue else "open",
        "before": found.before["value"] if found and found.before is not None else float("nan"),
        "after": found.after["value"] if found and found.after is not None else float("nan"),
        "unit": scene.workspace.catalogue[note.indicator].unit if note.known else None,
        "effect": found.word if found else None,
    }
