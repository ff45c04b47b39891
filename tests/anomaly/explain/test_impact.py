"""What came after a moment: planted excesses are measured, intervals hold what they promise, nothing later is used."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.impact import impact, impact_on_values
from itsq_analysis.errors import ForecastError
from tests.anomaly.explain.made import DAYS, moments


def test_a_wave_after_a_change_is_measured():
    evening = DAYS[250] + pd.Timedelta(hours=20)
    quiet = moments()
    wave = pd.Series([evening + pd.Timedelta(hours=14 + n) for n in range(46)])
    found = impact(pd.concat([quiet, wave]), evening, until=DAYS[-1])
    plain = impact(quiet, evening, until=DAYS[-1])
    assert found.counted == plain.counted + 46
    assert found.expected == plain.expected
    assert found.lower < 46 < found.upper
    assert found.excess == pytest.approx(46, abs=5)
    assert found.certain
    assert found.until == DAYS[254]


def test_the_interval_holds_nothing_as_often_as_it_says():
    found = [
        impact(moments(seed), DAYS[day] + pd.Timedelta(hours=hour), until=DAYS[-1])
        for seed in range(20)
        for day, hour in ((120, 3), (170, 12), (230, 16), (270, 22))
    ]
    inside = np.mean([one.lower <= 0 <= one.upper for one in found])
    assert inside >= 0.88  # of 80; 95 % is promised


def test_nothing_from_the_day_of_the_moment_on_moves_the_expectation():
    at = DAYS[250] + pd.Timedelta(hours=13)
    plain = moments()
    later = pd.Series(DAYS[250] + pd.to_timedelta(np.arange(500), unit="min"))
    assert impact(plain, at, until=DAYS[-1]).expected == impact(pd.concat([plain, later]), at, until=DAYS[-1]).expected


def test_of_the_moments_own_day_only_the_rest_is_expected():
    steady = pd.Series([day + pd.Timedelta(hours=hour) for day in DAYS[:100] for hour in range(24)])
    whole, half = (impact(steady, DAYS[60] + pd.Timedelta(hours=hour), until=DAYS[99], days=0) for hour in (0, 12))
    assert (whole.counted, half.counted) == (24, 12)
    assert whole.expected == pytest.approx(24, rel=0.01)
    assert half.expected == pytest.approx(12, rel=0.01)


def test_data_that_end_early_are_compared_with_what_was_due_until_then():
    steady = pd.Series([day + pd.Timedelta(hours=hour) for day in DAYS[:100] for hour in range(24)])
    found = impact(steady, DAYS[60] + pd.Timedelta(hours=6), until=DAYS[60] + pd.Timedelta(hours=18))
    assert (found.counted, found.until) == (12, DAYS[60] + pd.Timedelta(hours=18))
    assert found.expected == pytest.approx(12, rel=0.01)


def test_too_little_before_it_is_said():
    with pytest.raises(ForecastError, match="needs 28 days of tickets before"):
        impact(moments(), DAYS[10], until=DAYS[-1])


def metric(seed: int, jump: float = 0.0, at: int = 30 * 24) -> pd.DataFrame:
    """A CPU by the hour: a day, and values that resemble their neighbours."""
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2026-06-01", periods=36 * 24, freq="h")
    drift = np.zeros(len(hours))
    for place in range(1, len(hours)):
        drift[place] = 0.9 * drift[place - 1] + rng.normal(0, 1)
    y = 40 + 10 * np.sin(2 * np.pi * (hours.hour - 6) / 24) + drift + jump * (np.arange(len(hours)) >= at)
    return pd.DataFrame({"ds": hours, "y": y})


def test_a_metric_that_rose_is_measured():
    found = impact_on_values(metric(0, jump=8), pd.Timestamp("2026-07-01"))
    assert found.lower < 8 < found.upper
    assert found.certain


def test_a_disk_that_fills_is_expected_to_fill_further():
    filling = metric(0).assign(y=lambda rows: 100.0 + 0.5 * np.arange(len(rows)) + np.random.default_rng(1).normal(0, 1, len(rows)))
    at = pd.Timestamp("2026-07-01")
    before = impact_on_values(filling, at)
    assert before.expected == pytest.approx(before.counted, abs=1.0)
    assert not before.certain
    more = impact_on_values(filling.assign(y=filling["y"] + 20 * (filling["ds"] >= at)), at)
    assert more.excess == pytest.approx(20, abs=1.5)
    assert more.certain


def test_a_metric_that_wanders_by_itself_is_no_impact():
    found = [impact_on_values(metric(seed), pd.Timestamp("2026-07-01")).certain for seed in range(60)]
    assert sum(found) <= 7  # 5 % of 60 is 3


def test_a_metric_without_history_says_so():
    with pytest.raises(ForecastError, match=r"in 5 stretches of 3 days before the moment .* found 1 with"):
        impact_on_values(metric(0), pd.Timestamp("2026-06-05"))


def test_three_values_of_a_month_before_are_no_history():
    hours = metric(0)
    known = hours[(hours["ds"] >= "2026-07-01") | hours.index.isin([1, 2, 3])]
    with pytest.raises(ForecastError, match="found 1 with"):
        impact_on_values(known, pd.Timestamp("2026-07-01"))


def test_a_metric_that_ends_early_is_compared_with_stretches_as_short():
    """One hour of noise is no impact, however quiet the means of three days are; until says what was compared."""
    certain = 0
    hours = pd.date_range("2026-04-01", periods=24 * 40, freq="h")
    for seed in range(60):
        y = np.random.default_rng(seed).normal(50, 5, len(hours))
        found = impact_on_values(pd.DataFrame({"ds": hours, "y": y}), hours[-1])
        assert found.until == hours[-1] + pd.Timedelta(hours=1)
        assert found.counted == y[-1]
        certain += found.certain
    assert certain <= 7  # 5 % of 60 are 3


@pytest.mark.parametrize(
    ("days", "message"), [(0, "days must be a whole number, 1 or more"), (1.5, "found 1.5"), (True, "found True")]
)
def test_days_that_are_none_are_refused(days, message):
    hours = pd.date_range("2026-04-01", periods=24 * 40, freq="h")
    with pytest.raises(ForecastError, match=message):
        impact_on_values(pd.DataFrame({"ds": hours, "y": 1.0}), hours[700], days=days)
    with pytest.raises(ForecastError, match="days must be a whole number, 0 or more; found -1"):
        impact(moments(), DAYS[60], until=DAYS[-1], days=-1)
    with pytest.raises(ForecastError, match="an impact needs a moment; found NaT"):
        impact(moments(), pd.NaT, until=DAYS[-1])
