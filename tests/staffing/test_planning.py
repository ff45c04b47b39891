"""The plan as a fact: kept on disk and read back it is the same, and it holds numbers and teams only."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from itertools import pairwise

import pandas as pd

from itsq_analysis.facts.codec import decode, encode
from itsq_analysis.staffing.balance import balances
from itsq_analysis.staffing.planning import Plan, staffing_plan
from tests.pages.staffing.organisation import contacts, context, roster


def test_a_plan_read_back_is_the_same() -> None:
    rows = [*roster({0: 3}), *roster({}, 1, team="Servers", first=date(2026, 7, 6))]
    plan = staffing_plan(context(contacts=contacts(), roster=rows).scope)
    content = encode(plan)
    kept: Plan = decode(content)
    frames = [
        (plan.hours, kept.hours),
        *((before.chances, after.chances) for before, after in zip(plan.teams, kept.teams, strict=True)),
    ]
    for before, after in frames:
        assert len(before) > 0
        pd.testing.assert_frame_equal(before, after, rtol=0, atol=0)
    plain = {field.name for field in fields(Plan)} - {"desks", "teams"}
    assert {name: getattr(kept, name) for name in plain} == {name: getattr(plan, name) for name in plain}
    assert (kept.desks[0].handling, kept.desks[0].target) == (plan.desks[0].handling, plan.desks[0].target)
    assert b"Servers 2026" not in content  # a ticket's number


def test_a_scope_has_one_plan_whatever_asks_for_it() -> None:
    scope = context(contacts=contacts(), roster=roster({0: 3})).scope
    (desk,) = balances(scope)
    assert desk.desk is staffing_plan(scope).desks[0]
    assert (desk.hours, desk.hours_short, desk.person_hours_short) == (90, 18, 36.0)
    assert [(week.first, week.last) for week in desk.weeks] == list(staffing_plan(scope).calendar_weeks)
    assert all((after.first - before.last).days == 1 for before, after in pairwise(desk.weeks))
    assert desk.lowest == (0, 9, -2.0)


def test_holidays_have_names_in_both_languages() -> None:
    toml = '[organisation]\nname = "A"\n[[calendar]]\nid = "5x8"\nhours = "Mon-Fri 09:00-18:00"\nholidays = "CN"\n'
    plan = staffing_plan(context(toml, as_of="2026-09-28 00:00", contacts=contacts()).scope)
    national = plan.special[date(2026, 10, 1)]
    assert (national.kind, national.names) == ("holiday", {"en": "National Day", "zh": "国庆节"})
    assert [plan.special[day].kind for day in (date(2026, 10, 8), date(2026, 10, 10))] == ["after", "adjusted"]
