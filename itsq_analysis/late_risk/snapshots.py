"""Snapshots to learn from: open tickets at past moments, and what the clock of their promise showed when they ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.features import Features
from itsq_analysis.late_risk.tickets import HOUR, Floats, Tickets
from itsq_analysis.worktime import Calendar

PER_DAY = 4  # moments of a working day
IN_TIME, LATE = 14_000, 5_000  # snapshots at most: before the promise is missed, and after it or without one


@dataclass(frozen=True)
class Snapshots:
    """Tickets at moments, ascending by moment.

    Attributes:
        ticket, at: positions and moments.
        left: hours until the promise is missed; 0 after that or without one.
        ahead: hours from the moment until the ticket ended, or until nothing more is known; all on the clock of the rule.
        seen: hours ahead that could be seen: a ticket that ended earlier would have been seen open so long.
        ended: whether it ended.
    """

    ticket: Int64s
    at: Int64s
    left: Floats
    ahead: Floats
    seen: Floats
    ended: NDArray[np.bool_]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Those before the promise of which it is known whether they missed it."""
        return np.asarray((self.left > 0) & (self.seen >= self.left))

    def part(self, chosen: NDArray[np.bool_]) -> Snapshots:
        """Some of them."""
        return Snapshots(*(values[chosen] for values in vars(self).values()))


def snapshots(features: Features, calendar: Calendar, seed: int = 0) -> Snapshots:
    """Of all tickets since the first was opened, at several moments of every working day; of too many a random sample.

    Args:
        features: of the tickets.
        calendar: whose working days are gone through.
        seed: of the sample.
    """
    tickets, random = features.tickets, np.random.default_rng(seed)
    moments = _moments(tickets, calendar)
    late = np.where(tickets.allowed == MISSING, tickets.opened, tickets.late)
    turn = np.clip(late, tickets.opened, tickets.until)
    early = _sample(moments, tickets.opened, turn, IN_TIME, random)
    ticket, place = (
        np.concatenate(parts) for parts in zip(early, _sample(moments, turn, tickets.until, LATE, random), strict=True)
    )
    working = ~features.past.over(features.past.place(ticket, moments[place]))
    order = np.lexsort((ticket, place))
    order = order[working[order]]
    return follow(features, ticket[order], moments[place[order]])


def follow(features: Features, ticket: Int64s, at: Int64s) -> Snapshots:
    """What became of tickets after moments at which they were open."""
    tickets = features.tickets
    now = features.past.hours(ticket, at)["used"].to_numpy()
    end, until = tickets.until[ticket], np.full(at.size, tickets.moment)
    ahead = np.maximum(tickets.used[ticket] / 3600 - now, 0.0)
    more = (tickets.on_clock(ticket, until) - tickets.on_clock(ticket, end)) / HOUR
    allowed = tickets.allowed[ticket]
    left = np.where(allowed == MISSING, 0.0, np.maximum(allowed / 3600 - now, 0.0))
    return Snapshots(ticket, at, left, ahead, ahead + more, ~tickets.open[ticket])


def _moments(tickets: Tickets, calendar: Calendar) -> Int64s:
    """Several moments of each working day, evenly over its hours."""
    first, last = calendar.worked(np.array([tickets.opened.min(initial=tickets.moment), tickets.moment]))
    step = calendar.seconds_per_day * 1_000_000 // PER_DAY
    shown = np.arange(first // step + 1, last // step + 1) * step - step // 2
    return calendar.moment(shown[(shown > first) & (shown < last)])


def _sample(moments: Int64s, start: Int64s, end: Int64s, most: int, random: np.random.Generator) -> tuple[Int64s, Int64s]:
    """Position of the ticket and of the moment, for each moment within a ticket's time; at most so many of them."""
    low, high = np.searchsorted(moments, start, side="left"), np.searchsorted(moments, end, side="left")
    running = np.cumsum(high - low)
    total = int(running[-1]) if running.size else 0
    chosen = np.arange(total) if total <= most else np.sort(random.choice(total, most, replace=False))
    ticket = np.searchsorted(running, chosen, side="right")
    return ticket, low[ticket] + chosen - (running - (high - low))[ticket]
