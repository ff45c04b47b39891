"""The late incidents of a report: those of its period, and those that are open as of its moment."""

from __future__ import annotations

from datetime import date

import pytest

from itsq_analysis import quality_report
from itsq_analysis.anomaly.late_onset import late_onset
from itsq_analysis.facts import Scope
from itsq_analysis.facts.sentence import Day, Measure
from itsq_analysis.forecasting.inflow import inflow
from itsq_analysis.indicators.late import hours_by_kind, late_hours, late_incidents
from itsq_analysis.indicators.late.findings import late_findings
from tests.page.made import RULES, context, incidents
from tests.tables import Row

OFFICE = """
[organisation]
holidays = ""
[[sla]]
priority = [1, 3]
calendar = "5x8"
resolution = "8h"
"""
OPEN: list[Row] = [
    {"number": "late", "opened_at": "2026-10-29 09:00", "priority": 3, "sla_due_at": "2026-10-29 18:00"},
    {"number": "soon", "opened_at": "2026-10-30 16:00", "priority": 3, "sla_due_at": "2026-11-02 16:00"},
    {
        **{"number": "resolved since", "opened_at": "2026-10-29 09:00", "priority": 3, "sla_due_at": "2026-10-29 18:00"},
        **{"resolved_at": "2026-11-02 12:00", "ended_at": "2026-11-02 12:00", "sla_resolution_met": False},
    },
]


def numbers(scope: Scope) -> dict[str, list[str]]:
    return {name: [incident.number for incident in late_incidents(scope, name)] for name in ("late", "open", "soon")}


def test_open_ones_are_as_of_the_moment_of_the_data() -> None:
    """What was open at the end of October and was resolved since is not listed as open, and is no late one of October."""
    assert numbers(context(OFFICE, incidents=OPEN, as_of="2026-11-01").scope) == {
        "late": [],
        "open": ["late", "resolved since"],
        "soon": ["soon"],
    }
    assert numbers(context(OFFICE, incidents=OPEN, as_of="2026-11-02 15:00").scope) == {
        "late": [],
        "open": ["late"],
        "soon": ["soon"],
    }
    assert numbers(context(OFFICE, incidents=OPEN, as_of="2026-11-20").scope) == {"late": [], "open": ["late", "soon"], "soon": []}
    november = context(OFFICE, incidents=OPEN, as_of="2026-12-01", period="2026-11")
    assert numbers(november.scope)["late"] == ["resolved since"]


def test_hours_are_those_of_the_groups_that_held_them() -> None:
    log = [
        {"number": "A", "seq": place, "at": f"2026-10-0{at}", "state": state, "hold_reason": reason, "assignment_group": "Desk"}
        for place, (at, state, reason) in enumerate(
            [
                ("5 09:00", "new", None),
                ("5 12:00", "in_progress", None),
                ("6 09:00", "on_hold", "caller"),
                ("6 15:00", "in_progress", None),
            ]
        )
    ]
    late = {"opened_at": "2026-10-05 09:00", "resolved_at": "2026-10-07 12:00", "priority": 3, "sla_resolution_met": False}
    rows = [{"number": name, "assignment_group": group} | late for name, group in (("A", "Desk"), ("B", None), ("C", "Desk"))]
    scope = context(OFFICE, incidents=rows, state_log=log).scope
    desk, unknown = late_hours(scope)
    assert (desk.group, desk.hours, desk.logged, desk.most, unknown.group, unknown.hours) == ("Desk", 38, 1, "worked", None, 19)
    assert {kind: hours for kind, hours in desk.spent.items() if hours} == {"unassigned": 3, "worked": 11, "waiting_user": 5}
    assert hours_by_kind(scope)["value"].tolist() == [3, 11, 5]


def test_without_rules_nothing_is_said_of_urgent_incidents() -> None:
    """Priorities alone tell nothing of time."""
    scope = context(incidents=incidents(20, priority=2, sla_resolution_met=None)).scope
    assert list(late_findings(scope, None, None)) == []


def test_urgent_incidents_that_are_almost_never_in_time_are_counted() -> None:
    scope = context(RULES, incidents=incidents(20, priority=2, late=18)).scope
    [finding] = late_findings(scope, None, None)
    assert (finding.cause, finding.size) == ("urgent", 18 * 5)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_beside_an_onset_stand_the_values_since_it_and_before_it(demo, language) -> None:
    """Business Applications in October: 30 of 34 until the 11th, 60 of 102 from the 12th on; not the month's 66.2 %."""
    found = quality_report(demo, period="2026-10", language=language).context
    volume = inflow(found.scope)
    onset = late_onset(found.scope, volume)
    assert onset
    [finding] = [one for one in late_findings(found.scope, volume, onset) if one.cause == "attainment"]
    where = finding.sentence.facts["second"]
    since, before = where.facts["value"], where.facts["before"]
    assert isinstance(since, Measure)
    assert (since.value.numerator, since.value.denominator) == (60, 102)
    assert (before.value.numerator, before.value.denominator) == (30, 34)
    assert where.facts["day"] == Day(date(2026, 10, 12))
    assert "58.8%" in found.brief.sentence(where)
    assert finding.sentence.shorter is not None
