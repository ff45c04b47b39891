"""detect and to_events: the fixed interface, on tables small enough to know the answer."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis import ForecastError, detect, to_events
from itsq_analysis.anomaly.rate import threshold
from itsq_analysis.forecasting.calendar import special_days

WEEK = [50, 41, 44, 46, 39, 3, 1]
RESULT = ["unique_id", "ds", "y", "expected", "lower", "upper", "score", "is_anomaly"]


def daily(weeks=12, seed=0, name="mail", start="2026-01-05"):
    generator = np.random.default_rng(seed)
    ds = pd.date_range(start, periods=7 * weeks, freq="D")
    return pd.DataFrame({"unique_id": name, "ds": ds, "y": generator.poisson(np.tile(WEEK, weeks)).astype(float)})


def metric(days=8, seed=0, name="cpu", zone=None):
    generator = np.random.default_rng(seed)
    ds = pd.date_range("2026-01-05", periods=288 * days, freq="5min", tz=zone)
    wave = 40 + 15 * np.sin(2 * np.pi * np.arange(len(ds)) / 288)
    return pd.DataFrame({"unique_id": name, "ds": ds, "y": wave + generator.normal(0, 1.5, len(ds))})


def test_the_table():
    found = detect(pd.concat([daily(name="b"), daily(name="a", seed=1)]).sample(frac=1, random_state=0))
    assert found.columns.tolist() == RESULT
    assert found["unique_id"].tolist() == ["a"] * 84 + ["b"] * 84
    assert found["score"].between(0, 1).all()
    assert found["is_anomaly"].dtype == bool
    told = found[found["expected"].notna()]
    assert len(told) == 2 * 70  # the first two weeks are learned from
    assert (told["lower"] <= told["expected"]).all()
    assert (told["expected"] <= told["upper"]).all()


@pytest.mark.parametrize(("row", "factor", "direction"), [(66, 4.0, "up"), (65, 0.05, "down")])
def test_a_spike_and_a_dip_in_daily_counts(row, factor, direction):
    frame = daily()
    frame.loc[row, "y"] = round(frame.loc[row, "y"] * factor)
    events = to_events(detect(frame))
    hit = events[(events["start"] <= frame.loc[row, "ds"]) & (events["end"] >= frame.loc[row, "ds"])]
    assert hit["direction"].tolist() == [direction]
    assert hit["size"].iloc[0] == pytest.approx(frame.loc[row, "y"] - hit["expected"].iloc[0])


def test_a_shift_of_daily_counts_is_found_within_a_week():
    frame = daily()
    frame.loc[60:, "y"] = (frame.loc[60:, "y"] * 1.8).round()
    events = to_events(detect(frame))
    assert events["start"].between(frame.loc[60, "ds"], frame.loc[66, "ds"]).any()


def test_a_holiday_that_is_known_is_no_anomaly():
    frame = daily(weeks=20, start="2026-03-02")  # after the Spring Festival: on its days there would have been work as usual
    day = pd.Timestamp("2026-05-01")  # Friday
    frame.loc[frame["ds"] == day, "y"] = 1
    told = detect(frame).set_index("ds")["is_anomaly"]
    known = detect(frame, holidays="CN").set_index("ds")["is_anomaly"]
    named = detect(frame, holidays=pd.DataFrame({"ds": [day], "name": ["day off"]})).set_index("ds")["is_anomaly"]
    assert (told[day], known[day], named[day]) == (True, False, False)


def test_a_holiday_on_a_sunday_is_a_sunday():
    frame = daily(weeks=30, start="2026-01-05")
    fridays = [pd.Timestamp("2026-04-03"), pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-05")]
    sunday = pd.Timestamp("2026-07-05")
    frame.loc[frame["ds"].isin(fridays), "y"] = 1
    days = pd.DataFrame({"ds": [*fridays, sunday], "name": "day off"})
    found = detect(frame, holidays=days).set_index("ds")
    assert not found["is_anomaly"][[*fridays, sunday]].any()
    assert found["expected"][sunday] == pytest.approx(1, abs=1)  # what made a Sunday of Fridays is not taken off once more
    assert found["expected"][fridays[2]] < 5


def test_a_day_after_a_holiday_can_be_an_anomaly():
    frame = daily(weeks=30)
    days = pd.DataFrame({"ds": [pd.Timestamp("2026-07-01")], "name": "day off"})
    frame.loc[frame["ds"] == days["ds"][0], "y"] = 1
    frame.loc[frame["ds"] == "2026-07-02", "y"] = 150
    found = detect(frame, holidays=days).set_index("ds")
    assert found["is_anomaly"]["2026-07-02"]
    assert not found["is_anomaly"]["2026-07-01"]


def test_a_week_is_not_surer_than_the_level_is_steady():
    generator = np.random.default_rng(2)
    frame = pd.DataFrame({"unique_id": "calls", "ds": pd.date_range("2026-01-05", periods=210, freq="D")})
    usual = 3000 * (1 + 0.02 * generator.normal(size=210))
    alarms = []
    for share in (1.0, 1.05, 1.1, 1.2, 1.4):
        frame["y"] = np.rint(usual * np.where(np.arange(210) >= 150, share, 1.0))
        alarms.append(int(detect(frame)["is_anomaly"].iloc[150:158].sum()))
    # Days differ by 2 %, so 5 % more is 2.5 standard deviations: told on the one day to which its own noise adds as much (score
    # 0.68; the others 0.06 to 0.36). Three of the eight days were told while what happens every week could be an alarm.
    # From 20 % on it is an event, whose days are told against what was usual before it.
    assert alarms == [0, 1, 2, 8, 8]


def test_after_a_holiday_a_service_settles():
    """On the three days after the first working day the band is wider; a week later it is as before."""
    ds = pd.date_range("2026-01-05", periods=140, freq="D")
    y = np.tile([50.0, 41, 44, 46, 39, 3, 1], 20) + np.tile([0, 1, 0, -1, 0, 1, 0, 1, 0], 16)[:140]
    plain = pd.DataFrame({"unique_id": "mail", "ds": ds, "y": y})
    monday, thursday = pd.Timestamp("2026-05-04"), pd.Timestamp("2026-05-07")
    off = pd.DataFrame({"ds": [monday], "name": "day off"})
    settling = plain.assign(y=plain["y"].mask(ds == monday, 1.0))

    before, after = detect(plain).set_index("ds"), detect(settling, holidays=off).set_index("ds")
    ratio = (after["upper"] - after["lower"]) / (before["upper"] - before["lower"])
    assert ratio["2026-05-05":"2026-05-12"].round(1).tolist() == [2.0, 1.5, 1.5, 1.5, 1.0, 1.0, 1.0, 1.0]  # from Tuesday on

    both = [one.assign(y=one["y"].mask(ds == thursday, 62.0)) for one in (plain, settling)]
    told = [detect(both[0]), detect(both[1], holidays=off)]
    assert [one.set_index("ds")["is_anomaly"][thursday] for one in told] == [True, False]


def test_an_adjusted_working_day_is_no_anomaly():
    frame = daily(weeks=20, start="2025-12-01")
    saturday = pd.Timestamp("2026-02-28")  # worked in China for the Spring Festival
    frame.loc[frame["ds"] == saturday, "y"] = 45
    assert detect(frame).set_index("ds")["is_anomaly"][saturday]
    assert not detect(frame, holidays="CN").set_index("ds")["is_anomaly"][saturday]


@pytest.mark.parametrize(
    "change",
    {
        "spike": lambda y: y + np.where(np.arange(len(y)) == 1700, 40, 0),
        "level shift": lambda y: y + np.where(np.arange(len(y)) >= 1700, 30, 0),
        "variance": lambda y: np.where(np.arange(len(y)) >= 1700, y + 12 * np.resize([1, -1, 0.5, -1.5], len(y)), y),
        "flat line": lambda y: np.where(np.arange(len(y)) >= 1700, y[1700], y),
        "drift": lambda y: y + np.maximum(np.arange(len(y)) - 1700, 0) * 0.12,
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_goes_wrong_with_a_metric_is_seen(change):
    frame = metric()
    frame["y"] = change[1](frame["y"].to_numpy())
    found = detect(frame)
    assert not found["is_anomaly"].iloc[1000:1700].any()
    assert found["is_anomaly"].iloc[1700:2200].any()


def test_values_that_did_not_come_are_seen():
    frame = metric().drop(index=range(1700, 1760))
    found = detect(frame)
    events = to_events(found)
    assert len(found) == len(frame)
    assert frame["ds"].iloc[1700] in events["start"].tolist()


@pytest.mark.parametrize("frame", [daily(), metric(days=4)], ids=["daily", "metric"])
def test_the_score_of_a_prefix_is_the_prefix_of_the_score(frame):
    frame = frame.copy()
    frame.loc[len(frame) - 20, "y"] = 900
    holidays = "BR" if len(frame) < 100 else None
    whole = detect(frame, holidays=holidays)
    for length in (len(frame) - 1, len(frame) - 19, len(frame) // 2):
        part = detect(frame.iloc[:length], holidays=holidays)
        pd.testing.assert_frame_equal(part, whole.iloc[:length], check_exact=False, rtol=1e-6)


def test_looking_back_may_use_what_came_later():
    frame = daily()
    frame.loc[5, "y"] = 400  # before a causal detector knows anything
    assert not detect(frame)["is_anomaly"].iloc[5]
    assert detect(frame, causal=False)["is_anomaly"].iloc[5]


def test_a_larger_budget_never_hides_an_alarm():
    frame = daily(weeks=30, seed=4)
    few, many = detect(frame, alarms_per_month=0.5), detect(frame, alarms_per_month=5)
    assert (many["is_anomaly"] | ~few["is_anomaly"]).all()
    assert many["is_anomaly"].sum() > few["is_anomaly"].sum()
    np.testing.assert_allclose(few["score"], many["score"])
    assert threshold(1) == 0.5


def test_the_band_is_where_a_value_alone_raises_no_alarm():
    frame = daily(weeks=30, seed=4)
    found = detect(frame, alarms_per_month=3)
    told = found[found["expected"].notna()]
    outside = (told["y"] < told["lower"]) | (told["y"] > told["upper"])
    assert outside.any()
    assert told.loc[outside, "is_anomaly"].all()


@pytest.mark.parametrize(("freq", "n"), [("D", 400), ("W-MON", 150), ("MS", 60)])
def test_a_budget_is_kept_in_rows_too_where_nothing_is_wrong(freq, n):
    """Events that never end would keep any budget; a month of a slow series is not one value."""
    generator = np.random.default_rng(3)
    dates = pd.date_range("2020-01-06", periods=n, freq=freq)
    values = [generator.poisson(20, n), generator.normal(100, 10, n), np.exp(generator.normal(2, 0.5, n))]
    frame = pd.concat(
        [pd.DataFrame({"unique_id": f"{kind} {one}", "ds": dates, "y": values[kind]}) for kind in range(3) for one in "ab"]
    )
    found = detect(frame)
    assert 0 < found["is_anomaly"].mean() < 1.7 * (1 / 30 if freq == "D" else 1 / 20)


def test_a_series_of_thirty_values_works_and_shorter_ones_say_why_not():
    frame = daily(weeks=5).head(30)
    frame.loc[27, "y"] = 500
    assert detect(frame)["is_anomaly"].iloc[27]
    with pytest.raises(ForecastError, match=r"15 known values .*'mail'\) has 10; give more history"):
        detect(frame.head(10))
    both = pd.concat([frame, daily(name="new").head(3)])
    assert not detect(both).query("unique_id == 'new'")["is_anomaly"].any()


@pytest.mark.parametrize("budget", [0, -1, 1000, True, "1"])
def test_a_budget_that_is_none_is_refused(budget):
    with pytest.raises(ForecastError, match="alarms_per_month must be a number above 0"):
        detect(daily(), alarms_per_month=budget)


def test_holidays_need_days():
    with pytest.raises(ForecastError, match="holidays need a step of a day; found 5min"):
        detect(metric(days=2), holidays="CN")


def test_missing_values_stay_rows_and_are_judged_nothing():
    frame = daily()
    frame.loc[[30, 40], "y"] = np.nan
    found = detect(frame)
    assert len(found) == len(frame)
    assert found.loc[[30, 40], ["y", "expected"]].isna().all().all()
    assert found.loc[[30, 40], "score"].tolist() == [0, 0]


def test_aware_times_numbers_weeks_and_months():
    zone = "Asia/Shanghai"
    assert str(detect(metric(days=2, zone=zone))["ds"].dt.tz) == zone
    for freq in ("W", "MS"):
        ds = pd.date_range("2020-01-05", periods=40, freq=freq)
        y = np.random.default_rng(0).normal(100, 5, 40)
        y[35] = 300
        found = detect(pd.DataFrame({"unique_id": "a", "ds": ds, "y": y}))
        assert found["is_anomaly"].iloc[35]
        assert found["ds"].tolist() == ds.tolist()
    numbered = daily().assign(ds=np.arange(84))
    assert detect(numbered)["ds"].tolist() == list(range(84))


def test_events_of_neighbouring_rows_are_one():
    ds = pd.date_range("2026-01-01", periods=12, freq="D")
    score = np.array([0, 0.6, 0.9, 0, 0, 0.7, 0, 0, 0, 0, 0.8, 0])
    found = pd.DataFrame({"unique_id": "a", "ds": ds, "y": 5.0, "expected": [1.0] * 6 + [9.0] * 6, "score": score})
    events = to_events(found.assign(is_anomaly=score >= 0.5))
    assert events[["start", "end", "peak"]].values.tolist() == [[ds[1], ds[5], ds[2]], [ds[10], ds[10], ds[10]]]
    assert events["direction"].tolist() == ["up", "down"]
    assert events["size"].tolist() == [4, -4]
    assert events["score"].tolist() == [0.9, 0.8]


def test_no_event_is_a_table_too_and_another_table_is_refused():
    found = detect(daily()).assign(is_anomaly=False)
    assert to_events(found).columns.tolist() == ["unique_id", "start", "end", "peak", "direction", "y", "expected", "size", "score"]
    assert to_events(found).empty
    with pytest.raises(ForecastError, match="it has no y, expected, score, is_anomaly"):
        to_events(found[["unique_id", "ds"]])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-50, 10**6), st.floats(-1e9, 1e9)), min_size=40, max_size=60))
def test_any_numbers_give_scores(values):
    y = pd.Series(values, dtype=float)
    if y.notna().sum() < 20 or pd.isna(values[0]) or pd.isna(values[-1]):
        return
    for freq in ("D", "5min"):
        frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2026-01-01", periods=len(y), freq=freq), "y": y})
        found = detect(frame, freq=freq)
        assert len(found) == len(frame)
        assert found["score"].between(0, 1).all()


def test_a_day_on_which_most_people_work_is_no_sunday():
    """Juneteenth, Columbus Day and Veterans Day, with the volume of any working day."""
    days = pd.date_range("2025-01-06", periods=400)
    rng = np.random.default_rng(3)
    usual = np.where(days.day_of_week < 5, 100.0, 10.0)
    special = special_days("US", date(2025, 1, 6), date(2026, 2, 9), date(2025, 1, 6)).days
    minor = [str(day) for day, (kind, _) in special.items() if kind == "minor" and date(2025, 6, 1) <= day <= date(2026, 2, 9)]
    assert "2025-11-11" in minor
    usual[days.isin([pd.Timestamp(day) for day, (kind, _) in special.items() if kind == "public"])] = 10.0
    frame = pd.DataFrame({"unique_id": "desk", "ds": days, "y": rng.poisson(usual)})
    found = detect(frame, holidays="US").set_index("ds")
    assert not found.loc[minor, "is_anomaly"].any()
    assert found.loc[minor, "expected"].between(70, 130).all()


def test_twelve_months_are_judged_alone_as_beside_longer_series():
    months = pd.date_range("2025-01-01", periods=16, freq="MS")
    long = pd.DataFrame({"unique_id": "long", "ds": months, "y": [100.0 + place % 3 for place in range(16)]})
    short = long.tail(12).assign(unique_id="short")
    beside = detect(pd.concat([long, short])).query("unique_id == 'short'")
    alone = detect(short)
    assert alone["expected"].notna().sum() == beside["expected"].notna().sum() == 4
    assert alone["score"].tolist() == beside["score"].tolist()
