"""What an event is told with: what was usual before it, from its first to its last row, and nothing after it."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import detect, to_events

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
        assert events["start"].iloc[0] == ds[FIRST]
        assert events["expected"].iloc[0] > 30  # told by a working day
        assert events["end"].iloc[0] >= ds[LAST - 2]


def test_D4_a_level_that_stays_is_the_new_one():
    """Eight weeks after it began a change is no event any more, and what is usual there raises no alarm."""
    ds, events = judged(20, 60, 1, days=400, length=200)
    assert events["start"].iloc[0] == ds[FIRST]
    assert events["end"].iloc[0] <= ds[FIRST + 56]
    assert len(events) <= 6
