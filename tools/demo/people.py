"""Registers in people's words, with Chinese headers: explanations with their actions, and exemptions, as people.toml has them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from tools.demo.changes import Changes
from tools.demo.draws import Bools, Ints
from tools.demo.files import Frame
from tools.demo.incidents import Incidents
from tools.demo.intake import RESOLVE_WITHIN
from tools.demo.names import named
from tools.demo.planted import OUTAGE_SERVICE, SLUMP_GROUP, moment
from tools.demo.work import NEVER

NOTE_COLUMNS = {  # header -> key of people.toml
    "统计期": "period", "指标": "indicator", "服务": "service", "支持组": "group", "原因": "cause", "改进措施": "action",
    "责任人": "owner", "期限": "due", "完成日期": "done", "需要决策": "decide",
}  # fmt: skip
EXEMPTION_KEYS = ("工单或中断编号", "指标")
FIRST, AFTER = moment("2026-10-01"), moment("2026-11-01")
REFUSED = {"unreadable_period": 1, "empty_note": 1}  # the last rows of the notes, by the rule that refuses them


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """What people.toml says: `note` and `exemption`, each a list."""
    return tomllib.loads(files(__package__).joinpath("people.toml").read_text(encoding="utf-8"))


def note(name: str) -> dict[str, Any]:
    """The note of that id."""
    return next(one for one in written()["note"] if one["id"] == name)


def notes(outage_cause: str) -> Frame:
    """Explanations and actions; the last rows are those of `REFUSED`."""
    facts = {"cause": outage_cause, "group": SLUMP_GROUP, "service": OUTAGE_SERVICE}
    frame = {header: [_cell(one.get(key, ""), facts) for one in written()["note"]] for header, key in NOTE_COLUMNS.items()}
    for column in ("原因", "改进措施", "责任人"):
        frame = named(frame, column, **{f"{column}（英文）": "en"})
    return frame


def _cell(value: str | bool, facts: dict[str, str]) -> str:
    return ("是" if value else "") if isinstance(value, bool) else value.format(**facts)


def exemptions(found: Incidents, made: Changes) -> Frame:
    """Late incidents of priority 2 and a failed change, approved; a late incident of priority 1, not approved."""
    tickets = {
        "first priority": iter(_late(found, 1)),
        "second priority": iter(_late(found, 2)),
        "change": iter([made.number[place] for place in np.flatnonzero(made.failed & _in_october(made.closed))]),
    }
    asked = written()["exemption"]
    return {
        "工单或中断编号": [next(tickets[one["of"]]) for one in asked],
        "指标": ["change_success_rate" if one["of"] == "change" else "sla_resolution_met" for one in asked],
        "理由": [one["reason"] for one in asked],
        "批准人": [one.get("by", "") for one in asked],
        "批准日期": [one.get("on", "") for one in asked],
    }


def _late(found: Incidents, priority: int) -> list[str]:
    """Incidents of a priority resolved late in October, in the order of opening."""
    resolved = found.noted_resolved
    late = (resolved < NEVER) & (found.done.used > RESOLVE_WITHIN[found.taken.priority]) & (found.taken.priority == priority)
    return [found.number[place] for place in np.flatnonzero(late & _in_october(resolved))]


def _in_october(moments: Ints) -> Bools:
    return np.asarray((moments >= FIRST) & (moments < AFTER))
