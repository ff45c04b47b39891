"""Sums of days: what they add up to, that nothing later is used, and that their ranges hold on real calls and incidents."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.forecasting import forecast
from itsq_analysis.forecasting.sums import Span, sums

FIRST = date(2026, 1, 5)  # a Monday
CHEAP = "smoothing+theta"  # a tenth of the time of all models


def series(values: list[float], name: str = "incidents", first: date = FIRST) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": name, "ds": pd.date_range(first, periods=len(values)), "y": values})


def noisy(weeks: int, seed: int = 0, name: str = "incidents") -> pd.DataFrame:
    usual = np.tile([20, 18, 17, 16, 14, 4, 3], weeks)
    return series([float(value) for value in np.random.default_rng(seed).poisson(usual)], name)


def weekly(first: int, count: int) -> list[tuple[date, list[Span]]]:
    starts = [FIRST + timedelta(weeks=first + place) for place in range(count)]
    return [(start, [Span("1", start, start + timedelta(weeks=1))]) for start in starts]


def test_a_constant_series_has_the_sum_of_its_days_and_what_came_beside_it() -> None:
    found = sums(series([3.0] * 140), weekly(12, 9), model=CHEAP)
    assert found["median"].tolist() == [21.0] * 9
    assert found["y"].dropna().tolist() == [21.0] * 8
    assert pd.isna(found["y"].iloc[-1])  # its days are not known
    assert found["errors"].tolist() == [*range(9)]


def test_the_mean_of_a_span_is_the_sum_of_the_means_of_its_days() -> None:
    daily, cutoff = noisy(20), FIRST + timedelta(weeks=20)
    span = Span("x", cutoff + timedelta(days=2), cutoff + timedelta(days=12))
    days = forecast(daily, 12, freq="D")
    found = sums(daily, [(cutoff, [span])])
    assert found["mean"].iloc[0] == pytest.approx(days["mean"].iloc[2:].sum())
    given = sums(daily, [(cutoff, [span])], made={cutoff: days.assign(mean=days["mean"] * 2)})
    assert given["mean"].iloc[0] == pytest.approx(2 * days["mean"].iloc[2:].sum())


def test_a_range_of_a_sum_is_narrower_than_the_sum_of_ranges_and_wider_than_of_days_that_have_nothing_in_common() -> None:
    daily, cutoff = noisy(30), FIRST + timedelta(weeks=30)
    days = forecast(daily, 28, freq="D")
    widths = (days["hi-80"] - days["lo-80"]).to_numpy()
    found = sums(daily, [(cutoff, [Span("all", cutoff, cutoff + timedelta(days=28))])]).iloc[0]
    assert np.sqrt((widths**2).sum()) < found["hi-80"] - found["lo-80"] < widths.sum()
    assert found["lo-95"] < found["lo-80"] < found["median"] < found["hi-80"] < found["hi-95"]


def test_nothing_later_than_a_cutoff_is_used() -> None:
    daily = noisy(30)
    changed = daily.assign(y=np.where(daily["ds"] < pd.Timestamp(FIRST + timedelta(weeks=20)), daily["y"], 500.0))
    before, after = (sums(frame, weekly(14, 10), model=CHEAP).drop(columns="y") for frame in (daily, changed))
    same = before["made"] <= FIRST + timedelta(weeks=20)
    pd.testing.assert_frame_equal(before[same], after[same])
    assert (before["mean"] != after["mean"])[~same].all()


def test_a_range_that_was_missed_becomes_wider() -> None:
    """Weeks of twice and of half as much in turn: the days alone do not say how far a week may be off."""
    daily = noisy(30)
    week = np.arange(len(daily)) // 7
    wild = daily.assign(y=np.round(daily["y"] * np.where(week >= 14, np.where(week % 4 < 2, 2.0, 0.5), 1.0)))
    calm, found = (sums(frame, weekly(14, 17), model=CHEAP).iloc[-1] for frame in (daily, wild))
    assert (found["hi-80"] - found["lo-80"]) / found["median"] > 2 * (calm["hi-80"] - calm["lo-80"]) / calm["median"]


def test_a_short_history_is_passed_over_but_for_a_forecast_that_was_made() -> None:
    cutoff = FIRST + timedelta(weeks=3)
    origin = [(cutoff, [Span("1", cutoff, cutoff + timedelta(weeks=1))])]
    daily = noisy(3)
    assert sums(daily, origin).empty
    made = {cutoff: forecast(daily, 7, freq="D")}
    assert sums(daily, origin, made=made)["mean"].iloc[0] == pytest.approx(made[cutoff]["mean"].sum())


def inside(found: pd.DataFrame, level: int) -> float:
    known = found[found["y"].notna()]
    return float(((known["y"] >= known[f"lo-{level}"]) & (known["y"] <= known[f"hi-{level}"])).mean())


@pytest.mark.real_data
def test_ranges_of_months_hold_on_real_calls(real_data: Path) -> None:
    """Calls to the City of Vancouver, months of 2016 to 2018 up to three ahead: 34 of each; two standard errors of 80 %: 0.14."""
    read = pd.read_csv(real_data / "vancouver_311_contact_centre.csv", sep=";", encoding="utf-8-sig")
    calls = pd.DataFrame({"unique_id": "calls", "ds": pd.to_datetime(read["Date"]), "y": read["CallsOffered"].astype(float)})
    calls = calls[calls["ds"] >= "2014-06-01"].sort_values("ds", ignore_index=True)
    starts = [day.date() for day in pd.date_range("2015-01-01", "2019-01-01", freq="MS")]
    origins = [
        (made, [Span(str(ahead), starts[place + ahead - 1], starts[place + ahead]) for ahead in (1, 2, 3)])
        for place, made in enumerate(starts[:-3])
    ]
    found = sums(calls, origins, holidays="CA-BC")
    late = found[found["made"] >= date(2016, 1, 1)]
    for ahead in ("1", "2", "3"):
        rows = late[late["span"] == ahead]
        assert len(rows) >= 30
        assert 0.66 <= inside(rows, 80) <= 0.94
        assert inside(rows, 95) >= 0.87


@pytest.mark.real_data
def test_ranges_of_weeks_hold_on_real_incidents(event_log: Path) -> None:
    """Incidents of the ten largest categories and groups and of all, eight weeks: 80 % to within what 168 sums in 8 weeks allow."""
    read = pd.read_csv(event_log, usecols=["number", "opened_at", "category", "assignment_group"]).drop_duplicates("number")
    read["ds"] = pd.to_datetime(read["opened_at"], dayfirst=True).dt.normalize()
    days = pd.date_range("2016-02-29", "2016-05-31")
    parts = {"all": read} | {
        f"{column} {name}": read[read[column] == name]
        for column in ("category", "assignment_group")
        for name in read[column].value_counts().index[:10]
    }
    counts = {name: part.groupby("ds").size().reindex(days, fill_value=0).astype(float) for name, part in parts.items()}
    daily = pd.concat([series(one.tolist(), name, days[0].date()) for name, one in counts.items()], ignore_index=True)
    starts = [day.date() for day in pd.date_range("2016-03-28", "2016-05-23", freq="7D")]
    found = sums(daily, [(day, [Span("1", day, day + timedelta(weeks=1))]) for day in starts], holidays="BR")
    assert 0.7 <= inside(found, 80) <= 0.92
    assert inside(found, 95) >= 0.9
