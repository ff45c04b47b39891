"""The history of every incident: one entry per change of state or group, and what held at a given moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Arrivals
from tools.demo.draws import Bools, Ints
from tools.demo.intake import Intake
from tools.demo.work import NEVER, Work

STATES = ("New", "In Progress", "On Hold", "Resolved", "Closed", "Canceled")
NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = range(6)


@dataclass(frozen=True)
class Timeline:
    """Entries ordered by ticket and time: what holds from `at` (seconds since 1970 UTC) on; `reason` is −1 unless on hold."""

    ticket: Ints
    seq: Ints
    at: Ints
    state: Ints
    group: Ints
    reason: Ints

    def last(self, moment: int, tickets: int) -> Ints:
        """Position of each ticket's last entry that is not later than `moment`; −1 for tickets not yet opened."""
        found = np.full(tickets, -1)
        known = np.flatnonzero(self.at <= moment)
        found[self.ticket[known]] = known  # ordered by time, so the last one stays
        return found

    def count(self, entries: Bools, moment: int, tickets: int) -> Ints:
        """How many of the marked entries each ticket has up to `moment`."""
        return np.bincount(self.ticket[entries & (self.at <= moment)], minlength=tickets)

    @property
    def passed_on(self) -> Bools:
        """Entries at which the group changed."""
        return np.asarray((self.seq > 0) & (self.group != np.roll(self.group, 1)))

    @property
    def reopened(self) -> Bools:
        """Entries at which a resolved ticket was opened again."""
        return np.asarray((self.seq > 0) & (self.state == IN_PROGRESS) & (np.roll(self.state, 1) == RESOLVED))


def _carried(values: Ints) -> Ints:
    """Each −1 replaced by the last other value before it (a ticket's first entry never is −1)."""
    position = np.where(values >= 0, np.arange(values.size), 0)
    return values[np.maximum.accumulate(position)]


def timeline(arrived: Arrivals, taken: Intake, done: Work) -> Timeline:
    """All entries of all incidents, also those after the extraction."""
    size = arrived.opened.size
    same = np.full(size, -1)
    reopened = done.reopened < NEVER

    def state(value: int) -> Ints:
        return np.full(size, value)

    # when, state, group (−1: as before), hold reason
    entries = [
        (arrived.opened, state(NEW), taken.groups[:, 0], same),
        (done.acknowledged, state(IN_PROGRESS), same, same),
        *((done.passed[:, step], same, taken.groups[:, step + 1], same) for step in range(3)),
        (done.held, state(ON_HOLD), same, done.hold_reason),
        (done.released, state(IN_PROGRESS), same, same),
        (done.first_resolved, state(RESOLVED), same, same),
        (done.reopened, state(IN_PROGRESS), same, same),
        (np.where(reopened, done.resolved, NEVER), state(RESOLVED), same, same),
        (done.closed, np.where(done.canceled, CANCELED, CLOSED), same, same),
    ]
    ticket = np.tile(np.arange(size), len(entries))
    kind = np.repeat(np.arange(len(entries)), size)
    at, states, groups, reason = (np.concatenate(part) for part in zip(*entries, strict=True))
    order = np.lexsort((kind, at, ticket))
    order = order[at[order] < NEVER]
    ticket = ticket[order]
    first = np.searchsorted(ticket, ticket, side="left")
    return Timeline(
        ticket=ticket,
        seq=np.arange(ticket.size) - first,
        at=at[order],
        state=_carried(states[order]),
        group=_carried(groups[order]),
        reason=reason[order],
    )
