"""Small random organisations, for comparing the engine with the oracles of `naive`. The same seed gives the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from tests.random_registers import random_registers
from tests.tables import SHANGHAI, Row, Tables, tables

FIRST = datetime(2026, 8, 20, tzinfo=SHANGHAI)
LAST = datetime(2026, 11, 5, tzinfo=SHANGHAI)
GRID = 15  # minutes: the oracles of outages walk on it


class Draw:
    """Random choices; `maybe` leaves some cells unknown."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def moment(self, first: datetime = FIRST, last: datetime = LAST) -> datetime:
        minutes = int((last - first).total_seconds() // 60 // GRID)
        return first + timedelta(minutes=int(self.random.integers(max(minutes, 1))) * GRID)

    def later(self, moment: datetime, days: float, share: float) -> datetime | None:
        """Some time after, often soon; in the given share of cases."""
        minutes = int(self.random.exponential(days * 24 * 60) // GRID) * GRID
        return moment + timedelta(minutes=minutes) if self.chance(share) else None

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def one(self, values: Sequence[Any]) -> Any:
        return values[int(self.random.integers(len(values)))]

    def maybe(self, values: Sequence[Any], share: float = 0.8) -> Any:
        return self.one(values) if self.chance(share) else None


SERVICES = ["Mail", "ERP", "Wiki", "unregistered"]
GROUPS = ["Desk", "Servers", "Vendor", "unregistered"]


@cache
def organisation(seed: int, size: int = 120) -> Tables:
    """Contract tables of about `size` incidents from 20 August to 5 November 2026, with unknown cells everywhere."""
    draw = Draw(seed)
    incidents = [_incident(draw, place) for place in range(size)]
    later = Draw(seed + 1000)  # chance of its own, so that what was drawn before stays as it was
    return tables(
        services=[
            {"service": "Mail", "tier": 1, "users": 100, "calendar": "7x24", "supplier": "Post"} | _life("2024-01-01", None, "A"),
            {"service": "ERP", "tier": 2, "users": 40, "calendar": "5x8"} | _life("2026-09-01", "2026-10-01", "A"),
            {"service": "Wiki", "tier": 2, "users": draw.one([None, 0, 5]), "calendar": draw.one([None, "unheard of", "5x8"])}
            | _life("2026-10-05", None, None),
        ],
        groups=[
            {"assignment_group": "Desk", "team": "Operations", "level": 1},
            {"assignment_group": "Servers", "team": "Operations", "level": 2},
            {"assignment_group": "Vendor", "level": draw.one([None, 3]), "supplier": "Vendor"},
        ],
        incidents=[row | {"knowledge": later.maybe([True, False])} for row in incidents],
        requests=[_approved(later, _request(draw), "closed_at") for _ in range(size // 2)],
        changes=[_approved(later, _begun(later, _change(draw, place)), "started_at") for place in range(size // 4)],
        outages=[_watched(later, _outage(draw)) for _ in range(size // 10)],
        contacts=[_contacts(place) for place in range(size)],
        surveys=[_survey(draw) for _ in range(size // 2)],
        state_log=[entry for row in incidents if draw.chance(0.7) for entry in _log(draw, row)],
        **random_registers(seed),
    )


def _begun(draw: Draw, row: Row) -> Row:
    return row | {"started_at": draw.later(row["opened_at"], 3, 0.8)}


def _approved(draw: Draw, row: Row, by: str) -> Row:
    """Approved before, at or after the moment by which it had to be."""
    return row | {"approved_at": draw.maybe([row["opened_at"], row[by], draw.later(row["opened_at"], 4, 1)], 0.9)}


def _watched(draw: Draw, row: Row) -> Row:
    started = row["started_at"]
    reviewed = draw.later(row["restored_at"] or started, 10, 0.5)
    found = {"detected_at": draw.later(started, 0.1, 0.8), "major": draw.maybe([True, True, False])}
    return row | found | {"reviewed_on": reviewed.date() if reviewed else None}


def _life(introduced: str, retired: str | None, agreement: str | None) -> Row:
    days = {"introduced_on": introduced, "retired_on": retired}
    found: Row = {name: date.fromisoformat(day) if day else None for name, day in days.items()}
    return found | {"agreement": agreement, "owner": agreement}


def _contacts(place: int) -> Row:
    random = np.random.default_rng(place)  # of its own, so that the other tables stay as they were
    offered = int(random.integers(0, 30))
    answered = int(random.integers(0, offered + 1))
    known = bool(random.random() < 0.9)
    return {
        "number": f"K{place:04d}",
        "start": FIRST + timedelta(minutes=30 * int(random.integers(0, 3600))),
        "minutes": 30,
        "channel": ["phone", "chat", None][place % 3],
        "assignment_group": GROUPS[place % 4],
        "service": [*SERVICES, None][place % 5],
        "offered": offered,
        "answered": answered if known else None,
        "answered_in_target": int(random.integers(0, answered + 1)) if known else None,
        "abandoned": offered - answered if known else None,
        "wait_seconds": float(answered * 20) if known else None,
        "handle_seconds": float(random.integers(0, 400) * answered) if random.random() < 0.9 else None,
    }


def _incident(draw: Draw, place: int) -> Row:
    opened = draw.moment()
    resolved = draw.later(opened, 3, 0.75)
    closed = draw.later(resolved or opened, 4, 0.6 if resolved else 0.3)
    state = draw.one(["closed", "canceled"]) if closed else "resolved" if resolved else draw.one(["new", "on_hold", "canceled"])
    return {
        "number": f"INC{place:04d}",
        "opened_at": opened,
        "acknowledged_at": draw.later(opened, 0.1, 0.8),
        "resolved_at": resolved,
        "closed_at": closed,
        "updated_at": max(filter(None, [opened, resolved, closed])),
        "state": state,
        "priority": draw.maybe([1, 2, 3]),
        "service": draw.maybe(SERVICES),
        "category": draw.maybe(["Software", "Hardware"]),
        "subcategory": draw.maybe(["a", "b"]),
        "ci": draw.maybe(["x", "y"], 0.4),
        "channel": draw.maybe(["phone", "portal"]),
        "assignment_group": draw.maybe(GROUPS),
        "supplier": draw.maybe(["Own"], 0.1),
        "reassignment_count": draw.maybe([0, 0, 1, 2]),
        "reopen_count": draw.maybe([0, 0, 0, 1]),
        "made_sla": draw.maybe([True, False]),
        "first_contact_resolved": draw.maybe([True, False]),
        "major": draw.maybe([True, False, False]),
        "problem": draw.maybe(["PRB1"], 0.3),
        "caused_by_change": draw.maybe(["CHG0001", "unheard of"], 0.2),
        "working_seconds": int(draw.random.integers(1, 100_000)) if resolved else None,
        "sla_response_met": draw.maybe([True, False]),
        "sla_resolution_met": draw.maybe([True, False]),
        "sla_due_at": draw.later(opened, 2, 0.8),
    }


def _log(draw: Draw, row: Row) -> list[Row]:
    moments = sorted(draw.moment(row["opened_at"]) for _ in range(int(draw.random.integers(1, 6))))
    entries = [{"number": row["number"], "seq": seq, "at": moment} for seq, moment in enumerate(moments)]
    return [entry | {"assignment_group": draw.maybe(GROUPS[:3])} for entry in entries]


def _request(draw: Draw) -> Row:
    opened = draw.moment()
    closed = draw.later(opened, 5, 0.8)
    state = draw.one(["fulfilled", "fulfilled", "canceled"]) if closed else "open"
    return {
        "opened_at": opened,
        "due_at": draw.later(opened, 5, 0.8),
        "closed_at": closed,
        "state": state,
        "service": draw.maybe(SERVICES),
        "assignment_group": draw.maybe(GROUPS),
        "channel": draw.maybe(["phone", "portal"]),
    }


def _change(draw: Draw, place: int) -> Row:
    opened = draw.moment()
    return {
        "number": f"CHG{place:04d}",
        "opened_at": opened,
        "closed_at": draw.later(opened, 6, 0.8),
        "state": draw.one(["closed", "closed", "canceled"]),
        "type": draw.maybe(["standard", "normal", "emergency"]),
        "outcome": draw.maybe(["successful", "successful", "successful_issues", "unsuccessful"]),
        "priority": draw.maybe([1, 2, 3]),
        "service": draw.maybe(SERVICES),
        "category": draw.maybe(["Software"]),
        "assignment_group": draw.maybe(GROUPS),
    }


def _outage(draw: Draw) -> Row:
    started = draw.moment()
    return {
        "service": draw.one(SERVICES),
        "started_at": started,
        "restored_at": draw.later(started, 1, 0.9),
        "kind": draw.one(["unplanned", "unplanned", "maintenance"]),
        "degradation": draw.maybe([0.0, 0.25, 0.5, 1.0]),
        "users_affected": draw.maybe([0, 10, 60, 1000], 0.5),
    }


def _survey(draw: Draw) -> Row:
    sent = draw.moment()
    answered = draw.later(sent, 2, 0.6)
    return {
        "sent_at": sent,
        "answered_at": answered,
        "automatic": draw.maybe([True, False, False]) if answered else None,
        "score": draw.maybe([1, 3, 4, 5]) if answered else None,
        "recommend": draw.maybe([0, 6, 7, 8, 9, 10]) if answered else None,
        "service": draw.maybe(SERVICES),
        "assignment_group": draw.maybe(GROUPS),
    }
