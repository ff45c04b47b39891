"""All periods of an indicator against their limits."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.process import control_chart, limits_of

PERIODS = [f"P{number:02}" for number in range(20)]


def course(values, n=None):
    frame = pd.DataFrame({"period": PERIODS[: len(values)], "value": values})
    return frame if n is None else frame.assign(n=n)


def test_limits_are_those_of_the_baseline():
    values = [10.0, 12.0] * 6 + [11.0, 30.0]
    chart = control_chart(course(values), kind="individuals", baseline=12)
    limits = limits_of("individuals", values[:12])
    assert chart.frame[["centre", "lower", "upper"]].iloc[-1].tolist() == [limits.centre, limits.lower, limits.upper]
    assert chart.frame["baseline"].sum() == 12
    assert chart.signals[["period", "rule", "side"]].values.tolist() == [["P13", "outside", "up"]]


def test_seven_on_one_side_are_a_run():
    chart = control_chart(course([10.0, 12.0] * 6 + [11.5] * 7), kind="individuals", baseline=12)
    assert chart.signals[["period", "rule", "side"]].values.tolist()[-1] == ["P18", "run", "up"]


def test_proportions_have_limits_of_their_own_n():
    n = np.array([100] * 12 + [400, 25])
    chart = control_chart(course([0.5] * 14, n), kind="proportion", baseline=12)
    width = (chart.frame["upper"] - chart.frame["lower"]).to_numpy()
    assert width[12] == pytest.approx(width[0] / 2)
    assert width[13] == pytest.approx(width[0] * 2)


def test_a_single_case_after_empty_periods_is_no_signal():
    chart = control_chart(course([0.0] * 12 + [0.05] + [0.0] * 6, [20] * 19), kind="rate", baseline=12)
    assert chart.frame["upper"].iloc[12] < 0.05
    assert chart.signals[chart.signals["rule"] == "outside"].empty
    many = control_chart(course([0.0] * 12 + [0.5], [20] * 13), kind="rate", baseline=12)
    assert many.signals[["period", "rule", "side"]].values.tolist() == [["P12", "outside", "up"]]


def test_a_period_without_a_value_stays_unjudged():
    values = [10.0, 12.0] * 6 + [np.nan, 11.0]
    chart = control_chart(course(values), kind="individuals")
    assert len(chart.frame) == 14
    assert np.isnan(chart.frame["upper"].iloc[12])
    assert not chart.frame["baseline"].iloc[12]


def test_a_stock_has_no_runs():
    chart = control_chart(course([10.0, 12.0] * 6 + [11.5] * 8), kind="stock", baseline=12)
    assert chart.signals.empty
    assert list(chart.rules) == ["outside"]


def test_too_few_periods_are_refused():
    with pytest.raises(ValueError, match="needs 12 periods"):
        control_chart(course([1.0] * 11), kind="individuals")


def test_quiet_processes_seldom_signal():
    rng = np.random.default_rng(0)
    signals = [len(control_chart(course(rng.normal(50, 5, 20)), kind="individuals").signals) for _ in range(25)]
    assert sum(signals) <= 20  # of 500 periods


@pytest.mark.parametrize(
    ("course", "kind", "message"),
    [
        ({"value": [0.9] * 14}, "proportion", "a proportion must have n"),
        ({"value": [90.0] * 14, "n": [50] * 14}, "proportion", "nor above 1; found one; give shares, not per cent"),
        ({"value": [-1.0] * 14, "n": [50] * 14}, "rate", "a rate must not be below 0; found one"),
        ({"value": [0.9] * 14}, "shares", "kind must be one of individuals, stock, skewed, proportion, rate; found 'shares'"),
    ],
)
def test_a_chart_that_cannot_be_says_why(course, kind, message):
    with pytest.raises(ValueError, match=message):
        control_chart(pd.DataFrame({"period": range(14)} | course), kind=kind)


def test_periods_of_no_cases_stay_and_are_not_judged():
    """Twelve periods of 45 in 50 and two of none: limits of the twelve, nothing said of the two."""
    course = pd.DataFrame({"period": range(14), "value": [0.9] * 14, "n": [0, *[50] * 12, 0]})
    frame = control_chart(course, kind="proportion").frame
    assert frame["centre"].isna().tolist() == [True, *[False] * 12, True]
    assert frame["baseline"].sum() == 12
    assert (frame["rule"] == "").all()
