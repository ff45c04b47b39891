"""May I trust it? What was read, used and refused; unknown and missing values; thin edges."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.ingest.checks import RULES
from itsq_analysis.narrative import formats
from itsq_analysis.periods import Period
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.quality.demand import unannounced
from itsq_analysis.sections.quality.restated import Restated, restated_parts
from itsq_analysis.sections.scene import FEW, Scene
from itsq_analysis.sections.section import Html, Section, bullets, folded, table
from itsq_analysis.tables import contract, contracts

WATCHED = ("resolved_at", "priority", "service", "category", "channel", "assignment_group", "acknowledged_at", "made_sla")
# An open or canceled incident lacks no resolution time.
AWAITED = {"resolved_at": "closed_at IS NOT NULL AND state IS DISTINCT FROM 'canceled'"}
SAMPLES = 5
SHOWN = 60  # characters of an offending value


def data_quality(scene: Scene, found: Restated | None = None) -> Section:
    """What became of every row, per file and rule; what the mappings did not know; what is missing; what was restated."""
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
    warnings = [*_edges(scene), *unannounced(scene)]
    told = [bullets(warnings)] if warnings else []
    parts = (*told, _files(scene, files), *_rules(scene), *_unmapped(scene), *_ignored(scene), *_missing(scene))
    parts += (*restated_parts(scene, found),)
    return Section("data_quality", scene.term("data_quality"), answer, parts)


def _edges(scene: Scene) -> list[str]:
    """The thin months at each end as one stretch."""
    runs: list[list[Period]] = []
    for edge in thin_edges(scene):
        if not runs or runs[-1][-1].end != edge.period.start:
            runs.append([])
        runs[-1].append(edge.period)
    names = [[formats.period_label(period, scene.language) for period in (run[0], run[-1])] for run in runs]
    told = [first if first == last else scene.say("edges_run", first=first, last=last) for first, last in names]
    return [scene.say("edges", list=scene.listed(told))] if told else []


def _files(scene: Scene, files: pd.DataFrame) -> Html:
    keys = ("file", "table", "read", "used", "superseded", "quarantined", "encoding", "zone")
    rows = [
        {
            "file": Markup('<span class="path">{}</span>').format(entry["file"]),
            "table": contract(entry["table"]).title[scene.language],
            "read": scene.number(entry["read"]),
            "used": scene.number(entry["read"] - entry["superseded"] - entry["quarantined"]),
            "superseded": scene.number(entry["superseded"]),
            "quarantined": scene.number(entry["quarantined"]),
            "encoding": _encoding(scene, entry["encoding"]),
            "zone": entry["timezone"],
        }
        for _, entry in files.iterrows()
    ]
    numeric = {"read", "used", "superseded", "quarantined"}
    return folded(scene.say("files_read"), table({key: scene.term(key) for key in keys}, rows, numeric=numeric))


def _encoding(scene: Scene, name: str) -> str:
    return scene.term("workbook") if name == "workbook" else name.upper().replace(" WITH ", " + ")


def quarantined_rules(scene: Scene) -> pd.DataFrame:
    """Rows in quarantine by table and rule, the most frequent first: table_name, rule, n; file, line and value of the first one."""
    return scene.query(
        "SELECT table_name, rule, count(*) AS n, arg_min(file, (file, line)) AS file, arg_min(line, (file, line)) AS line, "
        "arg_min(coalesce(value, ''), (file, line)) AS value FROM quarantine GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )


def _rules(scene: Scene) -> list[Html]:
    found = quarantined_rules(scene)
    if found.empty:
        return []
    keys = ("rule", "table", "rows", "first_line")
    rows = [
        {
            "rule": rule_name(scene, row["table_name"], row["rule"]),
            "table": contract(row["table_name"]).title[scene.language],
            "rows": scene.number(row["n"]),
            "first_line": scene.say("quarantine_example", file=row["file"], line=row["line"], value=row["value"][:SHOWN]),
        }
        for _, row in found.iterrows()
    ]
    return [folded(scene.say("quarantine_rules"), table({key: scene.term(key) for key in keys}, rows, numeric={"rows"}))]


def rule_name(scene: Scene, table_name: str, rule: str) -> str:
    """A rule in words: a contract's own, or one of reading; of another version of itsq, its id."""
    for one in contracts()[table_name].rules:
        if one.id == rule:
            return one.meaning[scene.language]
    return RULES[rule][scene.language] if rule in RULES else rule


def _unmapped(scene: Scene) -> list[Html]:
    """Texts that no choice of a column knows; the column by its name in the contract."""
    rows = [
        {
            "file": entry["file"],
            "column": contract(entry["table"]).columns[column].title[scene.language],
            "unmapped_value": value,
            "rows": scene.number(count),
        }
        for entry in scene.workspace.snapshot.files
        for column, values in sorted(entry["unmapped"].items())
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))[:SAMPLES]
    ]
    if not rows:
        return []
    columns = {key: scene.term(key) for key in ("file", "column", "unmapped_value", "rows")}
    return [folded(scene.say("unmapped_values"), table(columns, rows, numeric={"rows"}))]


def _ignored(scene: Scene) -> list[Html]:
    """Columns of the exports that no canonical column takes."""
    rows = [
        {"file": entry["file"], "column": scene.listed(sorted(entry["ignored_columns"]))}
        for entry in scene.workspace.snapshot.files
        if entry["ignored_columns"]
    ]
    if not rows:
        return []
    return [folded(scene.say("ignored_columns"), table({key: scene.term(key) for key in ("file", "column")}, rows))]


def _missing(scene: Scene) -> list[Html]:
    """Incidents of the period that lack a value which they should have."""
    counts = ", ".join(
        f"count(*) FILTER (({AWAITED.get(name, 'true')})) AS all_{name}, "
        f"count(*) FILTER (({AWAITED.get(name, 'true')}) AND {name} IS NULL) AS no_{name}"
        for name in WATCHED
    )
    found = scene.query(f"SELECT {counts} FROM incidents WHERE opened_at >= $start AND opened_at < $end").iloc[0]
    lacking = [name for name in WATCHED if found[f"no_{name}"]]
    if not lacking:
        return []
    share = {name: float(found[f"no_{name}"] / found[f"all_{name}"]) for name in lacking}
    rows = [
        {
            "column": scene.term("closed_without")
            if name in AWAITED
            else contract("incidents").columns[name].title[scene.language],
            "missing": scene.say(
                "of_count", numerator=scene.number(found[f"no_{name}"]), denominator=scene.number(found[f"all_{name}"])
            ),
            "missing_share": formats.percent(share[name]) if found[f"all_{name}"] >= FEW else formats.MISSING,
        }
        for name in sorted(lacking, key=lambda name: -share[name])
    ]
    keys = ("column", "missing", "missing_share")
    numeric = {"missing", "missing_share"}
    return [folded(scene.say("missing_values"), table({key: scene.term(key) for key in keys}, rows, numeric=numeric))]
