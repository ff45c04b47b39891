"""What the earlier report said otherwise, as far as it is printed otherwise."""

from __future__ import annotations

from itsq_analysis.indicators.restated import Restated
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, paragraph, subheading, table

LISTED = 12


def restated_parts(context: ReportContext, found: Restated | None) -> list[Html]:
    """The end of the section on data quality; None stands for no earlier report."""
    if found is None:
        return [subheading(context.term("restated")), paragraph(context.say("restated_unknown"))]
    heading = subheading(context.say("restated_since", period=context.wording.period_label(found.label)))
    changed = printed_otherwise(context, found)
    if not changed:
        sentence = context.say("restated_none" if found.shared else "restated_nothing_shared", n=context.number(found.shared))
        return [heading, paragraph(sentence)]
    columns = {key: context.term(key) for key in ("indicator", "month", "before", "now")}
    listed = table(columns, [_cells(context, *pair) for pair in changed[:LISTED]], numeric={"before", "now"})
    more = [paragraph(context.say("restated_more", n=LISTED))] if len(changed) > LISTED else []
    told = context.say("restated", n=context.number(len(changed)), total=context.number(found.shared))
    return [heading, paragraph(told), listed, *more]


def printed_otherwise(context: ReportContext, found: Restated) -> list[tuple[Value, Value]]:
    """Now and before of the values that a reader sees changed."""
    shown = context.plain.shown
    return [(now, before) for now, before in found.changed if shown(now) != shown(before)]


def _cells(context: ReportContext, now: Value, before: Value) -> dict[str, str]:
    """One changed value; what the earlier report called provisional says so."""
    note = context.aside(context.term("provisional")) if before.provisional else ""
    names = {"indicator": context.wording.scoped(now), "month": context.wording.period_label(now.period)}
    return names | {"before": context.plain.shown(before) + note, "now": context.plain.shown(now)}
