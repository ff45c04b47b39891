"""Enough people, when? People needed against people rostered for six weeks, and what becomes of the teams' backlogs."""

from __future__ import annotations

from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, bullets, nested, paragraph, subheading
from itsq_analysis.sections.staffing.backlogs import at_ease, at_risk, backlog_parts, over_of_late
from itsq_analysis.sections.staffing.desks import desk_answer, desk_table, few_people, handling_note, spare_people
from itsq_analysis.sections.staffing.grid import need_grid
from itsq_analysis.sections.staffing.plan import day_name, plan_of, special_name, team_name, weeks_of
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.planning import Plan

SHOWN = 4  # sentences about too few people
SHORT_WEEKS = 4  # of the quality report
ID = "people_section"


def people(scene: Scene) -> Section:
    """When people lack, how many and on which days; need against roster by weekday, hour and week; backlogs by number of people."""
    title = scene.term(ID)
    if scene.workspace.services:
        return Section(ID, title, scene.say("people_narrowed"))
    plan = plan_of(scene)
    parts: list[Part] = []
    for desk in _planned(plan):
        parts += _desk_parts(scene, plan, desk)
    parts += [paragraph(text) for text in _holidays(scene, plan)]
    parts += backlog_parts(scene, plan)
    parts += [paragraph(text) for text in missing(scene, plan)]
    return Section(ID, title, answer(scene, plan), tuple(parts))


def people_short(scene: Scene) -> tuple[Part, ...]:
    """The same for a report about something else: the answer, the grid and the next four weeks, beneath a heading of its own."""
    plan = plan_of(scene) if not scene.workspace.services else None
    if plan is None or not (plan.has_contacts or plan.has_roster):
        return ()
    parts: list[Part] = []
    for desk in _planned(plan):
        parts += [need_grid(scene, desk), desk_table(scene, desk, weeks_of(plan)[:SHORT_WEEKS])]
    return nested(Section(ID, scene.term(ID), answer(scene, plan), tuple(parts)))


def answer(scene: Scene, plan: Plan) -> str:
    """When people lack first, then the teams whose backlog is at risk; what is missing where nothing can be told."""
    told = [text for desk in _planned(plan) for text in desk_answer(scene, plan, desk)]
    told += at_risk(scene, plan)[: min(1, over_of_late(plan))]
    return sentences(told or at_ease(scene, plan) or missing(scene, plan), scene.language)


def missing(scene: Scene, plan: Plan) -> list[str]:
    """What is not loaded, and what would bring it."""
    told = [] if plan.has_contacts else [scene.say("people_no_contacts")]
    told += [] if plan.has_roster else [scene.say("people_no_roster")]
    calendar = plan.weeks.calendar
    if plan.planned_until and any(day > plan.planned_until and calendar.is_working_day(day) for day in plan.weeks.days):
        told.append(scene.say("people_roster_ends", day=day_name(scene, plan.planned_until)))
    told += [scene.say("people_few_contacts", team=team or scene.term("desk_unnamed")) for team in plan.unplanned]
    told += [scene.say("people_handling_missing", team=team_name(scene, one)) for one in plan.desks if one.handling is None]
    return told


def _planned(plan: Plan) -> list[Desk]:
    """The desks that something can be told about."""
    return [desk for desk in plan.desks if len(desk.hours)]


def _desk_parts(scene: Scene, plan: Plan, desk: Desk) -> list[Part]:
    lacking, spare = few_people(scene, desk), spare_people(scene, desk)
    told = [*lacking[1:SHOWN], *spare[:1]]  # the first one is in the answer
    parts: list[Part] = [bullets(told)] if told else []
    parts += [need_grid(scene, desk), subheading(scene.say("desk_by_week", team=team_name(scene, desk)))]
    parts += [desk_table(scene, desk, weeks_of(plan)), *[paragraph(text) for text in handling_note(scene, desk)]]
    return parts


def _holidays(scene: Scene, plan: Plan) -> list[str]:
    """The holidays of these weeks by name."""
    named: dict[str, list[str]] = {}
    for day in plan.weeks.days:
        if plan.weeks.special(day) == "holiday":
            named.setdefault(special_name(scene, day), []).append(day_name(scene, day))
    if not named:
        return [scene.say("people_no_holiday")]
    told = [f"{name}{scene.aside(scene.listed(days))}" for name, days in named.items()]
    return [scene.say("people_holidays", list=scene.listed(told))]
