"""A question about the future of a resource, as what it differs in from what is planned."""

from __future__ import annotations

from dataclasses import dataclass

from itsq_analysis.capacity.change import Change

MONTH = 365.25 / 12


@dataclass(frozen=True)
class Scenario:
    """A question about the future.

    Attributes:
        name: what it is called.
        growth: share by which demand changes from the first day on (0.3 = 30 % more).
        limit_factor: by what the limit is multiplied.
        add_limit: what is added to the limit, in its unit.
        delay_days: by how many days the planned changes are late.
        changes: planned changes beside those of the base, for all series.
        without: names of planned changes of the base that do not take place.
    """

    name: str
    growth: float = 0.0
    limit_factor: float = 1.0
    add_limit: float = 0.0
    delay_days: int = 0
    changes: tuple[Change, ...] = ()
    without: tuple[str, ...] = ()


BASE = ""
BASELINE = Scenario(BASE)
