"""What each incident is: topic, channel, priority, and the way it takes through the support groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Arrivals
from tools.demo.clock import Clock
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.organisation import organisation
from tools.demo.planted import HOUR, office

CHANNELS = ("Phone", "Self-service", "Email", "Chat", "Walk-in", "Monitoring")
CHANNEL_WEIGHTS = (38, 34, 16, 9, 3)
TALKING = (0, 3, 4)  # channels on which a ticket can be solved while the user waits
MONITORING = 5

# impact, urgency, priority, weight by tier 1 to 3; the last line is the planning level.
MATRIX = (
    (1, 1, 1, (60, 20, 2)),
    (1, 2, 2, (130, 70, 20)),
    (2, 1, 2, (370, 200, 60)),
    (1, 3, 3, (150, 150, 80)),
    (2, 2, 3, (2000, 1900, 1500)),
    (3, 1, 3, (2500, 2500, 2300)),
    (2, 3, 4, (1450, 1500, 1700)),
    (3, 2, 4, (2250, 2350, 2700)),
    (3, 3, 4, (1050, 1260, 1600)),
    (3, 3, 5, (40, 50, 38)),
)
RESOLVE_WITHIN = np.array([0, 4, 8, 16, 40, 80]) * HOUR  # by priority; 7×24 for 1 and 2, else working time
RESPOND_WITHIN = np.array([0, 900, 1800, 3600, 4 * HOUR, 4 * HOUR])

DIRECT, WRONG_GROUP, VENDOR, PING_PONG = range(4)
ROUTE_WEIGHTS = (720, 105, 120, 55)


@dataclass(frozen=True)
class Intake:
    """One entry per incident; `groups` has four columns, filled with −1 after the last group."""

    topic: Ints
    item: Ints
    site: Ints
    channel: Ints
    impact: Ints
    urgency: Ints
    priority: Ints
    first_contact: Bools
    groups: Ints

    @property
    def around(self) -> Bools:
        """Whether the SLA of the incident runs 7×24."""
        return self.priority <= 2

    @property
    def last_group(self) -> Ints:
        """The group that resolves it."""
        return np.asarray(self.groups[np.arange(self.topic.size), (self.groups >= 0).sum(axis=1) - 1])


def _matrix(arrived: Arrivals, draws: Draws) -> Ints:
    tier = np.array([service.tier for service in organisation().services])[arrived.service]
    row = np.zeros(tier.size, dtype=np.int64)
    for level in (1, 2, 3):
        of_tier = tier == level
        row[of_tier] = draws.pick([weights[level - 1] for *_, weights in MATRIX], int(of_tier.sum()))
    planted = np.where(arrived.planted < 0, 2, np.where(arrived.planted > 0, 4, row))  # the outage brings P2, bad changes P3
    planted[np.flatnonzero(arrived.planted < 0)[:1]] = 0  # and the major incident is P1
    return planted


def _groups(arrived: Arrivals, channel: Ints, first_line: Bools, draws: Draws) -> Ints:
    known = organisation()
    size = arrived.service.size
    second = np.array([known.group(service.group) for service in known.services])[arrived.service]
    vendor = np.array([known.group(service.vendor) if service.vendor else -1 for service in known.services])[arrived.service]
    levels = np.array([group.level for group in known.groups])
    others = np.flatnonzero(levels == 2)
    wrong = others[draws.below(others.size, size)]
    route = draws.pick(ROUTE_WEIGHTS, size)
    monitored = channel == MONITORING
    route = np.where(((route == WRONG_GROUP) & (wrong == second)) | ((route == VENDOR) & (vendor < 0)), DIRECT, route)
    route = np.where(monitored & (route != VENDOR), DIRECT, route)
    none, desk = np.full(size, -1), np.zeros(size, dtype=np.int64)
    ways = {
        DIRECT: (desk, second, none, none),
        WRONG_GROUP: (desk, wrong, second, none),
        VENDOR: (desk, second, vendor, none),
        PING_PONG: (desk, second, desk, second),
    }
    groups = np.select([(route == way)[:, None] for way in ways], [np.column_stack(steps) for steps in ways.values()])
    groups = np.where(monitored[:, None], np.column_stack([groups[:, 1:], none]), groups)
    return np.where(first_line[:, None], np.column_stack([desk, none, none, none]), groups).astype(np.int64)


def _item(arrived: Arrivals, draws: Draws) -> Ints:
    """Mostly the user's own device or account, seldom what all share, rarely nothing."""
    services, size = organisation().services, arrived.service.size
    shared = np.array([len(service.items) for service in services])[arrived.service]
    users = np.array([service.users for service in services])[arrived.service]
    kind = draws.pick((93, 6, 1), size)
    return np.choose(kind, [shared + draws.below(users, size), draws.below(shared, size), np.full(size, -1)])


def intake(arrived: Arrivals, seed: int) -> Intake:
    """Classify the incidents and choose their way."""
    draws = Draws(seed, "intake")
    services = organisation().services
    size = arrived.service.size
    often = np.array([service.monitored * 10 for service in services])[arrived.service]
    monitored = draws.chance(often, size) & (arrived.planted == 0)
    channel = np.where(monitored, MONITORING, draws.pick(CHANNEL_WEIGHTS, size))
    row = _matrix(arrived, draws)
    impact, urgency, priority = np.array([entry[:3] for entry in MATRIX]).T[:, row]
    solved_by_desk = np.array([service.desk * 10 for service in services])[arrived.service] // np.where(priority <= 2, 2, 1)
    first_line = draws.chance(solved_by_desk, size) & (channel != MONITORING) & (arrived.planted == 0)
    attended = Clock(office()).between(arrived.opened, arrived.opened + 60, np.zeros(size, dtype=bool)) == 60
    return Intake(
        topic=draws.below(np.array([len(service.topics) for service in services])[arrived.service], size),
        item=_item(arrived, draws),
        site=draws.below(6, size),
        channel=channel,
        impact=impact,
        urgency=urgency,
        priority=priority,
        first_contact=first_line & attended & np.isin(channel, TALKING) & draws.chance(880, size),
        groups=_groups(arrived, channel, first_line, draws),
    )
