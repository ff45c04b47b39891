"""May I trust it? How every number is computed, what was refused, and where the numbers come from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itsq_analysis.sections.appendix import provenance
from itsq_analysis.sections.files import FOLDER
from itsq_analysis.sections.forecast.keep import kept_of
from itsq_analysis.sections.forecast.outlook import Outlook
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Part, Section, bullets, folded, nested, table

DEFINITIONS = ("forecast", "range", "weeks", "change", "naive", "record", "ended", "adds_up")


def appendix(scene: Scene, found: Outlook, parameters: dict[str, Any]) -> Section:
    """Data quality in a sentence, definitions, provenance with the kept forecasts that were read."""
    files = scene.workspace.snapshot.files
    refused, read = sum(entry["quarantined"] for entry in files), sum(entry["read"] for entry in files)
    answer = scene.say("refused_rows" if refused else "fc_all_used", n=scene.number(refused), read=scene.number(read))
    parts: list[Part] = [bullets(found.notes)] if found.notes else []
    parts.append(folded(scene.say("definitions_fold", n=len(DEFINITIONS)), definitions(scene)))
    parts += nested(replace(provenance(scene, parameters), answer=scene.say("provenance")))
    kept = kept_of(scene).read
    if kept:
        rows = [{"file": f"{FOLDER}/{name}", "fingerprint": digest} for name, digest in sorted(kept.items())]
        columns = {key: scene.term(key) for key in ("file", "fingerprint")}
        parts.append(folded(scene.say("fc_kept_files", n=len(rows)), table(columns, rows)))
    return Section("appendix", scene.term("appendix"), answer, tuple(parts))


def definitions(scene: Scene) -> Html:
    """What each number means and how it is computed."""
    rows = [{"item": scene.term(f"fc_def_{name}"), "definition": scene.say(f"fc_def_{name}")} for name in DEFINITIONS]
    return table({key: scene.term(key) for key in ("item", "definition")}, rows)
