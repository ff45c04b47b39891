"""What can be given back? Capacity that the busy hour, the peak and a failure leave idle, and its cost a year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.capacity import Idle, idle
from itsq_analysis.charts import stacked_bars
from itsq_analysis.sections.capacity.estate import Resource, resources
from itsq_analysis.sections.capacity.load import service_hours
from itsq_analysis.sections.capacity.outlook import YEAR, hourly_values, outlook_of
from itsq_analysis.sections.capacity.risk_map import SAFE
from itsq_analysis.sections.capacity.words import money, named, percent, quantity, say_of
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, paragraph, table

LEAST = 0.2  # share of the capacity from which it is worth a line
SHORT = 90  # days of history below which a season may be missing: said with the number
SHOWN = 12


@dataclass(frozen=True)
class Spare:
    """One resource with what is idle, and the days that it was looked at."""

    resource: Resource
    idle: Idle
    days: int


def spares(scene: Scene) -> list[Spare]:
    """Resources at least a fifth of which could be given back, the most money first; none that runs out within 12 months."""
    if "spares" not in scene.kept:
        hourly = hourly_values(scene, YEAR)
        found = [_spare(scene, one, hourly[one.key]) for one in resources(scene) if one.key in hourly and _asked(scene, one)]
        kept = [one for one in found if one is not None and one.idle.share >= LEAST]
        scene.kept["spares"] = sorted(kept, key=lambda one: (-(one.idle.saving or 0.0), -one.idle.share, one.resource.name))
    return list(scene.kept["spares"])


def _asked(scene: Scene, one: Resource) -> bool:
    outlook = outlook_of(scene, one.key)
    return outlook is not None and outlook.crossing.probability < SAFE


def _spare(scene: Scene, one: Resource, hourly: pd.DataFrame) -> Spare | None:
    found = idle(
        hourly,
        capacity=one.whole,
        yearly_cost=one.yearly_cost,
        target=one.warning,
        step=one.step_size,
        members=one.members,
        service_hours=service_hours(scene, one),
    )
    days = (hourly["ds"].max() - hourly["ds"].min()).days + 1
    return None if found is None else Spare(one, found, days)


def spare(scene: Scene) -> Section:
    """Bars of money a year, and a table."""
    title = scene.term("cap_idle")
    found = spares(scene)
    if not resources(scene) or not hourly_values(scene, YEAR):
        return Section("idle", title, scene.say("cap_nothing_to_judge"))
    if not found:
        return Section("idle", title, scene.say("cap_idle_none", share=percent(LEAST)))
    known = [one for one in found if one.idle.saving is not None]
    answer = scene.say("cap_idle_answer_unpriced", n=len(found))
    if known:
        total = money(scene, sum(one.idle.saving or 0.0 for one in known))
        answer = scene.say("cap_idle_answer", n=len(found), money=total, priced=len(known))
    parts: list[Part] = [_picture(scene, known)] if len(known) > 1 else []
    parts += [_table(scene, found), paragraph(scene.say("cap_idle_note"))]
    return Section("idle", title, answer, tuple(parts))


def _picture(scene: Scene, known: list[Spare]) -> Part:
    shown = known[:SHOWN]
    part = scene.term("cap_saving")
    frame = pd.DataFrame(
        {"member": [named(scene, one.resource) for one in shown], "part": part, "value": [one.idle.saving for one in shown]}
    )
    summary = say_of(scene, "cap_idle_picture", named(scene, shown[0].resource), money=money(scene, shown[0].idle.saving))
    return stacked_bars(frame, title=scene.say("cap_idle_chart"), summary=summary, language=scene.language)


def _table(scene: Scene, found: list[Spare]) -> Part:
    keys = ("cap_resource", "cap_busy_hour", "cap_peak", "cap_spare", "cap_share", "cap_saving", "cap_days_seen")
    rows = [
        {
            "cap_resource": named(scene, one.resource),
            "cap_busy_hour": percent(one.idle.busy_hour),
            "cap_peak": percent(one.idle.peak),
            "cap_spare": quantity(scene, one.resource, one.idle.spare),
            "cap_share": percent(one.idle.share),
            "cap_saving": money(scene, one.idle.saving),
            "cap_days_seen": scene.say("cap_days_short" if one.days < SHORT else "cap_days", n=one.days),
        }
        for one in found
    ]
    numeric = {"cap_busy_hour", "cap_peak", "cap_spare", "cap_share"}
    return table({key: scene.term(key) for key in keys}, rows, numeric=numeric, caption=scene.term("cap_idle"))
