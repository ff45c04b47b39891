"""Who is on duty: the service desk in blocks of hours, the other teams in one shift; kept up to six weeks ahead."""

from __future__ import annotations

import numpy as np

from tools.demo.arrivals import Days, days
from tools.demo.calls import DESK, SLOT, SLOTS
from tools.demo.draws import Ints
from tools.demo.files import Frame, stamps
from tools.demo.planted import HOUR, moment

KEPT_FROM = moment("2026-01-01")  # the file holds the roster from here on
KEPT_UNTIL = moment("2026-12-13 12:00")
BLOCKS = ((8, 9), (9, 11), (11, 12), (12, 13), (13, 17), (17, 18), (18, 20))  # o'clock
WORKING = (5, 8, 6, 4, 6, 5, 3)  # people of the desk in each block of a working day
ON_MONDAY = (1, 0, 0, 0, 2, 0, 0)  # more than that
OFF = (2, 3, 3, 2, 3, 2, 2)  # on days off
MORNING, AFTERNOON = 1, 4  # places of blocks
SHORT, TOO_MANY = 2, 3  # people
MONDAY, FRIDAY = 0, 4
TEAMS = {  # people on duty on working days, 09:00 to 18:00
    "Field Support": 7, "Messaging and Collaboration": 4, "Identity and Security": 4, "Network Operations": 5,
    "Business Applications": 6, "Warehouse Systems": 5, "Integration and Portal": 5,
}  # fmt: skip
ON_CALL = "Network Operations"  # one of them through the night


def planned_days() -> Days:
    """The demo's days up to the last one for which a roster is planned."""
    return days(KEPT_UNTIL)


def desk_blocks(calendar: Days) -> Ints:
    """People of the desk per day and block, with what was planted: too few on Monday mornings and after holidays, too many on
    Friday afternoons.
    """
    people = np.where(calendar.working[:, None], WORKING, OFF).astype(np.int64)
    monday = calendar.working & (calendar.weekday == MONDAY) & ~calendar.after_break
    friday = calendar.working & (calendar.weekday == FRIDAY)
    people[monday] += ON_MONDAY
    people[monday, MORNING] -= SHORT
    for block in (MORNING, AFTERNOON):
        people[calendar.after_break, block] -= SHORT
    people[friday, AFTERNOON] += TOO_MANY
    return people


def on_duty(calendar: Days) -> Ints:
    """People on the desk's roster in every half-hour of the days."""
    people = np.zeros((calendar.start.size, SLOTS), dtype=np.int64)
    for place, (opens, closes) in enumerate(BLOCKS):
        people[:, opens * HOUR // SLOT : closes * HOUR // SLOT] = desk_blocks(calendar)[:, [place]]
    return people.ravel()


def roster(calendar: Days) -> Frame:
    """The register: one row per day, shift and team."""
    rows: list[tuple[str, str, str, str, str]] = []
    blocks = desk_blocks(calendar)
    for day, start in enumerate(calendar.start.tolist()):
        if start < KEPT_FROM:
            continue
        date = stamps(np.array([start]), local=True)[0][:10]
        rows += [
            (date, f"{opens:02d}:00", f"{closes:02d}:00", DESK, str(blocks[day, place]))
            for place, (opens, closes) in enumerate(BLOCKS)
        ]
        if calendar.working[day]:
            rows += [(date, "09:00", "18:00", team, str(people)) for team, people in TEAMS.items()]
        rows.append((date, "20:00", "08:00", ON_CALL, "1"))
    columns = ("日期", "上班", "下班", "班组", "人数")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
