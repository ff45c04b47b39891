"""Which problems stand behind which incidents, and which changes brought them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tools.demo.changes import Changes
from tools.demo.draws import Draws, Ints
from tools.demo.incidents import Incidents
from tools.demo.planted import BAD_CHANGES, DAY
from tools.demo.problems import Problems


def linked(found: Incidents, causes: Problems, made: Changes, seed: int) -> Incidents:
    """The incidents with their problem and their causing change filled in, where there is one."""
    return replace(found, problem=_problems(found, causes, seed), change=_changes(found, made))


def _problems(found: Incidents, causes: Problems, seed: int) -> Ints:
    """A problem takes some incidents of its service, from ten days before it was opened until it was resolved."""
    arrived = found.arrived
    taken = Draws(seed, "links").chance(150, arrived.opened.size)
    problem = np.where(arrived.planted < 0, causes.outage, -1)
    for position in range(causes.opened.size):
        near = (arrived.service == causes.service[position]) & (arrived.opened > causes.opened[position] - 10 * DAY)
        problem[near & (arrived.opened < causes.resolved[position]) & taken & (problem < 0)] = position
    return problem


def _changes(found: Incidents, made: Changes) -> Ints:
    """A failed change takes at most two incidents of the next two days, a planted one the stated share of those it brought."""
    arrived = found.arrived
    change = np.full(arrived.opened.size, -1)
    for position in np.flatnonzero(made.failed).tolist():
        ended = made.ended[position]
        near = (arrived.service == made.service[position]) & (arrived.opened > ended) & (arrived.opened < ended + 2 * DAY)
        change[np.flatnonzero(near & (arrived.planted == 0))[: position % 3]] = position
    for tag, (position, (*_, percent)) in enumerate(zip(made.bad, BAD_CHANGES, strict=True), start=1):
        brought = np.flatnonzero(arrived.planted == tag)
        change[brought[: brought.size * percent // 100]] = position
    return change
