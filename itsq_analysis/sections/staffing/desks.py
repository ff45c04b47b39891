"""A desk in words and tables: where people lack, where there are too many, week by week, and what it rests on."""

from __future__ import annotations

from datetime import date, timedelta
from math import isinf

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.sections.brief import days_named
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, table
from itsq_analysis.sections.staffing.plan import clock, day_name, days_listed, special_name, team_name
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.planning import Plan
from itsq_analysis.staffing.shortage import Occasion, Stretch, occasions, stretches, too_few, too_many

SINGLE = 3  # single days told one by one


def desk_answer(scene: Scene, plan: Plan, desk: Desk) -> list[str]:
    """The first thing to know about a desk, in one or two sentences."""
    last = day_name(scene, plan.weeks.last)
    if desk.hours["gap"].isna().all():
        needed = scene.number(float(desk.hours["needed"].sum()))
        return [scene.say("people_no_gap", team=team_name(scene, desk), needed=needed, last=last)]
    lacking = few_people(scene, desk)
    if not lacking:
        return [scene.say("people_enough", team=team_name(scene, desk), last=last)]
    return [lacking[0], _sum(scene, desk, last)]


def few_people(scene: Scene, desk: Desk) -> list[str]:
    """Where people lack: what repeats, the worst first; then single days, of them the special ones first."""
    marked = too_few(desk.hours)
    repeats = stretches(desk.hours, marked)
    single = occasions(desk.hours, marked, repeats)
    told = [_stretch(scene, desk, one) for one in repeats] + [_occasion(scene, desk, one) for one in single[:SINGLE]]
    more = len(single) - SINGLE
    return [*told, scene.say("people_occasions_more", n=more)] if more > 0 else told


def spare_people(scene: Scene, desk: Desk) -> list[str]:
    """Where there are more people than needed, the most person-hours first."""
    found = stretches(desk.hours, too_many(desk.hours, desk.lowest_occupancy))
    return [scene.say("people_spare", busy=f"{one.busy:.0%}", **_facts(scene, desk, one)) for one in found]


def _facts(scene: Scene, desk: Desk, one: Stretch) -> dict[str, str | int]:
    return {
        "team": team_name(scene, desk),
        "n": one.people,
        "weekday": scene.term(f"weekdays_{one.weekday}"),
        "hours": clock(one.start, one.end),
        "weeks": len(one.days),
        "of": one.of,
    }


def _stretch(scene: Scene, desk: Desk, one: Stretch) -> str:
    return scene.say("people_short", days=days_listed(scene, one.days), **_facts(scene, desk, one))


def _occasion(scene: Scene, desk: Desk, one: Occasion) -> str:
    name = special_name(scene, one.day)
    facts = {"team": team_name(scene, desk), "day": day_name(scene, one.day), "hours": clock(one.start, one.end)}
    return scene.say("people_occasion", n=one.people, why=scene.aside(name) if name else "", **facts)


def _sum(scene: Scene, desk: Desk, last: str) -> str:
    """How many hours lack people, and how many person-hours that is."""
    marked = too_few(desk.hours)
    known = desk.hours["gap"].notna()
    short = scene.number(float(desk.hours.loc[marked, "gap"].astype(float).sum()))
    facts = {"hours": scene.number(int(marked.sum())), "of": scene.number(int(known.sum()))}
    return scene.say("people_sum", team=team_name(scene, desk), last=last, short=short, **facts)


# tables --------------------------------------------------------------------------------------------------------------


def desk_table(scene: Scene, desk: Desk, weeks: list[tuple[date, date]]) -> Html:
    """One row per week: holidays by name, contacts, person-hours needed, rostered and short, and the largest gap."""
    keys = ("week", "holidays_and_days", "contacts_expected", "needed_hours", "rostered_hours", "short_hours", "most_short")
    rows = [_week(scene, desk, first, last) for first, last in weeks]
    return table({key: scene.term(key) for key in keys}, rows, numeric=set(keys[2:6]), caption=scene.term("people_weeks"))


def _week(scene: Scene, desk: Desk, first: date, last: date) -> dict[str, str]:
    rows = desk.hours[(desk.hours["ds"] >= pd.Timestamp(first)) & (desk.hours["ds"] < pd.Timestamp(last) + pd.Timedelta(days=1))]
    known = rows[rows["gap"].notna()]
    gaps = known["gap"].astype(float)
    return {
        "week": days_named(scene, first, last + timedelta(days=1)),
        "holidays_and_days": special_days_of(scene, first, last),
        "contacts_expected": scene.number(float(rows["expected"].sum())),
        "needed_hours": scene.number(float(rows["needed"].sum())),
        "rostered_hours": scene.number(float(known["rostered"].astype(float).sum())) if len(known) else formats.MISSING,
        "short_hours": scene.number(float(gaps.clip(lower=0).sum())) if len(known) else formats.MISSING,
        "most_short": _worst(scene, known),
    }


def _worst(scene: Scene, known: pd.DataFrame) -> str:
    """The hour with the largest gap: "2 people, Mon 9 Nov 09:00"; a dash where there is none."""
    gaps = known["gap"].astype(float)
    if not len(known) or gaps.max() <= 0:
        return formats.MISSING
    row = known.iloc[int(gaps.to_numpy().argmax())]
    when = row["ds"]
    facts = {"weekday": scene.term(f"weekday_{when.day_of_week}"), "day": day_name(scene, when.date()), "hour": f"{when:%H:%M}"}
    return scene.say("people_worst", n=scene.number(float(row["gap"]), 0 if float(row["gap"]).is_integer() else 1), **facts)


def special_days_of(scene: Scene, first: date, last: date) -> str:
    """The holidays and other special days of a week by name, with their days."""
    named: dict[str, list[str]] = {}
    for day in pd.date_range(first, last):
        name = special_name(scene, day.date())
        if name:
            named.setdefault(name, []).append(day_name(scene, day.date()))
    return scene.listed(f"{name}{scene.aside(scene.listed(days))}" for name, days in named.items()) or formats.MISSING


# what it rests on ----------------------------------------------------------------------------------------------------


def handling_note(scene: Scene, desk: Desk) -> list[str]:
    """Where the handling time comes from, what callers are promised, and whether anything was scaled."""
    target, handling = desk.target, desk.handling
    told = []
    if handling is not None:
        facts = {"seconds": scene.number(handling.seconds)}
        facts |= {"lower": scene.number(handling.lower), "upper": scene.number(handling.upper)}
        facts |= {"n": scene.number(handling.contacts), "weeks": str(handling.weeks)}
        told.append(scene.say(f"people_handling_{handling.source}", **facts))
    promise = {
        "share": formats.share(target.in_target),
        "seconds": f"{target.target_seconds:g}",
        "busy": formats.share(target.occupancy),
        "lost": formats.share(target.shrinkage),
        "patience": scene.number(target.patience),
    }
    told.append(scene.say("people_target_c" if isinf(target.patience) else "people_target_a", **promise))
    staffing = scene.workspace.settings.staffing.of(desk.team)
    if (staffing.demand, staffing.people) != (1.0, 1.0):
        told.append(scene.say("people_scaled", demand=f"{staffing.demand:g}", people=f"{staffing.people:g}"))
    return told
