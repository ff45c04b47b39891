"""Teams that work on tickets: with how many people their backlog stays within its limit, as a probability."""

from __future__ import annotations

from math import isnan

from itsq_analysis.page.columns import Declared, declared_table
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, bullets, folded, paragraph, subheading
from itsq_analysis.pages.staffing.words import day_name
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.tickets import Level, TeamWork
from itsq_analysis.text import clauses, formats

LEVELS = 6  # numbers of people in the distribution of one team
TOLD = 3  # teams whose backlog is at risk
BETTER = 2  # larger numbers of people told beside today's


def at_risk(context: ReportContext, plan: Plan) -> list[str]:
    """The teams at risk, a sentence each."""
    return [_risk(context, plan, work) for work in plan.at_risk]


def at_ease(context: ReportContext, plan: Plan) -> list[str]:
    """The teams whose backlog stays within its limit with at least 80 % probability, in one sentence."""
    fine = [work.team for work in plan.at_ease]
    return [context.say("people_teams_fine", list=context.listed(fine))] if fine else []


def backlog_parts(context: ReportContext, plan: Plan) -> list[Part]:
    """Sentences about the teams at risk, one about the others, a row per team, and how it was worked out."""
    known = [work for work in plan.teams if work.rate is not None]
    unknown = [work.team for work in plan.teams if work.rate is None]
    parts: list[Part] = []
    if known:
        risks, caption = at_risk(context, plan)[:TOLD], context.term("people_backlog")
        parts = [subheading(caption), *([bullets(risks)] if risks else [])]
        parts += [paragraph(text) for text in at_ease(context, plan)]
        parts += [declared_table(context, _columns(context), known, caption), *_levels(context, plan)]
        parts.append(paragraph(context.say("people_teams_note")))
    return [*parts, *([paragraph(context.say("people_teams_no_rate", list=context.listed(unknown)))] if unknown else [])]


def _risk(context: ReportContext, plan: Plan, work: TeamWork) -> str:
    told = [context.say("people_team_better", people=n, chance=context.chance(within)) for n, within in work.better(BETTER)]
    better = clauses(told, context.language) if told else context.say("people_team_never", people=work.most_tried)
    facts = {"team": work.team, "people": work.people, "limit": context.number(work.limit), "last": day_name(context, plan.last)}
    if work.bounds:
        return context.say("people_team_pace", chance=f"{work.chance_now:.0%}", better=better, **facts)
    return context.say("people_team_risk", chance=context.chance(work.chance_now), better=better, **facts)


def chance(share: float) -> str:
    """A probability from 1,000 paths as a cell says it, in whole per cent; never 0 % or 100 %.

    >>> chance(0.8449), chance(0.0), chance(1.0)
    ('84%', '<1%', '>99%')
    """
    if isnan(share):
        return formats.MISSING
    return "<1%" if share < 0.01 else ">99%" if share > 0.99 else f"{share:.0%}"


def level_columns() -> list[Declared[Level]]:
    """What becomes of a backlog, by number of people."""
    return [
        Declared("chance_level", lambda level: level.people, "count"),
        Declared("chance_within", lambda row: row.within, "share", lambda row: _bound("≥ ", row.work, chance(row.within))),
        Declared("backlog_median", lambda level: level.median, "number"),
        Declared("backlog_p90", lambda level: level.p90, "number"),
    ]


def _levels(context: ReportContext, plan: Plan) -> list[Part]:
    """The backlog of the first team at risk at the end of the plan, by number of people: folded."""
    for work in plan.at_risk[:1]:
        shown = [level for level in work.levels if level.people >= (work.people or 0) - 1][:LEVELS]
        title = context.say("people_levels", team=work.team, last=day_name(context, plan.last))
        return [folded(title, declared_table(context, level_columns(), shown))]
    return []


def _bound(sign: str, work: TeamWork, text: str) -> str:
    """Chances are lower bounds and people upper ones where the team kept up."""
    return f"{sign}{text}" if work.bounds and text != formats.MISSING else text


def _columns(context: ReportContext) -> list[Declared[TeamWork]]:
    def people(key: str) -> Declared[TeamWork]:
        number = Declared[TeamWork](key, lambda work: getattr(work, key.removeprefix("people_")), "count")
        return Declared(key, number.value, "count", lambda work: _bound("≤ ", work, number.text(context, work)))

    return [
        Declared("team", lambda work: work.team),
        Declared("open_now", lambda work: work.open, "count"),
        Declared("per_week", lambda work: work.per_week, "number"),
        Declared("backlog_limit", lambda work: work.limit, "count"),
        Declared("team_people", lambda work: work.people, "count"),
        Declared("chance_now", lambda work: work.chance_now, "share", lambda work: _bound("≥ ", work, chance(work.chance_now))),
        people("people_likely"),
        people("people_safe"),
        Declared("hours_per_ticket", lambda row: row.rate and 1 / row.rate.per_hour, "number", lambda row: _hours(context, row)),
        Declared("rate_source", lambda work: work.rate and context.term(f"source_{work.rate.source}")),
    ]


def _hours(context: ReportContext, work: TeamWork) -> str:
    if work.rate is None:
        return formats.MISSING
    told = context.number(1 / work.rate.per_hour, 1)
    if not work.rate.lower > 0:
        return told
    return told + context.aside(f"{context.number(1 / work.rate.upper, 1)}–{context.number(1 / work.rate.lower, 1)}")
