"""What is due on the day of a moment: planned changes, what ends or must be renewed, actions; and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsq_analysis.capacity.orders import ends
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.notes import open_actions


@dataclass(frozen=True)
class Due:
    """One thing.

    Attributes:
        kind: "change" (planned to begin), "renewal" (to be ordered), "end" (the last day), "action" (of the register of notes).
        what: its name, in the register's words.
        owner: "" where nobody is named.
        day: on which it is due.
        days: that it is overdue; 0 today.
    """

    kind: Literal["change", "renewal", "end", "action"]
    what: str
    owner: str
    day: date
    days: int


def day_of(scope: Scope) -> date:
    """The local day that the scope's moment lies in; midnight begins a day."""
    return scope.moment.astimezone(scope.settings.organisation.zone).date()


@fact
def due_today(scope: Scope) -> tuple[Due, ...]:
    """What is due on the day of the moment, changes first; then what is overdue, the longest last.

    A change is due on the day of its planned start while it has not begun; it is never overdue, as registers leave old
    plans behind. What has ended is not told again.
    """
    today = day_of(scope)
    due = [*_changes(scope, today)]
    for end in ends(scope):
        if end.day >= today >= end.act:
            last = end.day == today
            day = end.day if last else end.act
            due.append(Due("end" if last else "renewal", end.resource.label, end.resource.owner or "", day, (today - day).days))
    asked = [(note, note.due) for note in open_actions(scope) if note.due is not None and note.due <= today]
    due += [Due("action", note.what, note.owner, day, (today - day).days) for note, day in asked]
    return tuple(sorted(due, key=lambda thing: thing.days))


def _changes(scope: Scope, today: date) -> list[Due]:
    rows = scope.query(
        "SELECT number, short_description, assignment_group FROM changes WHERE (planned_start AT TIME ZONE $zone)::DATE = $today "
        "AND opened_at < $moment AND (started_at IS NULL OR started_at >= $moment) AND (closed_at IS NULL OR closed_at >= $moment) "
        "AND state IS DISTINCT FROM 'canceled' ORDER BY planned_start, number",
        zone=scope.settings.organisation.timezone,
        today=today,
    )
    plain = rows.astype(object).where(rows.notna(), "").to_dict("records")
    texts = (" ".join(filter(None, (row["number"], row["short_description"]))) for row in plain)
    return [Due("change", text, row["assignment_group"], today, 0) for text, row in zip(texts, plain, strict=True)]
