"""What became of a value after an action: better, worse, or no difference beyond chance."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.indicators.effects import became, effect
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import parse_period
from tests.page.made import RULES, context, incidents

DAY = date(2026, 10, 1)


def value(lower: float, amount: float, upper: float) -> Value:
    return Value("csat", "2026-10", DAY, DAY, value=amount, lower=lower, upper=upper)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_a_difference_is_named_alike_from_both_sides(first: list[float], second: list[float]) -> None:
    before, after = (value(*sorted(limits)) for limits in (first, second))
    opposite = {"better": "worse", "worse": "better", "same": "same"}
    there, back = became("higher", before, after), became("higher", after, before)
    assert back == opposite[there]
    assert became("lower", before, after) == opposite[there]
    if before.upper < after.lower:
        assert there == "better"


def test_an_interval_that_is_missing_leaves_the_difference_open() -> None:
    open_ended = value(float("nan"), 3.0, 5.0)
    assert became("lower", open_ended, open_ended) == "unmeasured"


def test_the_period_before_may_lie_before_the_25_and_is_one_pass() -> None:
    rows = [*incidents(400, "2024-02-05 09:00", late=80), *incidents(400, "2026-10-12 09:00", late=4)]
    made = context(RULES, incidents=rows)
    found = effect(made.scope, "sla_resolution_met", None, None, parse_period("2024-02"), date(2024, 3, 1))
    assert found.before is not None
    assert found.after is not None
    assert (found.before.value, found.after.value, found.word) == (0.8, 0.99, "better")
    assert found.after is made.cube.value("sla_resolution_met")
    assert made.cube.passes == 2
