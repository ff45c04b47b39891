"""The period beside others: the one before, a year ago, the year so far, and Spring Festival by its own date."""

from __future__ import annotations

from datetime import date

import pytest

from itsq_analysis.indicators.comparisons import compared, festival_day, spring_festival
from tests.page.courses import NO_HOLIDAYS, of_months, with_rates
from tests.page.made import RULES, context

SLA = "sla_resolution_met"


def test_a5_differences_are_those_of_the_value_after_exemptions() -> None:
    """100 a month, 10 late until September; of October's 15 late ones five are exempted: 85 of 95."""
    rows = [row | {"number": f"INC{place}"} for place, row in enumerate(of_months([100] * 25, [10] * 24 + [15]))]
    approval = {"approved_by": "Board", "approved_on": date(2026, 11, 2), "reason": "agreed"}
    exemptions = [{"ticket": f"INC{2400 + place}", "indicator": SLA} | approval for place in range(5)]
    made = context(NO_HOLIDAYS + RULES, incidents=rows, exemptions=exemptions)
    before, last_year, year = compared(made.scope, SLA)
    assert (before.when, before.now, before.then) == ("previous", pytest.approx(85 / 95), pytest.approx(0.9))
    assert (last_year.when, last_year.difference) == ("last_year", pytest.approx(85 / 95 - 0.9))
    assert (year.when, year.now) == ("year_to_date", pytest.approx((9 * 90 + 85) / (9 * 100 + 95)))


def test_volumes_are_compared_per_day_and_as_a_ratio() -> None:
    before, last_year = compared(with_rates([4.0] + [5.0] * 11 + [6.0]).scope, "incidents_opened")[:2]
    assert (before.now, before.then, before.how) == (6.0, 5.0, "ratio")
    assert (last_year.then, last_year.difference) == (4.0, pytest.approx(0.5))


def test_what_is_not_over_is_compared_with_nothing() -> None:
    assert compared(with_rates([5.0] * 13, as_of="2026-10-20").scope, "incidents_opened") == ()


def test_the_comparisons_of_all_headline_indicators_are_one_pass() -> None:
    toml = NO_HOLIDAYS + RULES + '[report]\nheadline = ["incidents_opened", "sla_resolution_met", "resolve_time_median"]\n'
    made = context(toml, incidents=of_months([20] * 25))
    made.cube.want(["incidents_opened", SLA, "resolve_time_median"])
    compared(made.scope, "incidents_opened")
    passes = made.cube.passes
    assert compared(made.scope, SLA)[-1].when == "year_to_date"
    compared(made.scope, "resolve_time_median")
    assert made.cube.passes == passes


def test_spring_festival_concerns_the_months_that_hold_it_in_either_year() -> None:
    """29 January 2025, 17 February 2026, 6 February 2027."""
    concerned = {}
    for label in ("2025-12", "2026-01", "2026-02", "2026-03", "2027-01", "2027-02"):
        found = spring_festival(context(period=label, as_of="2027-06-01").scope)
        concerned[label] = found and (found.window.label, found.last_window.label)
    around = "2026-02-10..2026-03-02", "2025-01-22..2025-02-11"
    assert concerned == {
        "2025-12": None,
        "2026-01": around,
        "2026-02": around,
        "2026-03": None,
        "2027-01": None,
        "2027-02": ("2027-01-30..2027-02-19", "2026-02-10..2026-03-02"),
    }


def test_where_it_is_no_holiday_nothing_is_aligned() -> None:
    assert festival_day("BR", 2026) is None
    assert festival_day("", 2026) is None
    assert spring_festival(context(NO_HOLIDAYS, period="2026-02").scope) is None
    assert spring_festival(context(period="2026-Q1").scope) is None
