"""The demo's planted shortages are found, the worst first, and told from what was known then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.pages.staffing.people import people
from itsq_analysis.staffing.planning import staffing_plan
from tests.page.made import told


@pytest.fixture(scope="module")
def now(demo: Path) -> ReportContext:
    workspace = open_workspace(demo)
    return ReportContext(workspace, workspace.period("2026-10"), "en", workspace.horizon)


@pytest.fixture(scope="module")
def section(now: ReportContext) -> Section:
    return people(now)


def test_the_planted_shortage_comes_first(section: Section, truth: dict[str, Any]) -> None:
    planted = truth["planted"]["roster"]
    short, spare = planted["short"][0], planted["too_many"][0]
    hours = short["hours"].replace("-", "–")
    assert section.answer.startswith(
        f"{planted['team']}: {short['people']} people too few on {short['weekday']}s {hours}, in 5 of 5 weeks"
    )
    friday = next(sentence for sentence in told(section) if "more than needed" in sentence)
    assert f"{spare['weekday']}s {spare['hours'].replace('-', '–')}" in friday


def test_the_team_that_slowed_down_is_the_one_at_risk(section: Section) -> None:
    assert "Business Applications: with 6 on duty there is a" in section.more


def test_the_first_day_after_a_holiday_is_named(demo: Path) -> None:
    workspace = open_workspace(demo)
    then = ReportContext(workspace, workspace.period("2026-08"), "en", workspace.moment("2026-09-27"))
    sentences = told(people(then))
    assert any("too few on 8 Oct (first working day after a break)" in one for one in sentences)
    holidays = next(one for one in sentences if one.startswith("Holidays in these weeks:"))
    assert "National Day" in holidays


def test_the_frame_for_analysts(demo: Path, now: ReportContext, truth: dict[str, Any]) -> None:
    """Its Mondays lack what was planted in each of the five weeks in the roster, from 09:00 to 11:00 and in no hour beside it."""
    short = truth["planted"]["roster"]["short"][0]
    workspace = open_workspace(demo)
    found = workspace.staffing(weeks=6)
    assert list(found.columns) == ["team", "ds", "expected", "needed", "rostered", "gap", "busy", "holiday", "special"]
    assert set(found["team"]) == {"Service Desk"}
    assert found["ds"].is_monotonic_increasing
    mondays = found[found["ds"].dt.day_name() == short["weekday"]].assign(hour=found["ds"].dt.hour)
    gaps = {hour: rows["gap"].tolist() for hour, rows in mondays.groupby("hour")}
    first, end = (int(time[:2]) for time in short["hours"].split("-"))
    assert [gaps[hour] for hour in range(first - 1, end + 1)] == [
        [0.0] * 5,
        *[[float(short["people"])] * 5] * (end - first),
        [0.0] * 5,
    ]
    assert found.equals(staffing_plan(now.scope).hours)
