# ruff: noqa: N802 - tests are named after their cases
"""What an event is told with: what was usual before it, from its first to its last row, and nothing after it."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import detect, to_events
from itsq_analysis.anomaly.cycles import cycle

FIRST, LAST = 200, 219


def judged(usual, during, seed, days=260, length=20):
    """Poisson counts a day with 20 others among them, and the events that touch or follow these."""
    ds = pd.date_range("2026-01-01", periods=days, freq="D")
    mean = np.broadcast_to(usual, days).astype(float).copy()
    mean[FIRST : FIRST + length] = np.broadcast_to(during, days)[FIRST : FIRST + length]
    frame = pd.DataFrame({"unique_id": "mail", "ds": ds, "y": np.random.default_rng(seed).poisson(mean).astype(float)})
    events = to_events(detect(frame))
    return ds, events[events["end"] >= ds[FIRST]]


@pytest.mark.parametrize("seed", range(8))
def test_D4_an_outage_is_told_against_what_was_usual_before_it_and_from_first_to_last_day(seed):
    ds, events = judged(20, 0, seed)
    outage = events.iloc[0]
    assert (outage["start"], outage["end"], outage["peak"]) == (ds[FIRST], ds[LAST], ds[FIRST])
    assert (outage["y"], outage["direction"]) == (0, "down")
    assert outage["expected"] == pytest.approx(20, abs=4)
    assert len(events) <= 2  # forty days after it, at one false alarm a month


@pytest.mark.parametrize(("usual", "during", "direction"), [(20, 60, "up"), (300, 30, "down"), (8, 0, "down")])
def test_D4_so_is_any_event(usual, during, direction):
    for seed in range(4):
        ds, events = judged(usual, during, seed)
        event = events.iloc[0]
        assert event["start"] - ds[FIRST] <= pd.Timedelta(2, "D")
        assert event["end"] == ds[LAST]
        assert event["direction"] == direction
        assert event["expected"] == pytest.approx(usual, rel=0.35)


def test_D4_a_weekend_does_not_end_an_outage():
    week = np.tile([50, 41, 44, 46, 39, 3, 1], 38)[:260]
    for seed in range(4):
        ds, events = judged(week, 0, seed)
        assert ds[FIRST - 3] <= events["start"].iloc[0] <= ds[FIRST]  # a false alarm on the day before is one event with it
        assert events["expected"].iloc[0] > 30  # told by a working day
        assert events["end"].iloc[0] >= ds[LAST - 2]


def test_D4_a_level_that_stays_is_the_new_one():
    """Eight weeks after it began a change is no event any more, and what is usual there raises no alarm."""
    ds, events = judged(20, 60, 1, days=400, length=200)
    assert events["start"].iloc[0] == ds[FIRST]
    assert events["end"].iloc[0] <= ds[FIRST + 56]
    assert len(events) <= 6


SHAPES = {
    "saw": lambda t, length, _: t % length * 10.0,
    "saw with noise": lambda t, length, random: np.maximum(t % length * 10 + random.normal(0, 5, len(t)), 0),
    "wave of counts": lambda t, length, random: random.poisson(50 + 30 * np.sin(2 * np.pi * t / length)),
    "one busy day": lambda t, length, random: random.poisson(np.where(t % length == 0, 100, 20)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("length", [5, 10, 14, 30, 45])
def test_D3_a_cycle_of_any_length_keeps_the_budget(shape, length):
    y = SHAPES[shape](np.arange(600), length, np.random.default_rng(length)).astype(float)
    frame = pd.DataFrame({"unique_id": "jobs", "ds": pd.date_range("2026-01-01", periods=600, freq="D"), "y": y})
    events = to_events(detect(frame))
    assert len(events) <= 32  # in twenty months, at one a month: 20, and what chance adds to it in one of 200 series


def test_D3_what_breaks_a_cycle_is_an_alarm():
    y = np.random.default_rng(3).poisson(np.arange(600) % 14 * 10.0).astype(float)
    y[14 * 30 + 12] = 0  # 120 on this day of the fortnight
    ds = pd.date_range("2026-01-01", periods=600, freq="D")
    found = detect(pd.DataFrame({"unique_id": "jobs", "ds": ds, "y": y})).set_index("ds")
    day = ds[14 * 30 + 12]
    assert found.loc[day, "is_anomaly"]
    assert found.loc[day, "expected"] == pytest.approx(120, abs=25)
    assert not found.loc[day + pd.Timedelta(14, "D"), "is_anomaly"]


def test_D3_no_cycle_is_seen_where_there_is_none():
    random = np.random.default_rng(0)
    for x in (random.normal(size=300), random.normal(size=300).cumsum(), np.arange(300.0), np.full(300, 3.0)):
        assert cycle(x, 7) == cycle(x) + 6 == 7
