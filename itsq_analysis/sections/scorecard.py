"""The headline indicators: value, target, judgement, and how the last 13 periods went."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import sparkline
from itsq_analysis.sections.judgement import interval_cell, judgement, target_cell, value_cell
from itsq_analysis.sections.scene import PERIODS, Scene, chart_unit
from itsq_analysis.sections.section import Section, paragraph, table


def scorecard(scene: Scene) -> Section:
    """At most ten indicators, chosen in the workspace."""
    ids = list(scene.workspace.settings.report.headline)
    past = scene.values(ids, history=PERIODS)
    rows, now = [], []
    for name in ids:
        course = past[past["indicator"] == name]
        row = course.iloc[-1]
        now.append(row)
        before = course.iloc[-2]
        rows.append(
            {
                "indicator": scene.title(name),
                "value": _value(scene, row),
                "target": target_cell(scene, row),
                "judgement": judgement(scene, row),
                "previous": scene.shown(before),
                "trend": _sparkline(scene, course),
            }
        )
    columns = {key: scene.term(key) for key in ("indicator", "value", "target", "judgement", "previous", "trend")}
    told = pd.DataFrame(now)
    provisional = [paragraph(scene.say("provisional_note"))] if (told["provisional"] & told["value"].notna()).any() else []
    parts = (table(columns, rows, numeric={"value", "target", "previous"}), *provisional)
    return Section("scorecard", scene.term("scorecard"), _answer(scene, told), parts)


def _value(scene: Scene, row: pd.Series) -> Markup:
    """The value, and beneath it the count and the 95 % interval."""
    if pd.isna(row["value"]):
        return value_cell(scene, row)
    facts = [] if scene.workspace.catalogue[row["indicator"]].unit == "count" or row["certainty_n"] < 20 else [scene.of(row)]
    facts += [] if pd.isna(row["lower"]) or pd.isna(row["upper"]) else [interval_cell(scene, row)]
    return Markup('{}<span class="note">{}</span>').format(value_cell(scene, row), (" · ").join(facts))


def _answer(scene: Scene, now: pd.DataFrame) -> str:
    judged = now[now["status"].isin(["met", "missed"])]
    if judged.empty:
        return scene.say("scorecard_no_targets")
    certain = judged[(judged["status"] == "missed") & (judged["certainty"] == "certain")]
    names = scene.listed(scene.title(name) for name in certain["indicator"]) or scene.term("none")
    return scene.say("scorecard", n=len(judged), met=int((judged["status"] == "met").sum()), list=names)


def _sparkline(scene: Scene, course: pd.DataFrame) -> Markup:
    first, last = scene.shown(course.iloc[0]), scene.shown(course.iloc[-1])
    name = scene.title(course.iloc[-1]["indicator"])
    summary = scene.say("sparkline_summary", title=name, n=len(course), first=first, last=last)
    target = course.iloc[-1]["target"]
    drawn = sparkline(
        course[["period", "value", "provisional"]],
        title=name,
        summary=summary,
        language=scene.language,
        unit=chart_unit(scene.workspace.catalogue[course.iloc[-1]["indicator"]].unit),
        target=None if pd.isna(target) else float(target),
    )
    svg = Markup(drawn.svg())  # noqa: S704 - made by our charts, which escape their texts
    return Markup('<span class="sparkcell">{}</span>').format(svg)
