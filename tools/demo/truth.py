"""What was planted, counted from the records themselves: the content of truth.json, for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.demo import calls, capacity_registers, capacity_truth, monitoring, people, rosters, written_registers
from tools.demo.book import Book
from tools.demo.dirt import HOSTILE
from tools.demo.draws import Bools, Ints
from tools.demo.files import size, stamps
from tools.demo.intake import RESOLVE_WITHIN, RESPOND_WITHIN
from tools.demo.organisation import organisation
from tools.demo.planted import (
    BAD_CHANGES,
    CLEAN_SERVICE,
    EXTRACTED,
    FIRST_DAY,
    HOUR,
    OUTAGE_FROM,
    OUTAGE_SERVICE,
    OUTAGE_TO,
    OUTAGE_USERS,
    SHIFT_FROM,
    SHIFT_PERCENT,
    SHIFT_SERVICE,
    SLUMP_FROM,
    SLUMP_GROUP,
    moment,
)
from tools.demo.recurring import planted_truth
from tools.demo.work import NEVER

KEYS = {
    "services": ("service",),
    "groups": ("assignment_group",),
    "state_log": ("ticket_table", "number", "seq"),
    "notes": tuple(people.NOTE_COLUMNS),
    "exemptions": people.EXEMPTION_KEYS,
    "capacity_options": capacity_registers.OPTION_KEY,
    "demand_drivers": capacity_registers.DRIVER_KEY,
    **monitoring.KEYS,
    "roster": ("日期", "上班", "班组"),
    **written_registers.keys(),
}


def local(at: int) -> str:
    """A moment as local time text."""
    return stamps(np.array([at]), local=True)[0]


def months() -> list[str]:
    """The complete months, oldest first."""
    first = FIRST_DAY.year * 12 + FIRST_DAY.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, first + 24)]


def _month_of(moments: Ints) -> list[str]:
    return [text[:7] for text in stamps(moments, moments < NEVER, local=True)]


def truth(found: Book, seed: int) -> dict[str, Any]:
    """Everything that a test may look for; times are local, months by local time, P1–P4 only where the SLA is judged."""
    return {
        "seed": seed,
        "extracted_at": local(EXTRACTED),
        "months": months(),
        "files": {
            sheet.path: {
                "table": sheet.table,
                "rows": sheet.rows,
                "quarantined": sheet.quarantined,
                "unmapped": sheet.unmapped,
            }
            for sheet in found.exports
        },
        "tables": _tables(found),
        "incidents": _incidents(found),
        "planted": _planted(found)
        | {"capacity": capacity_truth.planted(seed), "recurring": planted_truth(found.incidents, seed, months()[-1])},
        "hostile": list(HOSTILE),
    }


def _tables(found: Book) -> dict[str, dict[str, int]]:
    """Per table: rows read, of which quarantined, and rows of distinct key that remain (`kept`)."""
    tables: dict[str, dict[str, int]] = {}
    for name in sorted({sheet.table for sheet in found.exports}):
        sheets = [sheet for sheet in found.exports if sheet.table == name]
        bad = sum(sum(sheet.quarantined.values()) for sheet in sheets)
        keys: set[tuple[str, ...]] = set()
        for sheet in sheets:
            columns = [sheet.frame[key] for key in KEYS.get(sheet.path) or KEYS.get(name, (next(iter(sheet.frame)),))]
            spoiled = sum(sheet.quarantined.values()) - len(sheet.raw_lines) + len(sheet.again)  # they come last
            good = [*range(size(sheet.frame) - spoiled), *(row for row, _ in sheet.again)]
            keys |= set(zip(*([column[row] for row in good] for column in columns), strict=True))
        tables[name] = {"read": sum(sheet.rows for sheet in sheets), "quarantined": bad, "kept": len(keys)}
    return tables


def _loaded(found: Book) -> Ints:
    """Positions of the incidents that load, those twice of which a spoiled copy loads under a number of its own."""
    position = {number: place for place, number in enumerate(found.incidents.number)}
    sheets = [sheet for sheet in found.exports if sheet.table == "incidents"]
    copies = [position[sheet.frame["number"][row]] for sheet in sheets for _, row in sheet.again]
    return np.array([*range(len(position)), *copies])


def _incidents(found: Book) -> dict[str, Any]:
    records, rows = found.incidents, _loaded(found)
    taken, done = records.taken, records.done
    priority, noted, arrived = taken.priority[rows], records.noted_resolved[rows], records.arrived.opened[rows]
    judged = (priority <= 4) & (noted < NEVER)
    in_time = judged & (done.used[rows] <= RESOLVE_WITHIN[priority])
    answered = (priority <= 4) & (done.acknowledged[rows] <= EXTRACTED)
    opened, resolved = _month_of(arrived), _month_of(noted)
    backlog = {
        month: int(((arrived < moment(f"{month}-01")) & (records.ended[rows] >= moment(f"{month}-01"))).sum())
        for month in [*months()[1:], "2026-11"]
    }
    return {
        "opened": _counts(opened, np.ones(len(opened), dtype=bool)),
        "resolved": _counts(resolved, noted < NEVER),
        "resolved_judged": _counts(resolved, judged),
        "resolved_in_time": _counts(resolved, in_time),
        "answered_judged": int(answered.sum()),
        "answered_in_time": int((answered & (done.response[rows] <= RESPOND_WITHIN[priority])).sum()),
        "open_at_start_of": backlog,
        "closed_without_resolution_time": int(records.silent[rows].sum()),
    }


def _counts(labels: list[str], marked: Bools) -> dict[str, int]:
    known = [label for label, is_marked in zip(labels, marked, strict=True) if is_marked]
    return {month: known.count(month) for month in months()}


def _planted(found: Book) -> dict[str, Any]:
    return {
        "bad_changes": _bad_changes(found),
        "outage": _outage(found),
        "level_shift": {"service": SHIFT_SERVICE, "from": local(SHIFT_FROM), "factor": SHIFT_PERCENT / 100},
        "slump": _slump(found),
        "clean_service": CLEAN_SERVICE,
        "notes": _notes(),
        "exemptions": _exemptions(found),
        "roster": _roster(),
    }


def _roster() -> dict[str, Any]:
    """Where the desk's roster has too few people and where too many; hours are local, ends exclusive."""
    clock = [f"{opens:02d}:00-{closes:02d}:00" for opens, closes in rosters.BLOCKS]
    calendar = rosters.planned_days()
    after = [stamps(calendar.start[[day]], local=True)[0][:10] for day in np.flatnonzero(calendar.after_break)]
    return {
        "team": calls.DESK,
        "planned_until": local(rosters.KEPT_UNTIL)[:10],
        "short": [{"weekday": "Monday", "hours": clock[rosters.MORNING], "people": rosters.SHORT}],
        "short_after_holidays": {"dates": after, "hours": clock[rosters.MORNING], "people": rosters.SHORT},
        "too_many": [{"weekday": "Friday", "hours": clock[rosters.AFTERNOON], "people": rosters.TOO_MANY}],
    }


def _bad_changes(found: Book) -> list[dict[str, Any]]:
    records = found.incidents
    return [
        {
            "number": found.changes.number[found.changes.bad[tag - 1]],
            "service": service,
            "ended_at": local(ended),
            "outcome": outcome,
            "extra_incidents": int((records.arrived.planted == tag).sum()),
            "linked_incidents": int((records.change == found.changes.bad[tag - 1]).sum()),
            "days": length,
        }
        for tag, (service, ended, outcome, _, length, _) in enumerate(BAD_CHANGES, start=1)
    ]


def _outage(found: Book) -> dict[str, Any]:
    records = found.incidents
    sheet = found.export("registers/outages.xlsx").frame
    row = sheet["重大事件"].index("是")
    return {
        "number": sheet["编号"][row],
        "service": OUTAGE_SERVICE,
        "started_at": local(OUTAGE_FROM),
        "restored_at": local(OUTAGE_TO),
        "users": OUTAGE_USERS,
        "user_hours": OUTAGE_USERS * (OUTAGE_TO - OUTAGE_FROM) // HOUR,
        "major_incident": sheet["事件"][row],
        "problem": sheet["问题"][row],
        "incidents": int((records.arrived.planted < 0).sum()),
    }


def _notes() -> dict[str, Any]:
    told = ("explains", "decision_needed", "overdue", "done", "done_in_october")
    facts = {name: {key: people.note(name)[key] for key in ("action", "due", "done") if key in people.note(name)} for name in told}
    return facts | {"without_explanation": ["emergency_change_share"]}


def _exemptions(found: Book) -> dict[str, Any]:
    frame = found.export("registers/exemptions.xlsx").frame
    pairs = zip(frame["工单或中断编号"], frame["指标"], frame["批准人"], strict=True)
    told = [{"ticket": ticket, "indicator": indicator, "approved": bool(by)} for ticket, indicator, by in pairs]
    return {"tickets": told, "turned_into_met": ["change_success_rate"]}


def _slump(found: Book) -> dict[str, Any]:
    records = found.incidents
    taken, done = records.taken, records.done
    of_group = (taken.last_group == organisation().group(SLUMP_GROUP)) & (taken.priority <= 4) & (records.noted_resolved < NEVER)
    labels = _month_of(records.noted_resolved)
    judged = _counts(labels, of_group)
    in_time = _counts(labels, of_group & (done.used <= RESOLVE_WITHIN[taken.priority]))
    return {"group": SLUMP_GROUP, "from": local(SLUMP_FROM), "resolved_judged": judged, "resolved_in_time": in_time}
