"""Telephone and chat: how many got through, how soon, and how many gave up."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.sections.judgement import indicator_table
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, paragraph, subheading

IDS = ("contacts_offered", "answer_rate", "service_level_20s", "abandon_rate", "answer_time_mean", "handle_time_mean")


def asked(scene: Scene) -> tuple[str, ...]:
    """The indicators of the part; none where no contacts are loaded."""
    return IDS if scene.has("contacts") else ()


def calls(scene: Scene) -> list[Part]:
    """A sentence and the indicators with their targets; nothing where no contacts are loaded."""
    if not asked(scene):
        return []
    now = scene.now(IDS)
    return [subheading(scene.term("calls")), paragraph(_told(scene, now), css=""), indicator_table(scene, now)]


def _told(scene: Scene, now: dict[str, pd.Series]) -> str:
    offered = now["contacts_offered"]["value"]
    if not offered > 0:
        return scene.say("calls_none", period=scene.period_name)
    told = ("answer_rate", "service_level_20s", "abandon_rate")
    if any(pd.isna(now[name]["value"]) for name in told):
        return scene.say("calls_only", n=scene.number(offered))
    return scene.say("calls", n=scene.number(offered), **{name: scene.shown(now[name]) for name in told})
