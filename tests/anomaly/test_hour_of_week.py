# ruff: noqa: N802 - tests are named after their cases
"""Hourly counts with opening hours: a dead hour is found, and nothing after it."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import detect, to_events

WEEKS, SEEDS = 15, 12
DEAD = 168 * 13 + 24 * 2 + 13  # a Wednesday at 13:00
HOUR, DAY = np.arange(168 * WEEKS) % 24, np.arange(168 * WEEKS) // 24 % 7
OPEN = (HOUR >= 8) & (HOUR <= 18)
PROFILES = {
    "opens and closes": np.where(OPEN, 1.0, 0.1),
    "closed at the weekend": np.where(OPEN & (DAY < 5), 1.0, 0.05),
    "smooth": 0.1 + 0.9 * np.exp(-0.5 * ((HOUR - 13) / 3.5) ** 2),
}


def counted(mean, dead):
    """Twelve series of Poisson counts, from which the dead hour is taken."""
    ds = pd.date_range("2026-01-05", periods=len(mean), freq="h")
    frames = []
    for seed in range(SEEDS):
        y = np.random.default_rng(seed).poisson(mean).astype(float)
        y[DEAD] = 0.0 if dead else y[DEAD]
        frames.append(pd.DataFrame({"unique_id": f"{seed:02d}", "ds": ds, "y": y}))
    return pd.concat(frames)


def flagged(frame):
    return detect(frame)["is_anomaly"].to_numpy().reshape(SEEDS, -1)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("level", [20, 200, 1000])
def test_D2_a_dead_hour_is_found_and_nothing_after_it(profile, level):
    dead, control = (flagged(counted(level * PROFILES[profile], dead)) for dead in (True, False))
    assert dead[:, DEAD].sum() == SEEDS
    assert control[:, DEAD].sum() <= 1
    assert dead[:, DEAD + 168].sum() <= control[:, DEAD + 168].sum()
    after = slice(DEAD + 4, DEAD + 168 + 4)
    assert dead[:, after].sum() <= control[:, after].sum() + 2


@pytest.mark.parametrize("level", [1, 5, 50, 300])
def test_D2_the_budget_holds_from_one_to_a_thousand_an_hour(level):
    for mean in (level * PROFILES["opens and closes"], level * PROFILES["closed at the weekend"]):
        events = to_events(detect(counted(mean, False)))
        assert len(events) / SEEDS / (WEEKS / 4.3) < 1.75


def test_D2_the_expectation_knows_the_edges_and_forgets_an_outage():
    frame = counted(200 * PROFILES["opens and closes"], True)
    found = detect(frame[frame["unique_id"] == "00"])
    expected = found["expected"].to_numpy()
    days = expected[168 * 5 :].reshape(-1, 24)
    assert days[:, 8].min() > 150
    assert days[:, 7].max() < 40
    assert expected[DEAD] == pytest.approx(200, rel=0.15)
    assert expected[DEAD + 168] == pytest.approx(200, rel=0.15)
    assert (found["lower"][168 * 5 :] <= expected[168 * 5 :]).all()


def test_D2_a_dead_day_is_one_event_and_the_next_week_is_as_usual():
    frame = counted(200 * PROFILES["closed at the weekend"], False)
    frame = frame[frame["unique_id"] == "03"].reset_index(drop=True)
    frame.loc[DEAD - 13 : DEAD + 10, "y"] = 0.0
    found = detect(frame)
    dead = found.loc[DEAD - 4 : DEAD + 4]
    assert dead["is_anomaly"].all()
    assert dead["expected"].between(150, 250).all()
    assert found.loc[DEAD + 24 * 5 : DEAD + 24 * 10, "is_anomaly"].sum() <= 1


def test_in_the_middle_of_a_long_event_the_score_stays_high():
    y = np.random.default_rng(0).poisson(20, 700).astype(float)
    y[500:560] = np.random.default_rng(1).poisson(90, 60)
    found = detect(pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2026-01-05", periods=700, freq="h"), "y": y}))
    usual = found["score"].iloc[100:500].quantile(0.99)
    assert found["score"].iloc[500:560].min() > usual
    calm = found.iloc[300:500]
    assert (calm["is_anomaly"] == (calm["score"] >= 0.5)).all()  # distance alone is no alarm
