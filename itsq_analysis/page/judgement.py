"""Status and certainty as a mark, a word and a class: never by colour alone."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import reason_text
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, table

MARKS = {
    "met": ("status-met", "●"),
    "missed": ("status-missed", "▲"),
    "no target": ("status-none", "○"),
    "not measurable": ("status-na", "–"),
}
STRONG = "certain"


def judgement(context: ReportContext, row: pd.Series) -> Markup:
    """A row's status in shape and word, with what the interval proves: "▲ missed, could be chance".

    Strong colour (class `certain`) only where the interval leaves no doubt.
    """
    css, mark = MARKS[row["status"]]
    only_reference = row["status"] == "no target" and row["target_kind"] == "reference"
    words = [context.term("reference_only" if only_reference else row["status"].replace(" ", "_"))]
    if row["status"] in ("met", "missed") and pd.notna(row["certainty"]):
        words.append(certainty(context, row["certainty"]))
        css += " certain" if row["certainty"] == STRONG else ""
    text = (", " if context.language == "en" else "，").join(words)
    reason = (
        Markup(' <span class="reason">{}</span>').format(why(context, row)) if row["status"] == "not measurable" else Markup("")
    )
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, text, reason)


def certainty(context: ReportContext, word: str) -> str:
    """What an interval proves, in words: certain, could be chance, too few to tell."""
    return context.term(word.replace(" ", "_"))


def why(context: ReportContext, row: pd.Series) -> str:
    """Why there is no value, in words; empty where there is no reason."""
    return "" if pd.isna(row["reason"]) else reason_text(row["reason"], context.language)


def value_cell(context: ReportContext, row: pd.Series) -> Markup:
    """A value, marked where it can still move."""
    text = context.shown(row)
    if row["provisional"] and pd.notna(row["value"]):
        word = context.term("provisional")
        return Markup('<span class="provisional" title="{}">{}</span>').format(word, text)
    return Markup("{}").format(text)


def interval_cell(context: ReportContext, row: pd.Series) -> str:
    """The 95 % interval of a value; a limit that is missing is a dash."""
    lower, upper = context.shown(row, "lower"), context.shown(row, "upper")
    return lower if pd.isna(row["lower"]) and pd.isna(row["upper"]) else f"{lower} – {upper}"


def indicator_table(context: ReportContext, now: dict[str, pd.Series]) -> Html:
    """Indicators with value, interval, target and judgement."""
    columns = {key: context.term(key) for key in ("indicator", "value", "interval", "target", "judgement")}
    rows = [
        {
            "indicator": context.title(name),
            "value": _with_count(context, row),
            "interval": interval_cell(context, row),
            "target": target_cell(context, row),
            "judgement": judgement(context, row),
        }
        for name, row in now.items()
    ]
    return table(columns, rows, numeric={"value", "interval", "target"}, caption=context.term("indicators"))


def _with_count(context: ReportContext, row: pd.Series) -> Markup:
    """A value, and beneath it the count behind it where the value is not one itself."""
    shown, indicator = value_cell(context, row), context.workspace.catalogue[row["indicator"]]
    count = context.of(row) if indicator.unit == "%" else context.say("of_n", n=context.number(row["n"]))
    if indicator.unit == "count" or pd.isna(row["value"]) or count == context.shown(row):
        return shown
    return Markup('{} <span class="note">{}</span>').format(shown, count)


def target_cell(context: ReportContext, row: pd.Series) -> Markup:
    """A target; a reference one is pale and says what it is."""
    text = context.shown(row, "target")
    if row["target_kind"] != "reference":
        return Markup("{}").format(text)
    return Markup('<span class="note">{}{}</span>').format(text, context.aside(context.term("reference")))
