"""Hourly series over both changes of the clock, in every public function."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, backtest, evaluate, explain, forecast


def _hours(end: str, zone: str = "America/New_York", count: int = 24 * 20) -> pd.DataFrame:
    hours = pd.date_range(end=pd.Timestamp(end, tz=zone), periods=count, freq="h")
    return pd.DataFrame({"unique_id": "a", "ds": hours, "y": np.arange(count) % 24})


@pytest.mark.parametrize(("zone", "end"), [("America/New_York", "2026-03-07 23:00"), ("Europe/Berlin", "2026-03-28 23:00")])
def test_the_hour_that_the_clock_skips_is_no_step(zone: str, end: str) -> None:
    found = forecast(_hours(end, zone), 48)
    start = pd.Timestamp(end, tz=zone)
    assert found["ds"].tolist() == pd.date_range(start, periods=49, freq="h")[1:].tolist()
    assert forecast(_hours(end, zone), 1)["ds"].tolist() == [start + pd.Timedelta(hours=1)]
    assert (
        explain(_hours(end, zone), 48).components.groupby("component")["ds"].unique().map(list).tolist()[0] == found["ds"].tolist()
    )


def test_a_horizon_of_the_skipped_hour_alone_tells_the_hour_after_it() -> None:
    found = forecast(_hours("2026-03-08 01:00"), 1, levels=(80,))
    assert found["ds"].tolist() == [pd.Timestamp("2026-03-08 03:00", tz="America/New_York")]


def test_a_half_hour_clock_and_a_step_longer_than_what_is_skipped() -> None:
    halves = pd.date_range(end=pd.Timestamp("2026-03-07 23:30", tz="America/New_York"), periods=48 * 20, freq="30min")
    found = forecast(pd.DataFrame({"unique_id": "a", "ds": halves, "y": np.arange(960) % 48}), 6)
    assert found["ds"].dt.strftime("%H:%M").tolist() == ["00:00", "00:30", "01:00", "01:30", "03:00", "03:30"]
    days = pd.date_range("2026-04-01", periods=20, freq="D").tz_localize("Africa/Cairo")  # 2026-04-24 begins at 01:00
    found = forecast(pd.DataFrame({"unique_id": "a", "ds": days, "y": range(20)}), 6)
    assert found["ds"].dt.strftime("%d %H").tolist() == ["21 00", "22 00", "23 00", "24 01", "25 00", "26 00"]


@pytest.mark.parametrize(
    ("end", "cutoffs"),
    [
        ("2026-03-12 12:00", ["2026-03-07 23:00", pd.Timestamp("2026-03-08 12:00", tz="UTC")]),
        ("2026-11-05 12:00", ["2026-11-01 00:00", pd.Timestamp("2026-11-01 12:00", tz="UTC")]),
    ],
)
def test_a_backtest_crosses_the_change(end: str, cutoffs: list[object]) -> None:
    frame = _hours(end)
    for bt in (backtest(frame, 24, windows=6, levels=(80,)), backtest(frame, 24, cutoffs=cutoffs, levels=(80,))):
        assert not bt.duplicated(["cutoff", "ds"]).any()
        assert (bt.groupby("cutoff").size() == 24).all()
        assert bt["y"].notna().all()
        assert evaluate(bt)["n"].iloc[-1] == len(bt)


@pytest.mark.parametrize(
    ("cutoffs", "told"),
    [
        ("2026-03-01", "list of timestamps; found '2026-03-01'"),
        (5, "list of timestamps; found 5"),
        (["soon"], "timestamps; found 'soon'"),
        ([pd.NaT], "timestamps; found NaT"),
    ],
)
def test_cutoffs_that_are_none(cutoffs: object, told: str) -> None:
    with pytest.raises(ForecastError, match=told):
        backtest(_hours("2026-03-01"), 24, cutoffs=cutoffs)  # type: ignore[arg-type]


def test_cutoffs_in_a_zone_need_a_frame_with_one() -> None:
    frame = _hours("2026-03-01").assign(ds=lambda one: one["ds"].dt.tz_localize(None))
    with pytest.raises(ForecastError, match="no time zone"):
        backtest(frame, 24, cutoffs=[pd.Timestamp("2026-02-27", tz="UTC")])
    with pytest.raises(ForecastError, match="whole numbers"):
        backtest(frame.assign(ds=range(len(frame))), 24, cutoffs=["2026-02-27"])


def test_days_without_a_midnight_are_days() -> None:
    days = pd.date_range("2026-02-01", periods=120).tz_localize("Africa/Cairo", nonexistent="shift_forward")
    frame = pd.DataFrame({"unique_id": "a", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0, 5] * 15})
    bt = backtest(frame, 14, windows=4, levels=(80,))
    assert bt["ds"].isin(days).all()
    assert bt["y"].notna().all()
    assert len(bt) == 56


def test_a_cutoff_counts_once() -> None:
    assert len(backtest(_hours("2026-03-01"), 24, cutoffs=["2026-02-27", "2026-02-27"])) == 24
