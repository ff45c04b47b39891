"""Changes of level: dated, sized, and none where there is only noise."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.change_points import change_points
from itsq_analysis.errors import ForecastError
from tests.anomaly.explain.made import DAYS, WEEK, daily


def test_a_change_is_dated_with_an_interval_and_sized():
    found = change_points(daily(0, {180: 1.4}))
    assert len(found) == 1
    one = found.iloc[0]
    assert one["earliest"] <= DAYS[180] <= one["latest"]
    assert abs((one["at"] - DAYS[180]).days) <= 4
    mean = 40 * WEEK.mean()
    assert one["before"] == pytest.approx(mean, rel=0.1)
    assert one["after"] == pytest.approx(1.4 * mean, rel=0.1)
    assert one["lower"] < 0.4 * mean < one["upper"]


def test_the_interval_holds_the_day_as_often_as_it_says():
    held = []
    for seed in range(30):
        found = change_points(daily(seed, {150: 1.3}))
        held += [bool(((found["earliest"] <= DAYS[150]) & (DAYS[150] <= found["latest"])).any())] if len(found) else []
    assert len(held) >= 28
    assert np.mean(held) >= 0.85


def test_two_changes():
    found = change_points(daily(1, {100: 1.6, 200: 0.8}))
    assert [abs((at - DAYS[day]).days) <= 4 for at, day in zip(found["at"], (100, 200), strict=True)] == [True, True]


def test_noise_has_no_change():
    assert sum(len(change_points(daily(seed, {}))) > 0 for seed in range(50)) <= 2  # 1 % each


def test_a_week_and_holidays_are_no_change():
    y = np.where(DAYS.day_of_week < 5, 50.0, 5.0)
    y[(DAYS >= "2026-02-16") & (DAYS <= "2026-02-23")] = 5
    frame = pd.DataFrame({"unique_id": "mail", "ds": DAYS, "y": y})
    assert change_points(frame, holidays="CN").empty


def test_shares_know_their_n():
    rng = np.random.default_rng(2)
    n = rng.integers(50, 200, 24)
    share = np.where(np.arange(24) < 14, 0.95, 0.85)
    frame = pd.DataFrame(
        {"unique_id": "sla", "ds": pd.date_range("2024-11-01", periods=24, freq="MS"), "y": rng.binomial(n, share) / n}
    )
    found = change_points(frame.assign(n=n), kind="share")
    assert len(found) == 1
    assert found.iloc[0]["earliest"] <= frame["ds"][14] <= found.iloc[0]["latest"]
    with pytest.raises(ForecastError, match="share with a column n"):
        change_points(frame, kind="share")


def test_the_split_is_the_best_of_all_splits():
    """Against an oracle that tries every one."""
    y = np.random.default_rng(3).normal(0, 1, 40) + (np.arange(40) >= 25) * 4
    frame = pd.DataFrame({"unique_id": "hours", "ds": pd.date_range("2024-01-01", periods=40, freq="MS"), "y": y})
    squares = {cut: ((y[:cut] - y[:cut].mean()) ** 2).sum() + ((y[cut:] - y[cut:].mean()) ** 2).sum() for cut in range(4, 37)}
    assert change_points(frame, kind="value")["at"].tolist() == [frame["ds"][min(squares, key=squares.get)]]


def test_a_short_or_flat_or_empty_series_has_no_change():
    short = daily(4, {}).head(20)
    flat = pd.DataFrame({"unique_id": "flat", "ds": DAYS, "y": 3.0})
    assert change_points(pd.concat([short, flat])).empty
    assert change_points(short.head(0)).empty


def test_missing_values_are_left_out():
    frame = daily(5, {180: 1.6})
    frame.loc[frame.index % 10 == 3, "y"] = np.nan
    assert len(change_points(frame)) == 1


def test_shares_of_no_known_cases_are_left_out_and_nonsense_is_refused():
    periods = pd.date_range("2023-01-01", periods=40, freq="MS")
    shares = pd.DataFrame({"unique_id": "kept", "ds": periods, "y": 0.9, "n": np.nan})
    assert change_points(shares, kind="share").empty
    assert change_points(shares.assign(n=0), kind="share").empty
    counts = shares.drop(columns="n")
    with pytest.raises(ForecastError, match="shortest must be 1 row or more; found 0"):
        change_points(counts, shortest=0)
    with pytest.raises(ForecastError, match="y must be finite"):
        change_points(counts.assign(y=np.inf))
