"""Do our changes break things; do causes get removed?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import stacked_bars
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import history
from itsq_analysis.sections.judgement import indicator_table
from itsq_analysis.sections.scene import PERIODS, Scene
from itsq_analysis.sections.section import Part, Section, paragraph, subheading, table

IDS = ("change_success_rate", "emergency_change_share", "failed_changes", "incidents_per_100_changes", "problem_linked_share")
OUTCOMES = ("successful", "successful_issues", "unsuccessful", "unknown_outcome")
CLOSED = "closed_at >= $start AND closed_at < $end AND state IS DISTINCT FROM 'canceled'"


def changes(scene: Scene) -> Section:
    """Outcomes over 13 periods, the indicators, and every failed change."""
    title = scene.term("changes")
    if not scene.has("changes"):
        return Section("changes", title, scene.say("changes_no_data"))
    parts = (*_picture(scene), indicator_table(scene, scene.now(IDS)), *_caused(scene), *_failed(scene))
    return Section("changes", title, _answer(scene), parts)


def _answer(scene: Scene) -> str:
    counts = scene.query(
        "SELECT count(*) AS n, count(*) FILTER (outcome = 'unsuccessful') AS failed, "
        "count(*) FILTER (outcome = 'successful_issues') AS issues, count(*) FILTER (type = 'emergency') AS emergency, "
        f"count(*) FILTER (outcome IS NULL) AS unknown FROM changes WHERE {CLOSED}"
    ).iloc[0]
    if not counts["n"]:
        return scene.say("changes_none", period=scene.period_name)
    told = [scene.say("changes", period=scene.period_name, **{name: scene.number(counts[name]) for name in counts.index})]
    if counts["unknown"]:
        told.append(scene.say("changes_unknown", n=scene.number(counts["unknown"])))
    return sentences(told, scene.language)


def _picture(scene: Scene) -> list[Part]:
    periods = history(scene.period, PERIODS)
    counts = pd.DataFrame([_outcomes(scene, *period.bounds(scene.workspace.settings.organisation.zone)) for period in periods])
    sums = counts.sum()
    rows = [
        {
            "member": formats.period_label(period, scene.language),
            "part": scene.term(outcome),
            "value": int(counts[outcome].iloc[place]),
        }
        for place, period in enumerate(periods)
        for outcome in OUTCOMES
        if outcome != "unknown_outcome" or sums[outcome]
    ]
    summary = scene.say(
        "changes_picture",
        n=len(periods),
        closed=scene.number(sums.sum()),
        failed=scene.number(sums["unsuccessful"]),
        issues=scene.number(sums["successful_issues"]),
    )
    return [stacked_bars(pd.DataFrame(rows), title=scene.say("changes_chart"), summary=summary, language=scene.language)]


def _outcomes(scene: Scene, start: object, end: object) -> dict[str, int]:
    """Changes closed between two moments, by outcome."""
    found = scene.query(
        "SELECT coalesce(outcome, 'unknown_outcome') AS outcome, count(*) AS n FROM changes "
        "WHERE closed_at >= $first AND closed_at < $last AND closed_at < $moment AND state IS DISTINCT FROM 'canceled' GROUP BY 1",
        first=start,
        last=end,
    )
    return dict.fromkeys(OUTCOMES, 0) | dict(zip(found["outcome"], found["n"], strict=True))


def _caused(scene: Scene) -> list[Part]:
    found = scene.query(
        "SELECT count(*) AS n FROM incidents WHERE caused_by_change IS NOT NULL AND opened_at >= $start AND opened_at < $end"
    )
    count = int(found["n"].iloc[0])
    return [paragraph(scene.say("changes_caused", n=scene.number(count)))] if count else []


def failed_changes(scene: Scene) -> pd.DataFrame:
    """Failed changes closed in the period: number, type, service, short_description, closed_at."""
    return scene.query(
        "SELECT number, type, service, short_description, closed_at FROM changes "
        f"WHERE outcome = 'unsuccessful' AND {CLOSED} ORDER BY closed_at, number"
    )


def _failed(scene: Scene) -> list[Part]:
    found = failed_changes(scene)
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
