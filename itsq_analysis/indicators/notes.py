"""People's words about the values: causes, actions and decisions of the register of notes, as the report knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.effects import UNMEASURED, Effect, effect
from itsq_analysis.indicators.query import dimensions_of
from itsq_analysis.indicators.registers import day, indicator_id, text
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period, history, parse_period

FOLLOWED = 4  # periods, the report's the last, in which a done action is told; its effect needs a whole one afterwards


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
        number: of the row.
        days_overdue: of an action that is not done; negative before it is due, None without a due date.
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
    days_overdue: int | None = None

    @property
    def what(self) -> str:
        """What is to be done or decided: the action, else the cause."""
        return self.action or self.cause

    @property
    def overdue(self) -> bool:
        """Whether its day has passed."""
        return self.days_overdue is not None and self.days_overdue > 0

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """Dimension and name of what it is about; () is all."""
        return tuple((kind, name) for kind, name in (("service", self.service), ("group", self.group)) if name)


@fact
def notes(scope: Scope) -> tuple[Note, ...]:
    """Every note about the report's period or one before it, oldest period first."""
    rows = scope.query('SELECT * FROM "notes" ORDER BY period, indicator, service, assignment_group, number')
    found = [_note(scope, row) for _, row in rows.iterrows()]
    here = [note for note in found if note.period.start < scope.period.end]
    return tuple(sorted(here, key=lambda note: (note.period.end, note.period.start)))


@fact
def open_actions(scope: Scope) -> tuple[Note, ...]:
    """Actions of this and every earlier period that are not done, the longest overdue first; those without a due date last."""
    found = [note for note in notes(scope) if note.action and note.done_on is None]
    return tuple(sorted(found, key=lambda note: (note.days_overdue is None, -(note.days_overdue or 0))))


@fact
def done_actions(scope: Scope) -> tuple[Note, ...]:
    """Actions done in the report's period, the three before, or since it ended as far as known; the last done first."""
    since = history(scope.period, FOLLOWED)[0].start
    found = [note for note in notes(scope) if note.action and note.done_on is not None and note.done_on >= since]
    return tuple(sorted(found, key=lambda note: -(note.done_on or since).toordinal()))


@fact
def decisions_asked(scope: Scope) -> tuple[Note, ...]:
    """Notes that ask management for a decision and are not done, by the day by which it is needed."""
    found = [note for note in notes(scope) if note.decision_needed and note.done_on is None]
    return tuple(sorted(found, key=lambda note: (note.due is None, note.due or date.min)))


def notes_for(scope: Scope, value: Value) -> list[Note]:
    """The notes beside a value: of its indicator, about a period within the report's.

    Beside the whole stand all of them; beside a service or group those that name it; beside any other member, such as a priority,
    those that name neither, since a note cannot name it.
    """
    here = [note for note in notes(scope) if note.indicator == value.indicator and _within(note.period, scope.period)]
    if pd.isna(value.dimension):
        return here
    if value.dimension not in ("service", "group"):
        return [note for note in here if not note.members]
    return [note for note in here if (value.dimension, value.member) in note.members]


def place_of(scope: Scope, note: Note) -> tuple[str | None, str | None]:
    """Dimension and member by which a note's indicator is asked for: its service, else its group, where it can be told by it."""
    known = dimensions_of(scope.catalogue[note.indicator], scope.catalogue) if note.known else ()
    return next(((kind, name) for kind, name in note.members if kind in known), (None, None))


def effect_of(scope: Scope, note: Note) -> Effect:
    """What became of the value that a done action is about."""
    if not note.known or note.done_on is None:
        return UNMEASURED
    return effect(scope, note.indicator, *place_of(scope, note), note.period, note.done_on)


def _note(scope: Scope, row: pd.Series) -> Note:
    done, due, indicator = day(row["done_on"]), day(row["due"]), indicator_id(scope, row["indicator"])
    done_on = done if done and done <= scope.today else None
    return Note(
        period=parse_period(row["period"], scope.settings.period.month_starts_on),
        indicator=indicator or row["indicator"],
        service=text(row["service"]),
        group=text(row["assignment_group"]),
        cause=text(row["cause"]),
        action=text(row["action"]),
        owner=text(row["owner"]),
        due=due,
        done_on=done_on,
        decision_needed=pd.notna(row["decision_needed"]) and bool(row["decision_needed"]),
        number=row["number"],
        known=indicator is not None,
        days_overdue=scope.days_since(due) if due and not done_on else None,
    )


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
