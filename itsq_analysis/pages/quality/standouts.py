"""Services and groups that are worse than all others together, by more than chance."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.charts import funnel
from itsq_analysis.indicators.standouts import Standout, worse_members
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part
from itsq_analysis.text import formats

TOLD = 3


def standouts(context: ReportContext) -> Iterator[str]:
    """The weightiest one by one, the others by name; inside the limits of chance nobody is ranked, and that is told too."""
    found = worse_members(context.scope)
    if found.compared and not found.worse:
        yield context.say("differences_none")
    for one in found.worse[:TOLD]:
        facts = {"title": context.title(one.value.indicator), "measured": context.measured(one.value)}
        yield context.say("difference", member=_named(context, one), rest=formats.percent(one.rest), **facts)
    names = dict.fromkeys(_named(context, one) for one in found.worse[TOLD:])
    if names:
        yield context.say("differences_more", list=context.listed(names))


def _named(context: ReportContext, one: Standout) -> str:
    return context.named(str(one.value.dimension), one.value.member)


def group_funnel(context: ReportContext, indicator: str) -> list[Part]:
    """A share of the groups against the limits of chance; nothing where no group has a case."""
    values = [value for value in context.cube.values(indicator, "group") if value.denominator > 0]
    if not values:
        return []
    rows = [
        {
            "member": context.plain.member("group", value.member),
            "numerator": value.numerator,
            "denominator": value.denominator,
        }
        for value in values
    ]
    worse = [
        one for one in worse_members(context.scope).worse if (one.value.indicator, one.value.dimension) == (indicator, "group")
    ]
    facts = {
        "title": context.title(indicator),
        "list": context.listed(context.plain.named("group", one.value.member) for one in worse),
    }
    summary = context.say("funnel_worse" if worse else "funnel_none", **facts)
    return [funnel(rows, title=context.say("funnel_chart", title=facts["title"]), summary=summary, language=context.language)]
