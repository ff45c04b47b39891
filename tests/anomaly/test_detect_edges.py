"""detect and to_events where data or arguments are odd, and budgets that are generous."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, detect, to_events
from tests.anomaly.test_detect import daily, metric


def test_no_event_has_the_types_of_events():
    frame = daily()
    frame.loc[66, "y"] = 300
    for zone in (None, "Asia/Shanghai"):
        found = detect(frame.assign(ds=frame["ds"].dt.tz_localize(zone)))
        none = to_events(found.assign(is_anomaly=False))
        assert none.empty
        assert none.dtypes.to_dict() == to_events(found).dtypes.to_dict()


def test_the_band_of_a_metric_begins_with_the_thirtieth_value():
    found = detect(metric(days=1))
    assert found["lower"].isna().sum() == found["upper"].isna().sum() == 30
    told = found.iloc[30:]
    assert ((told["lower"] <= told["expected"]) & (told["expected"] <= told["upper"])).all()


def test_hours_keep_a_generous_budget_too():
    """Below the extreme quantile lies what comes every weekend: 500 tickets an hour by day, a fifth of that on Saturdays."""
    hours = np.arange(24 * 150)
    usual = 500 * np.exp(-0.5 * ((hours % 24 - 11) / 4) ** 2) * np.where(hours // 24 % 7 < 5, 1, 0.2) + 5
    ds = pd.date_range("2024-01-01", periods=len(hours), freq="h")
    rng = np.random.default_rng(2)
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": ds, "y": rng.poisson(usual)}) for name in "abcdef"])
    found = detect(frame, alarms_per_month=4)
    judged = found[found["ds"] >= ds[24 * 14]]
    assert 0 < judged["is_anomaly"].sum() / (6 * 136 / 30) < 1.3 * 4  # rows in a month


@pytest.mark.parametrize(("freq", "n"), [("D", 60), ("5min", 400)])
@pytest.mark.parametrize("far", [1e40, -1e90])
def test_a_value_beyond_all_measure_is_named(freq, n, far):
    frame = pd.DataFrame({"unique_id": "disk", "ds": pd.date_range("2026-01-01", periods=n, freq=freq), "y": np.arange(n) % 5.0})
    frame.loc[40, "y"] = far
    with pytest.raises(ForecastError, match=rf"y must lie between -1e\+30 and 1e\+30; found .* \(series 'disk', value 41 of {n}\)"):
        detect(frame)


@pytest.mark.parametrize("budget", [np.int64(2), np.float32(2), 2])
def test_any_number_is_a_budget(budget):
    frame = daily(weeks=20, seed=4)
    pd.testing.assert_frame_equal(detect(frame, alarms_per_month=budget), detect(frame, alarms_per_month=2.0))


def test_a_season_longer_than_the_history_says_nothing():
    frame = metric(days=2)
    assert len(detect(frame, season_length=10**9)) == len(frame)
    with pytest.raises(ForecastError, match=r"season_length must be whole numbers of steps, 1 or more; found 1.5"):
        detect(frame, season_length=1.5)


def test_other_arguments_that_cannot_be_are_named():
    with pytest.raises(ForecastError, match="holidays must be a country code such as 'CN' or 'DE-BY'; found 5"):
        detect(daily(), holidays=5)
    with pytest.raises(ForecastError, match=r"y must be numbers; found .*1j\) in row 0 \(series 'mail'"):
        detect(daily().assign(y=lambda frame: frame["y"] + 1j))
    stray = pd.DataFrame({"unique_id": "a", "ds": [*range(20), 10**12], "y": 1.0})
    with pytest.raises(ForecastError, match=r"series 'a' 10+ steps before its last; drop stray timestamps"):
        detect(stray)


def test_events_of_the_flagged_rows_alone_are_those_of_the_whole():
    frame = pd.concat([daily(), daily(name="phone", seed=1)], ignore_index=True)
    frame.loc[[50, 51, 66, 83, 150], "y"] = 300
    found = detect(frame)
    events = to_events(found)
    assert len(events) >= 4
    pd.testing.assert_frame_equal(to_events(found[found["is_anomaly"]]), events)
    again = pd.concat([part for _, part in found.groupby("unique_id")][::-1], ignore_index=True)
    pd.testing.assert_frame_equal(to_events(again), events)


def test_an_event_that_lasts_to_the_end_by_hand():
    """Forty a day for ten weeks, then three days of 90, the last one the farthest: one event, up, at its peak 120 - 40."""
    y = [40.0] * 70 + [90.0, 90.0, 120.0]
    frame = pd.DataFrame({"unique_id": "mail", "ds": pd.date_range("2026-01-05", periods=73, freq="D"), "y": y})
    found = detect(frame)
    (event,) = to_events(found).itertuples()
    assert (event.start, event.end) == (frame["ds"][70], frame["ds"][72])
    assert event.start <= event.peak <= event.end
    assert event.direction == "up"
    peak = found.set_index("ds").loc[event.peak]
    assert (event.y, event.expected, event.score) == (peak["y"], peak["expected"], found["score"].max())
    assert event.size == event.y - event.expected
    assert 40 <= event.expected < 60
