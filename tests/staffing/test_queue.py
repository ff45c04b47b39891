"""Erlang C and A against published figures, and against the birth-and-death chain solved state by state."""

from __future__ import annotations

from math import exp, inf, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import SettingsError
from itsq_analysis.staffing.queue import Load, erlang_b, people_needed, service


def chain(load: Load, people: int) -> tuple[float, float, float]:
    """Waiting share, abandoned share and occupancy from the stationary probabilities of the number of callers present."""
    arrivals, rate, give_up = load.per_hour / 3600, 1 / load.handle_seconds, 1 / load.patience
    logs, top = [0.0], 0.0
    while logs[-1] > top - 45 or len(logs) <= people:
        k = len(logs)
        logs.append(logs[-1] + log(arrivals / (min(k, people) * rate + max(0, k - people) * give_up)))
        top = max(top, logs[-1])
    weights = [exp(one - top) for one in logs]
    whole = sum(weights)
    waiting = sum(weights[people:]) / whole
    queue = sum(weight * max(0, k - people) for k, weight in enumerate(weights)) / whole
    busy = sum(weight * min(k, people) for k, weight in enumerate(weights)) / whole
    return waiting, give_up * queue / arrivals, busy / people


# Erlang C tables: offered erlangs, people, share that waits.
@pytest.mark.parametrize(("erlangs", "people", "waiting"), [(1, 2, 1 / 3), (4, 5, 0.5541), (8, 10, 0.4092), (10, 14, 0.1741)])
def test_erlang_c_table(erlangs, people, waiting):
    assert service(Load(erlangs * 60, 60), people).waiting == pytest.approx(waiting, abs=6e-5)


# Erlang B tables: offered erlangs and people at a blocking of 1 %.
@pytest.mark.parametrize(("erlangs", "people"), [(4.461, 10), (12.03, 20), (20.34, 30), (84.06, 100)])
def test_erlang_b_table(erlangs, people):
    assert erlang_b(erlangs, people) == pytest.approx(0.01, abs=2e-5)


def test_garnett_mandelbaum_reiman_2002():
    """48 calls a minute, 1 minute each, 2 minutes of patience, 50 agents: 3.1 % give up, 3.7 s, 93 % against 20.8 s and 96 %."""
    impatient, patient = service(Load(2880, 60, 120), 50), service(Load(2880, 60), 50)
    assert (round(impatient.abandoned, 3), round(impatient.answer_seconds, 1), round(impatient.occupancy, 2)) == (0.031, 3.7, 0.93)
    assert (round(patient.answer_seconds, 1), round(patient.occupancy, 2), patient.abandoned) == (20.8, 0.96, 0.0)


@settings(deadline=None, derandomize=True)
@given(st.floats(1, 5000), st.floats(10, 2000), st.floats(5, 3000), st.integers(1, 200))
def test_erlang_a_is_the_chain(per_hour, handle, patience, people):
    load = Load(per_hour, handle, patience)
    met = service(load, people)
    assert (met.waiting, met.abandoned, met.occupancy) == pytest.approx(chain(load, people), abs=1e-6)
    assert met.answer_seconds == pytest.approx(met.abandoned * patience)


def test_much_patience_is_erlang_c():
    patient, almost = service(Load(200, 180), 14), service(Load(200, 180, 1e7), 14)
    assert almost.in_target == pytest.approx(patient.in_target, abs=1e-4)
    assert almost.waiting == pytest.approx(patient.waiting, abs=1e-4)


def test_answered_in_target_is_what_a_simulation_of_single_callers_shows():
    """Callers one by one: 300,000 of them meet the same as the formula, within three standard errors."""
    import heapq

    import numpy as np

    load, people, target = Load(200, 180, 60), 9, 20.0
    random = np.random.default_rng(7)
    count = 300_000
    arrivals = np.cumsum(random.exponential(3600 / load.per_hour, count))
    handling, patience = random.exponential(load.handle_seconds, count), random.exponential(load.patience, count)
    free = [0.0] * people
    answered = 0
    for at, work, limit in zip(arrivals, handling, patience, strict=True):
        wait = max(0.0, free[0] - at)
        if wait <= limit:
            heapq.heapreplace(free, at + wait + work)
            answered += wait <= target
    assert answered / count == pytest.approx(service(load, people, target).in_target, abs=3 * (0.25 / count) ** 0.5 * 3)


@settings(deadline=None, derandomize=True)
@given(st.floats(0, 3000), st.floats(30, 900), st.sampled_from([inf, 60.0, 180.0]), st.floats(0.5, 0.95))
def test_the_fewest_people_keep_the_target_and_one_fewer_do_not(per_hour, handle, patience, target):
    load = Load(per_hour, handle, patience)
    people = people_needed(load, in_target=target)
    assert service(load, people).in_target >= target
    assert people == 0 or service(load, people - 1).in_target < target


def test_shrinkage_is_put_on_top_and_rounded_up_once():
    assert people_needed(Load(200, 180), shrinkage=0.3) == 20  # 14 / 0.7, exactly
    assert people_needed(Load(200, 180), shrinkage=0.31) == 21


def test_no_calls_need_nobody_and_too_few_people_drown():
    assert people_needed(Load(0, 180)) == 0
    assert service(Load(0, 180), 0).in_target == 1.0
    assert service(Load(200, 180), 10).in_target == 0.0
    assert service(Load(200, 180, 60), 0).abandoned == 1.0


def test_targets_on_abandonment_and_occupancy():
    load = Load(200, 180, 60)
    assert service(load, people_needed(load, in_target=0, abandoned=0.02)).abandoned <= 0.02
    assert service(load, people_needed(load, in_target=0, occupancy=0.6)).occupancy <= 0.6


@pytest.mark.parametrize(
    "wrong", [lambda: Load(-1, 60), lambda: Load(10, 0), lambda: Load(10, 60, 0), lambda: Load(float("nan"), 60)]
)
def test_loads_that_cannot_be(wrong):
    with pytest.raises(SettingsError, match="must be"):
        wrong()


@pytest.mark.parametrize("wrong", [{"in_target": 80}, {"shrinkage": 1.0}, {"occupancy": -0.1}])
def test_shares_that_cannot_be(wrong):
    with pytest.raises(SettingsError, match="must be"):
        people_needed(Load(10, 60), **wrong)
