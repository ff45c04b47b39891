"""The headline indicators: value, target, this period's mark and the process's, comparisons, and how the last 13 periods went."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import sparkline
from itsq_analysis.charts.labels import Unit
from itsq_analysis.narrative import formats
from itsq_analysis.process import FEWEST, MOST
from itsq_analysis.sections.judgement import interval_cell, judgement, target_cell, value_cell
from itsq_analysis.sections.notes import notes_below
from itsq_analysis.sections.quality.attainment import RECOMPUTED, attainment, headline, unresolved
from itsq_analysis.sections.quality.comparisons import amount, comparison_lines, volume
from itsq_analysis.sections.quality.exemptions import after_exemptions, before_exemptions, exempted_at
from itsq_analysis.sections.quality.process_marks import process_mark, usual_range
from itsq_analysis.sections.quality.processes import complete, days, member_course, per_day, process
from itsq_analysis.sections.scene import FEW, PERIODS, URGENT, Scene, chart_unit
from itsq_analysis.sections.section import Section, paragraph, table

TOGETHER = 12  # periods that are added up for a small population
COLUMNS = {
    "indicator": "indicator",
    "value": "value",
    "target": "target",
    "judgement": "this_period",
    "process": "process",
    "beside": "beside",
    "trend": "trend",
}


def scorecard(scene: Scene) -> Section:
    """At most ten indicators, chosen in the workspace; P1 and P2 resolved in time stand before them, as counts."""
    now = scene.values(headline(scene))
    shown = [*_urgent(scene), *[row for _, row in now.iterrows()]]
    columns = {key: scene.term(word) for key, word in COLUMNS.items()}
    drawn = table(columns, [_row(scene, row) for row in shown], numeric={"value", "target"})
    notes = [paragraph(text) for text in (*_consequences(scene, shown), *_notes(scene, now))]
    return Section(
        "scorecard",
        scene.term("scorecard"),
        _answer(scene, after_exemptions(scene, now)),
        (drawn, *notes_below(scene, shown), *notes),
    )


def _urgent(scene: Scene) -> list[pd.Series]:
    """P1 and P2 of the share resolved in time, where it is a headline and there were any."""
    name = attainment(scene)
    if name not in headline(scene):
        return []
    rows = scene.values([name], by="priority")
    return [row for _, row in rows.iterrows() if row["member"] in URGENT and pd.notna(row["value"])]


def _row(scene: Scene, row: pd.Series) -> dict[str, str | Markup]:
    """One line. What was agreed is judged after approved exemptions; the course of the periods is told before them."""
    whole = pd.isna(row["dimension"])
    exempt = exempted_at(scene, row)
    judged = exempt.after if exempt else row
    member = scene.member("priority", row["member"])
    return {
        "indicator": scene.title(row["indicator"]) if whole else scene.say("scorecard_urgent", member=member),
        "value": _value(scene, judged) if whole else _counted(scene, judged),
        "target": target_cell(scene, row),
        "judgement": judgement(scene, judged) + (before_exemptions(scene, exempt) if exempt else Markup("")),
        "process": process_mark(scene, row),
        "beside": comparison_lines(scene, row) if whole else _before(scene, row),
        "trend": _sparkline(scene, row),
    }


def _value(scene: Scene, row: pd.Series) -> Markup:
    """The value, and beneath it the count and the 95 % interval, or how many that is per day; a count is what it is."""
    if pd.isna(row["value"]):
        return value_cell(scene, row)
    indicator = scene.workspace.catalogue[row["indicator"]]
    basis = per_day(scene, indicator)
    facts = [scene.of(row)] if indicator.unit != "count" and row["certainty_n"] >= FEW else []
    if basis:
        rate = volume(scene, indicator.id, scene.period)
        facts += [] if pd.isna(rate) else [scene.say(f"per_{basis}", rate=amount(scene, row, rate))]
    elif indicator.unit != "count" and (pd.notna(row["lower"]) or pd.notna(row["upper"])):
        facts.append(interval_cell(scene, row))
    if indicator.kind == "proportion" and row["certainty_n"] < FEW:
        facts += together(scene, row)
    return _with_notes(value_cell(scene, row), facts)


def _counted(scene: Scene, row: pd.Series) -> Markup:
    """A count of urgent incidents; of few ones with the last 12 periods together."""
    facts = together(scene, row) if row["certainty_n"] < FEW else [scene.shown(row)]
    return _with_notes(Markup("{}").format(scene.of(row)), facts)


def _with_notes(value: Markup, facts: list[str]) -> Markup:
    """A value with smaller lines beneath it."""
    return value + Markup("").join(Markup(' <span class="note">{}</span>').format(fact) for fact in facts)


def _before(scene: Scene, row: pd.Series) -> Markup:
    """The count of the period before, as it is: too few cases for more."""
    before = member_course(scene, row).iloc[-2]
    if not before["denominator"] > 0 or not complete(scene, "incidents", scene.period.previous()):
        return Markup("{}").format(formats.MISSING)
    counts = pd.concat([row[["indicator"]], before[["numerator", "denominator", "n"]]])
    return Markup('<span class="note compared">{}</span>').format(scene.say("compare_count", then=scene.of(counts)))


def together(scene: Scene, row: pd.Series) -> list[str]:
    """The last 12 periods of a small population as one count; nothing where there is one period only."""
    past = member_course(scene, row).tail(TOGETHER)
    counted = past[past["denominator"] > 0]
    if len(counted) < 2:
        return []
    sums = counted[["numerator", "denominator", "n"]].sum()
    return [scene.say("scorecard_together", n=len(counted), together=scene.of(pd.concat([row[["indicator"]], sums])))]


def _consequences(scene: Scene, rows: list[pd.Series]) -> Iterator[str]:
    """What follows from a process that does not keep its target."""
    for word, sentence in (("keeps missing", "consequence_missing"), ("hit and miss", "consequence_hit")):
        names = [str(_row_name(scene, row)) for row in rows if process(scene, row).word == word]
        if names:
            yield scene.say(sentence, list=scene.listed(names))


def _row_name(scene: Scene, row: pd.Series) -> str:
    if pd.isna(row["dimension"]):
        return scene.title(row["indicator"])
    return scene.say("scorecard_urgent", member=scene.member("priority", row["member"]))


def _notes(scene: Scene, now: pd.DataFrame) -> Iterator[str]:
    """Which number stands for attainment, what is provisional, and how the usual range is made."""
    if RECOMPUTED in scene.workspace.settings.report.headline and attainment(scene) != RECOMPUTED:
        yield scene.say("scorecard_flagged")
        if count := unresolved(scene):
            yield scene.say("scorecard_unresolved", n=scene.number(count))
    if (now["provisional"] & now["value"].notna()).any():
        yield scene.say("provisional_note")
    if any(process(scene, row).periods >= FEWEST for _, row in now.iterrows()):
        yield scene.say("process_method", fewest=FEWEST, most=MOST)


def _answer(scene: Scene, now: pd.DataFrame) -> str:
    judged = now[now["status"].isin(["met", "missed"])]
    if judged.empty:
        return scene.say("scorecard_no_targets")
    certain = judged[(judged["status"] == "missed") & (judged["certainty"] == "certain")]
    names = scene.listed(scene.title(name) for name in certain["indicator"]) or scene.term("none")
    return scene.say("scorecard", list=names)


def _sparkline(scene: Scene, row: pd.Series) -> Markup:
    """The last 13 periods with the target and the usual range; counts per day, what can still change hollow."""
    indicator = scene.workspace.catalogue[row["indicator"]]
    course, target, unit = _drawn(scene, row)
    first, last = course["value"].iloc[0], course["value"].iloc[-1]
    told = [scene.term("none") if pd.isna(value) else amount(scene, row, float(value)) for value in (first, last)]
    name = _row_name(scene, row)
    found = process(scene, row)
    drawn = sparkline(
        course[["period", "value", "provisional"]],
        title=name,
        summary=scene.say("sparkline_summary", title=name, n=len(course), first=told[0], last=told[1]),
        language=scene.language,
        unit=unit or chart_unit(indicator.unit),
        target=target,
        band=None if pd.isna(found.lower) else usual_range(scene, row, found),
    )
    svg = Markup(drawn.svg())  # noqa: S704 - made by our charts, which escape their texts
    return Markup('<span class="sparkcell">{}</span>').format(svg)


def _drawn(scene: Scene, row: pd.Series) -> tuple[pd.DataFrame, float | None, Unit | None]:
    """Period, value and provisional of 13 periods, the target, and the unit if it is another than the indicator's."""
    indicator = scene.workspace.catalogue[row["indicator"]]
    course = member_course(scene, row).tail(PERIODS)
    course["provisional"] = course["provisional"].fillna(False).astype(bool)
    target = None if pd.isna(row["target"]) else float(row["target"])
    basis = per_day(scene, indicator)
    if not basis:
        return course, target, None
    periods = scene.workspace.history(scene.period, PERIODS)
    numbers = pd.Series([days(scene, one, basis) for one in periods], index=course.index, dtype=float)
    rates = course["value"] / numbers.where(numbers > 0)
    return course.assign(value=rates), target and target / numbers.iloc[-1], "score"
