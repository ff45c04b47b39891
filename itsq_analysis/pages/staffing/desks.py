"""A desk in words and tables: where people lack, where there are too many, week by week, and what it rests on."""

from __future__ import annotations

from datetime import date, timedelta
from math import isinf

import pandas as pd

from itsq_analysis.page.brief import days_named
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, table
from itsq_analysis.pages.staffing.plan import clock, day_name, days_listed, special_name, team_name
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.shortage import Occasion, Stretch, occasions, stretches, too_few, too_many
from itsq_analysis.text import formats

SINGLE = 3  # single days told one by one


def desk_answer(context: ReportContext, plan: Plan, desk: Desk) -> list[str]:
    """The first thing to know about a desk, in one or two sentences."""
    last = day_name(context, plan.weeks.last)
    if desk.hours["gap"].isna().all():
        needed = context.number(float(desk.hours["needed"].sum()))
        return [context.say("people_no_gap", team=team_name(context, desk), needed=needed, last=last)]
    lacking = few_people(context, desk)
    if not lacking:
        return [context.say("people_enough", team=team_name(context, desk), last=last)]
    return [lacking[0], _sum(context, desk, last)]


def few_people(context: ReportContext, desk: Desk) -> list[str]:
    """Where people lack: what repeats, the worst first; then single days, of them the special ones first."""
    marked = too_few(desk.hours)
    repeats = stretches(desk.hours, marked)
    single = occasions(desk.hours, marked, repeats)
    told = [_stretch(context, desk, one) for one in repeats] + [_occasion(context, desk, one) for one in single[:SINGLE]]
    more = len(single) - SINGLE
    return [*told, context.say("people_occasions_more", n=more)] if more > 0 else told


def spare_people(context: ReportContext, desk: Desk) -> list[str]:
    """Where there are more people than needed, the most person-hours first."""
    found = stretches(desk.hours, too_many(desk.hours, desk.lowest_occupancy))
    return [context.say("people_spare", busy=f"{one.busy:.0%}", **_facts(context, desk, one)) for one in found]


def _facts(context: ReportContext, desk: Desk, one: Stretch) -> dict[str, str | int]:
    return {
        "team": team_name(context, desk),
        "n": one.people,
        "weekday": context.term(f"weekdays_{one.weekday}"),
        "hours": clock(one.start, one.end),
        "weeks": len(one.days),
        "of": one.of,
    }


def _stretch(context: ReportContext, desk: Desk, one: Stretch) -> str:
    return context.say("people_short", days=days_listed(context, one.days), **_facts(context, desk, one))


def _occasion(context: ReportContext, desk: Desk, one: Occasion) -> str:
    name = special_name(context, one.day)
    facts = {"team": team_name(context, desk), "day": day_name(context, one.day), "hours": clock(one.start, one.end)}
    return context.say("people_occasion", n=one.people, why=context.aside(name) if name else "", **facts)


def _sum(context: ReportContext, desk: Desk, last: str) -> str:
    """How many hours lack people, and how many person-hours that is."""
    marked = too_few(desk.hours)
    known = desk.hours["gap"].notna()
    short = context.number(float(desk.hours.loc[marked, "gap"].astype(float).sum()))
    facts = {"hours": context.number(int(marked.sum())), "of": context.number(int(known.sum()))}
    return context.say("people_sum", team=team_name(context, desk), last=last, short=short, **facts)


# tables --------------------------------------------------------------------------------------------------------------


def desk_table(context: ReportContext, desk: Desk, weeks: list[tuple[date, date]]) -> Html:
    """One row per week: holidays by name, contacts, person-hours needed, rostered and short, and the largest gap."""
    keys = ("week", "holidays_and_days", "contacts_expected", "needed_hours", "rostered_hours", "short_hours", "most_short")
    rows = [_week(context, desk, first, last) for first, last in weeks]
    return table({key: context.term(key) for key in keys}, rows, numeric=set(keys[2:6]), caption=context.term("people_weeks"))


def _week(context: ReportContext, desk: Desk, first: date, last: date) -> dict[str, str]:
    rows = desk.hours[(desk.hours["ds"] >= pd.Timestamp(first)) & (desk.hours["ds"] < pd.Timestamp(last) + pd.Timedelta(days=1))]
    known = rows[rows["gap"].notna()]
    gaps = known["gap"].astype(float)
    return {
        "week": days_named(context, first, last + timedelta(days=1)),
        "holidays_and_days": special_days_of(context, first, last),
        "contacts_expected": context.number(float(rows["expected"].sum())),
        "needed_hours": context.number(float(rows["needed"].sum())),
        "rostered_hours": context.number(float(known["rostered"].astype(float).sum())) if len(known) else formats.MISSING,
        "short_hours": context.number(float(gaps.clip(lower=0).sum())) if len(known) else formats.MISSING,
        "most_short": _worst(context, known),
    }


def _worst(context: ReportContext, known: pd.DataFrame) -> str:
    """The hour with the largest gap: "2 people, Mon 9 Nov 09:00"; a dash where there is none."""
    gaps = known["gap"].astype(float)
    if not len(known) or gaps.max() <= 0:
        return formats.MISSING
    row = known.iloc[int(gaps.to_numpy().argmax())]
    when = row["ds"]
    facts = {"weekday": context.term(f"weekday_{when.day_of_week}"), "day": day_name(context, when.date()), "hour": f"{when:%H:%M}"}
    return context.say("people_worst", n=context.number(float(row["gap"]), 0 if float(row["gap"]).is_integer() else 1), **facts)


def special_days_of(context: ReportContext, first: date, last: date) -> str:
    """The holidays and other special days of a week by name, with their days."""
    named: dict[str, list[str]] = {}
    for day in pd.date_range(first, last):
        name = special_name(context, day.date())
        if name:
            named.setdefault(name, []).append(day_name(context, day.date()))
    return context.listed(f"{name}{context.aside(context.listed(days))}" for name, days in named.items()) or formats.MISSING


# what it rests on ----------------------------------------------------------------------------------------------------


def handling_note(context: ReportContext, desk: Desk) -> list[str]:
    """Where the handling time comes from, what callers are promised, and whether anything was scaled."""
    target, handling = desk.target, desk.handling
    told = []
    if handling is not None:
        facts = {"seconds": context.number(handling.seconds)}
        facts |= {"lower": context.number(handling.lower), "upper": context.number(handling.upper)}
        facts |= {"n": context.number(handling.contacts), "weeks": str(handling.weeks)}
        told.append(context.say(f"people_handling_{handling.source}", **facts))
    promise = {
        "share": formats.share(target.in_target),
        "seconds": f"{target.target_seconds:g}",
        "busy": formats.share(target.occupancy),
        "lost": formats.share(target.shrinkage),
        "patience": context.number(target.patience),
    }
    told.append(context.say("people_target_c" if isinf(target.patience) else "people_target_a", **promise))
    staffing = context.workspace.settings.staffing.of(desk.team)
    if (staffing.demand, staffing.people) != (1.0, 1.0):
        told.append(context.say("people_scaled", demand=f"{staffing.demand:g}", people=f"{staffing.people:g}"))
    return told
