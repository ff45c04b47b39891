"""What has changed, over everything that is looked at together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from itsq_analysis.indicators.shifts import cause_of, shift_findings, shifts
from tests.page.courses import NO_HOLIDAYS, of_months
from tests.page.made import RULES, context

HEADLINE = '[report]\nheadline = ["incidents_opened", "sla_resolution_met", "reopen_rate", "resolve_time_median"]\n'


def test_a_headline_that_jumps_is_changed() -> None:
    rows = of_months([200] * 13, [10] * 12 + [60], reopen_count=0)
    made = context(NO_HOLIDAYS + RULES + HEADLINE, incidents=rows)
    shift = shifts(made.scope, None).of(made.cube.value("sla_resolution_met"))
    assert shift is not None
    assert (shift.value.indicator, shift.process.direction, shift.process.since) == ("sla_resolution_met", "down", "2026-10")
    assert {one.value.dimension for one in shifts(made.scope, None).values} == {None, "priority"}  # all of them are P3
    finding, _ = shift_findings(made.scope, None)
    assert (finding.sentence.id, finding.cause, finding.change) == ("finding_down", "attainment", True)
    assert finding.sentence.facts["before"].value == pytest.approx(0.95)
    assert finding.size == pytest.approx((0.95 - 0.7) * 200)


def test_organisations_in_which_nothing_changes_have_no_change() -> None:
    """Fifteen of them, four headline indicators, months that differ by more than the chance of single cases."""
    generator = np.random.default_rng(20261031)
    told = 0
    for _ in range(15):
        sizes = generator.poisson(90 * generator.normal(1, 0.05, 19).clip(0.5))
        late = generator.binomial(sizes, generator.normal(0.08, 0.01, 19).clip(0.01))
        rows = of_months([int(size) for size in sizes], [int(one) for one in late], reopen_count=0)
        changed = shifts(context(NO_HOLIDAYS + RULES + HEADLINE, incidents=rows).scope, None)
        told += bool(changed.values or changed.trends)
    assert told <= 1


@dataclass(frozen=True)
class Counted:
    opened: float
    expected: float
    chance: float


def test_a_volume_that_the_calendar_does_not_explain_is_a_change() -> None:
    made = context(NO_HOLIDAYS + RULES + HEADLINE, incidents=of_months([200, 190] * 6 + [600], reopen_count=0))
    (finding,) = [one for one in shift_findings(made.scope, Counted(600, 200, 1e-6)) if one.cause == "incidents_opened"]
    assert (finding.sentence.id, finding.size, finding.section) == ("finding_more", 200.0, "demand")
    assert shifts(made.scope, Counted(600, 200, 0.5)).volume is None


def test_attainment_is_one_cause_whichever_way_it_is_cut_but_for_p1_and_p2() -> None:
    made = context(RULES, incidents=of_months([40], priority=1, assignment_group="Desk"))
    cells = made.cube
    values = [cells.value("sla_resolution_met"), *(cells.values("sla_resolution_met", by)[0] for by in ("group", "priority"))]
    assert [cause_of(made.scope, value) for value in values] == ["attainment", "attainment", "urgent"]
    assert cause_of(made.scope, cells.value("reopen_rate", "group", "Desk")) == "reopen_rate:group:Desk"
