"""Late incidents the slow, obvious way: every quarter of an hour of an incident's life is looked at on its own.

Nothing here comes from the package; all moments lie on the grid, in Shanghai's local time. The rules are those of `RULES`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

QUARTER = timedelta(minutes=15)
Row = dict[str, Any]
# priority -> around the clock, hours to resolve, reasons on hold that stop the clock
RULES = {1: (True, 8, {"caller"}), 3: (False, 16, {"caller", "supplier"})}
WAITING = {"caller": "waiting_user", "supplier": "waiting_supplier"}


def works(moment: datetime, around: bool) -> bool:
    """Monday to Friday, 9 to 12 and 13 to 18, or always."""
    return around or (moment.weekday() < 5 and (9 <= moment.hour < 12 or 13 <= moment.hour < 18))


def row_in_force(log: list[Row], moment: datetime) -> int:
    """The place of the newest row at a moment; -1 before the first."""
    return max((place for place, row in enumerate(log) if row["at"] <= moment), default=-1)


def holder(log: list[Row], place: int) -> str | None:
    """The last group named up to a row."""
    named = [row["assignment_group"] for row in log[: place + 1] if row["assignment_group"]]
    return named[-1] if named else None


def transferred(log: list[Row], place: int, levels: dict[str, int | None]) -> bool:
    """Whether somebody had it in progress before a change of group up to this row, other than the first line handing over."""
    for here in range(1, place + 1):
        before, after = holder(log, here - 1), holder(log, here)
        handover = levels.get(before or "") == 1 and levels.get(after or "") != 1
        worked = any(row["state"] == "in_progress" for row in log[:here])
        if before and before != after and worked and not handover:
            return True
    return False


def kind(log: list[Row], moment: datetime, levels: dict[str, int | None]) -> str:
    """What a moment of an incident's life went on."""
    place = row_in_force(log, moment)
    if place < 0:
        return "unassigned" if log[0]["state"] == "new" else "waiting_other"
    row = log[place]
    if row["state"] == "new":
        return "unassigned"
    if row["state"] == "in_progress":
        return "transferred" if transferred(log, place, levels) else "worked"
    return WAITING.get(row["hold_reason"], "waiting_other") if row["state"] == "on_hold" else "waiting_other"


def quarters(start: datetime, end: datetime) -> list[datetime]:
    count = max((end - start) // QUARTER, 0)
    return [start + step * QUARTER for step in range(count)]


def hours(log: list[Row], priority: int, start: datetime, end: datetime, levels: dict[str, int | None]) -> dict[str, float]:
    """Working hours by kind; only kinds that occur."""
    around = RULES[priority][0]
    found: dict[str, float] = {}
    for moment in quarters(start, end):
        if works(moment, around):
            name = kind(log, moment, levels)
            found[name] = found.get(name, 0.0) + 0.25
    return found


def runs(log: list[Row], priority: int, moment: datetime) -> bool:
    """Whether the clock of the rule runs."""
    around, _, paused = RULES[priority]
    place = row_in_force(log, moment)
    held = place >= 0 and log[place]["state"] == "on_hold" and log[place]["hold_reason"] in paused
    return works(moment, around) and not held


def used(log: list[Row], priority: int, start: datetime, end: datetime) -> float:
    """Hours on the clock of the rule."""
    return 0.25 * sum(runs(log, priority, moment) for moment in quarters(start, end))


def due(log: list[Row], priority: int, start: datetime, now: datetime) -> datetime:
    """When the time runs out; from `now` on the clock runs whatever the log says."""
    around, left, _ = RULES[priority]
    moment = start
    while left > 0:
        left -= 0.25 * (runs(log, priority, moment) if moment < now else works(moment, around))
        moment += QUARTER
    return moment
