# ruff: noqa: N802 - tests are named after their cases
"""Disks that are cleaned again and again: looked at just after, just before and between two cleanings."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.capacity import time_to_threshold

MOMENTS = {"just before": 0, "just after": 1, "two days after": 2}


def sawtooth(cycle, steps_after, noise=0.0, growth=0.0):
    """Rises to 1,000 within every cycle; the last cleaning lies so many values before the end."""
    length = max(145, 7 * cycle) // cycle * cycle + steps_after
    days = np.arange(length)
    y = (days % cycle + 1) * 1000.0 / cycle
    spoilt = y * (1 + noise * np.random.default_rng(cycle).normal(size=length))
    return np.minimum(spoilt, 1060.0) + growth * days


def asked(y, limit):
    frame = pd.DataFrame({"unique_id": "disk", "ds": pd.date_range("2026-01-01", periods=len(y)), "y": y})
    return time_to_threshold(frame, limit, horizon=90, paths=100)["disk"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_D1_a_sawtooth_that_never_reaches_its_limit_is_not_called(moment, noise):
    for cycle in (5, 7, 8, 10, 14, 20, 30, 45):
        for limit in (1200, 5000) if noise else (1080, 1200, 5000):
            told = asked(sawtooth(cycle, MOMENTS[moment], noise), limit)
            assert told.probability < 0.5, (cycle, limit)
            assert told.probability_by(3) < 0.25, (cycle, limit)


def test_D1_the_smallest_example():
    days = np.arange(145)
    told = asked((days % 8 + 1) * 125.0, 1080)  # 125 on the last day, the first after a cleaning
    assert told.probability < 0.2
    assert told.likely is None
    assert [note.kind for note in told.notes] == ["resets"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("cycle", [8, 14, 20])
def test_D1_a_sawtooth_that_grows_reaches_its_limit_when_its_peaks_do(moment, cycle):
    y = sawtooth(cycle, MOMENTS[moment], growth=2.0)
    limit = 1000 + 2.0 * (len(y) + 45)  # a peak reaches it 45 days ahead, up to a cycle later
    told = asked(y, limit)
    assert told.step_at(0.5) is not None
    assert 45 - cycle - 5 <= told.step_at(0.5) <= 45 + cycle + 10
    assert told.probability_by(14) < 0.15


def test_D1_a_burst_at_the_end_of_a_sawtooth_is_still_one():
    y = sawtooth(20, 10)
    y[-1] += 3000
    assert asked(y, 2000).probability < 0.3
