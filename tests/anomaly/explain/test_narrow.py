"""The days that an excess lies in."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.narrow import narrow
from tests.anomaly.explain.made import DAYS


def course(bumps: dict[int, float], length: int = 80) -> pd.DataFrame:
    y = np.full(length, 10.0)
    for place, value in bumps.items():
        y[place] = value
    return pd.DataFrame({"ds": DAYS[:length], "y": y})


def test_the_days_before_and_after_the_excess_are_left_out():
    found = narrow(course({70: 40, 71: 30}), DAYS[69], DAYS[76], DAYS[70], up=True)
    assert (found.start, found.end) == (DAYS[70], DAYS[71])
    assert (found.counted, found.expected) == (70, pytest.approx(20, abs=0.1))
    assert found.size == found.counted - found.expected
    assert found.lower < found.size < found.upper
    assert found.chance < 1e-6


def test_an_excess_that_began_before_the_alarm_is_dated_back():
    found = narrow(course({69: 40, 70: 40, 71: 40}), DAYS[71], DAYS[71], DAYS[71], up=True)
    assert found.start == DAYS[69]


def test_a_lack_is_found_too():
    found = narrow(course({70: 0}), DAYS[70], DAYS[70], DAYS[70], up=False)
    assert (found.start, found.end, found.counted) == (DAYS[70], DAYS[70], 0)
    assert found.upper < 0


def test_an_event_of_months_is_cut_to_the_days_around_its_peak():
    found = narrow(course({70: 60}), DAYS[30], DAYS[79], DAYS[70], up=True)
    assert found.start == found.end == DAYS[70]


def test_too_little_history_has_no_expectation():
    assert narrow(course({20: 90}), DAYS[20], DAYS[20], DAYS[20], up=True) is None
