"""What every user meets: short, empty, bursting, ending and shifting series; counts and other numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, forecast
from itsq_analysis.forecasting.active import forecast_active
from itsq_analysis.forecasting.discontinued import find_discontinued

BOUNDS = ["lo-95", "lo-80", "median", "hi-80", "hi-95"]
QUICK = "profile+smoothing"


def series(y: list[float] | np.ndarray, name: str = "a", start: str = "2026-01-05") -> pd.DataFrame:
    return pd.DataFrame({"unique_id": name, "ds": pd.date_range(start, periods=len(y), freq="D"), "y": y})


WEEK = [20, 18, 18, 17, 15, 3, 2]
CASES = {
    "one point": [5],
    "two points": [5, 7],
    "two weeks": WEEK * 2,
    "all zeros": [0] * 60,
    "one burst": [0] * 50 + [400] + [0] * 9,
    "constant": [7] * 40,
    "constant rate": [0.25] * 40,
    "level shift": WEEK * 8 + [3 * one for one in WEEK] * 3,
    "below zero": [(-1) ** day * 4.5 for day in range(50)],
    "only one value known": [np.nan] * 30 + [6],
}


@pytest.mark.parametrize("case", CASES)
def test_answers_are_finite_ordered_and_possible(case: str) -> None:
    y = CASES[case]
    result = forecast(series(y), 10, freq="D")
    assert np.isfinite(result[["mean", *BOUNDS]].to_numpy()).all()
    assert (np.diff(result[BOUNDS].to_numpy(), axis=1) >= 0).all()
    if case != "below zero":
        assert (result[["mean", *BOUNDS]] >= 0).all(axis=None)
    if all(np.isnan(one) or float(one).is_integer() for one in y) and case != "below zero":
        assert (result[BOUNDS] % 1 == 0).all(axis=None)


@pytest.mark.parametrize("case", ["all zeros", "constant"])
def test_what_never_changed_is_certain(case: str) -> None:
    result = forecast(series(CASES[case]), 7, model=QUICK)
    assert set(result[BOUNDS].to_numpy().ravel()) == {float(CASES[case][0])}
    np.testing.assert_allclose(result["mean"], CASES[case][0], atol=0.05)


def test_one_burst_does_not_become_the_level() -> None:
    result = forecast(series(CASES["one burst"]), 10, model=QUICK)
    assert result["median"].max() == 0
    assert result["mean"].max() < 40


def test_a_level_shift_is_followed() -> None:
    result = forecast(series(CASES["level shift"]), 7, model=QUICK)
    assert result["median"].sum() == pytest.approx(3 * sum(WEEK), rel=0.15)


def test_missing_days_are_not_zeros() -> None:
    frame = series(WEEK * 10).drop(index=[30, 31, 37, 45, 60, 65])
    result = forecast(frame, 7, model=QUICK)
    np.testing.assert_allclose(result["median"], WEEK, atol=1)


def test_rates_keep_their_decimals_and_the_mean_of_sparse_counts_is_not_zero() -> None:
    draw = np.random.default_rng(5)
    rate = forecast(series(draw.uniform(0.8, 0.9, 70).round(3), "rate"), 7, model=QUICK)
    assert rate["median"].between(0.8, 0.9).all()
    sparse = forecast(series(draw.poisson(0.2, 200), "sparse"), 7, model=QUICK)
    assert (sparse["median"] == 0).all()
    assert sparse["mean"].between(0.05, 0.5).all()


def test_each_series_goes_on_from_its_own_end() -> None:
    frame = pd.concat([series(WEEK * 6, "old"), series(WEEK * 2, "new", "2026-03-02")])
    firsts = forecast(frame, 3, model=QUICK).groupby("unique_id")["ds"].min()
    assert firsts.to_dict() == {"new": pd.Timestamp("2026-03-16"), "old": pd.Timestamp("2026-02-16")}


def test_a_day_that_is_half_over_is_gone_on_with() -> None:
    """Hours up to 10:00 of a Monday: the forecast begins at 11:00, at the level of that hour."""
    stamps = pd.date_range("2026-01-05", "2026-03-02 10:00", freq="h")
    usual = np.where(stamps.day_of_week < 5, 1.0, 0.1) * np.where((stamps.hour >= 8) & (stamps.hour < 18), 60.0, 10.0)
    told = forecast(pd.DataFrame({"unique_id": "a", "ds": stamps, "y": usual}), 24).set_index("ds")["median"]
    assert told.index[0] == pd.Timestamp("2026-03-02 11:00")
    np.testing.assert_allclose(told.iloc[:7], 60, rtol=0.05)
    np.testing.assert_allclose(told.iloc[7:21], 10, rtol=0.1)


def test_a_new_service_beside_old_ones_is_forecast_at_its_own_level() -> None:
    draw = np.random.default_rng(4)
    old = [series(draw.poisson(np.tile(WEEK, 40)), f"old{one}") for one in range(4)]
    new = series(np.array(WEEK * 2) * 3, "new", str((old[0]["ds"].iloc[-1] - pd.Timedelta(days=13)).date()))
    told = forecast(pd.concat([*old, new]), 7).groupby("unique_id")["median"].sum()
    assert told["new"] == pytest.approx(3 * sum(WEEK), rel=0.2)
    assert told["old0"] == pytest.approx(sum(WEEK), rel=0.2)


def test_two_weeks_of_history_have_wide_intervals() -> None:
    """Of 30 series with two weeks each, what comes lies within 80 % in at least three of four cases, within 95 % in nine of ten."""
    draw = np.random.default_rng(6)
    levels = np.exp(draw.normal(2, 1, 30))
    all_days = [draw.poisson(np.tile(WEEK, 3) / 13 * level * draw.gamma(20, 1 / 20, 21)) for level in levels]
    inside = []
    for values in all_days:
        told = forecast(series(values[:14]), 7)
        inside.append([[told[f"lo-{level}"].le(values[14:]) & told[f"hi-{level}"].ge(values[14:])] for level in (80, 95)])
    covered = np.array(inside).reshape(30, 2, 7).mean(axis=(0, 2))
    assert covered[0] >= 0.75
    assert covered[1] >= 0.9


def test_ten_thousand_ragged_series() -> None:
    """Of 10 to 40 days, ending on different days: each goes on from its own end, nothing is mixed up."""
    draw = np.random.default_rng(9)
    length, end = draw.integers(10, 41, 10_000), draw.integers(0, 30, 10_000)
    place = np.repeat(np.arange(10_000), length)
    back = np.concatenate([np.arange(one - 1, -1, -1) for one in length])
    ds = pd.Timestamp("2026-06-30") - pd.to_timedelta(back + end[place], unit="D")
    frame = pd.DataFrame({"unique_id": pd.Series(place).map("s{:05d}".format), "ds": ds, "y": (place % 50).astype(float)})
    told = forecast(frame, 2, model="profile")
    assert len(told) == 20_000
    assert told["median"].tolist() == np.repeat(np.arange(10_000) % 50, 2).astype(float).tolist()
    firsts = told["ds"].iloc[::2].to_numpy()
    assert (firsts == (pd.Timestamp("2026-07-01") - pd.to_timedelta(end, unit="D")).to_numpy()).all()


def test_intervals_cover_what_comes_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(11)
    usual = np.tile(np.array(WEEK), 24)
    frame = pd.concat([series(draw.poisson(usual * scale), f"s{scale}") for scale in (0.5, 1, 2, 4, 8, 16)])
    cutoff = frame["ds"].min() + pd.Timedelta(days=7 * 22 - 1)
    result = forecast(frame[frame["ds"] <= cutoff], 14, model=QUICK).merge(frame, on=["unique_id", "ds"])
    assert result["y"].between(result["lo-80"], result["hi-80"]).mean() == pytest.approx(0.8, abs=0.13)
    assert result["y"].between(result["lo-95"], result["hi-95"]).mean() >= 0.88


def test_a_series_that_has_ended_says_so() -> None:
    frame = pd.concat([series(WEEK * 10, "mail"), series([3, 0, 4, 2] * 6 + [0] * 46, "fax")])
    assert find_discontinued(frame)["unique_id"].tolist() == ["fax"]
    result = forecast_active(frame, 7, freq="D", model=QUICK)
    assert result["unique_id"].unique().tolist() == ["mail"]
    assert result.attrs["notes"] == ["fax has had nothing since 2026-01-28: taken as ended, not forecast"]
    with pytest.raises(ForecastError, match="only ended ones"):
        forecast_active(frame[frame["unique_id"] == "fax"], 7, freq="D")


def test_a_seldom_series_has_not_ended() -> None:
    assert find_discontinued(series([*([0] * 20 + [1]) * 4, *[0] * 40])).empty
