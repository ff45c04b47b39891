"""Service requests as a ServiceNow export of requested items; times are UTC."""

from __future__ import annotations

import numpy as np

from tools.demo.arrivals import WORKING_HOURS, Days
from tools.demo.clock import Clock
from tools.demo.draws import Draws, Ints
from tools.demo.files import Frame, chosen, numbers, stamps
from tools.demo.intake import CHANNELS
from tools.demo.organisation import organisation
from tools.demo.planted import EXTRACTED, HOUR, office

FIRST_NUMBER = 50001
STATES = ("Open", "Work in Progress", "Closed Complete", "Closed Incomplete")
OPEN, WORKING, COMPLETE, INCOMPLETE = range(4)
# Working time used, in thousandths of the time promised.
WORK = ((0, 20), (300, 250), (700, 620), (920, 1000), (985, 1900), (1000, 4000))


def requests(calendar: Days, seed: int) -> Frame:
    """Requests on working days; about nine in ten are fulfilled in time, after approval."""
    draws = Draws(seed, "requests")
    known = organisation()
    opened, item = _opened(calendar, draws)
    size = opened.size
    clock, office_hours = Clock(office()), np.zeros(size, dtype=bool)
    promised = np.array([entry.days for entry in known.items])[item] * 8 * HOUR
    needed = np.maximum(promised * draws.curve(WORK, size) // 1000, 600)
    due = clock.add(opened, promised, office_hours)
    approved = clock.add(opened, needed * draws.between(100, 300, size) // 1000, office_hours)
    closed = clock.add(opened, needed, office_hours)
    ended, begun = closed <= EXTRACTED, approved <= EXTRACTED
    incomplete = draws.chance(25, size)
    state = np.select([ended & incomplete, ended, begun], [INCOMPLETE, COMPLETE, WORKING], OPEN)
    entries = [known.items[position] for position in item.tolist()]
    return {
        "number": numbers("RITM", FIRST_NUMBER, size),
        "opened_at": stamps(opened),
        "u_approved_at": stamps(approved, begun),
        "due_date": stamps(due),
        "closed_at": stamps(closed, ended),
        "sys_updated_on": stamps(np.select([ended, begun], [closed, approved], opened)),
        "state": chosen(STATES, state),
        "cat_item": [entry.item for entry in entries],
        "priority": chosen(("3 - Moderate", "4 - Low"), draws.pick((1, 4), size)),
        "business_service": [entry.service for entry in entries],
        "category": [entry.category for entry in entries],
        "contact_type": chosen(CHANNELS, draws.pick((6, 80, 9, 5), size)),
        "assignment_group": [entry.group for entry in entries],
        "short_description": [f"{entry.item} for a colleague" for entry in entries],
        "reassignment_count": draws.pick((80, 16, 4), size).astype(str).tolist(),
    }


def _opened(calendar: Days, draws: Draws) -> tuple[Ints, Ints]:
    """Moments of opening, oldest first, and the catalogue item of each."""
    daily = np.array([item.daily for item in organisation().items])
    days = calendar.start[calendar.working]
    wanted = daily * draws.between(60, 140, days.size)[:, None] // 100
    count = ((wanted + draws.below(100, days.size)[:, None]) // 100).ravel()
    day = np.repeat(np.repeat(days, daily.size), count)
    item = np.repeat(np.tile(np.arange(daily.size), days.size), count)
    opened = day + draws.pick(WORKING_HOURS.tolist(), day.size) * HOUR + draws.below(HOUR, day.size)
    order = np.argsort(opened, kind="stable")
    order = order[opened[order] < EXTRACTED]
    return opened[order], item[order]
