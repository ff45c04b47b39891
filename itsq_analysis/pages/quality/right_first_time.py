"""Solved by the first line, at the first contact, without being sent around, and for good?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Section, paragraph
from itsq_analysis.pages.quality.differences import REOPENED, group_funnel
from itsq_analysis.text import paragraph as sentences

IDS = (
    "first_level_resolution_rate",
    "first_contact_resolution_rate",
    "no_reassignment_rate",
    "reassignments_mean",
    "ping_pong_share",
    "reopen_rate",
    "repeat_incidents",
)
TOLD = (
    ("right_first_line", "first_level_resolution_rate"),
    ("right_transfers", "no_reassignment_rate"),
    ("right_reopened", "reopen_rate"),
)


def right_first_time(context: ReportContext) -> Section:
    """First line, transfers, reopened: in a sentence, by group as a funnel plot, and as indicators."""
    title, now = context.term("right_first_time"), context.now(IDS)
    known = {name: row for name, row in now.items() if row["status"] != "not measurable" or name == "first_level_resolution_rate"}
    if all(pd.isna(row["value"]) for row in known.values()):
        return Section("right_first_time", title, context.say("right_none", period=context.period_name))
    told = [context.say(sentence, measured=context.measured(now[name])) for sentence, name in TOLD if pd.notna(now[name]["value"])]
    moving = [paragraph(context.say("right_provisional"))] if _can_move(now["reopen_rate"]) else []
    parts = (*group_funnel(context, REOPENED), indicator_table(context, known), *moving)
    return Section("right_first_time", title, sentences(told, context.language), parts)


def _can_move(row: pd.Series) -> bool:
    return bool(pd.notna(row["value"]) and row["provisional"])
