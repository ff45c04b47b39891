"""The invented organisation of the demo, read from organisation.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Service:
    """A service: the columns of the register, and how often and about what people report (see organisation.toml)."""

    service: str
    owner: str
    tier: int
    users: int
    calendar: str
    supplier: str
    daily: int
    quiet: int
    desk: int
    monitored: int
    trade: bool
    group: str
    vendor: str
    device: str
    items: tuple[str, ...]
    topics: tuple[tuple[str, str, str], ...]
    introduced_on: str
    agreement: str

    def ci(self, place: int) -> str:
        """Name of a configuration item: first those that all share, then one per user; empty for −1."""
        if place < 0:
            return ""
        return self.items[place] if place < len(self.items) else f"{self.device}-{place - len(self.items) + 1:05d}"


@dataclass(frozen=True)
class Group:
    """An assignment group as it stands in the register; `people` is text, empty for suppliers."""

    assignment_group: str
    team: str
    level: int
    supplier: str
    people: str


@dataclass(frozen=True)
class Item:
    """An item of the service catalogue: promised working days, and requests per working day in hundredths."""

    item: str
    service: str
    category: str
    group: str
    days: int
    daily: int


@dataclass(frozen=True)
class Organisation:
    """Services, groups and catalogue items in the order of the file."""

    services: tuple[Service, ...]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]

    def service(self, name: str) -> int:
        """Position of the service that is called `name`."""
        return [service.service for service in self.services].index(name)

    def group(self, name: str) -> int:
        """Position of the group that is called `name`."""
        return [group.assignment_group for group in self.groups].index(name)


@cache
def organisation() -> Organisation:
    """The organisation.

    >>> len(organisation().services), organisation().groups[0].assignment_group
    (12, 'Service Desk')
    """
    raw = tomllib.loads(files(__package__).joinpath("organisation.toml").read_text(encoding="utf-8"))
    services = (
        Service(**(entry | {"items": tuple(entry["items"]), "topics": tuple(map(tuple, entry["topics"]))}))
        for entry in raw["service"]
    )
    return Organisation(
        tuple(services), tuple(Group(**entry) for entry in raw["group"]), tuple(Item(**entry) for entry in raw["item"])
    )
