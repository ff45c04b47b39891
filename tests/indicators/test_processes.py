"""Processes of a report's values: by which days they are judged, and what is compared with nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from itsq_analysis.indicators.processes import exposure, per_day, process, usual_level, usual_range
from itsq_analysis.page.context import ReportContext
from itsq_analysis.process import Process
from tests.page.courses import NO_HOLIDAYS, months, of_months, with_rates
from tests.page.made import RULES, SHANGHAI, agreed, context, incidents


def judged(made: ReportContext, indicator: str, by: str | None = None, member: str | None = None) -> Process:
    return process(made.scope, made.cube.value(indicator, by, member))


def test_volumes_are_judged_per_working_day() -> None:
    """Five a weekday in every month: no month of fewer days is one of less work."""
    found = judged(with_rates([5.0] * 13), "incidents_opened")
    assert (found.centre, found.signal, found.periods) == (5.0, False, 12)
    assert judged(with_rates([5.0] * 12 + [8.0]), "incidents_opened").direction == "up"


def test_a_target_of_a_count_is_one_per_period() -> None:
    """At most 8 failed changes a month; 2 a month are usual, 0 to 7: kept."""
    toml = NO_HOLIDAYS + agreed("failed_changes", "8")
    rows = []
    for month in months(14):
        closed = datetime.combine(month.start, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
        rows += [
            {"number": f"{month.label} {place}", "opened_at": closed, "closed_at": closed, "outcome": "unsuccessful"}
            for place in (1, 2)
        ]
    found = judged(context(toml, changes=rows), "failed_changes")
    assert (found.word, found.periods) == ("keeps", 13)


def test_members_have_processes_of_their_own() -> None:
    rows = [*of_months([50] * 13, [5] * 13, priority=2), *[row | {"number": f"x{row['number']}"} for row in of_months([50] * 13)]]
    found = context(NO_HOLIDAYS + RULES, incidents=rows)
    assert judged(found, "sla_resolution_met", "priority", "2").centre == pytest.approx(0.9)
    assert judged(found, "sla_resolution_met").centre == pytest.approx(0.95)


def test_what_was_not_over_or_is_thin_is_compared_with_nothing() -> None:
    assert judged(with_rates([5.0] * 13, as_of="2026-10-20"), "incidents_opened").reason == "period_incomplete"
    assert judged(with_rates([5.0] * 13 + [0.5]), "incidents_opened").reason == "thin"
    assert judged(with_rates([5.0] * 12), "incidents_opened").reason == "few_periods"


def test_around_the_clock_days_are_days() -> None:
    always = '[[service]]\nservice = "ERP"\ncalendar = "7x24"\n[[service]]\nservice = "CRM"\ncalendar = "5x8"\n'
    rows = incidents(5, service="ERP")
    opened = "incidents_opened"
    kinds = {only: exposure(context(always, incidents=rows, only=only).scope, opened) for only in ((), ("ERP",), ("ERP", "CRM"))}
    assert kinds == {(): "working", ("ERP",): "calendar", ("ERP", "CRM"): "working"}
    assert exposure(context('[[calendar]]\nid = "always"\nhours = "7x24"\n').scope, opened) == "calendar"
    scope = context().scope
    assert exposure(scope, "failed_changes") == "calendar"
    assert (per_day(scope, "failed_changes"), per_day(scope, "csat")) == (None, None)


def test_levels_and_ranges_are_told_in_the_value_s_own_unit() -> None:
    """One or two major incidents a month: 0 to 6 are usual, 1.5 the level; volumes come per day, 5 of 22 days are 110 a month."""
    events = context(NO_HOLIDAYS, incidents=of_months([1, 2] * 6 + [1], major=True))
    majors = events.cube.value("major_incidents")
    assert usual_range(events.scope, majors) == (0.0, 6.0)
    assert usual_level(events.scope, majors) == pytest.approx(1.5, abs=0.05)
    steady = with_rates([5.0] * 13)
    opened = steady.cube.value("incidents_opened")
    low, high = usual_range(steady.scope, opened)
    assert low < 5.0 < high < 10
    assert usual_level(steady.scope, opened) == opened.value
