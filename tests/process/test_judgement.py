"""The process mark, signals, and how often they come while nothing changes."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from itsq_analysis.process import FEWEST, MOST, Kind, Process, judge_process
from itsq_analysis.process.judgement import RARE, tail_chance
from tests.process import naive

LABELS = [f"{2024 + month // 12}-{month % 12 + 1:02}" for month in range(36)]


def judged(
    values: list[float] | NDArray[np.float64],
    n: list[float] | None = None,
    *,
    kind: Kind = "individuals",
    target: float | None = None,
    better: str = "lower",
    **bounds: float,
) -> Process:
    """The process of the last of these values, the others before it."""
    frame = pd.DataFrame({"period": LABELS[: len(values)], "value": values, "n": n or [nan] * len(values)})
    return judge_process(frame.iloc[:-1], frame.iloc[-1], target=target, better=better, kind=kind, **bounds)


@pytest.mark.parametrize(
    ("target", "better", "word"),
    [
        (17, "lower", "keeps"),
        (16.32, "lower", "keeps"),
        (16, "lower", "hit and miss"),
        (11, "lower", "hit and miss"),
        (5, "lower", "keeps missing"),
        (5, "higher", "keeps"),
        (6, "higher", "hit and miss"),
        (16.4, "higher", "keeps missing"),
    ],
)
def test_the_mark_says_on_which_side_the_limits_lie(target: float, better: str, word: str) -> None:
    """10 and 12 in turn: limits 11 ± 5.3191, from 5.68 to 16.3191."""
    found = judged([10.0, 12.0] * 6 + [11.0], target=target, better=better)
    assert (found.word, found.reason, found.periods, found.signal) == (word, "", 12, False)


def test_without_a_target_there_are_limits_but_no_mark() -> None:
    for target, better in ((None, "lower"), (nan, "lower"), (12.0, "none")):
        found = judged([10.0, 12.0] * 6 + [11.0], target=target, better=better)
        assert (found.word, found.reason, round(found.upper, 2)) == (None, "no_target", 16.32)


def test_fewer_than_twelve_periods_say_nothing() -> None:
    found = judged([10.0, 12.0] * 5 + [10.0, 99.0], target=12)
    assert (found.word, found.reason, found.periods, found.signal) == (None, "few_periods", 11, False)
    assert np.isnan(found.upper)
    assert judged([10.0, 12.0] * 6 + [99.0], target=12).signal
    assert (FEWEST, MOST) == (12, 24)


def test_only_the_newest_24_count() -> None:
    assert judged([1000.0] * 5 + [10.0, 12.0] * 12 + [11.0]).periods == 24
    assert judged([1000.0] * 5 + [10.0, 12.0] * 12 + [11.0]).centre == 11


def test_periods_without_a_value_or_without_cases_are_left_out() -> None:
    values = [0.5, nan, 0.4, 0.6] * 5 + [0.5]
    sizes = [100.0, 100.0, 0.0, 100.0] * 5 + [100.0]
    found = judged(values, sizes, kind="proportion")
    assert (found.reason, found.periods) == ("few_periods", 10)


def test_a_value_that_is_missing_still_has_a_mark() -> None:
    found = judged([0.5, 0.6] * 6 + [nan], [100.0] * 12 + [0.0], kind="proportion", target=0.2, better="higher")
    assert (found.word, found.signal, found.chance) == ("keeps", False, 1.0)
    assert judged([0.5, 0.6] * 6 + [nan], [100.0] * 12 + [0.0], kind="proportion").reason == "no_target"


def test_outside_the_limits_is_a_signal_of_this_period() -> None:
    above, below = judged([10.0, 12.0] * 6 + [16.4]), judged([10.0, 12.0] * 6 + [5.6])
    assert (above.signal, above.outside, above.direction, above.since) == (True, True, "up", LABELS[12])
    assert (below.signal, below.direction) == (True, "down")
    assert not judged([10.0, 12.0] * 6 + [16.3]).signal


def test_a_run_is_a_signal_since_its_first_period() -> None:
    values = [10.0, 12.0, 13.0, 9.0] * 3 + [11.6] * 7
    found = judged(values)
    assert (found.signal, found.outside, found.direction, found.run, found.since) == (True, False, "up", 7, LABELS[12])
    assert not judged(values[:-1]).signal


def test_a_stock_has_no_runs() -> None:
    values = [10.0, 12.0, 9.0, 13.0] * 3 + [11.6] * 7
    assert not judged(values, kind="stock").signal


def test_one_event_after_years_without_any_is_no_change() -> None:
    """Limits from 0 to 0: but one event in 13 periods falls into the last with a chance of 1 in 13, two with 1 in 169."""
    found = judged([0.0] * 12 + [1 / 30], [30.0] * 13, kind="rate")
    assert (found.upper, found.signal) == (pytest.approx(2 / 30), False)
    assert found.chance == pytest.approx(4 / 13)


def test_ten_events_after_years_without_any_are_one() -> None:
    found = judged([0.0] * 12 + [10 / 30], [30.0] * 13, kind="rate")
    assert found.signal
    assert found.chance < 1e-6


def test_the_exact_chance_of_counts_against_the_oracle() -> None:
    hits, sizes = [1, 0, 2, 1, 0, 1, 1, 0, 2, 1, 0, 1, 6], [20] * 13
    shares = [hit / size for hit, size in zip(hits, sizes, strict=True)]
    assert tail_chance(shares, sizes, "proportion") == pytest.approx(float(naive.chance_of_counts(hits, sizes)))
    events, days = [1, 0, 2, 0, 5], [30, 31, 28, 31, 30]
    rates = [event / day for event, day in zip(events, days, strict=True)]
    assert tail_chance(rates, days, "rate") == pytest.approx(2 * binom.sf(4, 8, 30 / 150))


def test_the_band_of_a_share_follows_its_cases() -> None:
    """94 % is unusual among 4,000 cases and usual among 40, after 95 % of 2,000."""
    past = ([0.95] * 12, [2000.0] * 12)
    assert judged([*past[0], 0.935], [*past[1], 4000.0], kind="proportion").signal
    assert not judged([*past[0], 0.925], [*past[1], 40.0], kind="proportion").signal


def test_a_count_is_usual_inside_the_range_that_is_told_and_a_signal_outside() -> None:
    """For every count that can be: few cases and many, shares and rates, 12 and 24 periods."""
    generator = np.random.default_rng(5)
    for kind, cases, level in [
        ("proportion", 12, 0.9),
        ("proportion", 400, 0.97),
        ("proportion", 1200, 0.9),
        ("rate", 22, 0.05),
        ("rate", 22, 3.0),
    ]:
        for periods in (12, 24):
            draw = generator.binomial(cases, level, periods) if kind == "proportion" else generator.poisson(cases * level, periods)
            past, most = [count / cases for count in draw], cases if kind == "proportion" else int(draw.max()) * 3 + 9
            for count in range(most + 1):
                now = judged([*past, count / cases], [float(cases)] * (periods + 1), kind=kind)
                inside = now.lower - 1e-9 <= count / cases <= now.upper + 1e-9
                assert now.outside is not inside, (kind, cases, level, periods, count)
                rare = tail_chance([*past, count / cases], [cases] * (periods + 1), kind) <= RARE
                assert rare or inside, (kind, cases, level, periods, count)


# While nothing changes -------------------------------------------------------------------------------------------------

TIMES = 700


def signals(kind: Kind, draw, periods: int = MOST, **bounds: float) -> tuple[float, float]:
    """How often the newest of `periods` + 1 values signals, and how often its chance is at most 5 %."""
    found = [judged(*draw(periods + 1), kind=kind, **bounds) for _ in range(TIMES)]
    return float(np.mean([one.signal for one in found])), float(np.mean([one.chance <= 0.05 for one in found]))


def normal(generator: np.random.Generator):
    return lambda count: (list(generator.normal(100, 10, count)), None)


def shares(generator: np.random.Generator, spread: float):
    """1,000 to 2,000 cases a period at 92 %; `spread` is the standard deviation of the period's own level."""

    def draw(count: int):
        sizes = generator.integers(1000, 2000, count)
        levels = np.clip(generator.normal(0.92, spread, count), 0, 1)
        return list(generator.binomial(sizes, levels) / sizes), [float(size) for size in sizes]

    return draw


def counts(generator: np.random.Generator, rate: float):
    """Events per day in months of 18 to 23 days."""

    def draw(count: int):
        days = generator.integers(18, 24, count)
        return list(generator.poisson(rate * days) / days), [float(day) for day in days]

    return draw


@pytest.mark.parametrize("periods", [FEWEST, MOST])
@pytest.mark.parametrize(
    ("kind", "draw"),
    [
        ("individuals", normal),
        ("proportion", lambda generator: shares(generator, 0.0)),
        ("proportion", lambda generator: shares(generator, 0.02)),
        ("rate", lambda generator: counts(generator, 80.0)),
        ("rate", lambda generator: counts(generator, 0.03)),
    ],
    ids=["normal", "binomial", "over-dispersed", "busy", "rare"],
)
def test_a_process_that_does_not_change_seldom_signals(kind: Kind, draw, periods: int) -> None:
    """Three sigmas of an estimate from 12 to 24 periods, and seven in a row: 3.5 % at most; its chance is what it says."""
    false, rare = signals(kind, draw(np.random.default_rng(20261031)), periods)
    assert false <= 0.035
    assert rare <= 0.06


def test_limits_that_did_not_know_the_spread_between_periods_would_cry_often() -> None:
    """The same over-dispersed shares against plain binomial limits: the factor is what keeps them quiet."""
    draw = shares(np.random.default_rng(5), 0.02)
    outside = 0
    for _ in range(TIMES):
        values, sizes = draw(MOST + 1)
        centre = float(np.average(values[:-1], weights=sizes[:-1]))
        outside += abs(values[-1] - centre) > 3 * np.sqrt(centre * (1 - centre) / sizes[-1])
    assert outside / TIMES > 0.15


@pytest.mark.parametrize(("shift", "least"), [(3.0, 0.4), (4.0, 0.75), (6.0, 0.98)])
def test_a_process_that_jumps_is_seen(shift: float, least: float) -> None:
    """Power: of jumps by so many standard deviations at least this share is seen in the very period."""
    generator = np.random.default_rng(7)
    seen = [judged([*generator.normal(0, 1, MOST), generator.normal(shift, 1)]).signal for _ in range(TIMES)]
    assert float(np.mean(seen)) >= least


def test_a_small_lasting_shift_is_seen_by_its_run() -> None:
    """A shift by two sigmas, mostly within the limits, is seen at its eighth period in more than half of the cases."""
    generator = np.random.default_rng(8)
    seen = []
    for _ in range(400):
        values = np.concatenate([generator.normal(0, 1, 16), generator.normal(2, 1, 8)])
        seen.append(judged(values).signal)
    assert float(np.mean(seen)) >= 0.5
    lasting = judged([0.0, 1.0, -1.0, 0.5, -0.5, 0.2, -0.2, 0.8, -0.8, 0.0, 0.1, -0.1, 0.3, -0.3, 0.6, -0.6, *[0.9, 1.1] * 4])
    assert (lasting.signal, lasting.outside, lasting.run, lasting.since) == (True, False, 8, LABELS[16])
