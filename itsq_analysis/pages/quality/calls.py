"""Telephone and chat: how many got through, how soon, and how many gave up."""

from __future__ import annotations

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, paragraph, subheading

IDS = ("contacts_offered", "answer_rate", "service_level_20s", "abandon_rate", "answer_time_mean", "handle_time_mean")
TOLD = ("answer_rate", "service_level_20s", "abandon_rate")


def asked(context: ReportContext) -> tuple[str, ...]:
    """The indicators of the part; none where no contacts are loaded."""
    return IDS if context.has("contacts") else ()


def calls(context: ReportContext) -> list[Part]:
    """A sentence and the indicators with their targets; nothing where no contacts are loaded."""
    if not asked(context):
        return []
    values = [context.cube.value(name) for name in IDS]
    return [subheading(context.term("calls")), paragraph(_answer(context), css=""), indicator_table(context, values)]


def _answer(context: ReportContext) -> str:
    offered = context.cube.value("contacts_offered")
    if not offered.value > 0:
        return context.say("calls_none", period=context.period_name)
    shares = {name: context.cube.value(name) for name in TOLD}
    n = context.number(offered.value)
    if not all(value.known for value in shares.values()):
        return context.say("calls_only", n=n)
    return context.say("calls", n=n, **{name: context.shown(value) for name, value in shares.items()})
