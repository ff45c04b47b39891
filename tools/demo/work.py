"""How each incident is worked on: acknowledged, passed on, put on hold, resolved, reopened, closed.

Work is drawn as a share of the time that the SLA allows and laid out in working time, so that most incidents keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Arrivals
from tools.demo.clock import Clock
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.intake import RESOLVE_WITHIN, RESPOND_WITHIN, Intake
from tools.demo.organisation import organisation
from tools.demo.planted import (
    CLEAN_SERVICE,
    DAY,
    HOUR,
    OFFSET,
    OUTAGE_TO,
    SLUMP_FROM,
    SLUMP_GROUP,
    SLUMP_PERCENT,
    office,
)

NEVER = 4 * 10**9  # later than anything that is exported
HOLD_REASONS = ("Awaiting Caller", "Awaiting Vendor", "Awaiting Change", "Awaiting Problem")
STOPS_CLOCK = np.array([True, True, True, False])  # as [[sla]] paused of the demo's itsq.toml says
HOLD_WEIGHTS = (60, 22, 11, 7)
HOLD_CHANCE = np.array([0, 20, 50, 110, 150, 100])  # by priority, in thousandths
CANCELED_CHANCE, REOPENED_CHANCE, STALE_CHANCE = 14, 26, 1

# Quantiles: share in thousandths, value in thousandths of the time allowed.
WORK = (
    (0, 10),
    (100, 40),
    (300, 110),
    (500, 210),
    (700, 390),
    (850, 600),
    (930, 800),
    (962, 1000),
    (990, 1500),
    (998, 3000),
    (1000, 6000),
)
URGENT_WORK = ((0, 60), (300, 250), (600, 480), (800, 720), (930, 1000), (980, 1500), (1000, 3000))
ACKNOWLEDGE = ((0, 10), (500, 260), (850, 700), (962, 1000), (990, 2000), (1000, 5000))
REWORK = ((0, 20), (500, 100), (1000, 400))
# Hours on hold by reason.
HOLDS = (
    ((0, 1), (300, 6), (700, 30), (900, 80), (1000, 240)),
    ((0, 4), (500, 40), (900, 150), (1000, 400)),
    ((0, 10), (500, 70), (1000, 300)),
    ((0, 24), (500, 150), (900, 500), (1000, 1200)),
)
REOPENED_AFTER = ((0, 1), (500, 16), (1000, 96))


@dataclass(frozen=True)
class Work:
    """Moments in seconds since 1970 UTC, one entry per incident; NEVER where it does not happen.

    `passed` has three columns: when the second, third and fourth group got it. `first_resolved` equals `resolved` unless it was
    reopened. A canceled incident has only `closed`. `used` is the working time in seconds up to `resolved` that counts for the
    SLA as itsq.toml states it, `response` that up to `acknowledged`.
    """

    acknowledged: Ints
    passed: Ints
    hold_reason: Ints
    held: Ints
    released: Ints
    first_resolved: Ints
    reopened: Ints
    resolved: Ints
    canceled: Bools
    closed: Ints
    used: Ints
    response: Ints


@dataclass(frozen=True)
class _Hold:
    reason: Ints
    at: Ints  # working seconds
    start: Ints
    end: Ints


def _needed(arrived: Arrivals, taken: Intake, clean: Bools, draws: Draws) -> Ints:
    size = arrived.opened.size
    allowed = RESOLVE_WITHIN[taken.priority]
    share = np.where(taken.around, draws.curve(URGENT_WORK, size), draws.curve(WORK, size))
    slump = (taken.last_group == organisation().group(SLUMP_GROUP)) & (arrived.opened >= SLUMP_FROM)
    share = np.where(slump, share * SLUMP_PERCENT // 100, share)
    needed = allowed * np.where(clean, np.minimum(share, 850), share) // 1000
    needed = np.where(taken.first_contact, draws.between(180, 1500, size), needed)
    until_restored = Clock(office()).between(arrived.opened, OUTAGE_TO + draws.between(60, 2400, size), taken.around)
    return np.maximum(np.where(arrived.planted < 0, until_restored, needed), 90)


def _hold(arrived: Arrivals, taken: Intake, needed: Ints, allowed: Bools, clean: Bools, draws: Draws) -> _Hold:
    """The hold of each incident; start and end are NEVER where there is none (`allowed` false, or chance)."""
    size = needed.size
    reason = np.where(clean, 0, draws.pick(HOLD_WEIGHTS, size))
    hours = np.choose(reason, [draws.curve(table, size) for table in HOLDS])
    length = (hours * HOUR + draws.below(HOUR, size)) // np.where(taken.around, 12, 1)
    stale = draws.chance(STALE_CHANCE, size) & (taken.priority == 4) & ~clean
    reason = np.where(stale, 3, reason)
    length = np.where(stale, draws.between(150, 400, size) * DAY, length)
    on_hold = allowed & (draws.chance(HOLD_CHANCE[taken.priority], size) | stale)
    at = np.where(on_hold, needed * draws.between(300, 900, size) // 1000, needed)
    start = np.where(on_hold, Clock(office()).add(arrived.opened, at, taken.around), NEVER)
    return _Hold(np.where(on_hold, reason, -1), at, start, np.where(on_hold, start + length, NEVER))


def _after(arrived: Arrivals, taken: Intake, hold: _Hold, seconds: Ints) -> Ints:
    """The moment at which `seconds` of working time have passed, not counting the hold."""
    past = seconds > hold.at
    start = np.where(past, hold.end, arrived.opened)
    return Clock(office()).add(start, np.where(past, seconds - hold.at, seconds), taken.around)


def _nightly(resolved: Ints) -> Ints:
    """Tickets are closed by a job at 02:00 on the night after five days."""
    return (resolved + OFFSET + 6 * DAY) // DAY * DAY + 2 * HOUR - OFFSET


def work(arrived: Arrivals, taken: Intake, seed: int) -> Work:
    """Lay out the work on every incident, also what comes after the extraction."""
    draws = Draws(seed, "work")
    size = arrived.opened.size
    clean = arrived.service == organisation().service(CLEAN_SERVICE)
    ordinary = (arrived.planted >= 0) & ~taken.first_contact
    canceled = ordinary & draws.chance(CANCELED_CHANCE, size)
    needed = _needed(arrived, taken, clean, draws)
    hold = _hold(arrived, taken, needed, ordinary & ~canceled, clean, draws)
    answer = RESPOND_WITHIN[taken.priority] * draws.curve(ACKNOWLEDGE, size) // 1000
    answer = np.where(clean, np.minimum(answer, RESPOND_WITHIN[taken.priority] * 9 // 10), answer)
    answer = np.minimum(np.where(taken.first_contact, draws.between(15, 90, size), answer), hold.at * 4 // 5)
    steps = needed[:, None] * np.column_stack([draws.between(low, low + 180, size) for low in (100, 350, 620)]) // 1000
    passed = np.column_stack([_after(arrived, taken, hold, steps[:, step]) for step in range(3)])
    first_resolved = _after(arrived, taken, hold, needed)
    again = ordinary & ~canceled & ~clean & draws.chance(REOPENED_CHANCE, size)
    reopened = first_resolved + draws.curve(REOPENED_AFTER, size) * HOUR + draws.below(HOUR, size)
    rework = RESOLVE_WITHIN[taken.priority] * draws.curve(REWORK, size) // 1000
    clock = Clock(office())
    resolved = np.where(again, clock.add(reopened, rework, taken.around), first_resolved)
    stops = (hold.reason >= 0) & STOPS_CLOCK[hold.reason]
    paused = np.where(stops, clock.between(np.where(stops, hold.start, 0), np.where(stops, hold.end, 0), taken.around), 0)
    return Work(
        acknowledged=clock.add(arrived.opened, answer, taken.around),
        passed=np.where(taken.groups[:, 1:] >= 0, passed, NEVER),
        hold_reason=hold.reason,
        held=hold.start,
        released=hold.end,
        first_resolved=np.where(canceled, NEVER, first_resolved),
        reopened=np.where(again, reopened, NEVER),
        resolved=np.where(canceled, NEVER, resolved),
        canceled=canceled,
        closed=np.where(canceled, first_resolved, _nightly(resolved)),
        used=clock.between(arrived.opened, resolved, taken.around) - paused,
        response=answer,
    )
