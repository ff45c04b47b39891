"""Calls to the service desk: every caller one by one, waiting for the people who were there, counted per half-hour."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import (
    ADJUSTED_DAY,
    AFTER_BREAK,
    GROWTH_PER_YEAR,
    OFFICE_YEAR,
    QUIET_HOURS,
    WEEK,
    WORKING_HOURS,
    Days,
)
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.files import Frame, stamps
from tools.demo.planted import DAY, EXTRACTED, HOUR

DESK = "Service Desk"
OPENS, CLOSES = 8, 20  # o'clock, every day
SLOT = 1800
SLOTS = DAY // SLOT
DAILY = 178  # calls on an ordinary working day of the first year
QUIET = 15  # per cent of that on a day off
IN_TARGET = 20  # seconds
PRESENT = 70  # per cent of those on the roster who are at the phone
PATIENCE_MEAN = 150  # seconds; the curve below is exponential
PATIENCE = ((0, 1), (100, 16), (250, 43), (500, 104), (750, 208), (900, 345), (970, 526), (990, 691), (1000, 900))
HANDLING = ((0, 45), (250, 160), (500, 270), (750, 420), (950, 900), (1000, 1800))  # seconds: talk, hold and wrap-up


@dataclass(frozen=True)
class Calls:
    """Per half-hour from the first day's midnight on: calls that came, were answered, answered in time, given up; and seconds."""

    offered: Ints
    answered: Ints
    in_target: Ints
    abandoned: Ints
    waited: Ints
    handled: Ints


def call_rates(calendar: Days) -> Ints:
    """Expected calls of each day in ten-thousandths, before chance."""
    year = np.array(OFFICE_YEAR)[calendar.month - 1]
    week = np.array(WEEK)[calendar.weekday]
    week = np.where(calendar.working & (calendar.weekday >= 5), ADJUSTED_DAY, week)
    week = np.where(calendar.working, week, QUIET)
    grown = 36500 + GROWTH_PER_YEAR * np.arange(calendar.start.size)
    rate = DAILY * year * week * grown // 36500
    return np.asarray(np.where(calendar.after_break, rate * AFTER_BREAK // 100, rate), dtype=np.int64)


def _arrivals(calendar: Days, draws: Draws) -> Ints:
    """Seconds since the first midnight at which calls come, oldest first."""
    rate = call_rates(calendar) * draws.between(92, 108, calendar.start.size) // 100
    hours = np.where(calendar.working[:, None], WORKING_HOURS, QUIET_HOURS).astype(np.int64)
    hours[:, :OPENS] = hours[:, CLOSES:] = 0
    limit = (rate[:, None] * hours) * 2**20 // (10_000 * 1000 * 60)  # per minute, in 2**-20
    minutes = np.flatnonzero(draws.below(2**20, calendar.start.size * 1440) < np.repeat(limit.ravel(), 60))
    moments = minutes * 60 + draws.below(60, minutes.size)
    return np.asarray(moments[moments + calendar.start[0] < EXTRACTED], dtype=np.int64)


def calls(calendar: Days, on_duty: Ints, seed: int) -> Calls:
    """What became of every call.

    Args:
        calendar: the demo's days.
        on_duty: people on the desk's roster in every half-hour.
        seed: of all chance.
    """
    draws = Draws(seed, "calls")
    came = _arrivals(calendar, draws)
    patience, handling = draws.curve(PATIENCE, came.size), draws.curve(HANDLING, came.size)
    present = ((on_duty * PRESENT + 50) // 100).tolist()
    waits = _waits(came.tolist(), patience.tolist(), handling.tolist(), present)
    slot, size, answered = came // SLOT, on_duty.size, waits >= 0

    def counted(marked: Ints | Bools) -> Ints:
        return np.bincount(slot, weights=marked, minlength=size).astype(np.int64)

    return Calls(
        offered=np.bincount(slot, minlength=size).astype(np.int64),
        answered=counted(answered),
        in_target=counted(answered & (waits <= IN_TARGET)),
        abandoned=counted(~answered),
        waited=counted(np.where(answered, waits, 0)),
        handled=counted(np.where(answered, handling, 0)),
    )


def _waits(came: list[int], patience: list[int], handling: list[int], present: list[int]) -> Ints:
    """Seconds that each caller waits for an answer, first come, first served; −1 for those who give up before."""
    busy: list[int] = []  # when those at the phone will be free again
    waits = np.full(len(came), -1)
    for place, (moment, limit, length) in enumerate(zip(came, patience, handling, strict=True)):
        at = moment
        while at - moment <= limit:
            while busy and busy[0] <= at:
                heapq.heappop(busy)
            slot = at // SLOT
            if len(busy) < present[slot]:
                waits[place] = at - moment
                heapq.heappush(busy, at + length)
                break
            at = min(busy[0], (slot + 1) * SLOT) if busy else (slot + 1) * SLOT
    return waits


def contacts(calendar: Days, counted: Calls) -> Frame:
    """The telephone system's export, one row per half-hour in which the desk is open; times are local."""
    slots = np.arange(counted.offered.size)
    hour = slots % SLOTS // (HOUR // SLOT)
    begins = calendar.start[0] + slots * SLOT
    shown = np.flatnonzero((hour >= OPENS) & (hour < CLOSES) & (begins + SLOT <= EXTRACTED))

    def column(amounts: Ints) -> list[str]:
        return [str(amount) for amount in amounts[shown].tolist()]

    return {
        "统计时段": [text[:16] for text in stamps(begins[shown], local=True)],
        "间隔": ["30"] * shown.size,
        "渠道": ["电话"] * shown.size,
        "技能组": [DESK] * shown.size,
        "呈入": column(counted.offered),
        "接通": column(counted.answered),
        "20秒接通": column(counted.in_target),
        "放弃": column(counted.abandoned),
        "等待秒数": column(counted.waited),
        "处理秒数": column(counted.handled),
    }
