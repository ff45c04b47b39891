"""How often a first screen tells of a change while nothing changes, and how often it tells of one that was planted.

Run: `python -m bench quiet`. The organisations are those of tests/page/quiet.py, seeds 0 to 199.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.results import aim
from itsq_analysis.anomaly.findings import unusual_findings
from itsq_analysis.briefing import findings
from itsq_analysis.pages.unusual.words import brief
from tests.page.quiet import Plant, quiet

QUIET, PLANTED = 200, 30  # organisations
MONTHS = 25  # of those in which a change is planted, the last one included
PLANTS = {
    "half as much work again": Plant(volume=1.5),
    "from its second week on, one group keeps its time in 60 % of cases": Plant(in_time=0.6),
}
AIM = 0.05


def measure() -> str:
    """A table: what was planted, first screens, those with a finding worded as a change, and those with an unusual event."""
    nothing = [_told(seed) for seed in range(QUIET)]
    rows = [_row("nothing", nothing)]
    rows += [_row(name, [_told(seed, plant) for seed in range(PLANTED)]) for name, plant in PLANTS.items()]
    head = "| planted | first screens | with a change | of these, with an unusual event |\n|---|--:|--:|--:|"
    share = sum(change for change, _ in nothing) / len(nothing)
    text = f"of the first screens of organisations in which nothing changes, at most {AIM:.0%} tell of a change, found {share:.1%}"
    return "\n".join(["## First screens of simulated organisations", "", head, *rows, "", aim(text, reached=share <= AIM)])


def _told(seed: int, plant: Plant | None = None) -> tuple[bool, bool]:
    """Whether the first screen tells of a change, and whether of an unusual event (of a member, or of all tickets)."""
    context = quiet(seed) if plant is None else quiet(seed, plant, MONTHS)
    unusual = {brief(context).sentence(event.sentence) for event in unusual_findings(context.scope)}
    told = findings(context.scope)
    return any(one.change for one in told), any(one.cause.startswith("unusual") or one.sentence in unusual for one in told)


def _row(name: str, told: Sequence[tuple[bool, bool]]) -> str:
    counts = [sum(found) for found in zip(*told, strict=True)]
    return f"| {name} | {len(told)} | " + " | ".join(f"{count} ({count / len(told):.1%})" for count in counts) + " |"
