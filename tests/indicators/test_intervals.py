"""Intervals against published numbers, scipy and statsmodels, and their promise: 95 % and what is left of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from itsq_analysis.indicators import intervals

SIZES = np.arange(0, 400)


def test_wilson_published() -> None:
    """Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3."""
    lower, upper = intervals.wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert lower.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert upper.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_wilson_like_statsmodels() -> None:
    n = np.arange(1, 200)
    for k in (np.zeros_like(n), n // 3, n):
        lower, upper = intervals.wilson(k, n)
        expected = proportion_confint(k, n, method="wilson")
        np.testing.assert_allclose(lower, expected[0], atol=1e-12)
        np.testing.assert_allclose(upper, expected[1], atol=1e-12)


def test_poisson_published() -> None:
    """Garwood (1936): 95 % limits of 0, 1, 5 and 20 seen events."""
    lower, upper = intervals.poisson([0, 1, 5, 20])
    assert lower.round(3).tolist() == [0.0, 0.025, 1.623, 12.217]
    assert upper.round(3).tolist() == [3.689, 5.572, 11.668, 30.888]


def test_poisson_like_statsmodels() -> None:
    seen = np.arange(1, 2000)
    expected = confint_poisson(seen, 1, method="exact-c")
    np.testing.assert_allclose(np.array(intervals.poisson(seen)), np.array(expected))


def test_student_like_scipy() -> None:
    sample = np.array([1.0, 4.0, 2.5, 7.0, 3.0])
    lower, upper = intervals.student([5], [sample.sum()], [(sample**2).sum()])
    expected = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    assert (lower[0], upper[0]) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_student_needs_two() -> None:
    lower, upper = intervals.student([0, 1], [0, 5], [0, 25])
    assert np.isnan([*lower, *upper]).all()


def test_student_of_equal_values_has_no_width() -> None:
    lower, upper = intervals.student([7], [7 * 86399], [7 * 86399**2])
    assert (lower[0], upper[0]) == (86399, 86399)


@pytest.mark.parametrize("q", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_order_ranks_by_definition(q: float) -> None:
    """P(fewer than the lower rank lie below the quantile) ≤ 2.5 %, and no larger lower rank would do; the upper one likewise."""
    lower, upper = intervals.order_ranks(SIZES, q)
    tail = intervals.TAIL + 1e-12
    for n, low, high in zip(SIZES, lower, upper, strict=True):
        below = stats.binom.cdf(np.arange(-1, n + 1), n, q)  # below[k] = P(X < k)
        assert low == max((k for k in range(1, n + 1) if below[k] <= tail), default=0)
        assert high == min((k for k in range(1, n + 1) if 1 - below[k] <= tail), default=0)


def test_order_ranks_of_the_sign_test() -> None:
    """The median of 6, 10 and 20 values, as every table of the sign test has it; of 5 values there is no 95 % interval."""
    lower, upper = intervals.order_ranks([[6, 10], [20, 5]], 0.5)
    assert (lower.tolist(), upper.tolist()) == ([[1, 2], [6, 0]], [[6, 9], [15, 0]])


def test_gamma_of_equal_weights_is_poisson() -> None:
    seen = np.arange(1, 50)
    found = intervals.gamma(3.0 * seen, 9.0 * seen, np.full(49, 3.0))
    np.testing.assert_allclose(np.array(found), 3 * np.array(intervals.poisson(seen)))


def test_gamma_by_definition() -> None:
    """The formulas of Fay & Feuer (1997), written with chi-square quantiles as they write them."""
    weights = np.array([0.5, 2.0, 3.5])
    y, v, w = weights.sum(), (weights**2).sum(), weights.max()
    lower, upper = intervals.gamma([y], [v], [w])
    assert lower[0] == pytest.approx(v / (2 * y) * stats.chi2.ppf(0.025, 2 * y**2 / v))
    above = (v + w**2) / (2 * (y + w)) * stats.chi2.ppf(0.975, 2 * (y + w) ** 2 / (v + w**2))
    assert upper[0] == pytest.approx(above)


def test_gamma_of_nothing_has_no_upper_limit() -> None:
    lower, upper = intervals.gamma([0.0], [0.0], [0.0])
    assert (lower[0], np.isnan(upper[0])) == (0.0, True)


def test_difference_from_nothing_is_the_number_itself() -> None:
    nothing = (np.zeros(1), np.zeros(1))
    lower, upper = intervals.difference([4.0], intervals.poisson([4]), [0.0], nothing)
    assert (lower[0], upper[0]) == (pytest.approx(intervals.poisson(4)[0]), pytest.approx(intervals.poisson(4)[1]))


def test_difference_covers() -> None:
    """Of two Poisson numbers with means 40 and 25, at least 94 % of the intervals hold 15."""
    random = np.random.default_rng(1)
    first, second = random.poisson(40, 20_000), random.poisson(25, 20_000)
    lower, upper = intervals.difference(first, intervals.poisson(first), second, intervals.poisson(second))
    assert ((lower <= 15) & (upper >= 15)).mean() >= 0.94


@pytest.mark.parametrize(("n", "tries"), [(10, 8000), (20, 8000), (100, 4000), (1000, 2000), (10_000, 500)])
def test_quotient_covers(n: int, tries: int) -> None:
    """Of rows of 20 to 200 whose share varies around 30 %, 93 to 97 % of the intervals hold it."""
    random = np.random.default_rng(3)
    held = []
    for _ in range(tries // 500):
        x = random.integers(20, 200, size=(500, n))
        y = random.binomial(x, np.clip(random.normal(0.3, 0.05, size=(500, n)), 0, 1))
        squares = ((y**2).sum(axis=1), (x**2).sum(axis=1), (x * y).sum(axis=1))
        lower, upper = intervals.quotient(np.full(500, n), y.sum(axis=1), x.sum(axis=1), squares)
        held.append((lower <= 0.3) & (upper >= 0.3))
    assert 0.93 <= np.mean(held) <= 0.97


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_limits_enclose_the_value(fraction: tuple[int, int]) -> None:
    k, n = fraction
    lower, upper = intervals.wilson([k], [n])
    assert 0 <= lower[0] <= k / n <= upper[0] <= 1
    lower, upper = intervals.poisson([k])
    assert lower[0] <= k < upper[0]
