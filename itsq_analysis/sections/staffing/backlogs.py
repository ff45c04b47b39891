"""Teams that work on tickets: with how many people their backlog stays within its limit, as a probability."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.narrative import clauses, formats
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, bullets, folded, paragraph, subheading, table
from itsq_analysis.sections.staffing.plan import day_name
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.tickets import LIKELY, TeamWork

LEVELS = 6  # numbers of people in the distribution of one team
TOLD = 3  # teams whose backlog is at risk
BETTER = 2  # larger numbers of people told beside today's


def at_risk(scene: Scene, plan: Plan) -> list[str]:
    """The teams whose backlog ends within its limit with less than 80 % probability, those over it of late first."""
    return [_risk(scene, plan, one) for one in _risky(plan)]


def _risky(plan: Plan) -> list[TeamWork]:
    found = [one for one in plan.teams if one.people is not None and one.chance(one.people) < LIKELY]
    return sorted(found, key=lambda one: (one.bounds, one.chance(one.people or 0), one.team))


def at_ease(scene: Scene, plan: Plan) -> list[str]:
    """The teams whose backlog stays within its limit with at least 80 % probability, in one sentence."""
    fine = [one.team for one in plan.teams if one.people is not None and one.chance(one.people) >= LIKELY]
    return [scene.say("people_teams_fine", list=scene.listed(fine))] if fine else []


def over_of_late(plan: Plan) -> int:
    """How many of the teams at risk have been over their limit in the last 13 weeks, or have a stated rate."""
    return sum(not one.bounds for one in _risky(plan))


def backlog_parts(scene: Scene, plan: Plan) -> list[Part]:
    """Sentences about the teams at risk, one about the others, a row per team, and how it was worked out."""
    known = [one for one in plan.teams if one.rate is not None]
    unknown = [one.team for one in plan.teams if one.rate is None]
    parts: list[Part] = []
    if known:
        risks = at_risk(scene, plan)[:TOLD]
        parts = [subheading(scene.term("people_backlog")), *([bullets(risks)] if risks else [])]
        parts += [paragraph(text) for text in at_ease(scene, plan)]
        parts += [_table(scene, known), *_levels(scene, plan), paragraph(scene.say("people_teams_note"))]
    return [*parts, *([paragraph(scene.say("people_teams_no_rate", list=scene.listed(unknown)))] if unknown else [])]


def _risk(scene: Scene, plan: Plan, one: TeamWork) -> str:
    now = one.people or 0
    more = one.chances[one.chances["people"] > now]
    reached = more[more["within"] >= LIKELY].head(BETTER)
    if reached.empty:
        better = scene.say("people_team_never", people=int(one.chances["people"].max()))
    else:
        pairs = zip(reached["people"].tolist(), reached["within"].tolist(), strict=True)
        told = [scene.say("people_team_better", people=people, chance=scene.chance(within)) for people, within in pairs]
        better = clauses(told, scene.language)
    facts = {"team": one.team, "people": now, "limit": scene.number(one.limit), "last": day_name(scene, plan.weeks.last)}
    if one.bounds:
        return scene.say("people_team_pace", chance=f"{one.chance(now):.0%}", better=better, **facts)
    return scene.say("people_team_risk", chance=scene.chance(one.chance(now)), better=better, **facts)


def chance(share: float) -> str:
    """A probability from 1,000 paths as a cell says it, in whole per cent; never 0 % or 100 %.

    >>> chance(0.8449), chance(0.0), chance(1.0)
    ('84%', '<1%', '>99%')
    """
    if pd.isna(share):
        return formats.MISSING
    return "<1%" if share < 0.01 else ">99%" if share > 0.99 else f"{share:.0%}"


def _table(scene: Scene, teams: list[TeamWork]) -> Part:
    keys = ("team", "open_now", "per_week", "backlog_limit", "team_people", "chance_now", "people_likely", "people_safe")
    columns = {key: scene.term(key) for key in (*keys, "hours_per_ticket", "rate_source")}
    numeric = set(columns) - {"team", "rate_source"}
    return table(columns, [_row(scene, one) for one in teams], numeric=numeric, caption=scene.term("people_backlog"))


def _levels(scene: Scene, plan: Plan) -> list[Part]:
    """The backlog of the first team at risk at the end of the plan, by number of people: folded."""
    for one in _risky(plan)[:1]:
        keys = ("chance_level", "chance_within", "backlog_median", "backlog_p90")
        shown = one.chances[one.chances["people"] >= (one.people or 0) - 1].head(LEVELS)
        rows = [
            {
                "chance_level": scene.number(people),
                "chance_within": f"{'≥ ' if one.bounds else ''}{chance(within)}",
                "backlog_median": scene.number(median),
                "backlog_p90": scene.number(p90),
            }
            for people, within, median, p90 in shown[["people", "within", "median", "p90"]].itertuples(index=False, name=None)
        ]
        title = scene.say("people_levels", team=one.team, last=day_name(scene, plan.weeks.last))
        return [folded(title, table({key: scene.term(key) for key in keys}, rows, numeric=set(keys)))]
    return []


def _people(scene: Scene, one: TeamWork, people: int | None) -> str:
    """A number of people; an upper bound where the chances are lower ones."""
    return formats.MISSING if people is None else f"{'≤ ' if one.bounds else ''}{scene.number(people)}"


def _row(scene: Scene, one: TeamWork) -> dict[str, str]:
    rate = one.rate
    hours = scene.number(1 / rate.per_hour, 1) if rate else formats.MISSING
    if rate and rate.lower > 0:
        hours = f"{hours}{scene.aside(f'{scene.number(1 / rate.upper, 1)}–{scene.number(1 / rate.lower, 1)}')}"
    return {
        "team": one.team,
        "open_now": scene.number(one.open),
        "per_week": scene.number(one.per_week),
        "backlog_limit": scene.number(one.limit),
        "team_people": formats.MISSING if one.people is None else scene.number(one.people),
        "chance_now": formats.MISSING if one.people is None else f"{'≥ ' if one.bounds else ''}{chance(one.chance(one.people))}",
        "people_likely": _people(scene, one, one.likely),
        "people_safe": _people(scene, one, one.safe),
        "hours_per_ticket": hours,
        "rate_source": scene.term(f"source_{rate.source}") if rate else formats.MISSING,
    }
