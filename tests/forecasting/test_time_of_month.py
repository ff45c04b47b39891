"""The time of month on daily and shorter steps, and working days on longer ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import forecast
from itsq_analysis.forecasting.calendar import SpecialDays, special_days
from itsq_analysis.forecasting.explain import explain
from itsq_analysis.forecasting.frame import lay_out
from itsq_analysis.forecasting.month_effects import FIRST, LAST, find_month_effects, place_in_month
from itsq_analysis.forecasting.period_effects import find_period_effects

NONE = SpecialDays()
MONDAY = np.datetime64("1970-01-05")


def places(days: list[str], off: list[str] | None = None) -> list[int]:
    numbers = (np.array(days, dtype="datetime64[D]") - MONDAY).astype("int64")
    return [int(one) for one in place_in_month(numbers, np.array(off or [], dtype="datetime64[D]"))]


def test_places_in_a_month() -> None:
    """August 2026 begins on a Saturday and ends on a Monday; 15 is a Saturday in its middle."""
    assert places(["2026-08-01", "2026-08-03", "2026-08-04", "2026-08-11", "2026-08-12", "2026-08-15"]) == [1, 1, 2, 7, 0, 0]
    last = [FIRST + 1, FIRST + 2, FIRST + 2, FIRST + 5, 0]
    assert places(["2026-08-31", "2026-08-28", "2026-08-29", "2026-08-25", "2026-08-24"]) == last
    assert places(["2026-08-04"], ["2026-08-03"]) == [1]  # the Monday was a day off


def busy_month_ends(months: int, lift: float, seed: int = 2) -> pd.DataFrame:
    """Counts of a week; on the last two and the first working day of a month `lift` times as many."""
    days = pd.date_range("2025-01-06", periods=30 * months, freq="D")
    place = place_in_month((days.to_numpy().astype("datetime64[D]") - MONDAY).astype("int64"), np.array([], dtype="datetime64[D]"))
    usual = np.array([200, 180, 180, 170, 150, 30, 20])[days.day_of_week]
    busy = np.isin(place, [1, FIRST + 1, FIRST + 2])
    return pd.DataFrame({"unique_id": "a", "ds": days, "y": np.random.default_rng(seed).poisson(usual * np.where(busy, lift, 1.0))})


def test_a_busy_turn_of_the_month_is_found_and_forecast() -> None:
    frame = busy_month_ends(8, 1.4)
    effects = find_month_effects(lay_out(frame).panels[0], NONE)
    assert effects is not None
    found = effects.effect[0]
    assert found[[1, FIRST + 1, FIRST + 2]] == pytest.approx(0.4, abs=0.12)
    assert np.abs(np.delete(found, [1, FIRST + 1, FIRST + 2])).max() < 0.08
    cutoff = pd.Timestamp("2025-08-21")
    told = forecast(frame[frame["ds"] <= cutoff], 14).set_index("ds")["median"]
    assert told["2025-08-29"] / told["2025-08-22"] == pytest.approx(1.4, abs=0.15)  # both Fridays


def test_the_explanation_tells_the_busy_days() -> None:
    told = explain(busy_month_ends(8, 1.4), 7).month.set_index("place")["effect"]
    assert told[[1, -1, -2]].to_numpy() == pytest.approx(0.4, abs=0.15)
    assert len(told) == FIRST + LAST
    assert explain(busy_month_ends(2, 1.4), 7).month.empty


def test_without_such_a_pattern_nothing_is_changed() -> None:
    changed = [find_month_effects(lay_out(busy_month_ends(8, 1.0, seed)).panels[0], NONE) is not None for seed in range(20)]
    assert sum(changed) <= 3
    assert find_month_effects(lay_out(busy_month_ends(2, 1.4)).panels[0], NONE) is None


def test_series_below_zero_and_rates_of_a_few_counts_are_left_alone() -> None:
    frame = busy_month_ends(8, 1.4)
    shifted = frame.assign(y=frame["y"] - 100)
    few = frame.assign(y=(frame["y"] > 150).astype(int))
    assert find_month_effects(lay_out(shifted).panels[0], NONE) is None
    assert find_month_effects(lay_out(few).panels[0], NONE) is None


def monthly(until: str, per_day: int = 20) -> pd.DataFrame:
    """So many on each weekday, none at weekends, added up by month."""
    months = pd.date_range("2024-01-01", until, freq="MS")
    ends = months + pd.offsets.MonthBegin(1)
    days = np.busday_count(months.to_numpy().astype("datetime64[D]"), ends.to_numpy().astype("datetime64[D]"))
    return pd.DataFrame({"unique_id": "a", "ds": months, "y": per_day * days})


@pytest.mark.parametrize("end", ["MS", "ME"])
def test_months_are_forecast_by_their_working_days(end: str) -> None:
    frame = monthly("2026-04-01")
    if end == "ME":
        frame["ds"] = frame["ds"] + pd.offsets.MonthEnd(0)
    told = forecast(frame, 3)
    np.testing.assert_allclose(told["median"], [21 * 20, 22 * 20, 23 * 20], rtol=0.03)  # May, June, July 2026


@pytest.mark.parametrize("first", [26, 28])
def test_a_month_that_starts_later_has_its_own_working_days(first: int) -> None:
    stamps = pd.date_range("2023-01-01", periods=40, freq="MS") + pd.Timedelta(days=first - 1)
    days = stamps.to_numpy().astype("datetime64[D]")
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps[:-1], "y": 20.0 * np.busday_count(days[:-1], days[1:])})
    told = forecast(frame.iloc[:36], 3)
    np.testing.assert_allclose(told["median"], frame["y"].iloc[36:], rtol=0.01)


def test_a_month_with_holidays_is_smaller_and_a_rate_is_not() -> None:
    frame = monthly("2026-04-01")
    days = pd.DataFrame({"ds": ["2024-01-01", "2026-05-01", "2026-05-04", "2026-05-05", "2026-05-06"], "name": "Rest"})
    plain = forecast(frame, 1)["median"].iloc[0]
    assert forecast(frame, 1, holidays=days)["median"].iloc[0] == pytest.approx(plain * 17 / 21, rel=0.05)
    rate = frame.assign(y=0.5 + 0.01 * (np.arange(len(frame)) % 3))
    assert (
        find_period_effects(lay_out(rate).panels[0], special_days(days, date(2024, 1, 1), date(2026, 5, 6), date(2026, 5, 1)))
        is None
    )


@pytest.mark.parametrize("anchor", ["W-MON", "W-SUN"])
def test_a_week_with_two_days_off_is_smaller(anchor: str) -> None:
    """Weeks named by their Monday, or by their Sunday; 3 and 4 March 2026 (a Tuesday, a Wednesday) are off."""
    start = "2025-09-01" if anchor == "W-MON" else "2025-09-07"
    weeks = pd.date_range(start, periods=26, freq="7D")
    frame = pd.DataFrame({"unique_id": "a", "ds": weeks, "y": 500 + np.arange(26) % 2})
    days = pd.DataFrame({"ds": ["2026-03-03", "2026-03-04"], "name": "Rest"})
    told = forecast(frame, 2, holidays=days)["median"].to_numpy()
    assert told[0] < 0.8 * told[1]
    assert told[1] == pytest.approx(500, rel=0.02)


def test_weeks_without_holidays_are_all_alike() -> None:
    weeks = pd.date_range("2025-09-01", periods=26, freq="7D")
    frame = pd.DataFrame({"unique_id": "a", "ds": weeks, "y": 500 + np.arange(26) % 2})
    assert find_period_effects(lay_out(frame).panels[0], NONE) is None
