"""Enough people, when? People needed against people rostered for six weeks, and what becomes of the teams' backlogs."""

from __future__ import annotations

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, nested, paragraph, subheading
from itsq_analysis.pages.staffing.backlogs import at_ease, at_risk, backlog_parts, over_of_late
from itsq_analysis.pages.staffing.desks import desk_answer, desk_table, few_people, handling_note, spare_people
from itsq_analysis.pages.staffing.grid import need_grid
from itsq_analysis.pages.staffing.plan import day_name, plan_of, special_name, team_name, weeks_of
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.text import paragraph as sentences

SHOWN = 4  # sentences about too few people
SHORT_WEEKS = 4  # of the quality report
ID = "people_section"


def people(context: ReportContext) -> Section:
    """When people lack, how many and on which days; need against roster by weekday, hour and week; backlogs by number of people."""
    title = context.term(ID)
    if context.workspace.services:
        return Section(ID, title, context.say("people_narrowed"))
    plan = plan_of(context)
    parts: list[Part] = []
    for desk in _planned(plan):
        parts += _desk_parts(context, plan, desk)
    parts += [paragraph(text) for text in _holidays(context, plan)]
    parts += backlog_parts(context, plan)
    parts += [paragraph(text) for text in missing(context, plan)]
    return Section(ID, title, answer(context, plan), tuple(parts))


def people_short(context: ReportContext) -> tuple[Part, ...]:
    """The same for a report about something else: the answer, the grid and the next four weeks, beneath a heading of its own."""
    plan = plan_of(context) if not context.workspace.services else None
    if plan is None or not (plan.has_contacts or plan.has_roster):
        return ()
    parts: list[Part] = []
    for desk in _planned(plan):
        parts += [need_grid(context, desk), desk_table(context, desk, weeks_of(plan)[:SHORT_WEEKS])]
    return nested(Section(ID, context.term(ID), answer(context, plan), tuple(parts)))


def answer(context: ReportContext, plan: Plan) -> str:
    """When people lack first, then the teams whose backlog is at risk; what is missing where nothing can be told."""
    told = [text for desk in _planned(plan) for text in desk_answer(context, plan, desk)]
    told += at_risk(context, plan)[: min(1, over_of_late(plan))]
    return sentences(told or at_ease(context, plan) or missing(context, plan), context.language)


def missing(context: ReportContext, plan: Plan) -> list[str]:
    """What is not loaded, and what would bring it."""
    told = [] if plan.has_contacts else [context.say("people_no_contacts")]
    told += [] if plan.has_roster else [context.say("people_no_roster")]
    calendar = plan.weeks.calendar
    if plan.planned_until and any(day > plan.planned_until and calendar.is_working_day(day) for day in plan.weeks.days):
        told.append(context.say("people_roster_ends", day=day_name(context, plan.planned_until)))
    told += [context.say("people_few_contacts", team=team or context.term("desk_unnamed")) for team in plan.unplanned]
    told += [context.say("people_handling_missing", team=team_name(context, one)) for one in plan.desks if one.handling is None]
    return told


def _planned(plan: Plan) -> list[Desk]:
    """The desks that something can be told about."""
    return [desk for desk in plan.desks if len(desk.hours)]


def _desk_parts(context: ReportContext, plan: Plan, desk: Desk) -> list[Part]:
    lacking, spare = few_people(context, desk), spare_people(context, desk)
    told = [*lacking[1:SHOWN], *spare[:1]]  # the first one is in the answer
    parts: list[Part] = [bullets(told)] if told else []
    parts += [need_grid(context, desk), subheading(context.say("desk_by_week", team=team_name(context, desk)))]
    parts += [desk_table(context, desk, weeks_of(plan)), *[paragraph(text) for text in handling_note(context, desk)]]
    return parts


def _holidays(context: ReportContext, plan: Plan) -> list[str]:
    """The holidays of these weeks by name."""
    named: dict[str, list[str]] = {}
    for day in plan.weeks.days:
        if plan.weeks.special(day) == "holiday":
            named.setdefault(special_name(context, day), []).append(day_name(context, day))
    if not named:
        return [context.say("people_no_holiday")]
    told = [f"{name}{context.aside(context.listed(days))}" for name, days in named.items()]
    return [context.say("people_holidays", list=context.listed(told))]
