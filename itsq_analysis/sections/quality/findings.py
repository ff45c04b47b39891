"""What a director must know of the period: at most three findings, by size and certainty, each cause told once."""

from __future__ import annotations

from itsq_analysis.sections.finding import Finding, told_once
from itsq_analysis.sections.quality.candidates import candidates
from itsq_analysis.sections.scene import Scene

MOST = 3  # findings on the first screen


def findings(scene: Scene) -> list[Finding]:
    """The findings of the first screen, the weightiest first."""
    return every_finding(scene)[:MOST]


def every_finding(scene: Scene) -> list[Finding]:
    """All findings, the weightiest first, each cause once; worked out once for a scene."""
    if "findings" not in scene.kept:
        scene.kept["findings"] = told_once(candidates(scene))
    return list(scene.kept["findings"])


__all__ = ["MOST", "Finding", "every_finding", "findings"]
