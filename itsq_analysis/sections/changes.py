"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import stacked_bars
from itsq_analysis.narrative import formats
from itsq_analysis.periods import history
from itsq_analysis.sections.judgement import interval_cell, judgement, value_cell
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Part, Section, paragraph, subheading, table

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")
OUTCOMES = ("successful", "successful_issues", "unsuccessful")


def changes(scene: Scene) -> Section:
    """Outcomes over 13 periods, the indicators, and every failed change."""
    title = scene.term("changes")
    if not scene.has("changes"):
        return Section("changes", title, scene.say("changes_no_data"))
    now = scene.now(IDS)
    closed = scene.query(
        "SELECT count(*) AS closed, count(*) FILTER (outcome = 'unsuccessful') AS failed, "
        "count(*) FILTER (outcome = 'successful_issues') AS issues, count(*) FILTER (type = 'emergency') AS emergency "
        "FROM changes WHERE closed_at >= $start AND closed_at < $end AND state IS DISTINCT FROM 'canceled'"
    ).iloc[0]
    counts = {str(name): scene.number(value) for name, value in closed.items()}
    answer = scene.say("changes" if closed["closed"] else "changes_none", period=scene.period_name, **counts)
    return Section("changes", title, answer, (*_picture(scene), indicator_table(scene, now), *_caused(scene), *_failed(scene)))


def indicator_table(scene: Scene, now: dict[str, pd.Series]) -> Part:
    """Indicators with value, interval, target and judgement."""
    columns = {key: scene.term(key) for key in ("indicator", "value", "interval", "target", "judgement")}
    rows = [
        {
            "indicator": scene.title(name),
            "value": value_cell(scene, row),
            "interval": interval_cell(scene, row),
            "target": scene.shown(row, "target"),
            "judgement": judgement(scene, row),
        }
        for name, row in now.items()
    ]
    return table(columns, rows, numeric={"value", "interval", "target"})


def _picture(scene: Scene) -> list[Part]:
    zone = scene.workspace.settings.organisation.zone
    rows = []
    for period in history(scene.period, PERIODS):
        start, end = period.bounds(zone)
        found = scene.query(
            "SELECT outcome, count(*) AS n FROM changes WHERE closed_at >= $from AND closed_at < $to AND outcome IS NOT NULL "
            "GROUP BY 1",
            **{"from": start, "to": min(end, max(start, scene.moment))},
        )
        counts = dict(zip(found["outcome"], found["n"], strict=True))
        rows += [
            {"member": formats.period_name(period, scene.language), "part": scene.term(part), "value": counts.get(part, 0)}
            for part in OUTCOMES
        ]
    frame = pd.DataFrame(rows)
    sums = frame.groupby("part")["value"].sum()
    summary = scene.say(
        "changes_picture",
        n=PERIODS,
        closed=scene.number(sums.sum()),
        failed=scene.number(sums[scene.term("unsuccessful")]),
        issues=scene.number(sums[scene.term("successful_issues")]),
    )
    return [stacked_bars(frame, title=scene.say("changes_chart"), summary=summary, language=scene.language)]


def _caused(scene: Scene) -> list[Part]:
    found = scene.query(
        "SELECT count(*) AS n FROM incidents WHERE caused_by_change IS NOT NULL AND opened_at >= $start AND opened_at < $end"
    )
    count = int(found["n"].iloc[0])
    return [paragraph(scene.say("changes_caused", n=scene.number(count)))] if count else []


def _failed(scene: Scene) -> list[Part]:
    found = scene.query(
        "SELECT number, type, service, short_description, closed_at FROM changes WHERE outcome = 'unsuccessful' "
        "AND closed_at >= $start AND closed_at < $end ORDER BY closed_at, number"
    )
    if found.empty:
        return []
    columns = {key: scene.term(key) for key in ("number", "type", "service", "short_description", "closed_on")}
    rows = [
        {
            "number": row["number"],
            "type": scene.term(row["type"]) if pd.notna(row["type"]) else scene.term("unknown"),
            "service": _text(row["service"]),
            "short_description": _text(row["short_description"]),
            "closed_on": formats.minute(row["closed_at"], scene.language),
        }
        for _, row in found.iterrows()
    ]
    return [subheading(scene.say("failed_changes")), table(columns, rows)]


def _text(value: str | None) -> str:
    return formats.MISSING if pd.isna(value) else str(value)
