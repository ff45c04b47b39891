"""Solved by the first line, at the first contact, without being sent around, and for good?"""

from __future__ import annotations

from itsq_analysis.indicators.standouts import REOPENED
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Section, paragraph
from itsq_analysis.pages.quality.standouts import group_funnel
from itsq_analysis.text import paragraph as sentences

FIRST_LEVEL = "first_level_resolution_rate"
IDS = (
    FIRST_LEVEL,
    "first_contact_resolution_rate",
    "no_reassignment_rate",
    "reassignments_mean",
    "ping_pong_share",
    REOPENED,
    "repeat_incidents",
)
TOLD = {"right_first_line": FIRST_LEVEL, "right_transfers": "no_reassignment_rate", "right_reopened": REOPENED}


def right_first_time(context: ReportContext) -> Section:
    """First line, transfers, reopened: in a sentence, by group as a funnel plot, and as indicators."""
    title, values = context.term("right_first_time"), [context.cube.value(name) for name in IDS]
    shown = [value for value in values if value.known or value.indicator == FIRST_LEVEL]
    if not any(value.known for value in shown):
        return Section("right_first_time", title, context.say("right_none", period=context.period_name))
    measured = {sentence: context.cube.value(name) for sentence, name in TOLD.items()}
    told = [context.say(sentence, measured=context.measured(value)) for sentence, value in measured.items() if value.known]
    reopened = context.cube.value(REOPENED)
    moving = [paragraph(context.say("right_provisional"))] if reopened.known and reopened.provisional else []
    parts = (*group_funnel(context, REOPENED), indicator_table(context, shown), *moving)
    return Section("right_first_time", title, sentences(told, context.language), parts)
