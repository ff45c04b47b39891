"""The benchmark's scorer: cases counted with a pencil, a plain count as oracle, and the published scores."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.anomaly.nab_scorer import PROFILES, best_threshold, corpus_at, label, points, scaled, sigmoid

STANDARD = PROFILES["standard"]
HUNDRED = label(100, [(40, 49)])  # the first 15 rows are not scored
BEST = 2 / (1 + math.exp(-5)) - 1  # 0.98661: worth of place -1


def detections(*rows, length=100):
    scores = np.zeros(length)
    scores[list(rows)] = 1.0
    return scores


def test_nothing_detected_costs_every_window():
    assert points(detections(), HUNDRED, 0.5, STANDARD) == -1
    assert points(detections(), HUNDRED, 0.5, PROFILES["low false negatives"]) == -2


def test_the_first_row_of_a_window_is_worth_one():
    assert points(detections(40), HUNDRED, 0.5, STANDARD) == pytest.approx(1.0)


def test_the_last_row_is_worth_a_tenth_of_the_way():
    # place -(49 - 49 + 1) / 10 = -0.1: 2 / (1 + exp(-0.5)) - 1 = 0.24492, over the best 0.98661
    assert points(detections(49), HUNDRED, 0.5, STANDARD) == pytest.approx(0.24492 / 0.98661, abs=1e-4)


def test_only_the_earliest_detection_counts():
    assert points(detections(43, 44, 49), HUNDRED, 0.5, STANDARD) == points(detections(43), HUNDRED, 0.5, STANDARD)


def test_every_false_row_costs_and_less_so_after_a_window():
    assert points(detections(20, 21), HUNDRED, 0.5, STANDARD) == pytest.approx(-1 - 2 * 0.11)
    # three rows after the end of a window of ten: place 3 / 9: 2 / (1 + exp(1.6667)) - 1 = -0.68210
    assert points(detections(52), HUNDRED, 0.5, STANDARD) == pytest.approx(-1 - 0.11 * 0.6821, abs=1e-4)
    assert points(detections(52), HUNDRED, 0.5, PROFILES["low false positives"]) == pytest.approx(-1 - 0.22 * 0.6821, abs=1e-4)


def test_the_first_fifteen_percent_are_not_scored():
    assert points(detections(*range(15)), HUNDRED, 0.5, STANDARD) == -1
    assert points(detections(15), HUNDRED, 0.5, STANDARD) == pytest.approx(-1.11)
    assert label(20_000, []).scored.argmax() == 750


def test_the_scale_of_a_corpus():
    assert scaled(-116, 116, STANDARD) == 0
    assert scaled(116, 116, STANDARD) == 100
    assert sigmoid(np.array(5.0)) == -1
    assert pytest.approx(0.98661, abs=1e-5) == BEST


def test_the_best_threshold_of_a_small_corpus():
    scores = detections(40) * 0.9 + detections(70) * 0.8
    assert best_threshold([scores], [HUNDRED], STANDARD) == (0.9, pytest.approx(100.0))
    assert best_threshold([detections()], [HUNDRED], STANDARD) == (1.1, 0.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=120, max_size=120), st.integers(20, 50), st.integers(60, 90))
def test_the_best_threshold_is_the_best_of_all_tried_one_by_one(levels, first, second):
    scores = np.array(levels) / 5
    labels = label(120, [(first, first + 8), (second, second + 12)])
    for profile in PROFILES.values():
        tried = [corpus_at([scores], [labels], limit, profile) for limit in np.unique(scores[scores > 0])]
        assert best_threshold([scores], [labels], profile)[1] == pytest.approx(max([*tried, 0.0]))


@pytest.mark.real_data
@pytest.mark.parametrize("detector", ["knncad", "windowedGaussian"])
def test_the_published_scores_of_the_reference_detectors_are_reproduced(detector):
    from bench.anomaly.nab import corpus, published, reference

    labels = [series.labels for series in corpus()]
    scores = reference(detector)
    names = {"standard": "standard", "low false positives": "reward_low_FP_rate", "low false negatives": "reward_low_FN_rate"}
    for name, profile in PROFILES.items():
        limit, found = best_threshold(scores, labels, profile)
        assert limit == 1.0
        assert found == pytest.approx(published()[detector][names[name]], abs=1e-6)
        assert corpus_at(scores, labels, limit, profile) == pytest.approx(found, abs=1e-9)
