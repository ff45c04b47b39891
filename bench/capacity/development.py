"""The block of RESULTS.md on the development disks: those on which the method was chosen."""

from __future__ import annotations

from bench.capacity.run import DEVELOPMENT, disks, legend


def measure() -> str:
    """Run them and write the block."""
    return "\n\n".join(
        [
            "## Time to threshold on development disks\n\nThe method was chosen on these disks: they are no evidence.",
            legend(),
            disks(DEVELOPMENT, "development"),
        ]
    )
