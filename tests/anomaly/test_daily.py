"""The state of the daily detector after each value, on series whose roots were chosen."""

import numpy as np
import pytest

from itsq_analysis.anomaly.daily import BEGUN, LARGEST, SETTLING, VARIANCE, Special, _Follower, follow, unroot
from itsq_analysis.anomaly.histories import Histories

BEGIN = [9.0, 11.0] * 4  # level 10, eight squares of 1 over seven degrees of freedom


def followed(roots, kinds=None, special=None):
    """Values without a week whose square roots are these."""
    y = unroot(np.array([roots]))
    history = Histories(np.array(["a"]), y, np.arange(y.shape[1])[None, :], 0, ())
    return follow(history, np.zeros(y.shape, dtype="int64") if kinds is None else np.array([kinds]), special or Special())


def test_the_variance_is_that_of_all_values_and_the_beginning_weighs_thirty():
    variance = followed([*BEGIN, 10.0, 10.0, 10.0]).spread[0, 8:] ** 2
    assert BEGUN == 30
    assert variance == pytest.approx([8 / 7, 8 / 7 * 29 / 30, 8 / 7 * 29 / 30 * 30 / 31])
    assert variance[2] == pytest.approx(8 / 7 * 29 / 31)  # two values without an error beside 29 that are worth 8/7


def test_from_the_four_hundredth_value_on_old_values_fade():
    variance = followed([*BEGIN, *[10.0] * 500]).spread[0, -2:] ** 2
    assert variance[1] / variance[0] == pytest.approx(1 - VARIANCE)


def test_a_disaster_counts_as_twelve_variances_however_large():
    large, larger = (followed([*BEGIN, root, 10.0, 10.0, 10.0, 10.0]).spread[0] ** 2 for root in (40.0, 4000.0))
    assert LARGEST == 12
    assert large[9:12] == pytest.approx(8 / 7)  # three usual values end the event; until then it is told against what was usual
    assert large[12] == larger[12] > 8 / 7 * (1 + (12 * 1.05 - 1) / 30) * (29 / 32)


def test_on_a_day_that_settles_the_same_is_expected_less_surely():
    kinds = [0] * 8 + [9, 0]
    plain, settling = followed([*BEGIN, 13.0, 10.0]), followed([*BEGIN, 13.0, 10.0], kinds, Special(settling=9))
    assert settling.mean[0, 8] == plain.mean[0, 8] == pytest.approx(10)
    assert settling.spread[0, 8] == pytest.approx(SETTLING * plain.spread[0, 8])
    assert settling.excess[0, 8] < plain.excess[0, 8]
    assert settling.mean[0, 9] == plain.mean[0, 9]  # the level learns from it as from any other day


def test_in_a_window_too_a_disaster_counts_as_twelve_variances():
    y = unroot(np.array([[*BEGIN, 4000.0, 4000.0]]))  # each error counts as four standard deviations: 4 / √3, then 8 / √3
    follower = _Follower(
        Histories(np.array(["a"]), y, np.arange(10)[None, :], 0, ()), np.zeros((1, 10), dtype="int64"), Special(), 1
    )
    follower.run()
    first = 1 + VARIANCE * (16 / 3 - 1)
    assert follower.window_variance[0, 1] == pytest.approx(first + VARIANCE * (12 - 1) * first)  # not 64 / 3
