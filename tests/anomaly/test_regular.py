# ruff: noqa: N802 - tests are named after their cases
"""Measurements whose clock jitters, with gaps and values that came twice."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, detect

HOURS = pd.date_range("2026-01-05", periods=200, freq="h")
JITTER = pd.to_timedelta(np.random.default_rng(0).integers(-90, 91, 200), unit="s")


def jittered(zone=None):
    y = np.random.default_rng(1).normal(50, 2, 200)
    y[150] = 200.0
    frame = pd.DataFrame({"unique_id": "cpu", "ds": (HOURS + JITTER).tz_localize(zone), "y": y})
    return frame.drop(index=[40, 41, 90]).reset_index(drop=True)


@pytest.mark.parametrize("zone", [None, "Asia/Kolkata", "Asia/Kathmandu"])
def test_D7_jitter_and_gaps_are_put_on_a_regular_grid(zone):
    found = detect(jittered(zone))
    assert found["ds"].tolist() == HOURS.delete([40, 41, 90]).tz_localize(zone).tolist()
    assert found.loc[found["y"] == 200, "is_anomaly"].tolist() == [True]
    (note,) = found.attrs["notes"]
    assert note.endswith("timestamps moved to the nearest 60min")


@pytest.mark.parametrize(("how", "value"), [("last", 7.0), ("mean", 5.0), ("sum", 10.0)])
def test_D7_values_that_came_twice_are_told(how, value):
    frame = jittered().iloc[:60]
    frame.loc[30, "y"] = 3.0
    again = pd.DataFrame({"unique_id": "cpu", "ds": [frame["ds"][30] + pd.Timedelta(1, "s")], "y": [7.0]})
    found = detect(pd.concat([frame, again]).sample(frac=1, random_state=0), how=how)
    assert found.set_index("ds")["y"][HOURS[30]] == value
    assert found.attrs["notes"][1] == f"1 values share a step with another: the {how} counts"
    assert len(found) == len(frame)


def test_D7_the_example_of_a_clock_that_jumps():
    ds = [*HOURS[:60], HOURS[60] - pd.Timedelta(1, "min"), HOURS[61], HOURS[61], HOURS[62]]
    found = detect(pd.DataFrame({"unique_id": "cpu", "ds": ds, "y": np.arange(64.0)}))
    assert found["ds"].tolist() == HOURS[:63].tolist()
    assert found["y"].iloc[-2:].tolist() == [62.0, 63.0]


def test_D7_a_regular_frame_is_left_alone_and_a_strict_call_refuses():
    even = pd.DataFrame({"unique_id": "cpu", "ds": HOURS + pd.Timedelta(7, "min"), "y": np.arange(200.0) % 9})
    found = detect(even)
    assert found.attrs["notes"] == ()
    assert found["ds"].tolist() == even["ds"].tolist()
    with pytest.raises(ForecastError, match="timestamps must"):
        detect(jittered(), how=None)
    with pytest.raises(ForecastError, match="how must be one of last, mean, sum; found 'max'"):
        detect(jittered(), how="max")
