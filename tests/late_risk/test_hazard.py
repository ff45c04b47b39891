"""The hazard model: rows that can be counted by hand, and chances that hold where the truth is known."""

import numpy as np
import pandas as pd

from itsq_analysis.late_risk.by_day import count_range
from itsq_analysis.late_risk.hazard import AFTER, AT_PROMISE, STEPS, Hazard, edges, learn, person_periods
from itsq_analysis.late_risk.kaplan_meier import lasting_longer, quantiles
from itsq_analysis.late_risk.remaining import remaining
from itsq_analysis.late_risk.snapshots import Snapshots


def made(left, ahead, seen, ended) -> Snapshots:
    count = np.arange(len(left))
    return Snapshots(count, count, *(np.array(values, float) for values in (left, ahead, seen)), np.array(ended, bool))


def test_a_snapshot_has_a_row_for_each_step_that_it_reached_and_that_was_seen_to_its_end():
    # Steps of 8 hours left: 1, 2, 4, 8, then 2, 4 ... after the promise.
    rows = {
        "ended in the third step": (8, 3, 100, True, [(0, False), (1, False), (2, True)]),
        "open, seen for 5 hours": (8, 5, 5, False, [(0, False), (1, False), (2, False)]),
        "ended, but a longer one would not have been seen": (8, 3, 3.5, True, [(0, False), (1, False)]),
        "ended while its clock stood still": (8, 0, 100, True, [(0, True)]),
        "past its promise, ended after 3 hours": (0, 3, 100, True, [(AT_PROMISE, False), (AT_PROMISE + 1, True)]),
        "past its promise, ended at once": (0, 0, 100, True, [(AT_PROMISE, True)]),
    }
    for name, (left, ahead, seen, ended, expected) in rows.items():
        _, step, event = person_periods(made([left], [ahead], [seen], [ended]))
        assert list(zip(step.tolist(), event.tolist(), strict=True)) == expected, name


def test_kaplan_meier_counts_those_that_go_on_as_long_as_they_are_seen():
    lasted, ended = np.array([1, 2, 2, 3, 4]), np.array([True, True, False, False, True])
    assert lasting_longer(lasted, ended, np.array([0, 1, 2, 3, 4])).round(6).tolist() == [1, 0.8, 0.6, 0.6, 0]
    assert quantiles(lasted, ended, (0.1, 0.5)) == [1.0, 4.0]
    assert np.isnan(quantiles(np.array([1, 9]), np.array([True, False]), (0.9,))).all()


def test_the_range_of_a_count_is_that_of_its_exact_distribution():
    random = np.random.default_rng(1)
    chances = random.random(12)
    counts = np.sort((random.random((200_000, 12)) < chances).sum(axis=1))
    assert count_range(chances) == (counts[20_000], counts[180_000])


def test_hours_that_remain_follow_the_chance_to_be_open_still():
    ends = edges(np.array([8.0]))
    assert ends.shape == (1, STEPS + 1)
    hours = remaining(np.exp(-ends / 10), ends)  # on average 10 hours
    assert np.allclose(hours, [[-10 * np.log(0.9), 10 * np.log(2), 10 * np.log(10)]], rtol=1e-6)
    assert np.allclose(remaining(np.exp(-ends / 400), ends)[0, 2], 400 * np.log(10), rtol=1e-6)  # beyond the last step
    assert AFTER[-1] + 8 < 400 * np.log(10)


def test_chances_hold_where_the_hazard_is_known():
    """Tickets of two kinds end by chance alone; half of the clock's past is censored somewhere."""
    random, count = np.random.default_rng(7), 9_000
    rate, left = random.choice([0.02, 0.2], count), random.uniform(0.5, 16, count)
    lasts, seen = random.exponential(1 / rate), random.uniform(1, 60, count)
    past = made(left, np.minimum(lasts, seen), seen, lasts <= seen)
    features = pd.DataFrame({"left": left, "kind": (rate > 0.1).astype(float), "noise": random.random(count)})
    hazard = learn(features, past, frozenset({"kind"}), random.random(count) < 0.2)
    true, said = np.exp(-rate * left), hazard.missed(features, left)
    assert abs((said - true).mean()) < 0.015
    by_decile = pd.DataFrame({"true": true, "said": said}).groupby(pd.qcut(said, 10, labels=False)).mean()
    assert (by_decile["said"] - by_decile["true"]).abs().max() < 0.03
    assert np.allclose(hazard.open_after(features, left)[:, AT_PROMISE], said)
    assert abs(hazard.canceled_share(features).mean() - 0.2) < 0.02


def test_calibration_moves_the_promise_and_the_rest_in_proportion():
    class Always:
        def predict_proba(self, rows):
            return np.full((len(rows), 2), 0.5)

    features, left = pd.DataFrame({"left": [8.0, 0.0]}), np.array([8.0, 0.0])
    plain, moved = (Hazard(Always(), 1.0, level).open_after(features, left) for level in (0.0, 1.0))
    assert plain[0, AT_PROMISE] == 0.5**4
    assert np.isclose(moved[0, AT_PROMISE], 1 / (1 + 15 / np.e))
    power = np.log(moved[0, 1:]) / np.log(plain[0, 1:])
    assert np.allclose(power, power[0])
    assert np.array_equal(moved[1], plain[1])  # nothing is promised any more
