"""Status and certainty as a mark, a word and a class: never by colour alone. A value is of the cube, or a row of its frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from itsq_analysis.indicators import reason_text
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, table
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text.status import SHAPES, judged

CLASSES = {"met": "status-met", "missed": "status-missed", "no target": "status-none", "not measurable": "status-na"}
STRONG = "certain"


def judgement(context: ReportContext, value: Any) -> Markup:
    """A value's status in shape and word, with what the interval proves: "▲ missed, could be chance".

    Strong colour (class `certain`) only where the interval leaves no doubt.
    """
    css, mark, text = CLASSES[value.status], SHAPES[value.status], judged(value, context.wording)
    if value.status in ("met", "missed") and value.certainty == STRONG:
        css += " certain"
    unmeasured = value.status == "not measurable"
    reason = Markup(' <span class="reason">{}</span>').format(why(context, value)) if unmeasured else Markup("")
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, text, reason)


def consequence(context: ReportContext, value: Any) -> Markup:
    """What was agreed for a miss, beneath a missed target; empty elsewhere."""
    if value.status != "missed":
        return Markup("")
    agreed = context.scope.settings.target_for(value.indicator, value.dimension, value.member, context.period.start)
    if agreed is None or not agreed.consequence:
        return Markup("")
    return Markup(' <span class="note">{}</span>').format(context.say("consequence", what=agreed.consequence))


def certainty(context: ReportContext, word: str) -> str:
    """What an interval proves, in words: certain, could be chance, too few to tell."""
    return context.term(word.replace(" ", "_"))


def why(context: ReportContext, value: Any) -> str:
    """Why there is no value, in words; empty where there is no reason."""
    return "" if is_missing(value.reason) else reason_text(value.reason, context.language)


def value_cell(context: ReportContext, value: Any) -> Markup:
    """A value, marked where it can still move."""
    text = context.shown(value)
    if value.provisional and not is_missing(value.value):
        return Markup('<span class="provisional" title="{}">{}</span>').format(context.term("provisional"), text)
    return Markup("{}").format(text)


def indicator_table(context: ReportContext, values: Iterable[Any], caption: str = "indicators") -> Html:
    """Indicators with value, judgement and target; beneath the value its count."""
    columns = {key: context.term(key) for key in ("indicator", "value", "judgement", "target")}
    rows = [
        {
            "indicator": context.wording.scoped(value),
            "value": _with_count(context, value),
            "judgement": judgement(context, value),
            "target": target_cell(context, value),
        }
        for value in values
    ]
    return table(columns, rows, numeric={"value", "target"}, caption=context.term(caption))


def _with_count(context: ReportContext, value: Any) -> Markup:
    """A value, and beneath it the count behind it where the value is not one itself."""
    shown, indicator = value_cell(context, value), context.workspace.definitions[value.indicator]
    count = context.of(value) if indicator.unit == "%" else context.wording.of_n(value)
    if indicator.unit == "count" or is_missing(value.value) or count == context.shown(value):
        return shown
    return Markup('{} <span class="note">{}</span>').format(shown, count)


def target_cell(context: ReportContext, value: Any) -> Markup:
    """A target; a reference one is pale and says what it is."""
    text = context.shown(value, "target")
    if value.target_kind != "reference":
        return Markup("{}").format(text)
    return Markup('<span class="note">{}{}</span>').format(text, context.aside(context.term("reference")))
