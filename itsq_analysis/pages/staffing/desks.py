"""A desk in words: where people lack, where there are too many, week by week, and what it rests on."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isinf

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.staffing.words import clock, day_name, days_listed, special_days_named, special_name, team_name
from itsq_analysis.staffing.balance import Balance, Week
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.shortage import Stretch
from itsq_analysis.text import formats

SINGLE = 3  # single days told one by one


def desk_answer(context: ReportContext, plan: Plan, desk: Balance) -> list[str]:
    """The first thing to know about a desk, in one or two sentences."""
    facts = {"team": team_name(context, desk.team), "last": day_name(context, plan.last)}
    if not desk.hours:
        return [context.say("people_no_gap", needed=context.number(desk.needed), **facts)]
    lacking = few_people(context, plan, desk)
    if not lacking:
        return [context.say("people_enough", **facts)]
    counts = {"hours": desk.hours_short, "of": desk.hours, "short": desk.person_hours_short}
    return [lacking[0], context.say("people_sum", **facts, **{key: context.number(count) for key, count in counts.items()})]


def few_people(context: ReportContext, plan: Plan, desk: Balance) -> list[str]:
    """Where people lack: what repeats, the worst first; then single days, of them the special ones first."""
    told = [
        context.say("people_short", days=days_listed(context, stretch.days), **_facts(context, desk, stretch))
        for stretch in desk.repeated
    ]
    for day in desk.single[:SINGLE]:
        name = special_name(context, plan, day.day)
        facts = {"team": team_name(context, desk.team), "day": day_name(context, day.day), "hours": clock(day.start, day.end)}
        told.append(context.say("people_occasion", n=day.people, why=context.aside(name) if name else "", **facts))
    more = len(desk.single) - SINGLE
    return [*told, context.say("people_occasions_more", n=more)] if more > 0 else told


def spare_people(context: ReportContext, desk: Balance) -> list[str]:
    """Where there are more people than needed, the most person-hours first."""
    return [context.say("people_spare", busy=f"{spare.busy:.0%}", **_facts(context, desk, spare)) for spare in desk.spare]


def _facts(context: ReportContext, desk: Balance, stretch: Stretch) -> dict[str, str | int]:
    hours, weekday = clock(stretch.start, stretch.end), context.term(f"weekdays_{stretch.weekday}")
    counts = {"n": stretch.people, "weeks": len(stretch.days), "of": stretch.of}
    return {"team": team_name(context, desk.team), "weekday": weekday, "hours": hours, **counts}


def desk_table(context: ReportContext, plan: Plan, weeks: tuple[Week, ...]) -> Html:
    """One row per week: holidays by name, contacts, person-hours needed, rostered and short, and the largest gap."""

    def holidays(week: Week) -> str:
        days = [week.first + timedelta(days=place) for place in range((week.last - week.first).days + 1)]
        return special_days_named(context, plan, days) or formats.MISSING

    columns = [
        Column[Week]("week", lambda week: context.wording.dates(week.first, week.last + timedelta(days=1))),
        Column[Week]("holidays_and_days", holidays),
        Column[Week]("contacts_expected", lambda week: week.expected, "number"),
        Column[Week]("needed_hours", lambda week: week.needed, "number"),
        Column[Week]("rostered_hours", lambda week: week.rostered, "number"),
        Column[Week]("short_hours", lambda week: week.short, "number"),
        Column[Week]("most_short", lambda week: _worst(context, week.worst)),
    ]
    return html_table(context, context.wording, columns, weeks, context.term("people_weeks"))


def _worst(context: ReportContext, worst: tuple[datetime, float] | None) -> str:
    """The hour with the largest gap: "2 people, Mon 9 Nov 09:00"; a dash where there is none."""
    if worst is None:
        return formats.MISSING
    when, people = worst
    facts = {"weekday": context.term(f"weekday_{when.weekday()}"), "day": day_name(context, when.date()), "hour": f"{when:%H:%M}"}
    return context.say("people_worst", n=context.number(people, 0 if people.is_integer() else 1), **facts)


def handling_note(context: ReportContext, desk: Balance) -> list[str]:
    """Where the handling time comes from, what callers are promised, and whether anything was scaled."""
    target, handling, told = desk.desk.target, desk.desk.handling, []
    if handling is not None:
        amounts = {"seconds": handling.seconds, "lower": handling.lower, "upper": handling.upper, "n": handling.contacts}
        facts = {key: context.number(amount) for key, amount in amounts.items()}
        told.append(context.say(f"people_handling_{handling.source}", weeks=str(handling.weeks), **facts))
    shares = {"share": target.in_target, "busy": target.occupancy, "lost": target.shrinkage}
    promise = {"seconds": f"{target.target_seconds:g}", "patience": context.number(target.patience)}
    promise |= {key: formats.share(share) for key, share in shares.items()}
    told.append(context.say("people_target_c" if isinf(target.patience) else "people_target_a", **promise))
    scaled = context.scope.settings.staffing.of(desk.team)
    if (scaled.demand, scaled.people) != (1.0, 1.0):
        told.append(context.say("people_scaled", demand=f"{scaled.demand:g}", people=f"{scaled.people:g}"))
    return told
