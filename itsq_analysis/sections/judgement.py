"""Status and certainty as a mark, a word and a class: never by colour alone."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import reason_text
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, table

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
    only_reference = row["status"] == "no target" and row["target_kind"] == "reference"
    words = [scene.term("reference_only" if only_reference else row["status"].replace(" ", "_"))]
    if row["status"] in ("met", "missed") and pd.notna(row["certainty"]):
        words.append(certainty(scene, row["certainty"]))
        css += " certain" if row["certainty"] == STRONG else ""
    text = (", " if scene.language == "en" else "，").join(words)
    reason = Markup(' <span class="reason">{}</span>').format(why(scene, row)) if row["status"] == "not measurable" else Markup("")
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, text, reason)


def certainty(scene: Scene, word: str) -> str:
    """What an interval proves, in words: certain, could be chance, too few to tell."""
    return scene.term(word.replace(" ", "_"))


def why(scene: Scene, row: pd.Series) -> str:
    """Why there is no value, in words; empty where there is no reason."""
    return "" if pd.isna(row["reason"]) else reason_text(row["reason"], scene.language)


def value_cell(scene: Scene, row: pd.Series) -> Markup:
    """A value, marked where it can still move."""
    text = scene.shown(row)
    if row["provisional"] and pd.notna(row["value"]):
        word = scene.term("provisional")
        return Markup('<span class="provisional" title="{}">{}</span>').format(word, text)
    return Markup("{}").format(text)


def interval_cell(scene: Scene, row: pd.Series) -> str:
    """The 95 % interval of a value; a limit that is missing is a dash."""
    lower, upper = scene.shown(row, "lower"), scene.shown(row, "upper")
    return lower if pd.isna(row["lower"]) and pd.isna(row["upper"]) else f"{lower} – {upper}"


def indicator_table(scene: Scene, now: dict[str, pd.Series]) -> Html:
    """Indicators with value, interval, target and judgement."""
    columns = {key: scene.term(key) for key in ("indicator", "value", "interval", "target", "judgement")}
    rows = [
        {
            "indicator": scene.title(name),
            "value": _with_count(scene, row),
            "interval": interval_cell(scene, row),
            "target": target_cell(scene, row),
            "judgement": judgement(scene, row),
        }
        for name, row in now.items()
    ]
    return table(columns, rows, numeric={"value", "interval", "target"}, caption=scene.term("indicators"))


def _with_count(scene: Scene, row: pd.Series) -> Markup:
    """A value, and beneath it the count behind it where the value is not one itself."""
    shown, indicator = value_cell(scene, row), scene.workspace.catalogue[row["indicator"]]
    count = scene.of(row) if indicator.unit == "%" else scene.say("of_n", n=scene.number(row["n"]))
    if indicator.unit == "count" or pd.isna(row["value"]) or count == scene.shown(row):
        return shown
    return Markup('{} <span class="note">{}</span>').format(shown, count)


def target_cell(scene: Scene, row: pd.Series) -> Markup:
    """A target; a reference one is pale and says what it is."""
    text = scene.shown(row, "target")
    if row["target_kind"] != "reference":
        return Markup("{}").format(text)
    return Markup('<span class="note">{}{}</span>').format(text, scene.aside(scene.term("reference")))
