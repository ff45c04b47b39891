"""Runs on one side of the centre."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.process import RUN, run_of
from tests.process import naive


def test_seven_in_a_row_are_told_and_six_are_not() -> None:
    six, seven = run_of([1, *[3] * 6], centre=2), run_of([1, *[3] * 7], centre=2)
    assert (six.length, six.side, six.signal) == (6, "up", False)
    assert (seven.length, seven.side, seven.chance, seven.signal) == (RUN, "up", 2 * 0.5**7, True)


def test_the_other_side_counts_too() -> None:
    assert run_of([3, *[1] * 8], centre=2).side == "down"


def test_a_value_on_the_centre_ends_a_run() -> None:
    assert run_of([3, 3, 3, 3, 2, 3, 3], centre=2).length == 2
    assert run_of([3, 3, 2], centre=2) == run_of([], centre=2)


def test_months_without_rare_events_are_no_run() -> None:
    """One event in 24 periods: a period without one has a chance of 96 %, seven of them 75 %."""
    values = [0.0] * 10 + [1.0] + [0.0] * 13
    found = run_of(values, centre=1 / 24, kind="rate", n=[1.0] * 24)
    assert (found.length, found.side, found.signal) == (13, "down", False)


def test_events_in_seven_periods_in_a_row_where_few_had_any_are_a_run() -> None:
    """A mean of 0.5 a period: a period with one has a chance of 39 %."""
    assert run_of([0.0] * 7 + [1.0] * 7, centre=0.5, kind="rate", n=[1.0] * 14).signal


def test_a_share_of_many_cases_halves_its_centre_nearly() -> None:
    found = run_of([0.9] + [0.96] * 7, centre=0.95, kind="proportion", n=[1700] * 8)
    assert found.signal
    assert found.chance == pytest.approx(2 * 0.5**7, rel=0.3)


def test_a_share_of_few_cases_does_not() -> None:
    """Of 5 cases at 95 % all are in time in 77 % of periods: seven such periods are no run."""
    found = run_of([0.8] + [1.0] * 7, centre=0.95, kind="proportion", n=[5] * 8)
    assert (found.length, found.signal) == (7, False)
    assert found.chance == pytest.approx(2 * (0.95**5) ** 7)


@settings(deadline=None, derandomize=True)
@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=30))
def test_against_the_oracle(values: list[int]) -> None:
    assert run_of(values, centre=0).length == naive.run(values, 0)
