"""How often a first screen tells of a change while nothing changes, and how often it tells of a planted one.

Run: `python -m bench.quiet [organisations]`. The organisations are those of tests/sections/quiet.py, seeds 0 to 199.
"""

from __future__ import annotations

import sys

from itsq_analysis.sections.findings import findings
from tests.sections.quiet import Plant, quiet

PLANTS = {
    "nothing": None,
    "one group's share in time falls to 60 %": Plant(in_time=0.6),
    "half as much work again": Plant(volume=1.5),
}
PLANTED = 40  # organisations in which each change is planted, with 24 months before


def main(count: int = 200) -> None:
    """Print a table: what was planted, screens, screens with a change."""
    print("| planted | first screens | with a change |")
    print("|---|--:|--:|")
    for name, plant in PLANTS.items():
        seeds = range(count if plant is None else min(count, PLANTED))
        told = [seed for seed in seeds if any(one.change for one in findings(quiet(seed, plant, None if plant is None else 25)))]
        print(f"| {name} | {len(seeds)} | {len(told)} ({len(told) / len(seeds):.1%}) |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
