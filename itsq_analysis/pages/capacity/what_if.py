"""And if demand grows by 30 %, the limit is raised, or a project is late?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from itsq_analysis.capacity.kept_forecasts import Outcome
from itsq_analysis.capacity.outlook import GROWTH, LATE, RAISED, SCENARIOS, capacity_outlooks, what_if_outcomes
from itsq_analysis.capacity.statements import likely_day
from itsq_analysis.facts.sentence import Term
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.capacity.words import percent, wording

SHOWN = 12
Row = tuple[str, dict[str, Outcome]]  # a name, and its outcomes by scenario


def what_if(context: ReportContext) -> Section:
    """The likely day of each resource as planned and in each scenario."""
    title, outlooks, outcomes = context.term("cap_what_if"), capacity_outlooks(context.scope), what_if_outcomes(context.scope)
    if not outlooks:
        return Section("what_if", title, context.say("cap_nothing_to_judge"))
    if not outcomes:
        return Section("what_if", title, context.say("cap_what_if_none", growth=percent(GROWTH)))
    rows = [(one.resource.label, outcomes[one.resource.key]) for one in outlooks if one.resource.key in outcomes]
    now, more = (sum(days[scenario].likely is not None for _, days in rows) for scenario in ("", "growth"))
    answer = context.say("cap_what_if_answer", growth=percent(GROWTH), n=more, now=now)
    note = context.say("cap_what_if_note", growth=percent(GROWTH), raised=percent(RAISED), late=LATE)
    parts: list[Part] = [html_table(context, wording(context), COLUMNS, rows[:SHOWN]), paragraph(note)]
    if len(rows) > SHOWN:
        parts.append(paragraph(context.say("cap_what_if_more", n=len(rows) - SHOWN)))
    return Section("what_if", title, answer, tuple(parts))


def _day(scenario: str) -> Callable[[Row], Any]:
    return lambda row: likely_day(row[1][scenario].likely) if scenario in row[1] else Term("cap_does_not_apply")


COLUMNS: list[Column[Row]] = [
    Column("cap_resource", lambda row: row[0]),
    Column("cap_as_planned", _day("")),
    *(Column(f"cap_if_{name}", _day(name)) for name in SCENARIOS),
]
