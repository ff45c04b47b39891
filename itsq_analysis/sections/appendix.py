"""May I trust it? Definitions and provenance."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from itsq_analysis.indicators import Indicator, words
from itsq_analysis.narrative import formats
from itsq_analysis.sections.earlier import Earlier
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Section, folded, nested, paragraph, table

SOFTWARE = (
    "itsq-analysis",
    "duckdb",
    "deltalake",
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "vl-convert-python",
    "holidays",
    "tzdata",
)


def appendix(scene: Scene, quality: Section, used: list[str], parameters: dict[str, Any], earlier: Earlier | None) -> Section:
    """What was read and used, how every number is defined, and where it comes from: opened by what became of the rows read."""
    told = (replace(quality, answer=""), definitions(scene, used), provenance(scene, parameters, earlier))
    parts = tuple(part for section in told for part in nested(section))
    return Section("appendix", scene.term("appendix"), quality.answer, parts)


def definitions(scene: Scene, used: list[str]) -> Section:
    """Every indicator of the page with its population, method and place in the standard."""
    keys = ("indicator", "definition", "standard_ref")
    rows: list[dict[str, str | Markup]] = []
    for name in used:
        indicator = scene.workspace.catalogue[name]
        note = scene.say(
            "definition_note", population=indicator.population[scene.language], interval=indicator.interval[scene.language]
        )
        rows.append(
            {
                "indicator": indicator.title[scene.language],
                "definition": Markup('{}<span class="note">{}</span>').format(indicator.meaning[scene.language], note),
                "standard_ref": standards(scene, indicator),
            }
        )
    every = folded(scene.say("definitions_fold", n=len(rows)), table({key: scene.term(key) for key in keys}, rows))
    parts = (every, paragraph(scene.say("mapping_note")))
    return Section("definitions", scene.term("definitions"), scene.say("definitions"), parts)


def standards(scene: Scene, indicator: Indicator) -> str:
    """Where an indicator stands: section of the quality standard, clause of ISO/IEC 20000-1, characteristic of GB/T 33850."""
    places = [f"§ {indicator.section}"]
    places += [f"ISO/IEC 20000-1 {indicator.clause}"] if indicator.clause else []
    if indicator.characteristic:
        places.append(f"GB/T 33850 {words()['characteristic'][indicator.characteristic][scene.language]}")
    return scene.listed(places)


def provenance(scene: Scene, parameters: dict[str, Any], earlier: Earlier | None = None) -> Section:
    """Snapshot, inputs with their hashes, parameters and software: what an auditor needs a year later."""
    snapshot, settings = scene.workspace.snapshot, scene.workspace.settings
    facts = {
        "snapshot": f"{snapshot.id}{scene.aside(snapshot.hash[:16])}",
        "data_as_of": formats.minute(scene.moment, scene.language),
        "zone": settings.organisation.timezone,
        "parameters": "; ".join(f"{name} = {_stated(value)}" for name, value in parameters.items()),
        "calendar": "; ".join(f"{one.id}: {one.hours} {one.holidays}".strip() for one in settings.calendars),
        "versions": "; ".join(f"{name} {version(name)}" for name in SOFTWARE),
    }
    keys = ("item", "content")
    inputs = [{"file": entry["file"], "fingerprint": entry["sha256"]} for entry in snapshot.files]
    inputs += [{"file": earlier.name, "fingerprint": earlier.sha256}] if earlier else []
    stated = [{"item": scene.term(key), "content": text} for key, text in facts.items()]
    parts = (
        folded(scene.say("provenance_fold"), table({key: scene.term(key) for key in keys}, stated)),
        folded(scene.say("input_files"), table({key: scene.term(key) for key in ("file", "fingerprint")}, inputs)),
    )
    return Section("provenance", scene.term("provenance"), scene.say("provenance"), parts)


def _stated(value: Any) -> str:
    """A parameter as it was given; a dash where it was left to its default."""
    return formats.MISSING if value is None or value == [] else ", ".join(value) if isinstance(value, list) else str(value)
