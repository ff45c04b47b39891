"""Services and groups that are worse than all others together, by more than chance."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.charts import funnel
from itsq_analysis.indicators.standouts import FEWEST, Standout, Standouts, worse_members
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph
from itsq_analysis.text import formats

TOLD = 8


def standouts(context: ReportContext) -> Section:
    """The worst members first; inside the limits of chance nobody is ranked."""
    found, title = worse_members(context.scope), context.term("differences")
    if not found.compared:
        key = "differences_few" if found.ids else "differences_unmeasured"
        return Section("differences", title, context.say(key, fewest=FEWEST))
    listed = [bullets([*_sentences(context, found.worse)])] if found.worse else []
    method = paragraph(context.say("differences_method", tests=found.compared, fewest=FEWEST))
    picture = group_funnel(context, found.ids[0]) if found.ids else []
    return Section("differences", title, _answer(context, found), (*picture, *listed, method))


def _answer(context: ReportContext, found: Standouts) -> str:
    if not found.worse:
        return context.say("differences_none")
    value = found.worse[0].value
    facts = {"member": context.named(str(value.dimension), value.member), "value": context.shown(value)}
    return context.say("differences", n=len(found.worse), rest=formats.percent(found.worse[0].rest), **facts)


def _sentences(context: ReportContext, worse: tuple[Standout, ...]) -> Iterator[str]:
    """The weightiest one by one, the others by name."""
    for one in worse[:TOLD]:
        facts = {"title": context.title(one.value.indicator), "measured": context.measured(one.value)}
        yield context.say("difference", member=_named(context, one), rest=formats.percent(one.rest), **facts)
    names = dict.fromkeys(_named(context, one) for one in worse[TOLD:])
    if names:
        yield context.say("differences_more", list=context.listed(names))


def _named(context: ReportContext, one: Standout) -> str:
    return context.named(str(one.value.dimension), one.value.member)


def group_funnel(context: ReportContext, indicator: str) -> list[Part]:
    """A share of the groups against the limits of chance; nothing where no group has a case."""
    rows = [
        {
            "member": context.plain.member("group", value.member),
            "numerator": value.numerator,
            "denominator": value.denominator,
        }
        for value in context.cube.values(indicator, "group")
        if value.denominator > 0
    ]
    title = context.say("funnel_chart", title=context.title(indicator))
    return [funnel(rows, title=title, summary=context.say("funnel_picture"), language=context.language)] if rows else []
