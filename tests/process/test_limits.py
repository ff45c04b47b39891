"""Process limits: by hand, against the oracle, and their properties."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.process import limits_of
from tests.process import naive


def test_individuals_by_hand() -> None:
    """10, 12, 11, 13: mean 11.5, moving ranges 2, 1, 2, mean 5/3, reach 3 / 1.128 × 5/3 = 4.43."""
    found = limits_of("individuals", [10, 12, 11, 13])
    assert (found.centre, found.periods) == (11.5, 4)
    assert (round(found.lower, 2), round(found.upper, 2)) == (7.07, 15.93)
    assert found.upper - found.centre == pytest.approx(2.66 * 5 / 3, rel=1e-3)


def test_a_proportion_knows_its_n() -> None:
    """Steady one half: binomial limits, 0.5 ± 3 × 0.5 / √n."""
    half = {n: limits_of("proportion", [0.5] * 12, n=[400] * 12, now=n) for n in (25, 100, 900)}
    assert {n: (round(one.lower, 3), round(one.upper, 3)) for n, one in half.items()} == {
        25: (0.2, 0.8),
        100: (0.35, 0.65),
        900: (0.45, 0.55),
    }
    assert half[25].widened == 1.0


def test_the_centre_of_a_proportion_is_that_of_all_cases() -> None:
    """10 of 10 and 0 of 90: 10 %, not the mean of 100 % and 0 %."""
    assert limits_of("proportion", [1.0, 0.0], n=[10, 90], now=50).centre == pytest.approx(0.1)


def test_periods_that_spread_more_than_their_n_widen_the_limits() -> None:
    """45 % and 55 % of 10,000 in turn: binomial sigma 0.005, moving range 20 sigmas, factor 20 / 1.128."""
    found = limits_of("proportion", [0.45, 0.55] * 6, n=[10_000] * 12, now=10_000)
    assert found.widened == pytest.approx(20 / 1.128)
    assert found.upper == pytest.approx(0.5 + 3 * 20 / 1.128 * 0.005)


def test_a_rate_by_hand() -> None:
    """4 a day over 25 days: sigma √(4 / 25) = 0.4 at 25 days, 0.2 at 100."""
    found = [limits_of("rate", [4.0] * 12, n=[25] * 12, now=days) for days in (25, 100)]
    assert [(round(one.lower, 6), round(one.upper, 6)) for one in found] == [(2.8, 5.2), (3.4, 4.6)]


def test_a_stock_that_drifts_has_wider_limits_than_its_steps() -> None:
    """1, 2, … 12: steps of 1 would give 6.5 ± 2.66; its standard deviation is 3.6."""
    drifting = [float(value) for value in range(1, 13)]
    assert limits_of("individuals", drifting).upper == pytest.approx(6.5 + 3 / 1.128)
    assert limits_of("stock", drifting).upper == pytest.approx(6.5 + 3 * np.std(drifting, ddof=1))


def test_a_skewed_share_is_judged_by_the_root_of_what_is_lost() -> None:
    """Lost 0.01 and 0.04 in turn: roots 0.1 and 0.2, mean 0.15, reach 0.266: upper root 0.416 of what is lost."""
    found = limits_of("skewed", [0.99, 0.96] * 6, floor=0.0, ceiling=1.0)
    assert found.centre == pytest.approx(1 - 0.15**2)
    assert found.lower == pytest.approx(1 - (0.15 + 0.3 / 1.128) ** 2)
    assert found.upper == 1.0


def test_a_skewed_duration_has_no_ceiling() -> None:
    found = limits_of("skewed", [1.0, 4.0] * 6, floor=0.0)
    assert (found.lower, found.centre) == (0.0, 2.25)
    assert found.upper == pytest.approx((1.5 + 3 / 1.128) ** 2)


def test_limits_never_leave_what_is_possible() -> None:
    assert limits_of("proportion", [0.99, 0.97] * 6, n=[20] * 12, now=5).upper == 1.0
    assert limits_of("rate", [0.1, 0.0] * 6, n=[10] * 12, now=10).lower == 0.0
    assert limits_of("individuals", [1, 9] * 6, floor=0.0).lower == 0.0
    assert limits_of("individuals", [1, 9] * 6, ceiling=10.0).upper == 10.0


def test_never_and_always_leave_no_width() -> None:
    assert limits_of("proportion", [0.0] * 12, n=[50] * 12, now=50).upper == 0.0
    assert limits_of("proportion", [1.0] * 12, n=[50] * 12, now=50).lower == 1.0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"kind": "individuals", "values": [1.0]}, "two or more known values"),
        ({"kind": "individuals", "values": [1.0, nan]}, "two or more known values"),
        ({"kind": "proportion", "values": [0.5, 0.5]}, "must be given n"),
        ({"kind": "rate", "values": [1.0, 1.0], "n": [0, 5], "now": 5}, "n must be positive"),
        ({"kind": "rate", "values": [1.0, 1.0], "n": [5, 5]}, "n must be positive"),
    ],
)
def test_what_cannot_have_limits_is_refused(arguments: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        limits_of(**arguments)


numbers = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24)


@settings(deadline=None, derandomize=True)
@given(values=numbers)
def test_individuals_against_the_oracle(values: list[float]) -> None:
    found = limits_of("individuals", values)
    assert (found.centre, found.lower, found.upper) == pytest.approx(naive.individuals(values), rel=1e-9, abs=1e-6)


samples = st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=2, max_size=24)


@settings(deadline=None, derandomize=True)
@given(parts=samples, now=st.integers(1, 500))
def test_proportions_against_the_oracle(parts: list[tuple[int, float]], now: int) -> None:
    sizes = [size for size, _ in parts]
    hits = [round(size * share) for size, share in parts]
    found = limits_of("proportion", [hit / size for hit, size in zip(hits, sizes, strict=True)], n=sizes, now=now)
    assert (found.centre, found.lower, found.upper) == pytest.approx(naive.proportions(hits, sizes, now), abs=1e-9)


@settings(deadline=None, derandomize=True)
@given(parts=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 31)), min_size=2, max_size=24), now=st.integers(1, 31))
def test_rates_against_the_oracle(parts: list[tuple[int, int]], now: int) -> None:
    counts, days = [count for count, _ in parts], [day for _, day in parts]
    found = limits_of("rate", [count / day for count, day in parts], n=days, now=now)
    assert (found.centre, found.lower, found.upper) == pytest.approx(naive.rates(counts, days, now), rel=1e-9, abs=1e-9)


@settings(deadline=None, derandomize=True)
@given(parts=samples, now=st.integers(1, 400))
def test_more_cases_never_widen_the_limits(parts: list[tuple[int, float]], now: int) -> None:
    sizes = [size for size, _ in parts]
    shares = [round(size * share) / size for size, share in parts]
    few, many = (limits_of("proportion", shares, n=sizes, now=size) for size in (now, now + 1))
    assert many.upper - many.lower <= few.upper - few.lower + 1e-12
    assert few.lower <= few.centre <= few.upper < inf
