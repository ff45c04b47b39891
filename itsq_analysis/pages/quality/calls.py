"""Telephone and chat: how many got through, how soon, and how many gave up."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, paragraph, subheading

IDS = ("contacts_offered", "answer_rate", "service_level_20s", "abandon_rate", "answer_time_mean", "handle_time_mean")


def asked(context: ReportContext) -> tuple[str, ...]:
    """The indicators of the part; none where no contacts are loaded."""
    return IDS if context.has("contacts") else ()


def calls(context: ReportContext) -> list[Part]:
    """A sentence and the indicators with their targets; nothing where no contacts are loaded."""
    if not asked(context):
        return []
    now = context.now(IDS)
    return [subheading(context.term("calls")), paragraph(_told(context, now), css=""), indicator_table(context, now)]


def _told(context: ReportContext, now: dict[str, pd.Series]) -> str:
    offered = now["contacts_offered"]["value"]
    if not offered > 0:
        return context.say("calls_none", period=context.period_name)
    told = ("answer_rate", "service_level_20s", "abandon_rate")
    if any(pd.isna(now[name]["value"]) for name in told):
        return context.say("calls_only", n=context.number(offered))
    return context.say("calls", n=context.number(offered), **{name: context.shown(now[name]) for name in told})
