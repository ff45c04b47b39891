"""How often a first screen tells of a change while nothing changes, and how often it tells of one that was planted.

Run: `python -m bench quiet`. The organisations are those of tests/sections/quiet.py, seeds 0 to 199.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.sections.quality.findings import findings
from tests.sections.quiet import Plant, quiet

QUIET, PLANTED = 200, 30  # organisations
MONTHS = 25  # of those in which a change is planted, the last one included
PLANTS = {
    "half as much work again": Plant(volume=1.5),
    "from its second week on, one group keeps its time in 60 % of cases": Plant(in_time=0.6),
}
AIM = "Aim: of the first screens of organisations in which nothing changes, at most 5 % tell of a change."


def measure() -> str:
    """A table: what was planted, first screens, those with a finding worded as a change."""
    rows = [_row("nothing", [_told(seed) for seed in range(QUIET)])]
    rows += [_row(name, [_told(seed, plant) for seed in range(PLANTED)]) for name, plant in PLANTS.items()]
    head = ["## First screens of simulated organisations", "", "| planted | first screens | with a change |", "|---|--:|--:|"]
    return "\n".join([*head, *rows, "", AIM])


def _told(seed: int, plant: Plant | None = None) -> bool:
    scene = quiet(seed) if plant is None else quiet(seed, plant, MONTHS)
    return any(one.change for one in findings(scene))


def _row(name: str, told: Sequence[bool]) -> str:
    return f"| {name} | {len(told)} | {sum(told)} ({sum(told) / len(told):.1%}) |"
