"""What is not monitored, how is it computed? Resources without data by name, hours known, definitions, provenance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itsq_analysis.narrative import formats
from itsq_analysis.sections.appendix import provenance
from itsq_analysis.sections.capacity.estate import resources
from itsq_analysis.sections.capacity.load import DAYS, loads
from itsq_analysis.sections.capacity.outlook import Unmeasured, unmeasured
from itsq_analysis.sections.capacity.words import named, percent
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Part, Section, folded, nested, paragraph, subheading, table

THIN = 0.9  # share of the hours below which a resource is named
DEFINITIONS = (
    *("busy_hour", "limit", "time_to_limit", "order_by", "options", "idle", "loss", "fills", "planned", "record"),
    "no_data",
)


def appendix(scene: Scene, parameters: dict[str, Any]) -> Section:
    """Coverage first, then how every number is computed, then where the numbers come from."""
    silent, found = unmeasured(scene), loads(scene)
    thin = [one for one in found if one.coverage < THIN]
    answer = scene.say("cap_coverage_answer", n=len(resources(scene)), measured=len(found), silent=len(silent), thin=len(thin))
    parts: list[Part] = []
    if silent:
        parts += [subheading(scene.term("cap_unmeasured")), _silent(scene, silent)]
    if thin:
        names = scene.listed(f"{named(scene, one.resource)}{scene.aside(percent(one.coverage))}" for one in thin)
        parts.append(paragraph(scene.say("cap_thin", days=DAYS, list=names)))
    parts += [folded(scene.say("cap_definitions_fold", n=len(DEFINITIONS)), definitions(scene))]
    parts += nested(replace(provenance(scene, parameters), answer=scene.say("provenance")))
    return Section("appendix", scene.term("appendix"), answer, tuple(parts))


def _silent(scene: Scene, silent: list[Unmeasured]) -> Part:
    keys = ("cap_resource", "service", "cap_why", "owner")
    rows = [
        {
            "cap_resource": named(scene, one.resource),
            "service": one.resource.service or formats.MISSING,
            "cap_why": reason(scene, one),
            "owner": one.resource.owner or formats.MISSING,
        }
        for one in silent
    ]
    return table({key: scene.term(key) for key in keys}, rows)


def reason(scene: Scene, one: Unmeasured) -> str:
    """Why nothing can be said of a resource."""
    day = formats.MISSING if one.last is None else formats.day(one.last, scene.language)
    return scene.say(f"cap_why_{one.reason}", day=day)


def definitions(scene: Scene) -> Html:
    """What each number means and how it is computed."""
    rows = [{"item": scene.term(f"cap_def_{name}"), "definition": scene.say(f"cap_def_{name}")} for name in DEFINITIONS]
    return table({key: scene.term(key) for key in ("item", "definition")}, rows)
