"""May I trust it? Definitions, data quality and provenance."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import Indicator, words
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.narrative import formats
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, bullets, paragraph, subheading, table
from itsq_analysis.tables import contract, contracts

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
WATCHED = ("resolved_at", "priority", "service", "category", "channel", "assignment_group", "acknowledged_at", "made_sla")
SAMPLES = 5


def definitions(scene: Scene, used: list[str]) -> Section:
    """Every indicator of the page with its population, method and place in the standard."""
    keys = ("indicator", "definition", "standard_ref")
    rows: list[dict[str, str | Markup]] = []
    for name in used:
        indicator = scene.workspace.catalogue[name]
        rows.append(
            {
                "indicator": indicator.title[scene.language],
                "definition": Markup('{}<span class="note">{}: {} · {}: {}</span>').format(
                    indicator.meaning[scene.language],
                    scene.term("population"),
                    indicator.population[scene.language],
                    scene.term("method"),
                    indicator.interval[scene.language],
                ),
                "standard_ref": _standards(scene, indicator),
            }
        )
    parts = (table({key: scene.term(key) for key in keys}, rows), paragraph(scene.say("mapping_note")))
    return Section("definitions", scene.term("definitions"), scene.say("definitions"), parts)


def _standards(scene: Scene, indicator: Indicator) -> str:
    """Where an indicator stands: section of the quality standard, clause of ISO/IEC 20000-1, characteristic of GB/T 33850."""
    places = [f"§ {indicator.section}"]
    places += [f"ISO/IEC 20000-1 {indicator.clause}"] if indicator.clause else []
    if indicator.characteristic:
        places.append(f"GB/T 33850 {words()['characteristic'][indicator.characteristic][scene.language]}")
    return scene.listed(places)


def data_quality(scene: Scene) -> Section:
    """What was read, used and refused, per file and rule; unknown and missing values; thin edges."""
    files = pd.DataFrame(scene.workspace.snapshot.files)
    sums = files[["read", "superseded", "quarantined"]].sum()
    answer = scene.say(
        "data_quality",
        n=len(files),
        read=scene.number(sums["read"]),
        used=scene.number(sums["read"] - sums["superseded"] - sums["quarantined"]),
        superseded=scene.number(sums["superseded"]),
        quarantined=scene.number(sums["quarantined"]),
    )
    warnings = [*_edges(scene), *_holidays(scene)]
    parts = (bullets(warnings), _files(scene, files), *_rules(scene), *_unmapped(scene), *_ignored(scene), *_missing(scene))
    return Section("data_quality", scene.term("data_quality"), answer, parts)


def _edges(scene: Scene) -> list[str]:
    names = [formats.period_name(edge.period, scene.language) for edge in thin_edges(scene)]
    return [scene.say("edges", list=scene.listed(names))] if names else []


def _holidays(scene: Scene) -> list[str]:
    """What the holiday tables in hand do not know about the period or the month after it."""
    settings = scene.workspace.settings
    start, end = scene.period.bounds(settings.organisation.zone)
    found = [warning for one in settings.calendars for warning in scene.workspace.calendar(one.id).warnings(start, end)]
    return list(dict.fromkeys(found))


def _files(scene: Scene, files: pd.DataFrame) -> Part:
    keys = ("file", "table", "read", "used", "superseded", "quarantined", "encoding", "zone")
    rows = [
        {
            "file": entry["file"],
            "table": contract(entry["table"]).title[scene.language],
            "read": scene.number(entry["read"]),
            "used": scene.number(entry["read"] - entry["superseded"] - entry["quarantined"]),
            "superseded": scene.number(entry["superseded"]),
            "quarantined": scene.number(entry["quarantined"]),
            "encoding": entry["encoding"],
            "zone": entry["timezone"],
        }
        for _, entry in files.iterrows()
    ]
    return table({key: scene.term(key) for key in keys}, rows, numeric={"read", "used", "superseded", "quarantined"})


def _rules(scene: Scene) -> list[Part]:
    found = scene.query(
        "SELECT table_name, rule, count(*) AS n, arg_min(file, (file, line)) AS file, arg_min(line, (file, line)) AS line, "
        "arg_min(coalesce(value, ''), (file, line)) AS value FROM quarantine GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )
    if found.empty:
        return []
    keys = ("rule", "table", "rows", "first_line")
    rows = [
        {
            "rule": _rule_name(scene, row["table_name"], row["rule"]),
            "table": contract(row["table_name"]).title[scene.language],
            "rows": scene.number(row["n"]),
            "first_line": f"{row['file']}, {scene.term('line')} {row['line']}: {row['value'][:60]}",
        }
        for _, row in found.iterrows()
    ]
    return [subheading(scene.say("quarantine_rules")), table({key: scene.term(key) for key in keys}, rows, numeric={"rows"})]


def _rule_name(scene: Scene, table_name: str, rule: str) -> str:
    """A rule in words: a contract's own, or one of reading."""
    for one in contracts()[table_name].rules:
        if one.id == rule:
            return one.meaning[scene.language]
    return RULES[rule][scene.language]


def _unmapped(scene: Scene) -> list[Part]:
    rows = [
        {"file": entry["file"], "column": column, "unmapped_value": value, "rows": scene.number(count)}
        for entry in scene.workspace.snapshot.files
        for column, values in sorted(entry["unmapped"].items())
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))[:SAMPLES]
    ]
    if not rows:
        return []
    columns = {key: scene.term(key) for key in ("file", "column", "unmapped_value", "rows")}
    return [subheading(scene.say("unmapped_values")), table(columns, rows, numeric={"rows"})]


def _ignored(scene: Scene) -> list[Part]:
    """Columns of the exports that no canonical column takes."""
    rows: list[dict[str, str | Markup]] = [
        {"file": entry["file"], "column": scene.listed(sorted(entry["ignored_columns"]))}
        for entry in scene.workspace.snapshot.files
        if entry["ignored_columns"]
    ]
    if not rows:
        return []
    return [subheading(scene.say("ignored_columns")), table({key: scene.term(key) for key in ("file", "column")}, rows)]


def _missing(scene: Scene) -> list[Part]:
    """Share of the period's incidents that lack a value."""
    counts = ", ".join(f"avg(({name} IS NULL)::INT) AS {name}" for name in WATCHED)
    found = scene.query(f"SELECT {counts} FROM incidents WHERE opened_at >= $start AND opened_at < $end").iloc[0]
    if found.isna().all():
        return []
    columns = contract("incidents").columns
    rows = [
        {"column": columns[name].title[scene.language], "missing_share": formats.percent(float(found[name]))}
        for name in sorted(WATCHED, key=lambda name: -found[name])
        if found[name] > 0
    ]
    if not rows:
        return []
    keys = {key: scene.term(key) for key in ("column", "missing_share")}
    return [subheading(scene.say("missing_values")), table(keys, rows, numeric={"missing_share"})]


def provenance(scene: Scene, parameters: dict[str, Any]) -> Section:
    """Snapshot, inputs with their hashes, parameters and software: what an auditor needs a year later."""
    snapshot = scene.workspace.snapshot
    facts = {
        scene.term("snapshot"): f"{snapshot.id} ({snapshot.hash[:16]})",
        scene.term("data_as_of"): formats.minute(scene.moment, scene.language),
        scene.term("zone"): scene.workspace.settings.organisation.timezone,
        scene.term("parameters"): "; ".join(f"{name} = {value}" for name, value in parameters.items()),
        scene.term("calendar"): "; ".join(
            f"{one.id}: {one.hours} {one.holidays}".strip() for one in scene.workspace.settings.calendars
        ),
        scene.term("versions"): "; ".join(f"{name} {version(name)}" for name in SOFTWARE),
    }
    columns = {"item": scene.term("item"), "content": scene.term("content")}
    inputs = [{"file": entry["file"], "fingerprint": entry["sha256"]} for entry in snapshot.files]
    return Section(
        "provenance",
        scene.term("provenance"),
        scene.say("provenance"),
        (
            table(columns, [{"item": name, "content": value} for name, value in facts.items()]),
            table({key: scene.term(key) for key in ("file", "fingerprint")}, inputs),
        ),
    )
