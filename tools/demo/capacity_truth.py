"""What was planted in the demo's capacity, computed from the courses, which go on after the last export."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.demo import courses as planted_courses
from tools.demo.capacity_registers import written
from tools.demo.courses import Course, Hours, courses, foreseen, hours
from tools.demo.draws import Ints
from tools.demo.files import stamps
from tools.demo.monitoring import INFINITE, NOT_A_NUMBER
from tools.demo.planted import EXTRACTED

WARNING, CRITICAL = {"磁盘": 0.8, "存储": 0.8, "数据库": 0.8}, {"磁盘": 0.9, "存储": 0.9, "数据库": 0.9}
USUAL = (0.7, 0.85)


def planted(seed: int) -> dict[str, Any]:
    """Per resource: what is planted, and the days on which its thresholds are reached; then the events by name."""
    grid = hours()
    found = {(course.resource, course.metric): course for course in courses(seed)}
    told = {}
    for entry in written()["resource"]:
        course = found.get((entry["resource"], entry.get("metric", "")))
        told[entry["resource"]] = {"planted": entry["seen"]} | (_reached(entry, course, grid) if course else {})
    return {
        "resources": told,
        "horizon": _local(EXTRACTED),
        "idle": [entry["resource"] for entry in written()["resource"] if entry["seen"] == "idle"],
        "without_data": [entry["resource"] for entry in written()["resource"] if entry["seen"] == "no data"],
        "cleaned": {"resource": "finance-db", "at": _local(planted_courses.CLEANED_ON), "freed_gib": 178},
        "leak": {
            "resource": "tms-app01",
            "from": _local(planted_courses.LEAK_FROM),
            "gib_a_day": round(planted_courses.LEAK / planted_courses.GIB, 3),
            "restarts": [_local(at) for at in planted_courses.RESTARTS],
        },
        "step": {"resource": "erp-app", "at": _local(planted_courses.STEP_ON), "factor": planted_courses.STEP_PERCENT / 100},
        "burst": {
            "resource": "portal-db:connections",
            "from": _local(planted_courses.BURST[0]),
            "to": _local(planted_courses.BURST[1]),
        },
        "gap": {"resource": "wan-hq", "from": _local(planted_courses.GAP[0]), "to": _local(planted_courses.GAP[1])},
        "not_a_number": {"resource": "portal-web", "from": _local(NOT_A_NUMBER[0]), "hours": NOT_A_NUMBER[1]},
        "infinite": INFINITE,
        "peak": {"resource": "portal-web", "on": "2026-11-11"},
        "n_minus_1": "wms-app-cluster",
    }


def _reached(entry: dict[str, Any], course: Course, grid: Hours) -> dict[str, Any]:
    """Use now, and when warning and critical are reached; days are judged by their second highest hour."""
    capacity = round(entry.get("capacity", 1) * course.scale)
    used = capacity - course.values if "measured" in entry else course.values
    if entry["seen"] == "energy":
        return {}
    limits = (
        entry.get("warning", WARNING.get(entry["kind"], USUAL[0])),
        entry.get("critical", CRITICAL.get(entry["kind"], USUAL[1])),
    )
    days = [_first(used, round(capacity * limit), grid) for limit in limits]
    last = np.flatnonzero(course.known)[-1]
    return {"used": round(int(used[last]) / capacity, 3), "warning_on": days[0], "critical_on": days[1]}


def _first(used: Ints, limit: int, grid: Hours) -> str | None:
    """ "reached" where the threshold is reached in most of the last seven days, else the first day after them, None in no year."""
    daily = np.sort(used.reshape(-1, 24), axis=1)[:, -2]
    past = grid.start[::24] < EXTRACTED
    if (daily[past][-7:] >= limit).sum() > 3:
        return "reached"
    return foreseen(Course("", "", used, 1, 1, np.empty(0, dtype=bool)), limit, grid)


def _local(at: int) -> str:
    return stamps(np.array([at]), local=True)[0]
