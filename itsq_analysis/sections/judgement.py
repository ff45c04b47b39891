"""Status and certainty as a mark, a word and a class: never by colour alone."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import reason_text
from itsq_analysis.sections.scene import Scene

MARKS = {
    "met": ("status-met", "●"),
    "missed": ("status-missed", "▲"),
    "no target": ("status-none", "○"),
    "not measurable": ("status-na", "–"),
}
STRONG = "certain"


def judgement(scene: Scene, row: pd.Series) -> Markup:
    """A row's status in shape and word, with what the interval proves: "▲ missed, could be chance".

    Strong colour (class `certain`) only where the interval leaves no doubt.
    """
    css, mark = MARKS[row["status"]]
    words = [scene.term(row["status"].replace(" ", "_"))]
    if row["status"] in ("met", "missed") and pd.notna(row["certainty"]):
        words.append(scene.term(row["certainty"].replace(" ", "_")))
        css += " certain" if row["certainty"] == STRONG else ""
    text = (", " if scene.language == "en" else "\N{FULLWIDTH COMMA}").join(words)
    reason = reason_note(scene, row) if row["status"] == "not measurable" else Markup("")
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, text, reason)


def reason_note(scene: Scene, row: pd.Series) -> Markup:
    """Why there is no value, in words."""
    if pd.isna(row["reason"]):
        return Markup("")
    return Markup(' <span class="reason">{}</span>').format(reason_text(row["reason"], scene.language))


def value_cell(scene: Scene, row: pd.Series) -> Markup:
    """A value, marked where it can still move."""
    text = scene.shown(row)
    if row["provisional"]:
        return Markup('<span class="provisional" title="{}">{}</span>').format(scene.term("provisional"), text)
    return Markup("{}").format(text)


def interval_cell(scene: Scene, row: pd.Series) -> str:
    """The 95 % interval of a value."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return scene.shown(row, "lower")
    return f"{scene.shown(row, 'lower')} – {scene.shown(row, 'upper')}"
