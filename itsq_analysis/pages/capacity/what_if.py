"""And if demand grows by 30 %, the limit is raised, or a project is late?"""

from __future__ import annotations

from typing import Any

from itsq_analysis.capacity import Scenario
from itsq_analysis.capacity import what_if as compared
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph, table
from itsq_analysis.pages.capacity.estate import last_whole_day
from itsq_analysis.pages.capacity.outlook import Outlook, long_frame, manner, outlooks
from itsq_analysis.pages.capacity.words import by_day, named, percent

GROWTH = 0.3
LATE = 90  # days
RAISED = 0.95  # of the whole: a limit closer to it
SHOWN = 12
NEAR = 0.02  # probability within 12 months from which a resource is looked at in each scenario
SCENARIOS = ("growth", "raised", "late")


def scenarios(one: Outlook) -> list[Scenario]:
    """The questions asked of a resource: a later project only where one is planned."""
    asked = [Scenario("growth", growth=GROWTH)]
    if one.resource.critical < RAISED:
        asked.append(Scenario("raised", limit_factor=RAISED / one.resource.critical))
    if one.changes:
        asked.append(Scenario("late", delay_days=LATE))
    return asked


def answers(context: ReportContext) -> dict[str, dict[str, dict[str, Any]]]:
    """Resource -> scenario ("" is as planned) -> earliest, likely, latest, probability; of those that any of them touches."""
    if "what if" not in context.kept:
        context.kept["what if"] = {one.resource.key: _answer(context, one) for one in outlooks(context) if not one.crossed}
    kept: dict[str, dict[str, dict[str, Any]]] = context.kept["what if"]
    return {key: found for key, found in kept.items() if any(row["probability"] >= NEAR for row in found.values())}


def _answer(context: ReportContext, one: Outlook) -> dict[str, dict[str, Any]]:
    key, last = one.resource.key, last_whole_day(context)
    rows = compared(
        long_frame({key: one.daily}, [one.resource], last),
        one.resource.limit,
        scenarios(one),
        changes={key: one.changes},
        holidays=context.workspace.special_days,
        as_of=last,
        **manner(one.resource),
    )
    dated = rows.astype(dict.fromkeys(("earliest", "likely", "latest"), object))
    rows_by = dated.where(dated.notna(), None).to_dict("records")
    return {str(row["scenario"]): {str(key): value for key, value in row.items()} for row in rows_by}


def what_if(context: ReportContext) -> Section:
    """The likely day of each resource as planned and in each scenario."""
    title = context.term("cap_what_if")
    if not outlooks(context):
        return Section("what_if", title, context.say("cap_nothing_to_judge"))
    found = answers(context)
    if not found:
        return Section("what_if", title, context.say("cap_what_if_none", growth=percent(GROWTH)))
    shown = [one for one in outlooks(context) if one.resource.key in found]
    now = sum(found[one.resource.key][""]["likely"] is not None for one in shown)
    more = sum(found[one.resource.key]["growth"]["likely"] is not None for one in shown)
    answer = context.say("cap_what_if_answer", growth=percent(GROWTH), n=more, now=now)
    note = context.say("cap_what_if_note", growth=percent(GROWTH), raised=percent(RAISED), late=LATE)
    parts: list[Part] = [_table(context, shown[:SHOWN], found), paragraph(note)]
    if len(shown) > SHOWN:
        parts.append(paragraph(context.say("cap_what_if_more", n=len(shown) - SHOWN)))
    return Section("what_if", title, answer, tuple(parts))


def _table(context: ReportContext, shown: list[Outlook], found: dict[str, dict[str, dict[str, Any]]]) -> Part:
    heads = {"cap_resource": context.term("cap_resource"), "planned": context.term("cap_as_planned")}
    heads |= {name: context.term(f"cap_if_{name}") for name in SCENARIOS}
    rows = []
    for one in shown:
        days = found[one.resource.key]
        cells = {"cap_resource": named(context, one.resource), "planned": by_day(context, days[""]["likely"])}
        for name in SCENARIOS:
            cells[name] = by_day(context, days[name]["likely"]) if name in days else context.term("cap_does_not_apply")
        rows.append(cells)
    return table(heads, rows)
