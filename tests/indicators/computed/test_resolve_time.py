"""The Kaplan–Meier median: small curves by hand, the uncensored case, and statsmodels as a second opinion."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from itsq_analysis.indicators.computed.resolve_time import median_survival
from tests.indicators.scopes import computed, one
from tests.tables import Row, tables


def incident(start: str, end: str | None, **values: object) -> Row:
    return {"opened_at": f"2026-10-{start}", "resolved_at": end and f"2026-10-{end}", "state": "closed" if end else "new"} | values


def test_open_incidents_hold_the_curve_up() -> None:
    """1 h ended, 2 h censored, 3 h ended, 5 h ended: survival 3/4, 3/8 (of three at risk one is censored at 2 h)."""
    median, _, _ = median_survival([1, 2, 3, 5], [True, False, True, True])
    assert median == 3


def test_the_middle_of_a_stretch_at_one_half() -> None:
    assert median_survival([1, 2, 6, 9], [True, True, True, False])[0] == 4


def test_a_curve_that_stays_above_one_half_has_no_median() -> None:
    assert isnan(median_survival([1, 2, 3, 4, 5], [True, True, False, False, False])[0])


def test_an_incident_at_risk_on_the_very_moment_of_censoring() -> None:
    """Ended and censored at 2 h: the censored one was still at risk when the other ended."""
    assert median_survival([2, 2, 4], [True, False, True])[0] == 4


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_without_censoring_it_is_the_median(hours: list[int]) -> None:
    assert median_survival(hours, [True] * len(hours))[0] == pytest.approx(np.median(hours))


@pytest.mark.parametrize("seed", range(5))
def test_same_as_statsmodels(seed: int) -> None:
    random = np.random.default_rng(seed)
    true, censored = random.exponential(10, 80), random.uniform(2, 30, 80)
    hours, ended = np.minimum(true, censored), true <= censored
    median, lower, upper = median_survival(hours, ended)
    reference = SurvfuncRight(hours, ended.astype(int))
    assert median == pytest.approx(reference.quantile(0.5), rel=1e-6)
    assert (lower, upper) == pytest.approx(reference.quantile_ci(0.5, method="cloglog"), rel=1e-6)


def test_incidents_opened_in_the_period() -> None:
    data = tables(
        incidents=[
            incident("05 09:00", "05 10:00"),
            incident("05 09:00", "05 12:00"),
            incident("05 09:00", None),  # open for 39 hours at as_of
            incident("05 09:00", "05 09:30", state="canceled"),
            incident("05 09:00", None, state="closed", closed_at="2026-10-05 14:00"),  # ended, resolved nobody knows when
            {"opened_at": "2026-09-30 23:00", "resolved_at": "2026-10-05 10:00", "state": "closed"},
        ]
    )
    row = one("resolve_time_km_median", data, "2026-10", "2026-10-07")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (4, 3, 4, 4)  # 1, 3, 5 and more than 39 hours
    assert row["reason"] == "no_resolution_time=1"


def test_what_happens_later_is_not_known() -> None:
    data = tables(incidents=[incident("05 09:00", "05 10:00"), incident("05 09:00", "20 10:00"), incident("05 09:00", "21 10:00")])
    row = one("resolve_time_km_median", data, "2026-10", "2026-10-06")
    assert isnan(row["value"])
    assert (row["numerator"], row["n"], row["reason"]) == (1, 3, "median_not_reached")


def test_each_group_has_its_own_curve() -> None:
    data = tables(
        incidents=[
            incident("05 09:00", f"05 {hour}:00", assignment_group=group) for hour, group in ((10, "A"), (12, "B"), (13, None))
        ]
    )
    frame = computed("resolve_time_km_median", data, "2026-10", "group")
    assert list(zip(frame.member, frame.value, strict=True)) == [("A", 1), ("B", 3), (None, 4)]
