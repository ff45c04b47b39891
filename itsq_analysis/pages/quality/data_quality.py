"""May I trust it? What was read, used and refused; unknown and missing values; thin edges."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators.completeness import thin_edges
from itsq_analysis.indicators.restated import Restated
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.page.context import FEW, ReportContext
from itsq_analysis.page.section import Html, Section, bullets, folded, table
from itsq_analysis.pages.quality.demand import unannounced
from itsq_analysis.pages.quality.restated import restated_parts
from itsq_analysis.periods import Period
from itsq_analysis.tables import contract, contracts
from itsq_analysis.text import formats

WATCHED = ("resolved_at", "priority", "service", "category", "channel", "assignment_group", "acknowledged_at", "made_sla")
# An open or canceled incident lacks no resolution time.
AWAITED = {"resolved_at": "closed_at IS NOT NULL AND state IS DISTINCT FROM 'canceled'"}
SAMPLES = 5
SHOWN = 60  # characters of an offending value


def data_quality(context: ReportContext, found: Restated | None = None) -> Section:
    """What became of every row, per file and rule; what the mappings did not know; what is missing; what was restated."""
    files = pd.DataFrame(context.workspace.snapshot.files)
    sums = files[["read", "superseded", "quarantined"]].sum()
    answer = context.say(
        "data_quality",
        n=len(files),
        read=context.number(sums["read"]),
        used=context.number(sums["read"] - sums["superseded"] - sums["quarantined"]),
        superseded=context.number(sums["superseded"]),
        quarantined=context.number(sums["quarantined"]),
    )
    warnings = [*_edges(context), *unannounced(context)]
    told = [bullets(warnings)] if warnings else []
    parts = (*told, _files(context, files), *_rules(context), *_unmapped(context), *_ignored(context), *_missing(context))
    parts += (*restated_parts(context, found),)
    return Section("data_quality", context.term("data_quality"), answer, parts)


def _edges(context: ReportContext) -> list[str]:
    """The thin months at each end as one stretch."""
    runs: list[list[Period]] = []
    for edge in thin_edges(context.scope):
        if not runs or runs[-1][-1].end != edge.period.start:
            runs.append([])
        runs[-1].append(edge.period)
    names = [[formats.period_label(period, context.language) for period in (run[0], run[-1])] for run in runs]
    told = [first if first == last else context.say("edges_run", first=first, last=last) for first, last in names]
    return [context.say("edges", list=context.listed(told))] if told else []


def _files(context: ReportContext, files: pd.DataFrame) -> Html:
    keys = ("file", "table", "read", "used", "superseded", "quarantined", "encoding", "zone")
    rows = [
        {
            "file": Markup('<span class="path">{}</span>').format(entry["file"]),
            "table": contract(entry["table"]).title[context.language],
            "read": context.number(entry["read"]),
            "used": context.number(entry["read"] - entry["superseded"] - entry["quarantined"]),
            "superseded": context.number(entry["superseded"]),
            "quarantined": context.number(entry["quarantined"]),
            "encoding": _encoding(context, entry["encoding"]),
            "zone": entry["timezone"],
        }
        for _, entry in files.iterrows()
    ]
    numeric = {"read", "used", "superseded", "quarantined"}
    return folded(context.say("files_read"), table({key: context.term(key) for key in keys}, rows, numeric=numeric))


def _encoding(context: ReportContext, name: str) -> str:
    return context.term("workbook") if name == "workbook" else name.upper().replace(" WITH ", " + ")


def quarantined_rules(context: ReportContext) -> pd.DataFrame:
    """Rows in quarantine by table and rule, the most frequent first: table_name, rule, n; file, line and value of the first one."""
    return context.query(
        "SELECT table_name, rule, count(*) AS n, arg_min(file, (file, line)) AS file, arg_min(line, (file, line)) AS line, "
        "arg_min(coalesce(value, ''), (file, line)) AS value FROM quarantine GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )


def _rules(context: ReportContext) -> list[Html]:
    found = quarantined_rules(context)
    if found.empty:
        return []
    keys = ("rule", "table", "rows", "first_line")
    rows = [
        {
            "rule": rule_name(context, row["table_name"], row["rule"]),
            "table": contract(row["table_name"]).title[context.language],
            "rows": context.number(row["n"]),
            "first_line": context.say("quarantine_example", file=row["file"], line=row["line"], value=row["value"][:SHOWN]),
        }
        for _, row in found.iterrows()
    ]
    return [folded(context.say("quarantine_rules"), table({key: context.term(key) for key in keys}, rows, numeric={"rows"}))]


def rule_name(context: ReportContext, table_name: str, rule: str) -> str:
    """A rule in words: a contract's own, or one of reading; of another version of itsq, its id."""
    for one in contracts()[table_name].rules:
        if one.id == rule:
            return one.meaning[context.language]
    return RULES[rule][context.language] if rule in RULES else rule


def _unmapped(context: ReportContext) -> list[Html]:
    """Texts that no choice of a column knows; the column by its name in the contract."""
    rows = [
        {
            "file": entry["file"],
            "column": contract(entry["table"]).columns[column].title[context.language],
            "unmapped_value": value,
            "rows": context.number(count),
        }
        for entry in context.workspace.snapshot.files
        for column, values in sorted(entry["unmapped"].items())
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))[:SAMPLES]
    ]
    if not rows:
        return []
    columns = {key: context.term(key) for key in ("file", "column", "unmapped_value", "rows")}
    return [folded(context.say("unmapped_values"), table(columns, rows, numeric={"rows"}))]


def _ignored(context: ReportContext) -> list[Html]:
    """Columns of the exports that no canonical column takes."""
    rows = [
        {"file": entry["file"], "column": context.listed(sorted(entry["ignored_columns"]))}
        for entry in context.workspace.snapshot.files
        if entry["ignored_columns"]
    ]
    if not rows:
        return []
    return [folded(context.say("ignored_columns"), table({key: context.term(key) for key in ("file", "column")}, rows))]


def _missing(context: ReportContext) -> list[Html]:
    """Incidents of the period that lack a value which they should have."""
    counts = ", ".join(
        f"count(*) FILTER (({AWAITED.get(name, 'true')})) AS all_{name}, "
        f"count(*) FILTER (({AWAITED.get(name, 'true')}) AND {name} IS NULL) AS no_{name}"
        for name in WATCHED
    )
    found = context.query(f"SELECT {counts} FROM incidents WHERE opened_at >= $start AND opened_at < $end").iloc[0]
    lacking = [name for name in WATCHED if found[f"no_{name}"]]
    if not lacking:
        return []
    share = {name: float(found[f"no_{name}"] / found[f"all_{name}"]) for name in lacking}
    rows = [
        {
            "column": context.term("closed_without")
            if name in AWAITED
            else contract("incidents").columns[name].title[context.language],
            "missing": context.say(
                "of_count", numerator=context.number(found[f"no_{name}"]), denominator=context.number(found[f"all_{name}"])
            ),
            "missing_share": formats.percent(share[name]) if found[f"all_{name}"] >= FEW else formats.MISSING,
        }
        for name in sorted(lacking, key=lambda name: -share[name])
    ]
    keys = ("column", "missing", "missing_share")
    numeric = {"missing", "missing_share"}
    return [folded(context.say("missing_values"), table({key: context.term(key) for key in keys}, rows, numeric=numeric))]
