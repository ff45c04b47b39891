"""Enough people, when? People needed against people rostered for six weeks, and what becomes of the teams' backlogs."""

from __future__ import annotations

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph, subheading
from itsq_analysis.pages.staffing.backlogs import at_ease, at_risk, backlog_parts
from itsq_analysis.pages.staffing.desks import desk_answer, desk_table, few_people, handling_note, spare_people
from itsq_analysis.pages.staffing.grid import need_grid
from itsq_analysis.pages.staffing.words import day_name, special_days_named, team_name
from itsq_analysis.staffing.balance import Balance, balances
from itsq_analysis.staffing.planning import Plan, staffing_plan

SHOWN = 4  # sentences about too few people
ID = "people_section"


def people(context: ReportContext) -> Section:
    """When people lack, how many and on which days; need against roster by weekday, hour and week; backlogs by number of people."""
    if context.scope.services:
        return context.section(ID, [context.say("people_narrowed")])
    plan = staffing_plan(context.scope)
    parts = [part for desk in balances(context.scope) for part in _desk_parts(context, plan, desk)]
    holidays = special_days_named(context, plan, [day.day for day in plan.special_days if day.kind == "holiday"])
    parts.append(paragraph(context.say("people_holidays", list=holidays) if holidays else context.say("people_no_holiday")))
    parts += [*backlog_parts(context, plan), *(paragraph(text) for text in missing(context, plan))]
    return context.section(ID, answers(context, plan), parts)


def people_pointer(context: ReportContext) -> list[str]:
    """The answer in one sentence, and which report has the rest, for a report about something else."""
    plan = None if context.scope.services else staffing_plan(context.scope)
    if plan is None or not (plan.has_contacts or plan.has_roster):
        return []
    first = next((text for desk in balances(context.scope) for text in desk_answer(context, plan, desk)), None)
    return [first or answers(context, plan)[0], context.say("people_elsewhere")]


def answers(context: ReportContext, plan: Plan) -> list[str]:
    """When people lack first, then the team whose backlog is most at risk; what is missing where nothing can be told."""
    told = [text for desk in balances(context.scope) for text in desk_answer(context, plan, desk)]
    if any(not work.bounds for work in plan.at_risk):  # been over its limit of late, or has a stated rate
        told += at_risk(context, plan)[:1]
    return told or at_ease(context, plan) or missing(context, plan)


def missing(context: ReportContext, plan: Plan) -> list[str]:
    """What is not loaded, and what would bring it."""
    told = [] if plan.has_contacts else [context.say("people_no_contacts")]
    told += [] if plan.has_roster else [context.say("people_no_roster")]
    told += [context.say("people_roster_ends", day=day_name(context, plan.roster_ends))] if plan.roster_ends else []
    told += [context.say("people_few_contacts", team=team_name(context, team)) for team in plan.unplanned]
    unknown = [desk.team for desk in plan.desks if desk.handling is None]
    return told + [context.say("people_handling_missing", team=team_name(context, team)) for team in unknown]


def _desk_parts(context: ReportContext, plan: Plan, desk: Balance) -> list[Part]:
    told = [*few_people(context, plan, desk)[1:SHOWN], *spare_people(context, desk)[:1]]  # the first one is in the answer
    parts: list[Part] = [bullets(told)] if told else []
    parts += [need_grid(context, plan, desk), subheading(context.say("desk_by_week", team=team_name(context, desk.team)))]
    return [*parts, desk_table(context, plan, desk.weeks), *(paragraph(text) for text in handling_note(context, desk))]
