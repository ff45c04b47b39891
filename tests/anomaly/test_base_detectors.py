"""Every detector and every other part that judges rows: one contract, checked on series of all kinds."""

import numpy as np
import pytest

from itsq_analysis.anomaly.base_detectors import ALL, LevelShift, MovingMean, Seasonal, Spread, StepChange
from itsq_analysis.anomaly.daily import Special, follow
from itsq_analysis.anomaly.drift import drift
from itsq_analysis.anomaly.ensemble import excess, unusual
from itsq_analysis.anomaly.expectation import expectation
from itsq_analysis.anomaly.extreme_quantile import GENERATION, RARE, ratios
from itsq_analysis.anomaly.flatline import flatline
from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.hour_of_week import adjust
from itsq_analysis.anomaly.rate import DAILY, METRIC, learn
from itsq_analysis.anomaly.windows import largest_before, trailing_mean, trailing_median, trailing_spread

LENGTH = 700


def series():
    """Seven series: noise, a daily pattern, counts with gaps, a constant, heavy tails, a step, a short one."""
    generator = np.random.default_rng(5)
    time = np.arange(LENGTH)
    y = np.stack(
        [
            generator.normal(50, 3, LENGTH),
            20 + 10 * np.sin(2 * np.pi * time / 48) + generator.normal(0, 1, LENGTH),
            generator.poisson(2.0, LENGTH).astype(float),
            np.full(LENGTH, 7.0),
            generator.standard_t(2, LENGTH) * 1e6,
            np.where(time < 400, 1.0, 30.0) + generator.normal(0, 0.1, LENGTH),
            np.where(time < 30, generator.normal(0, 1, LENGTH), np.nan),
        ]
    )
    number = np.tile(np.where(time < 300, time, time + 11), (len(y), 1))
    return Histories(np.array(list("abcdefg")), y, number, 30, (48, 336))


def cut(histories, length):
    return Histories(histories.ids, histories.y[:, :length], histories.number[:, :length], histories.minutes, histories.seasons)


def scored(histories):
    kinds = np.select([histories.number % 90 == 50, histories.number % 90 == 51], [1, 2])
    days = Histories(histories.ids, histories.y, histories.number, 1440, (7,))
    return follow(days, kinds, Special(frozenset({1}), frozenset({2})))


PARTS = {detector.name: detector.errors for detector in ALL} | {
    "flatline": flatline,
    "drift": drift,
    "expected": lambda histories: expectation(histories, adjust(histories))[0],
    "lower": lambda histories: expectation(histories, adjust(histories))[1],
    "hour of the week": lambda histories: adjust(histories).strength,
    "unusual": lambda histories: unusual(histories, adjust(histories)),
    "ensemble": excess,
    "alarm rate": lambda histories: learn(excess(histories), METRIC).log_of(excess(histories)),
    "daily mean": lambda histories: scored(histories).mean,
    "daily spread": lambda histories: scored(histories).spread,
    "daily excess": lambda histories: scored(histories).excess,
    "daily rate": lambda histories: learn(scored(histories).excess, DAILY).log_of(scored(histories).excess),
}


@pytest.mark.parametrize("name", PARTS)
def test_nothing_later_is_used(name):
    whole = PARTS[name](series())
    for length in (29, 97, 333, 601):
        np.testing.assert_allclose(PARTS[name](cut(series(), length)), whole[:, :length], rtol=1e-7, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("detector", ALL, ids=lambda detector: detector.name)
def test_errors_are_distances_of_known_values(detector):
    histories = series()
    errors = detector.errors(histories)
    assert errors.shape == histories.y.shape
    assert np.isnan(errors[np.isnan(histories.y)]).all()
    assert not (errors < 0).any()
    assert np.isfinite(errors[:6, 640:]).all()
    assert np.nanmax(errors[3]) < 1e-6  # a constant is never far from itself


@pytest.mark.parametrize("detector", ALL, ids=lambda detector: detector.name)
def test_a_series_is_judged_alone_and_in_any_unit(detector):
    histories = series()
    alone = detector.errors(histories.rows(np.array([1])))
    np.testing.assert_allclose(alone[0], detector.errors(histories)[1], rtol=1e-9, atol=1e-9)
    larger = Histories(histories.ids, histories.y * 1000, histories.number, histories.minutes, histories.seasons)
    np.testing.assert_allclose(detector.errors(larger)[1], 1000 * detector.errors(histories)[1], rtol=1e-6, atol=1e-4)


def one(values, minutes=5, seasons=()):
    y = np.array([values], dtype=float)
    return Histories(np.array(["a"]), y, np.arange(y.shape[1])[None, :], minutes, seasons)


def test_views_by_hand():
    assert StepChange().errors(one([3, 5, 1]))[0, 1:].tolist() == [2, 4]
    assert MovingMean(2).errors(one([1, 9, 2, 8]))[0, 1:].tolist() == [8, 3, 2.5]  # means of 1, of 1 9, of 9 2
    assert LevelShift(2, 2).errors(one([1, 1, 4, 6]))[0, 3] == 4  # 5 against 1
    assert Spread(4).errors(one([1, 1, 3, 3]))[0, 3] == 1
    day = one([1, 5, 3, 5, 2.6, 9], minutes=720, seasons=(2,))
    # slot 0: 1, then 1 + 0.3 × 2 = 1.6; slot 1: 5, then 5
    assert Seasonal("day").errors(day)[0, 2:].round(9).tolist() == [2, 0, 1, 4]


def test_windows_are_those_counted_slowly():
    y = series().y[:2, :120]
    for width in (3, 12, 30):
        for row in range(width, 120):
            part = y[:, row - width + 1 : row + 1]
            np.testing.assert_allclose(trailing_mean(y, width)[:, row], part.mean(axis=1))
            np.testing.assert_allclose(trailing_spread(y, width)[:, row], part.std(axis=1), rtol=1e-6)
            odd = y[:, row - (width | 1) + 1 : row + 1] if row >= width | 1 else None
            if odd is not None:
                np.testing.assert_allclose(trailing_median(y, width)[:, row], np.median(odd, axis=1))


def test_the_extreme_quantile_is_the_quantile_counted_slowly():
    errors = np.abs(np.random.default_rng(1).standard_t(3, 2500)).astype("float32")
    told = ratios(errors[:, None, None])[:, 0, 0]
    for row in (30, 31, 700, 1500, 2499):
        worst = np.quantile(errors[:row].astype(float), 1 - RARE)
        assert told[row] == pytest.approx(errors[row] / worst, rel=1e-6)
    assert not told[:30].any()


def test_the_extreme_quantile_forgets():
    errors = np.ones(3 * GENERATION, dtype="float32")
    errors[100:120] = 9
    told = ratios(errors[:, None, None])[:, 0, 0]
    assert told[100:104].tolist() == pytest.approx([9, 4.5, 2.25, 1.125], rel=0.05)  # learned as 2, 4, 8, 9
    assert told[2000] == pytest.approx(1 / 9)
    assert told[2 * GENERATION + 50] == 1


def test_one_disaster_does_not_hide_the_next():
    errors = np.ones((400, 1, 1), dtype="float32")
    errors[[100, 200]] = [[[1e6]], [[3]]]
    assert ratios(errors)[[100, 101, 200], 0, 0].tolist() == pytest.approx([50, 0.5, 1.5], rel=0.05)


def test_detectors_of_one_kind_count_once():
    spike = np.random.default_rng(3).normal(50, 1, 400)
    spike[300] = 80
    departures = [detector for detector in ALL if detector.kind == "departure"]
    assert len(departures) > 2
    assert excess(one(spike), departures)[0, 300] == 0
    assert excess(one(spike), [departures[0], LevelShift(6, 30)])[0, 300] > 1


def test_the_largest_before_is_the_one_counted_slowly():
    values = np.random.default_rng(2).integers(0, 30, (2, 300)).astype(float)
    for rest in (1, 2, 7, 100):
        found = largest_before(values, rest)
        assert np.isneginf(found[:, 0]).all()
        for row in range(1, 300):
            assert (found[:, row] == values[:, max(0, row - rest) : row].max(axis=1)).all()


def test_flat_lines_and_gaps_are_told():
    noise = np.random.default_rng(0).normal(size=200)
    flat = np.r_[noise, np.full(40, noise[-1])]
    assert flatline(one(flat))[0, [209, 210, 211]].tolist() == [0, 2, 2]  # the twelfth equal value
    late = one(noise)
    late.number[0, 150:] += 50
    assert flatline(late)[0, 149:152].tolist() == [0, 2, 0]
