"""Problems: causes of repeated incidents, one of the big outage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Days
from tools.demo.draws import Draws, Ints
from tools.demo.files import Frame, chosen, numbers, stamps
from tools.demo.organisation import organisation
from tools.demo.planted import DAY, EXTRACTED, HOUR, OUTAGE_SERVICE, OUTAGE_TO

FIRST_NUMBER = 7001
STATES = ("Assess", "Root Cause Analysis", "Fix in Progress", "Resolved", "Closed")
CAUSES = (
    "Memory leak after the last release",
    "证书到期未更新",
    "Wrong index",
    "Firmware defect",
    "Missing retry in the interface",
    "配置错误",
)


@dataclass(frozen=True)
class Problems:
    """Problems in the order of opening, moments in seconds since 1970 UTC; the last one is that of the outage."""

    service: Ints
    opened: Ints
    known: Ints
    resolved: Ints
    closed: Ints
    priority: Ints
    cause: Ints
    workaround: Ints

    @property
    def number(self) -> list[str]:
        """Problem numbers."""
        return numbers("PRB", FIRST_NUMBER, self.opened.size)

    @property
    def outage(self) -> int:
        """Position of the problem behind the big outage."""
        return int(np.flatnonzero(self.opened == OUTAGE_TO + 2 * HOUR)[0])


def problems(calendar: Days, seed: int) -> Problems:
    """About seven problems a month, solved within weeks or months."""
    draws = Draws(seed, "problems")
    days = calendar.start[calendar.working]
    opened = days[draws.chance(340, days.size)]
    opened = opened + draws.between(9 * HOUR, 18 * HOUR, opened.size)
    opened = np.sort(np.append(opened, OUTAGE_TO + 2 * HOUR))
    opened = opened[opened < EXTRACTED]
    size = opened.size
    service = draws.pick([entry.daily for entry in organisation().services], size)
    service[opened == OUTAGE_TO + 2 * HOUR] = organisation().service(OUTAGE_SERVICE)
    known = opened + draws.between(1, 25, size) * DAY
    resolved = known + draws.between(2, 60, size) * DAY
    return Problems(
        service=service,
        opened=opened,
        known=known,
        resolved=resolved,
        closed=resolved + draws.between(1, 14, size) * DAY,
        priority=draws.pick((5, 25, 50, 20), size),
        cause=draws.below(len(CAUSES), size),
        workaround=draws.pick((55, 45), size),
    )


def export(found: Problems) -> Frame:
    """Problems as they stand at the extraction; times are UTC."""
    known, resolved, closed = (moments <= EXTRACTED for moments in (found.known, found.resolved, found.closed))
    services = organisation().services
    return {
        "number": found.number,
        "opened_at": stamps(found.opened),
        "u_known_error_at": stamps(found.known, known),
        "resolved_at": stamps(found.resolved, resolved),
        "closed_at": stamps(found.closed, closed),
        "sys_updated_on": stamps(np.select([closed, resolved, known], [found.closed, found.resolved, found.known], found.opened)),
        "state": chosen(STATES, np.select([closed, resolved, known], [4, 3, 2], np.where(found.opened + DAY <= EXTRACTED, 1, 0))),
        "priority": chosen(("1 - Critical", "2 - High", "3 - Moderate", "4 - Low"), found.priority),
        "business_service": chosen([service.service for service in services], found.service),
        "category": chosen([service.topics[0][0] for service in services], found.service),
        "assignment_group": chosen([service.group for service in services], found.service),
        "u_root_cause": chosen(CAUSES, np.where(known, found.cause, -1)),
        "u_workaround": chosen(("false", "true"), np.where(known, found.workaround, 0)),
        "short_description": [f"Repeated incidents: {services[service].topics[0][2]}" for service in found.service.tolist()],
    }
