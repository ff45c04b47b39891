"""Small desks: tickets whose pace is known, with a state log; and a scope over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from itsq_analysis.facts import Scope
from tests.page.made import RULES, context
from tests.tables import Row, moment

NOW = "2026-10-20 12:00"
Desk = tuple[list[Row], list[Row]]


def desk(count: int = 2000, *, logged: bool = True, seed: int = 3) -> Desk:
    """Incidents from 1 September on, 36 minutes each apart, and their log: the slow category takes ten times as long."""
    random = np.random.default_rng(seed)
    incidents, log = [], []
    for place in range(count):
        opened = datetime.fromisoformat("2026-09-01 09:00") + timedelta(hours=0.6 * place)
        slow, held = bool(random.random() < 0.3), bool(random.random() < 0.2)
        hours = random.exponential(20.0 if slow else 2.0)
        ended, canceled = opened + timedelta(hours=hours + 5 * held), bool(random.random() < 0.1)
        number, state = f"INC{place:05d}", "canceled" if canceled else "closed"
        group = str(random.choice(["Desk", "Servers"]))
        times = {"resolved_at": None if canceled else ended, "updated_at": ended, "ended_at": ended}
        row = {"number": number, "opened_at": opened, "state": state, "priority": 3, "category": "slow" if slow else "quick"}
        incidents.append(row | times | {"assignment_group": group})
        states = [("new", 0.0), ("in_progress", 0.1 * hours), *([("on_hold", 0.5 * hours)] if held else [])]
        entries = [(name, opened + timedelta(hours=after)) for name, after in states]
        if held:
            entries.append(("in_progress", opened + timedelta(hours=0.5 * hours + 5)))
        entries.append(("canceled" if canceled else "resolved", ended))
        log += [
            {"number": number, "seq": seq, "at": at, "state": name, "assignment_group": group, "hold_reason": _reason(name)}
            for seq, (name, at) in enumerate(entries)
        ]
    return [zoned(row) for row in incidents], [zoned(row) for row in log] if logged else []


def _reason(state: str) -> str | None:
    return "caller" if state == "on_hold" else None


def zoned(row: Row) -> Row:
    return {name: moment(value.isoformat()) if isinstance(value, datetime) else value for name, value in row.items()}


def scope(made: Desk, as_of: str = NOW, toml: str = RULES + 'paused = ["caller"]\n', horizon: str = "2026-11-20 09:00") -> Scope:
    """As of a moment; the data are known until `horizon`."""
    incidents, log = made
    known = context(toml, as_of=horizon, incidents=incidents, state_log=log).workspace
    at: Any = moment(as_of)
    return known.scope_at(known.period("2026-10"), at)


def forgotten(made: Desk, as_of: str = NOW) -> Desk:
    """What an export of that moment would have held: nothing of later, and tickets that ended later are open."""
    at: Any = moment(as_of)
    incidents = [row | ({} if row["ended_at"] < at else OPEN) for row in made[0] if row["opened_at"] < at]
    return incidents, [row for row in made[1] if row["at"] < at]


OPEN = {"resolved_at": None, "ended_at": None, "updated_at": None, "state": "in_progress"}
