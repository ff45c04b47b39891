"""forecast and backtest: the columns, the grid, and no look ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import backtest, forecast

LEVELS = ["mean", "median", "lo-80", "hi-80", "lo-95", "hi-95"]


def weekly(weeks: int = 10, seed: int = 1, name: str = "mail", start: str = "2026-01-05") -> pd.DataFrame:
    """Poisson counts of a week with a quiet weekend."""
    days = pd.date_range(start, periods=7 * weeks, freq="D")
    usual = np.array([30, 25, 25, 24, 20, 4, 3])[days.day_of_week]
    return pd.DataFrame({"unique_id": name, "ds": days, "y": np.random.default_rng(seed).poisson(usual)})


def test_the_columns_and_the_days() -> None:
    result = forecast(weekly(), 14)
    assert list(result.columns) == ["unique_id", "ds", *LEVELS]
    assert list(result["ds"]) == list(pd.date_range("2026-03-16", periods=14, freq="D"))


def test_a_backtest_window_is_the_forecast_of_the_truncated_frame() -> None:
    frame = pd.concat([weekly(), weekly(8, 2, "web", "2026-01-19")], ignore_index=True)
    windows = backtest(frame, 7, windows=2, step=3)
    cutoff = pd.Timestamp("2026-03-05")
    truncated = forecast(frame[frame["ds"] <= cutoff], 7, freq="D")
    pd.testing.assert_frame_equal(windows[windows["cutoff"] == cutoff][truncated.columns].reset_index(drop=True), truncated)


def test_the_order_of_rows_and_the_kind_of_numbers_do_not_matter() -> None:
    frame = pd.concat([weekly(), weekly(8, 2, "web")], ignore_index=True)
    other = frame.sample(frac=1, random_state=3).astype({"y": "float32"})
    pd.testing.assert_frame_equal(forecast(frame, 7), forecast(other, 7))


def test_the_weekend_is_quiet_and_intervals_do_not_cross() -> None:
    result = forecast(weekly(), 7)
    assert result["median"].iloc[5:].max() < 10 < result["median"].iloc[:5].min()
    ordered = result[["lo-95", "lo-80", "median", "hi-80", "hi-95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()


@pytest.mark.parametrize("freq", ["5min", "h", "D", "W", "MS"])
def test_every_step_goes_on_where_history_ends(freq: str) -> None:
    stamps = pd.date_range("2026-01-01", periods=60, freq=freq)
    result = forecast(pd.DataFrame({"unique_id": "a", "ds": stamps[:57], "y": np.arange(57) % 5}), 3)
    assert list(result["ds"]) == list(stamps[57:])


def test_common_cutoffs_and_the_seasonal_scale() -> None:
    frame = pd.concat([weekly(), weekly(8, 2, "web", "2026-01-19")], ignore_index=True)
    windows = backtest(frame, 3, cutoffs=["2026-02-20", pd.Timestamp("2026-02-27")], model="profile")
    cutoffs = {name: list(rows["cutoff"].unique()) for name, rows in windows.groupby("unique_id")}
    assert cutoffs["mail"] == cutoffs["web"] == [pd.Timestamp("2026-02-20"), pd.Timestamp("2026-02-27")]
    merged = windows.merge(frame, on=["unique_id", "ds"], suffixes=("", "_true"))
    assert (merged["y"] == merged["y_true"]).all()
    known = frame[(frame["unique_id"] == "mail") & (frame["ds"] <= "2026-02-20")]["y"].to_numpy()
    first = windows.iloc[0]
    assert first["scale"] == pytest.approx(np.abs(known[7:] - known[:-7]).mean())
    assert first["scale2"] == pytest.approx(((known[7:] - known[:-7]) ** 2).mean())


def test_a_truth_that_is_not_known_is_missing_in_a_backtest() -> None:
    frame = weekly().drop(index=66)
    windows = backtest(frame, 7, windows=1, model="profile")
    assert windows.loc[windows["y"].isna(), "ds"].tolist() == [pd.Timestamp("2026-03-12")]


def test_components_and_weights_stand_beside_the_forecast_on_request() -> None:
    frame = weekly(12)
    plain = forecast(frame, 7, holidays="US")
    told = forecast(frame, 7, holidays="US", components=True)
    pd.testing.assert_frame_equal(told[plain.columns], plain)
    names = [name.removeprefix("weight-") for name in told if name.startswith("weight-")]
    assert names == ["smoothing", "regression", "theta"]
    assert list(told.columns) == [*plain.columns, *(column for name in names for column in (name, f"weight-{name}"))]
    np.testing.assert_allclose(told[[f"weight-{name}" for name in names]].sum(axis=1), 1.0)
    for name in names:
        assert told[name].tolist() == forecast(frame, 7, holidays="US", model=name)["median"].tolist()
    assert backtest(frame, 7, windows=1, components=True)["theta"].notna().all()


@pytest.mark.real_data
def test_real_incidents_are_forecast_better_than_by_last_week(event_log: Path) -> None:
    log = pd.read_csv(event_log, usecols=["number", "sys_mod_count", "opened_at"])
    opened = pd.to_datetime(log.drop_duplicates("number")["opened_at"], dayfirst=True).dt.normalize()
    days = pd.date_range("2016-02-29", "2016-05-31")
    frame = pd.DataFrame({"unique_id": "all", "ds": days, "y": opened.value_counts().reindex(days, fill_value=0).to_numpy()})
    error = {}
    for name, options in {
        "naive": {"model": "seasonal-naive"},
        "itsq": {"model": "smoothing+regression", "holidays": "BR"},
    }.items():
        windows = backtest(frame, 7, windows=7, **options)
        error[name] = (windows["y"] - windows["median"]).abs().sum() / windows["y"].sum()
    assert error["itsq"] < 0.7 * error["naive"]
