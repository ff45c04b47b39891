"""The backlog's simulation against a day-by-day loop, and what can be said without one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import ForecastError, SettingsError
from itsq_analysis.forecasting.paths import USUAL, errors_together, paths
from itsq_analysis.staffing.backlog import chance_by_hours, fewest_people, simulate_backlog
from itsq_analysis.staffing.handling import Rate, inferred_rate, stated_rate


def flat(mean: float, half: float, steps: int) -> pd.DataFrame:
    """A forecast whose errors are normal with the 80 % half-width given."""
    wide = half / 1.2815515655446004 * 1.959963984540054
    numbers = {"mean": mean, "median": mean, "lo-80": mean - half, "hi-80": mean + half, "lo-95": mean - wide, "hi-95": mean + wide}
    return pd.DataFrame({"unique_id": "a", "ds": range(steps), **numbers})


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.lists(st.floats(0, 50), min_size=3, max_size=3), min_size=1, max_size=4),
    st.floats(0, 100),
    st.lists(st.floats(0, 10), min_size=3, max_size=3),
    st.floats(0, 5),
)
def test_the_simulation_is_the_days_played_one_by_one(inflow, start, hours, rate):
    found = simulate_backlog(np.array(inflow), start, hours, rate)
    for path, days in zip(inflow, found, strict=True):
        level = start
        for came, worked, end in zip(path, hours, days, strict=True):
            level = max(level + came - worked * rate, 0.0)
            assert end == pytest.approx(level)


def test_more_people_never_make_it_worse_and_more_demand_never_better():
    inflow = np.random.default_rng(1).poisson(40, (400, 20)).astype(float)
    hours = {people: np.full(20, 7.0 * people) for people in range(3, 9)}
    chances = chance_by_hours(inflow, 60, hours, 1.0, limit=80)
    assert chances["within"].is_monotonic_increasing
    assert chances["within"].iloc[0] < 0.1 < 0.9 < chances["within"].iloc[-1]
    assert (chances["always"] <= chances["within"]).all()
    busier = chance_by_hours(inflow * 1.2, 60, {people: worked * 0.9 for people, worked in hours.items()}, 1.0, limit=80)
    assert (busier["within"] <= chances["within"]).all()


def test_the_chance_of_a_random_walk_is_the_normal_one():
    """Inflow normal(100, 10) a day, 10 people × 10 an hour-day, from 1,000: after 25 days normal(1,000, 50)."""
    inflow = np.random.default_rng(2).normal(100, 10, (20_000, 25)).clip(0)
    chances = chance_by_hours(inflow, 1000, {10: [100.0] * 25}, 1.0, limit=1050)
    assert chances["within"].iloc[0] == pytest.approx(0.8413, abs=0.01)
    assert chances["median"].iloc[0] == pytest.approx(1000, abs=2)


def test_fewest_people():
    chances = pd.DataFrame({"people": [8, 9, 10], "within": [0.5, 0.8, 0.95]})
    assert [fewest_people(chances, share) for share in (0.8, 0.9, 0.99)] == [9, 10, None]


def test_paths_have_the_intervals_of_the_forecast():
    drawn = paths(flat(100, 12.8, 5), 40_000, together=0.4)
    assert ((drawn > 87.2) & (drawn < 112.8)).mean() == pytest.approx(0.8, abs=0.01)
    assert drawn.mean(axis=0) == pytest.approx(np.full(5, 100.0))
    assert np.corrcoef(drawn[:, 0], drawn[:, 4])[0, 1] == pytest.approx(0.4, abs=0.02)


def test_paths_of_counts_are_not_negative_and_keep_the_mean():
    rows = flat(2, 2.56, 3).assign(**{"lo-80": 0.0, "lo-95": 0.0})
    drawn = paths(rows, 5000)
    assert drawn.min() >= 0
    assert drawn.mean(axis=0) == pytest.approx(np.full(3, 2.0))


def test_paths_are_the_same_for_the_same_seed():
    assert (paths(flat(5, 1, 2), 10, seed=3) == paths(flat(5, 1, 2), 10, seed=3)).all()
    assert (paths(flat(5, 1, 2), 10, seed=3) != paths(flat(5, 1, 2), 10, seed=4)).any()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_errors_that_go_together_are_found(share):
    random = np.random.default_rng(5)
    blocks = []
    for cutoff in range(60):
        rows = flat(100, 12.8155, 14).assign(cutoff=cutoff)
        common, own = random.standard_normal(), random.standard_normal(14)
        blocks.append(rows.assign(y=100 + 10 * (np.sqrt(share) * common + np.sqrt(1 - share) * own)))
    assert errors_together(pd.concat(blocks)) == pytest.approx(share, abs=0.12)


def test_too_few_forecasts_give_the_usual_share():
    rows = flat(100, 12.8, 7).assign(cutoff=1, y=100.0)
    assert errors_together(rows) == USUAL


def test_several_series_or_no_interval_are_refused():
    with pytest.raises(ForecastError, match="one series"):
        paths(pd.concat([flat(1, 1, 2), flat(1, 1, 2).assign(unique_id="b")]), 5)
    with pytest.raises(ForecastError, match="interval"):
        paths(flat(1, 1, 2)[["unique_id", "ds", "mean", "median"]], 5)


def test_the_inferred_rate_covers_the_true_one():
    """Weeks of 400 to 600 hours at 2 tickets an hour, Poisson: the interval holds the truth in about 95 % of 400 tries."""
    random = np.random.default_rng(11)
    held = 0
    for _ in range(400):
        hours = random.uniform(400, 600, 13)
        rate = inferred_rate(pd.DataFrame({"resolved": random.poisson(2 * hours), "hours": hours}))
        held += rate.lower <= 2 <= rate.upper
    assert 0.91 <= held / 400 <= 0.98


def test_a_rate_needs_four_weeks_and_forgets_what_is_older_than_thirteen():
    weeks = pd.DataFrame({"resolved": [10.0] * 3, "hours": [5.0] * 3})
    assert inferred_rate(weeks) is None
    assert inferred_rate(pd.DataFrame({"resolved": [0.0] * 5, "hours": [5.0] * 5})) is None
    long = pd.DataFrame({"resolved": [1000.0] * 10 + [10.0] * 13, "hours": [5.0] * 23})
    assert (inferred_rate(long).per_hour, inferred_rate(long).weeks) == (2.0, 13)


def test_drawn_rates():
    rate = Rate(2.0, 1.8, 2.2, "inferred", 13)
    drawn = rate.draw(20_000, 1)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([1.8, 2.2], abs=0.01)
    assert stated_rate(15).per_hour == 4.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: simulate_backlog(np.ones((2, 3)), 0, [1, 1], 1.0),
        lambda: simulate_backlog(np.ones((2, 3)), -1, [1, 1, 1], 1.0),
        lambda: simulate_backlog(np.ones((2, 3)), 0, [1, 1, 1], [1.0, 1.0, 1.0]),
        lambda: chance_by_hours(np.ones((2, 3)), 0, {1: [1, -1, 1]}, 1.0, 5),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(SettingsError):
        wrong()


def test_a_backlog_at_its_limit_is_within_it():
    chances = chance_by_hours(np.array([[10.0, 5.0], [11.0, 5.0]]), 0, {1: [5.0, 5.0]}, 1.0, limit=5)
    assert (chances["within"].tolist(), chances["always"].tolist()) == ([0.5], [0.5])
