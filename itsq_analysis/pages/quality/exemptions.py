"""Exemptions: the values before and after them, how many tickets for which reasons, and what is not approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from itsq_analysis.indicators.exempted import Exempted, exempted, listed_exemptions
from itsq_analysis.indicators.exemptions import Exemption
from itsq_analysis.page.cells import headings, in_unit, unit_word, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import clauses
from itsq_analysis.text import paragraph as joined

SHEET: dict[str, Kind] = {
    **{"exempted_ticket": "text", "indicator": "text", "exempted_reason": "text", "approved": "text"},
    **{"approved_by": "text", "approved_on": "date", "unit": "text", "exempted_before": "number", "status_before": "text"},
    **{"exempted_value_after": "number", "status_after": "text"},
}


def turned_by_exemptions(context: ReportContext) -> str | None:
    """The sentence that says which targets are met only because of exemptions; None where there is none."""
    turned = [exemption for exemption in exempted(context.scope) if exemption.value.turned]
    if not turned:
        return None
    items = [
        context.say(
            "exempted_turned_item",
            title=context.wording.scoped(exemption.value),
            before=context.shown(exemption.before),
            after=context.shown(exemption.value),
            count=context.number(exemption.n),
        )
        for exemption in turned
    ]
    return context.say("exempted_turned", n=len(turned), list=clauses(items, context.language))


def exempted_at(context: ReportContext, row: Any) -> Exempted | None:
    """What approved exemptions make of a value; None where they make nothing."""
    dimension, member = (None if is_missing(name) else str(name) for name in (row.dimension, row.member))
    values = {(one.value.indicator, one.value.dimension, one.value.member): one for one in exempted(context.scope)}
    return values.get((row.indicator, dimension, member))


def exempted_note(context: ReportContext, value: Any) -> Markup:
    """The value before approved exemptions where they changed it; empty elsewhere."""
    exempt = exempted_at(context, value)
    return before_exemptions(context, exempt) if exempt else Markup("")


def before_exemptions(context: ReportContext, exemption: Exempted) -> Markup:
    """The value before exemptions, to stand beneath the one after them."""
    facts = {"n": exemption.n, "before": context.shown(exemption.before)}
    return Markup('<span class="note exempted">{}</span>').format(context.say("exempted_before", **facts))


def exemptions_answer(context: ReportContext) -> list[str]:
    """How many were left out and how many still wait for approval; nothing where none was asked for."""
    listed = listed_exemptions(context.scope)
    if not listed:
        return []
    waiting = sum(not exemption.approved for exemption in listed)
    told = [context.say("exempted", n=len(listed) - waiting) if exempted(context.scope) else context.say("exempted_none")]
    told += [context.say("exempted_waiting", n=waiting)] if waiting else []
    return [joined([*told, context.say("in_sheet", sheet=context.term("exemptions"))], context.language)]


def exemptions_sheet(context: ReportContext) -> Sheet:
    """Every exemption asked for in the period, with the values of the whole before and after."""
    whole = {exemption.value.indicator: exemption for exemption in exempted(context.scope) if exemption.value.dimension is None}
    rows = [list(_cells(context, exemption, whole.get(exemption.indicator))) for exemption in listed_exemptions(context.scope)]
    return Sheet(context.term("exemptions"), headings(context, SHEET, "exemptions"), rows, context.term("none"), fixed=1)


def _cells(context: ReportContext, exemption: Exemption, values: Exempted | None) -> Iterator[Any]:
    unit = context.scope.catalogue[exemption.indicator].unit
    yield from (exemption.ticket, context.title(exemption.indicator), exemption.reason, yes(context)(exemption.approved))
    yield from (exemption.approved_by, exemption.approved_on, unit_word(context, unit))
    for value in (values.before, values.value) if values else (None, None):
        yield in_unit(value and value.value, unit)
        yield value and context.term(value.status.replace(" ", "_"))
