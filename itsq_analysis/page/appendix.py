"""May I trust it? Definitions and provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from itsq_analysis.indicators import Indicator, words
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import Earlier
from itsq_analysis.page.section import Html, Section, bullets, folded, nested, paragraph, table
from itsq_analysis.text import formats

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


def appendix(
    context: ReportContext,
    quality: Section,
    used: list[str],
    methods: Sequence[str],
    parameters: dict[str, Any],
    earlier: Earlier | None,
) -> Section:
    """What was read and used, how every number is defined, and where it comes from: opened by what became of the rows read."""
    told = (replace(quality, answer=""), definitions(context, used, methods), provenance(context, parameters, earlier))
    parts = tuple(part for section in told for part in nested(section))
    return Section("appendix", context.term("appendix"), quality.answer, parts)


def definitions(context: ReportContext, used: list[str], methods: Sequence[str]) -> Section:
    """Every indicator of the page with its population, method and place in the standard; how judgements are made."""
    every = folded(context.say("definitions_fold", n=len(used)), definitions_table(context, used))
    parts = (every, folded(context.say("methods_fold"), bullets(methods)), paragraph(context.say("mapping_note")))
    return Section("definitions", context.term("definitions"), context.say("definitions"), parts)


def definitions_table(context: ReportContext, used: Sequence[str]) -> Html:
    """One row an indicator: what it is, and where it stands in the standards."""
    keys = ("indicator", "definition", "standard_ref")
    rows: list[dict[str, str | Markup]] = []
    for name in used:
        indicator = context.workspace.definitions[name]
        note = context.say(
            "definition_note", population=indicator.population[context.language], interval=indicator.interval[context.language]
        )
        rows.append(
            {
                "indicator": indicator.title[context.language],
                "definition": Markup('{}<span class="note">{}</span>').format(indicator.meaning[context.language], note),
                "standard_ref": standards(context, indicator),
            }
        )
    return table({key: context.term(key) for key in keys}, rows)


def standards(context: ReportContext, indicator: Indicator) -> str:
    """Where an indicator stands: section of the quality standard, clause of ISO/IEC 20000-1, GB/T 33850 and 28827.1."""
    places = [f"§ {indicator.section}"]
    places += [f"ISO/IEC 20000-1 {indicator.clause}"] if indicator.clause else []
    if indicator.characteristic:
        places.append(f"GB/T 33850 {words()['characteristic'][indicator.characteristic][context.language]}")
    if indicator.element:
        places.append(f"GB/T 28827.1 {words()['element'][indicator.element][context.language]}")
    return context.listed(places)


def provenance(context: ReportContext, parameters: dict[str, Any], earlier: Earlier | None = None) -> Section:
    """Snapshot, inputs with their hashes, parameters and software: what an auditor needs a year later."""
    snapshot, settings = context.workspace.snapshot, context.workspace.settings
    facts = {
        "snapshot": f"{snapshot.id}{context.aside(snapshot.hash[:16])}",
        "data_as_of": formats.minute(context.moment, context.language),
        "zone": settings.organisation.timezone,
        "parameters": "; ".join(f"{name} = {_stated(value)}" for name, value in parameters.items()),
        "calendar": "; ".join(f"{one.id}: {one.hours} {one.holidays}".strip() for one in settings.calendars),
        "versions": "; ".join(f"{name} {version(name)}" for name in SOFTWARE),
    }
    keys = ("item", "content")
    inputs = [{"file": entry["file"], "fingerprint": entry["sha256"]} for entry in snapshot.files]
    inputs += [{"file": earlier.name, "fingerprint": earlier.sha256}] if earlier else []
    stated = [{"item": context.term(key), "content": text} for key, text in facts.items()]
    parts = (
        folded(context.say("provenance_fold"), table({key: context.term(key) for key in keys}, stated)),
        folded(context.say("input_files"), table({key: context.term(key) for key in ("file", "fingerprint")}, inputs)),
    )
    return Section("provenance", context.term("provenance"), context.say("provenance"), parts)


def _stated(value: Any) -> str:
    """A parameter as it was given; a dash where it was left to its default."""
    return formats.MISSING if value is None or value == [] else ", ".join(value) if isinstance(value, list) else str(value)
