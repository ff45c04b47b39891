"""Teams that work on tickets: with how many people their backlog stays within its limit, as a probability."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, bullets, folded, paragraph, subheading, table
from itsq_analysis.pages.staffing.plan import day_name
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.tickets import LIKELY, TeamWork
from itsq_analysis.text import clauses, formats

LEVELS = 6  # numbers of people in the distribution of one team
TOLD = 3  # teams whose backlog is at risk
BETTER = 2  # larger numbers of people told beside today's


def at_risk(context: ReportContext, plan: Plan) -> list[str]:
    """The teams whose backlog ends within its limit with less than 80 % probability, those over it of late first."""
    return [_risk(context, plan, one) for one in _risky(plan)]


def _risky(plan: Plan) -> list[TeamWork]:
    found = [one for one in plan.teams if one.people is not None and one.chance(one.people) < LIKELY]
    return sorted(found, key=lambda one: (one.bounds, one.chance(one.people or 0), one.team))


def at_ease(context: ReportContext, plan: Plan) -> list[str]:
    """The teams whose backlog stays within its limit with at least 80 % probability, in one sentence."""
    fine = [one.team for one in plan.teams if one.people is not None and one.chance(one.people) >= LIKELY]
    return [context.say("people_teams_fine", list=context.listed(fine))] if fine else []


def over_of_late(plan: Plan) -> int:
    """How many of the teams at risk have been over their limit in the last 13 weeks, or have a stated rate."""
    return sum(not one.bounds for one in _risky(plan))


def backlog_parts(context: ReportContext, plan: Plan) -> list[Part]:
    """Sentences about the teams at risk, one about the others, a row per team, and how it was worked out."""
    known = [one for one in plan.teams if one.rate is not None]
    unknown = [one.team for one in plan.teams if one.rate is None]
    parts: list[Part] = []
    if known:
        risks = at_risk(context, plan)[:TOLD]
        parts = [subheading(context.term("people_backlog")), *([bullets(risks)] if risks else [])]
        parts += [paragraph(text) for text in at_ease(context, plan)]
        parts += [_table(context, known), *_levels(context, plan), paragraph(context.say("people_teams_note"))]
    return [*parts, *([paragraph(context.say("people_teams_no_rate", list=context.listed(unknown)))] if unknown else [])]


def _risk(context: ReportContext, plan: Plan, one: TeamWork) -> str:
    now = one.people or 0
    more = one.chances[one.chances["people"] > now]
    reached = more[more["within"] >= LIKELY].head(BETTER)
    if reached.empty:
        better = context.say("people_team_never", people=int(one.chances["people"].max()))
    else:
        pairs = zip(reached["people"].tolist(), reached["within"].tolist(), strict=True)
        told = [context.say("people_team_better", people=people, chance=context.chance(within)) for people, within in pairs]
        better = clauses(told, context.language)
    facts = {"team": one.team, "people": now, "limit": context.number(one.limit), "last": day_name(context, plan.weeks.last)}
    if one.bounds:
        return context.say("people_team_pace", chance=f"{one.chance(now):.0%}", better=better, **facts)
    return context.say("people_team_risk", chance=context.chance(one.chance(now)), better=better, **facts)


def chance(share: float) -> str:
    """A probability from 1,000 paths as a cell says it, in whole per cent; never 0 % or 100 %.

    >>> chance(0.8449), chance(0.0), chance(1.0)
    ('84%', '<1%', '>99%')
    """
    if pd.isna(share):
        return formats.MISSING
    return "<1%" if share < 0.01 else ">99%" if share > 0.99 else f"{share:.0%}"


def _table(context: ReportContext, teams: list[TeamWork]) -> Part:
    keys = ("team", "open_now", "per_week", "backlog_limit", "team_people", "chance_now", "people_likely", "people_safe")
    columns = {key: context.term(key) for key in (*keys, "hours_per_ticket", "rate_source")}
    numeric = set(columns) - {"team", "rate_source"}
    return table(columns, [_row(context, one) for one in teams], numeric=numeric, caption=context.term("people_backlog"))


def _levels(context: ReportContext, plan: Plan) -> list[Part]:
    """The backlog of the first team at risk at the end of the plan, by number of people: folded."""
    for one in _risky(plan)[:1]:
        keys = ("chance_level", "chance_within", "backlog_median", "backlog_p90")
        shown = one.chances[one.chances["people"] >= (one.people or 0) - 1].head(LEVELS)
        rows = [
            {
                "chance_level": context.number(people),
                "chance_within": f"{'≥ ' if one.bounds else ''}{chance(within)}",
                "backlog_median": context.number(median),
                "backlog_p90": context.number(p90),
            }
            for people, within, median, p90 in shown[["people", "within", "median", "p90"]].itertuples(index=False, name=None)
        ]
        title = context.say("people_levels", team=one.team, last=day_name(context, plan.weeks.last))
        return [folded(title, table({key: context.term(key) for key in keys}, rows, numeric=set(keys)))]
    return []


def _people(context: ReportContext, one: TeamWork, people: int | None) -> str:
    """A number of people; an upper bound where the chances are lower ones."""
    return formats.MISSING if people is None else f"{'≤ ' if one.bounds else ''}{context.number(people)}"


def _row(context: ReportContext, one: TeamWork) -> dict[str, str]:
    rate = one.rate
    hours = context.number(1 / rate.per_hour, 1) if rate else formats.MISSING
    if rate and rate.lower > 0:
        hours = f"{hours}{context.aside(f'{context.number(1 / rate.upper, 1)}–{context.number(1 / rate.lower, 1)}')}"
    return {
        "team": one.team,
        "open_now": context.number(one.open),
        "per_week": context.number(one.per_week),
        "backlog_limit": context.number(one.limit),
        "team_people": formats.MISSING if one.people is None else context.number(one.people),
        "chance_now": formats.MISSING if one.people is None else f"{'≥ ' if one.bounds else ''}{chance(one.chance(one.people))}",
        "people_likely": _people(context, one, one.likely),
        "people_safe": _people(context, one, one.safe),
        "hours_per_ticket": hours,
        "rate_source": context.term(f"source_{rate.source}") if rate else formats.MISSING,
    }
