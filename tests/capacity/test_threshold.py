"""Time to threshold: lines by hand, sawtooths, steps, bursts, and what must hold whatever the series."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.capacity import Change, order_by, risk, time_to_threshold
from itsq_analysis.capacity.paths import _doubted
from itsq_analysis.capacity.shape import shape
from itsq_analysis.errors import ForecastError

LAST = pd.Timestamp("2026-10-31")


def frame(y, name="disk"):
    return pd.DataFrame({"unique_id": name, "ds": pd.date_range(end=LAST, periods=len(y)), "y": np.asarray(y, dtype=float)})


def crossing(y, limit, **options):
    return time_to_threshold(frame(y), limit, **{"paths": 200} | options)["disk"]


def kinds(found):
    return [note.kind for note in found.notes]


def test_a_straight_line_reaches_its_limit_on_the_exact_day():
    found = crossing(np.arange(100), 150)  # 99 on the last day: 150 is 51 days away
    assert found.earliest == found.likely == found.latest == date(2026, 10, 31) + timedelta(days=51)
    assert found.probability == 1.0
    assert (found.probability_by(50), found.probability_by(51)) == (0.0, 1.0)
    assert found.fan()["median"].iloc[:3].round(6).tolist() == [100, 101, 102]


def test_a_falling_line_reaches_what_must_be_left_on_the_exact_day():
    assert crossing(200 - np.arange(100), 50, direction="below").step_at(0.5) == 51  # 101 on the last day


def test_days_without_rows_do_not_move_a_line():
    y = np.arange(100.0)
    y[[20, 50, 51, 98, 99]] = np.nan
    assert crossing(y, 150).step_at(0.5) == 51


def test_a_level_that_does_not_move_never_reaches_its_limit():
    found = crossing(np.full(100, 40.0), 80)
    assert (found.earliest, found.likely, found.latest, found.probability) == (None, None, None, 0.0)


def test_a_sawtooth_that_stays_below_never_reaches_its_limit():
    found = crossing(np.arange(500) % 20, 25)
    assert found.earliest is None
    assert found.probability < 0.1
    assert kinds(found) == ["resets"]


@pytest.mark.parametrize("rise", ["floor", "peaks"])
def test_a_sawtooth_that_rises_does(rise):
    days = np.arange(400)
    y = days % 20 + 0.1 * days if rise == "floor" else (days % 20) * (1 + days / 400)
    found = crossing(y, 1.3 * y.max())
    # Peaks of 19 + 0.1 a day (on the floor), or of 19 (1 + day / 400): 30 % above the highest so many days ahead.
    by_hand = 0.3 * y.max() / 0.1 if rise == "floor" else 1.3 * 400 + 120 - 400
    assert found.step_at(0.5) == pytest.approx(by_hand, rel=0.2)


def test_a_sawtooth_whose_cleaning_has_stopped_is_a_line():
    y = np.concatenate([np.arange(100) % 20, np.arange(45)])
    found = crossing(y, 60)
    assert kinds(found) == ["cleaning_overdue"]
    assert found.step_at(0.5) == 16  # 44 on the last day


def test_a_cleaning_that_was_left_out_is_awaited_at_the_next_one():
    y = np.concatenate([np.arange(200) % 20, np.arange(24)])  # the last one did not come at 20 days: the next is due at 40
    found = crossing(y, 36, horizon=60)  # 23 on the last day; 36 is reached after 13 days, unless it is cleaned before
    assert found.step_at(0.5) == 13
    assert kinds(found) == ["resets"]


def test_two_small_falls_beside_a_growth_are_no_cleaning():
    days = np.arange(300)
    y = 100.0 + days - 15 * (days >= 100) - 15 * (days >= 220)
    found = crossing(y, 400)  # 369 on the last day, one a day
    assert found.step_at(0.5) == 31
    assert kinds(found) == ["step"]


def test_the_turn_of_the_month_is_seen_ahead_after_three():
    days = pd.date_range(end=LAST, periods=120)  # from 4 July: the turns to August, September, October
    y = np.where((days.day <= 2) | (days.days_in_month - days.day < 2), 80.0, 50.0) + 0.3 * np.sin(np.arange(120))
    found = crossing(y, 75, horizon=30, as_of=LAST - pd.Timedelta(days=10))  # 21 October: the 30th is nine days away
    assert found.step_at(0.5) == 9
    assert found.probability > 0.9
    assert "step" not in kinds(found)


def test_a_jump_that_is_taken_back_within_days_is_no_step():
    y = 50 + np.random.default_rng(0).normal(0, 1, 100)
    y[60:64] += 40
    assert kinds(crossing(y, 80, horizon=90)) == ["bursts"]


def test_after_a_step_the_new_level_counts():
    y = np.arange(200) * 0.1
    y[120:] += 50
    found = crossing(y, 80)  # 69.9 on the last day, 0.1 a day: 101 days
    assert (found.step_at(0.1), found.step_at(0.9)) == (101, 101)
    assert kinds(found) == ["step"]
    assert found.notes[0].values["size"] == pytest.approx(50)


@pytest.mark.parametrize("place", [60, 99])
def test_a_burst_of_one_day_is_not_carried_forward(place):
    y = 50 + np.random.default_rng(0).normal(0, 1, 100)
    y[place] = 95
    found = crossing(y, 80, horizon=90)
    assert found.probability < 0.05
    assert kinds(found) == ["bursts"]


def test_the_week_is_seen_ahead():
    days = pd.date_range(end=LAST, periods=140)
    found = crossing(np.where(days.day_of_week < 5, 60.0, 30.0), 59, horizon=7)  # the last day is a Saturday
    assert found.step_at(0.5) == 2
    assert found.fan()["median"].round(3).tolist() == [30, 60, 60, 60, 60, 60, 30]


def test_several_days_on_end():
    days = pd.date_range(end=LAST, periods=140)
    y = np.where(days.day_of_week < 5, 60.0, 30.0)
    assert crossing(y, 59, horizon=14, in_a_row=5).step_at(0.5) == 2
    assert crossing(y, 59, horizon=14, in_a_row=6).probability == 0.0


def test_more_demand_fills_faster_or_lies_higher():
    line = np.arange(100)
    assert crossing(line, 150, growth=1.0).step_at(0.5) == 26  # two a day from 99
    assert crossing(line, 150, growth=0.5, demand="level").step_at(0.5) == 1  # 1.5 × 100


def test_planned_changes_count_from_their_day():
    line = np.arange(100)
    on = date(2026, 11, 10)  # the tenth day
    assert crossing(line, 150, changes=[Change(on, add=41)]).step_at(0.5) == 10
    assert crossing(line, 150, changes={"disk": [Change(on, limit=180)]}).step_at(0.5) == 81
    assert crossing(line, 150, changes={"other": [Change(on, add=41)]}).step_at(0.5) == 51
    assert crossing(line, 150, changes=[Change(on, growth=1.0)]).step_at(0.5) == 30  # 108 on the ninth day, then two a day
    week = Change(on, growth=1.0, until=on + timedelta(days=6))
    assert crossing(line, 150, changes=[week]).step_at(0.5) == 44  # seven days more are gained
    assert crossing(line, 150, changes=[Change(on, growth=-1.0, until=on + timedelta(days=6))]).step_at(0.5) == 58


def test_what_lies_beyond_its_limit_says_so():
    assert "crossed" in kinds(crossing(np.arange(100), 80))


def test_stale_and_missing_values_are_told():
    both = pd.concat([frame(np.arange(100.0)), frame(np.arange(90.0), "old").assign(ds=lambda f: f["ds"] - pd.Timedelta(days=10))])
    found = time_to_threshold(both, 150, paths=100)
    assert kinds(found["old"])[-1] == "stale"
    assert found["old"].step_at(0.5) == 51  # 89 ten days ago
    assert kinds(found["disk"]) == []


def noisy(seed, length=150):
    rng = np.random.default_rng(seed)
    return 50 + np.cumsum(rng.normal(0.2, 1, length)) + rng.normal(0, 1, length)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), more=st.floats(0, 50))
def test_a_higher_limit_is_not_reached_earlier(seed, more):
    low, high = (crossing(noisy(seed), limit, horizon=90, paths=100) for limit in (90, 90 + more))
    assert (np.asarray(high.steps) >= np.asarray(low.steps)).all()
    for name in ("earliest", "likely", "latest"):
        assert (getattr(high, name) or date.max) >= (getattr(low, name) or date.max)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_quantiles_are_ordered_and_probabilities_rise(seed):
    found = crossing(noisy(seed), 95, horizon=120, paths=100)
    dates = [one or date.max for one in (found.earliest, found.likely, found.latest)]
    assert dates == sorted(dates)
    fan = found.fan()
    assert fan["probability"].is_monotonic_increasing
    assert fan["probability"].iloc[-1] == found.probability
    assert (fan["lo-80"] <= fan["median"]).all()
    assert (fan["median"] <= fan["hi-80"]).all()
    early, late = order_by(found, 30), order_by(found, 60)
    for one, other in zip(early, late, strict=True):
        assert other.by == (None if one.by is None else one.by - timedelta(days=30))
    assert risk({"disk": found}, (30, 120)).loc[0, [30, 120]].tolist() == [found.probability_by(30), found.probability]


def test_the_same_seed_gives_the_same_paths_beside_any_other_series():
    alone = crossing(noisy(1), 95)
    beside = time_to_threshold(pd.concat([frame(noisy(2), "a"), frame(noisy(1))]), 95, paths=200)["disk"]
    assert (alone.steps == beside.steps).all()
    assert (alone.quantiles == beside.quantiles).all()
    assert (crossing(noisy(1), 95, seed=1).steps != alone.steps).any()


def test_how_long_others_go_back_says_nothing():
    short = noisy(1)[-120:]
    alone = crossing(short, 95)
    beside = time_to_threshold(pd.concat([frame(noisy(2), "a"), frame(short)]), 95, paths=200)["disk"]
    assert (alone.steps == beside.steps).all()


def test_a_series_is_forecast_beside_others_as_if_it_were_alone():
    """One with a doubtful step, one with a clear one, one without any, one that began later."""
    rng, days = np.random.default_rng(3), pd.date_range(end="2026-10-31", periods=200)
    steps = {"doubtful": 9.0, "clear": 60.0, "none": 0.0, "late": 7.0}
    rows = {name: 50 + size * (np.arange(200) >= 120) + rng.normal(0, 1, 200).cumsum() * 0.2 for name, size in steps.items()}
    frames = {name: pd.DataFrame({"unique_id": name, "ds": days, "y": y}) for name, y in rows.items()}
    frames["late"] = frames["late"].iloc[60:]
    together = time_to_threshold(pd.concat(frames.values()), 90, horizon=60, paths=100)
    for name, frame in frames.items():
        alone = time_to_threshold(frame, 90, horizon=60, paths=100)[name]
        assert alone.steps.tolist() == together[name].steps.tolist(), name
        assert alone.quantiles.tolist() == together[name].quantiles.tolist(), name


def test_thirteen_values_are_too_few():
    with pytest.raises(ForecastError, match="found 13 in 'disk' up to 2026-10-31; wait for more"):
        crossing(np.arange(13.0), 20)
    assert crossing(np.arange(14.0), 20).step_at(0.5) == pytest.approx(7, abs=1)


def test_what_moves_in_takes_of_what_is_free():
    free = 200 - np.arange(100)  # 101 on the last day
    assert crossing(free, 50, direction="below").step_at(0.5) == 51
    assert crossing(free, 50, direction="below", changes=[Change(date(2026, 11, 10), add=41)]).step_at(0.5) == 10


def test_more_days_on_end_than_are_looked_at_never_come():
    assert crossing(np.arange(100), 50, horizon=2, in_a_row=4).probability == 0.0


def test_a_series_that_ended_before_as_of_is_named():
    early = frame(np.arange(50.0), "b").assign(ds=pd.date_range("2026-10-20", periods=50))
    with pytest.raises(ForecastError, match="found none of 'b' up to 2026-10-15"):
        time_to_threshold(pd.concat([frame(np.arange(100.0)), early]), 200, as_of=date(2026, 10, 15))


def test_an_aware_moment_is_read_in_utc():
    stamps = pd.date_range("2026-10-01", periods=200, freq="h", tz="UTC")
    hours = pd.DataFrame({"unique_id": "cpu", "ds": stamps, "y": np.arange(200.0)})
    moment = pd.Timestamp("2026-10-06 08:00", tz="Asia/Shanghai")
    found = time_to_threshold(hours, 150, freq="h", as_of=moment, horizon=48, paths=50)
    assert found["cpu"].as_of == pd.Timestamp("2026-10-06")


def test_bursts_keep_their_height_whatever_the_weekday():
    days = pd.date_range(end=LAST, periods=140)
    y = np.where(days.day_of_week < 5, 123.0, 100.0) + np.random.default_rng(0).normal(0, 1, 140)
    places = np.flatnonzero(days.day_of_week == 2)[[2, 6, 10, 14]]
    y[places] += 400
    rate, sizes = shape(y, days, 1).bursts(y, days)
    assert sizes == pytest.approx(400, abs=5)
    assert rate == pytest.approx(4 / 140)


def test_what_is_clear_is_believed_and_what_is_not_is_doubted():
    """A step of fifty times the usual change and one of five, upward, half-way: the small one may be noise that comes again."""
    rng = np.random.default_rng(0)
    found = []
    for noise in (0.05, 5.0):
        y = np.where(np.arange(200) < 100, 0.0, 50.0) + rng.normal(0, noise, 200)
        one = shape(y, pd.date_range(end=LAST, periods=200), 1)
        assert one.jumps.at.tolist() == [100]
        found.append(_doubted(one, one.clearness(y, pd.date_range(end=LAST, periods=200)), 100))
    assert found[0] < 5
    assert found[1] == 40
    saw = np.arange(500) % 20 + rng.normal(0, 0.5, 500)
    cycles = shape(saw, pd.date_range(end=LAST, periods=500), 1)
    assert _doubted(cycles, 1.0, 100) == round(40 * 4 / (4 + 24))


def test_what_comes_after_as_of_is_not_used():
    y = noisy(3)
    cut = LAST - pd.Timedelta(days=50)
    whole, prefix = crossing(y, 95, as_of=cut), time_to_threshold(frame(y)[:-50], 95, paths=200)["disk"]
    assert (whole.steps == prefix.steps).all()
    assert whole.as_of == prefix.as_of == cut


def test_hours_look_ahead_in_hours():
    stamps = pd.date_range(end="2026-10-31 23:00", periods=24 * 10, freq="h")
    hours = pd.DataFrame({"unique_id": "cpu", "ds": stamps, "y": np.where(stamps.hour == 9, 90.0, 40.0)})
    found = time_to_threshold(hours, 85, freq="h", horizon=48, paths=50)["cpu"]
    assert found.step_at(0.5) == 10
    assert found.likely == date(2026, 11, 1)
    assert found.probability_by(2) == 1.0


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"y": "full"}, {}, "y must be numbers; found 'full' in row 0 of 'disk'"),
        ({"ds": LAST + pd.Timedelta(hours=7)}, {}, "whole steps"),
        ({"ds": LAST}, {}, "one row per step; found a second one"),
        ({"y": np.nan}, {}, "needs 14 known values for a time to threshold; found 0 in 'disk'"),
        ({}, {"limit": {"other": 5}}, "found None for 'disk'"),
        ({}, {"horizon": 0}, "horizon must be"),
        ({}, {"direction": "up"}, "direction must be one of above, below"),
        ({}, {"as_of": date(2020, 1, 1)}, "found none up to"),
        ({}, {"growth": -1.5}, "growth must not be below -1"),
        ({}, {"direction": "below", "demand": "level"}, "found direction='below'"),
        ({"unique_id": None}, {}, "found no unique_id in row 0"),
    ],
)
def test_errors_name_what_was_found_and_the_remedy(change, options, words):
    given_ = frame(np.arange(20.0)).astype({"y": "object"}).assign(**change)
    with pytest.raises(ForecastError, match=words):
        time_to_threshold(given_, **{"limit": 50} | options)


def test_a_probability_beyond_the_horizon_is_not_known():
    with pytest.raises(ForecastError, match="within the horizon of 30"):
        crossing(np.arange(20), 90, horizon=30).probability_by(90)
