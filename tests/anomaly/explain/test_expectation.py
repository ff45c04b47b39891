"""What is expected of a day: level, week, holidays; spread learned from earlier sums."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from itsq_analysis.anomaly.explain.days import day_slots
from itsq_analysis.anomaly.explain.expectation import expect, quantile, tail
from tests.anomaly.explain.made import DAYS


def slots_of(days=DAYS):
    return day_slots(days)


def test_nothing_of_the_event_or_later_is_learned():
    rng = np.random.default_rng(0)
    counts = rng.poisson(10, (100, 3)).astype(float)
    other = counts.copy()
    other[80:] = 500
    first, second = (expect(one, slots_of()[:100], counts[:, 0], 80).mean for one in (counts, other))
    assert np.array_equal(first, second)


def test_the_expectation_of_an_earlier_day_uses_no_later_count_of_its_series():
    rng = np.random.default_rng(1)
    counts = rng.poisson(10, (60, 1)).astype(float)
    other = counts.copy()
    other[50] = 40  # the profile of the whole is given apart
    whole = np.full(60, 10.0)
    first, second = (expect(one, np.zeros(60, dtype=int), whole, 60).mean for one in (counts, other))
    assert first[:51] == pytest.approx(second[:51], rel=0.005)  # but for the own profile: a day told to itself moves it 5 %
    assert second[51, 0] > first[51, 0]


def test_the_week_of_the_whole_is_lent_to_a_small_series():
    whole = np.tile([20.0, 20, 20, 20, 20, 0, 0], 20)
    small = np.where(np.arange(140) % 35 == 0, 1.0, 0.0)  # a ticket on every fifth Monday
    mean = expect(np.column_stack([whole, small]), slots_of()[:140], whole, 133).mean[133:, 1]
    assert mean[5] < 0.3 * mean[1]  # Saturday against Tuesday, of which it knows nothing itself


def test_a_holiday_of_a_kind_never_seen_is_like_a_sunday():
    days = pd.date_range("2026-06-29", periods=89, freq="D")  # up to Mid-Autumn, a Friday
    y = np.where(days.day_of_week < 5, 50.0, 5.0)
    mean = expect(y[:, None], day_slots(days, "CN"), y, 88).mean[88, 0]
    assert mean == pytest.approx(5, abs=2)


def test_sums_spread_as_their_past_did():
    steady = np.full((200, 1), 9.0)
    wild = np.random.default_rng(2).negative_binomial(3, 0.25, (200, 1)).astype(float)  # mean 9, variance / mean 4
    same = np.zeros(200, dtype=int)
    found = [expect(one, same, one[:, 0], 200).spread(200, 1)[0] for one in (steady, wild)]
    assert found[0] == 1
    assert found[1] == pytest.approx(4, abs=1)


@given(mean=st.floats(0.01, 500), spread=st.floats(1.0, 5.0), counted=st.integers(0, 600))
def test_tails_are_probabilities_that_fall_with_distance(mean, spread, counted):
    more, fewer = tail(counted, mean, spread, up=True), tail(counted, mean, spread, up=False)
    assert 0 <= more <= 1
    assert more + fewer >= 1 - 1e-9
    assert tail(counted + 1, mean, spread, up=True) <= more


def test_tail_and_quantile_are_those_of_a_negative_binomial_of_that_mean_and_variance():
    assert nbinom.stats(10, 1 / 3) == pytest.approx((20.0, 60.0))
    assert tail(30, 20.0, 3.0, up=True) == pytest.approx(nbinom.sf(29, 10, 1 / 3))
    assert quantile(0.975, 20.0, 3.0) == nbinom.ppf(0.975, 10, 1 / 3)


def test_kinds_of_days():
    days = pd.DatetimeIndex(["2026-09-30", "2026-10-01", "2026-10-07", "2026-10-08", "2026-10-10", "2026-10-11"])
    assert day_slots(days, "CN").tolist() == [2, 8, 8, 11, 7, 6]
    assert day_slots(days).tolist() == [2, 3, 2, 3, 5, 6]
