"""People's words about the values: causes, actions and decisions of the register of notes, as the report knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators.query import dimensions_of
from itsq_analysis.indicators.registers import day, indicator_id, text
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.text import clauses, formats

MEMBERS = {"service": "service", "group": "group"}  # dimensions whose members a note can name


@dataclass(frozen=True)
class Note:
    """One row of the register.

    Attributes:
        period: that the note is about.
        indicator: its id; what the register says where no indicator is called so (`known` is then false).
        service, group: what the note is about; "" is all of them.
        cause, action, owner: in people's words; "" where nothing is written.
        due, done_on: days; a day after the last one that the report knows is not done yet.
        decision_needed: whether management must decide.
    """

    period: Period
    indicator: str
    service: str
    group: str
    cause: str
    action: str
    owner: str
    due: date | None
    done_on: date | None
    decision_needed: bool
    number: str = ""
    known: bool = True

    @property
    def what(self) -> str:
        """What is to be done or decided: the action, else the cause."""
        return self.action or self.cause


@dataclass(frozen=True)
class Action:
    """An open action; `days_overdue` is negative before it is due, None without a due date."""

    note: Note
    days_overdue: int | None

    @property
    def overdue(self) -> bool:
        """Whether its day has passed."""
        return self.days_overdue is not None and self.days_overdue > 0


def notes(context: ReportContext) -> list[Note]:
    """Every note about the report's period or one before it, oldest period first; worked out once for a context."""
    if "notes" not in context.kept:
        rows = context.query('SELECT * FROM "notes" ORDER BY period, indicator, service, assignment_group, number')
        found = [_note(context, row) for _, row in rows.iterrows()]
        context.kept["notes"] = sorted(
            (note for note in found if note.period.start < context.period.end),
            key=lambda note: (note.period.end, note.period.start),
        )
    return list(context.kept["notes"])


def _note(context: ReportContext, row: pd.Series) -> Note:
    done, found = day(row["done_on"]), indicator_id(context.scope, row["indicator"])
    return Note(
        period=parse_period(row["period"], context.workspace.settings.period.month_starts_on),
        indicator=found or row["indicator"],
        service=text(row["service"]),
        group=text(row["assignment_group"]),
        cause=text(row["cause"]),
        action=text(row["action"]),
        owner=text(row["owner"]),
        due=day(row["due"]),
        done_on=done if done and done <= context.scope.today else None,
        decision_needed=pd.notna(row["decision_needed"]) and bool(row["decision_needed"]),
        number=row["number"],
        known=found is not None,
    )


def notes_for(context: ReportContext, row: pd.Series) -> list[Note]:
    """The notes beside a value: of its indicator, about a period within the report's.

    Beside the whole stand all of them; beside a service or group those that name it; beside any other member, such as a priority,
    those that name neither, since a note cannot name it.
    """
    here = [note for note in notes(context) if note.indicator == row["indicator"] and _within(note.period, context.period)]
    if pd.isna(row["dimension"]):
        return here
    name = MEMBERS.get(row["dimension"])
    if name is None:
        return [note for note in here if not note.service and not note.group]
    return [note for note in here if pd.notna(row["member"]) and getattr(note, name) == row["member"]]


def scope(context: ReportContext, note: Note) -> tuple[str | None, str | None]:
    """Dimension and member by which a note's indicator is asked for: its service, else its group, where it can be told by it."""
    if not note.known:
        return None, None
    known = dimensions_of(context.workspace.catalogue[note.indicator], context.workspace.catalogue)
    named = [(key, name) for key, name in (("service", note.service), ("group", note.group)) if name and key in known]
    return named[0] if named else (None, None)


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def open_actions(context: ReportContext) -> list[Action]:
    """Actions of this and every earlier period that are not done, the longest overdue first; those without a due date last."""
    today = context.scope.today
    found = [
        Action(note, None if note.due is None else (today - note.due).days)
        for note in notes(context)
        if note.action and note.done_on is None
    ]
    return sorted(found, key=lambda one: (one.days_overdue is None, -(one.days_overdue or 0)))


def decisions_asked(context: ReportContext) -> list[Note]:
    """Notes that ask management for a decision and are not done, by the day by which it is needed."""
    found = [note for note in notes(context) if note.decision_needed and note.done_on is None]
    return sorted(found, key=lambda note: (note.due is None, note.due or date.min))


# words ---------------------------------------------------------------------------------------------------------------


def about(context: ReportContext, note: Note) -> str:
    """What a note is about: "Resolved within SLA, group Business Applications"; an indicator that is not known as it is written."""
    title = context.title(note.indicator) if note.known else note.indicator
    members = [context.named(kind, name) for kind, name in (("service", note.service), ("group", note.group)) if name]
    return context.say("scoped", title=title, member=context.listed(members)) if members else title


def words(context: ReportContext, note: Note) -> str:
    """A note's cause, action, owner and day in one line, each with what it is."""
    parts = {"cause": note.cause, "note_action": note.action, "note_owner": note.owner}
    if note.done_on:
        parts["note_done"] = formats.day(note.done_on, context.language)
    elif note.due:
        parts["note_due"] = formats.day(note.due, context.language)
    told = [context.say("labelled", label=context.term(key), text=part) for key, part in parts.items() if part]
    return clauses(told, context.language)


def note_cell(context: ReportContext, row: pd.Series) -> Markup:
    """People's words beside a value, marked as theirs; a missed agreed target without any says so; else nothing."""
    found = notes_for(context, row)
    if not found:
        return Markup('<span class="people none">{}</span>').format(context.term("note_none")) if _asks(row) else Markup("")
    return Markup("").join(_marked(context, note, row) for note in found)


def _asks(row: pd.Series) -> bool:
    """Whether a value needs an explanation."""
    return bool(row["status"] == "missed" and row["target_kind"] == "agreed")


def _marked(context: ReportContext, note: Note, row: pd.Series) -> Markup:
    where = [context.named(kind, name) for kind, name in (("service", note.service), ("group", note.group)) if name]
    told = words(context, note)
    if where and pd.isna(row["dimension"]):
        told = context.say("labelled", label=context.listed(where), text=told)
    return Markup('<span class="people"><strong>{}</strong> {}</span>').format(context.term("note_mark"), told)


def notes_below(context: ReportContext, rows: Iterable[pd.Series]) -> tuple[Html, ...]:
    """People's words about several values, as one list below their table; nothing where nobody wrote."""
    found = {note.number: note for row in rows for note in notes_for(context, row)}
    told = [context.say("labelled", label=about(context, note), text=words(context, note)) for note in found.values()]
    if not told:
        return ()
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in told)
    return (Html(Markup('<div class="people"><strong>{}</strong><ul>{}</ul></div>').format(context.term("note_mark"), lines)),)
