"""Steady courses over the periods, by pairs in order."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.stats import kendalltau

from itsq_analysis.indicators.shifts import shift_findings, shifts
from itsq_analysis.indicators.trends import mann_kendall, trend
from tests.page.courses import NO_HOLIDAYS, of_months
from tests.page.made import RULES, context

SLA = "sla_resolution_met"
FALLING = [40, 35] * 2 + [20, 28, 37, 45, 53, 62, 70, 78]  # late of 1000, the last eight months ever more


@pytest.mark.parametrize("n", [3, 5, 6])
def test_the_chance_is_that_of_all_orders(n: int) -> None:
    """Counted over every order of n values."""

    def order(values: tuple[int, ...]) -> int:
        return sum((second > first) - (second < first) for first, second in combinations(values, 2))

    orders = [order(values) for values in permutations(range(n))]
    for values in list(permutations(range(n)))[::17]:
        expected = sum(abs(one) >= abs(order(values)) for one in orders) / len(orders)
        assert mann_kendall(values) == (order(values), pytest.approx(min(1.0, expected)))


def test_it_agrees_with_scipy() -> None:
    random = np.random.default_rng(20261031)
    for _ in range(20):
        values = random.normal(size=24).tolist()
        assert mann_kendall(values)[1] == pytest.approx(kendalltau(range(24), values, method="exact").pvalue, rel=1e-9)


def test_a14_a_steady_fall_is_a_finding_of_its_own() -> None:
    toml = NO_HOLIDAYS + RULES + '[report]\nheadline = ["sla_resolution_met", "reopen_rate"]\n'
    made = context(toml, incidents=of_months([1000] * 12, FALLING, reopen_count=0))
    found = trend(made.scope, SLA)
    assert found is not None
    assert (found.direction, found.periods, found.first.period, found.value.value) == ("down", 8, "2026-03", 0.922)
    assert found.chance == pytest.approx(2 * 2 / 40320)  # both ways round, two stretches are looked at
    assert shifts(made.scope, None).trend_of(made.cube.value(SLA)) == found
    (finding,) = [one for one in shift_findings(made.scope, None) if one.sentence.id.startswith("finding_trend")]
    assert (finding.sentence.id, finding.cause, finding.size) == ("finding_trend_down", "attainment", pytest.approx(58))


def test_one_period_alone_is_no_trend_and_few_periods_have_none() -> None:
    jump = context(NO_HOLIDAYS + RULES, incidents=of_months([1000] * 13, [40, 50] * 6 + [300]))
    assert shifts(jump.scope, None).trends == ()
    assert trend(context(NO_HOLIDAYS + RULES, incidents=of_months([100] * 7, [1, 2, 3, 4, 5, 6, 7])).scope, SLA) is None


def test_volumes_stocks_and_outages_have_no_trend() -> None:
    made = context(NO_HOLIDAYS + RULES, incidents=of_months(list(range(100, 230, 10)), reopen_count=0))
    assert [trend(made.scope, name) for name in ("incidents_opened", "incident_backlog", "availability")] == [None] * 3


def test_chance_alone_makes_a_trend_in_one_series_of_twenty_at_most() -> None:
    random = np.random.default_rng(20261031)
    chances = []
    for _ in range(400):
        values = random.binomial(80, 0.9, 24) / 80
        chances.append(min(1.0, 2 * min(mann_kendall(values[-8:].tolist())[1], mann_kendall(values.tolist())[1])))
    assert np.mean(np.array(chances) <= 0.05) <= 0.05
