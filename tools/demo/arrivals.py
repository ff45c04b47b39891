"""When tickets are opened: year, week, hour, holidays, growth, a level shift, and what was planted on top.

Every minute of a service brings a ticket or none, with a probability made of integers; tickets are so drawn from a Poisson-like
process whose rate follows the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tools.demo.draws import Bools, Draws, Ints
from tools.demo.organisation import Service, organisation
from tools.demo.planted import (
    BAD_CHANGES,
    DAY,
    EXTRACTED,
    FIRST_DAY,
    OFFSET,
    OUTAGE_FROM,
    OUTAGE_INCIDENTS,
    OUTAGE_SERVICE,
    OUTAGE_TO,
    SHIFT_FROM,
    SHIFT_PERCENT,
    SHIFT_SERVICE,
    moment,
    office,
)

GROWTH_PER_YEAR = 8  # per cent
# Shares of a day's tickets by hour, in thousandths.
WORKING_HOURS = np.array([3, 2, 2, 2, 3, 5, 10, 26, 72, 128, 116, 82, 34, 82, 112, 98, 84, 66, 30, 16, 11, 8, 5, 3])
QUIET_HOURS = np.array([12, 9, 8, 8, 9, 14, 26, 42, 66, 84, 84, 70, 54, 62, 70, 70, 66, 58, 50, 42, 36, 28, 20, 12])
# Per cent of the average, January to December.
OFFICE_YEAR = (102, 90, 106, 102, 99, 100, 97, 96, 103, 101, 104, 100)
TRADE_YEAR = (98, 80, 96, 97, 100, 108, 96, 95, 102, 104, 128, 112)
WEEK = (114, 103, 100, 97, 90, 100, 94)  # Monday to Sunday
AFTER_BREAK = 122  # first working day after three or more days off
ADJUSTED_DAY = 86  # a Saturday or Sunday that is worked for a holiday


@dataclass(frozen=True)
class Arrivals:
    """Tickets in the order of opening: `service` is a position in the organisation, `opened` seconds since 1970 UTC.

    `planted` tells what brought it: 0 nothing in particular, 1 … the bad changes, −1 the outage.
    """

    service: Ints
    opened: Ints
    planted: Ints


@dataclass(frozen=True)
class Days:
    """One entry per local day from the first on; `start` is local midnight in seconds since 1970 UTC."""

    start: Ints
    month: Ints
    weekday: Ints
    working: Bools
    after_break: Bools


def days(until: int = EXTRACTED) -> Days:
    """The days of the demo up to that of a moment, with those that are worked in China."""
    first = moment(FIRST_DAY.isoformat())
    number = (until - first) // DAY + 1
    dates = [FIRST_DAY + timedelta(days=day) for day in range(number)]
    working = np.asarray(office().is_working_day(np.array(dates, dtype="datetime64[D]")), dtype=bool)
    off = np.zeros(number, dtype=np.int64)
    for day in range(1, number):
        off[day] = 0 if working[day - 1] else off[day - 1] + 1
    return Days(
        start=first + DAY * np.arange(number, dtype=np.int64),
        month=np.array([day.month for day in dates]),
        weekday=np.array([day.weekday() for day in dates]),
        working=working,
        after_break=working & (off >= 3),
    )


def day_rates(service: Service, calendar: Days) -> Ints:
    """Expected tickets of each day in ten-thousandths, before chance."""
    year = np.array(TRADE_YEAR if service.trade else OFFICE_YEAR)[calendar.month - 1]
    week = np.array(WEEK)[calendar.weekday]
    week = np.where(calendar.working & (calendar.weekday >= 5), ADJUSTED_DAY, week)
    week = np.where(calendar.working, week, service.quiet)
    grown = 36500 + GROWTH_PER_YEAR * np.arange(calendar.start.size)
    rate = service.daily * 100 * year * week // 10_000 * grown // 36500
    rate = np.where(calendar.after_break, rate * AFTER_BREAK // 100, rate)
    shifted = (service.service == SHIFT_SERVICE) & (calendar.start >= SHIFT_FROM)
    return np.asarray(np.where(shifted, rate * SHIFT_PERCENT // 100, rate), dtype=np.int64)


def _opened(service: Service, calendar: Days, busy: Ints, seed: int) -> Ints:
    draws = Draws(seed, f"arrivals {service.service}")
    rate = day_rates(service, calendar) * busy // 100 * draws.between(85, 115, busy.size) // 100
    hours = np.where(calendar.working[:, None], WORKING_HOURS, QUIET_HOURS)
    limit = (rate[:, None] * hours) * 2**20 // (10_000 * 1000 * 60)  # per minute, in 2**-20
    minutes = np.flatnonzero(draws.below(2**20, busy.size * 1440) < np.repeat(limit.ravel(), 60))
    return np.asarray(calendar.start[0] + minutes * 60 + draws.below(60, minutes.size), dtype=np.int64)


def _planted(seed: int) -> list[tuple[str, Ints, int]]:
    draws = Draws(seed, "planted arrivals")
    found = []
    for number, (name, ended, _, extra, length, _) in enumerate(BAD_CHANGES, start=1):
        # More on the first day than on the last; by day, as users work.
        day = np.minimum(draws.below(length, extra), draws.below(length, extra)) + 1
        midnight = (ended + OFFSET) // DAY * DAY - OFFSET
        found.append((name, midnight + day * DAY + draws.between(8 * 3600, 20 * 3600, extra), number))
    meanwhile = OUTAGE_FROM + 60 + draws.below(OUTAGE_TO - OUTAGE_FROM - 120, OUTAGE_INCIDENTS - 1)
    found.append((OUTAGE_SERVICE, np.append(OUTAGE_FROM + 45, meanwhile), -1))
    return found


def arrivals(seed: int) -> Arrivals:
    """All incidents' moments of opening before the extraction, oldest first."""
    calendar = days()
    busy = Draws(seed, "busy days").between(90, 110, calendar.start.size)
    parts = [(position, _opened(service, calendar, busy, seed), 0) for position, service in enumerate(organisation().services)]
    parts += [(organisation().service(name), opened, tag) for name, opened, tag in _planted(seed)]
    service = np.concatenate([np.full(opened.size, position) for position, opened, _ in parts])
    planted = np.concatenate([np.full(opened.size, tag) for _, opened, tag in parts])
    moments = np.concatenate([opened for _, opened, _ in parts])
    order = np.lexsort((service, moments))
    order = order[moments[order] < EXTRACTED]
    return Arrivals(service[order], moments[order], planted[order])
