"""Scores of a backtest: figures worked out by hand, a slow oracle, and what must hold for any forecast."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.scores import evaluate, naive_scales

BOUNDS = {"lo-80": 0.0, "hi-80": 100.0, "lo-95": 0.0, "hi-95": 100.0}


def points(**columns) -> pd.DataFrame:
    """A backtest of one series and one cutoff where nothing else is said."""
    size = max(len(value) for value in columns.values() if isinstance(value, list))
    given = {"unique_id": "a", "cutoff": 0, "ds": list(range(size)), "mean": 0.0, "median": 0.0, "scale": 1.0, "scale2": 1.0}
    return pd.DataFrame(given | BOUNDS | columns)


def whole(bt: pd.DataFrame, **options) -> pd.Series:
    return evaluate(bt, **options).iloc[-1]


class TestByHand:
    def test_wape_and_mase_are_of_the_median_and_bias_of_the_mean(self):
        scores = whole(points(y=[10.0, 30.0], median=[12.0, 24.0], mean=[20.0, 24.0], scale=4.0))
        assert scores["wape"] == (2 + 6) / 40
        assert scores["mase"] == (2 + 6) / 2 / 4
        assert scores["bias"] == pytest.approx(44 / 40 - 1)

    def test_rmsse_is_of_the_mean(self):
        assert whole(points(y=[10.0, 10.0], mean=[13.0, 6.0], scale2=2.0))["rmsse"] == math.sqrt((9 + 16) / 2 / 2)

    def test_quantile_loss_is_the_mean_over_the_median_and_the_bounds(self):
        bt = points(y=[10.0], median=[8.0], **{"lo-80": 4.0, "hi-80": 9.0, "lo-95": 2.0, "hi-95": 12.0}, scale=2.0)
        # below y, twice q times the distance: ½ · 2, 0.1 · 6, 0.9 · 1, 0.025 · 8; above it, twice 1 - q: 0.025 · 2
        assert whole(bt)["sql"] == pytest.approx((2 + 1.2 + 1.8 + 0.4 + 0.1) / 5 / 2)

    def test_quantile_loss_of_the_median_alone_is_mase(self):
        bt = points(y=[3.0, 9.0], median=[5.0, 4.0], scale=3.0).drop(columns=list(BOUNDS))
        assert whole(bt)["sql"] == whole(bt)["mase"]
        assert math.isnan(whole(bt)["msis"])

    def test_msis_adds_forty_times_what_lies_outside(self):
        bt = points(y=[5.0, 1.0, 23.0], **{"lo-95": 2.0, "hi-95": 20.0}, scale=2.0)
        assert whole(bt)["msis"] == pytest.approx((18 + 40 * 1 / 3 + 40 * 3 / 3) / 2)

    def test_the_bounds_themselves_are_inside(self):
        bt = points(y=[2.0, 20.0, 20.1, 1.9], **{"lo-80": 2.0, "hi-80": 20.0})
        assert whole(bt)["coverage-80"] == 0.5

    def test_wape_of_all_is_over_all_series_together_and_mase_their_mean(self):
        bt = points(unique_id=["a", "a", "a", "b"], ds=[1, 2, 3, 1], y=[10.0, 10.0, 10.0, 100.0], median=[9.0, 9.0, 9.0, 50.0])
        scores = evaluate(bt).set_index("unique_id")
        assert scores.index.tolist() == ["a", "b", "all"]
        assert scores["n"].tolist() == [3, 1, 4]
        assert scores["wape"].tolist() == pytest.approx([0.1, 0.5, 53 / 130])
        assert scores["mase"].tolist() == [1, 50, 25.5]

    def test_owa_of_the_benchmark_itself_is_one(self):
        bt = points(unique_id=["a", "b"], ds=[1, 1], y=[10.0, 20.0], median=[15.0, 30.0])
        scores = whole(bt, benchmark=bt)
        assert scores["owa"] == 1
        assert scores["smape"] == pytest.approx((2 * 5 / 25 + 2 * 10 / 50) / 2)

    def test_owa_is_the_mean_of_two_ratios(self):
        bt = points(y=[10.0], median=[15.0], scale=2.0)
        naive = points(y=[10.0], median=[30.0], scale=99.0)  # the scale of bt counts for both
        assert whole(bt, benchmark=naive)["owa"] == pytest.approx((0.4 / 1.0 + 5 / 20) / 2)

    def test_nothing_forecast_for_nothing_is_no_error(self):
        assert whole(points(y=[0.0]), benchmark=points(y=[0.0], median=[1.0]))["smape"] == 0


class TestScale:
    def test_mean_change_over_a_season(self):
        assert naive_scales([1, 5, 2, 9], 2) == (2.5, 8.5)

    def test_unknown_points_are_left_out(self):
        assert naive_scales([1, np.nan, 4, 9], 2) == (3, 9)

    def test_less_than_a_season_is_taken_day_by_day(self):
        assert naive_scales([1, 2, 4], 7) == (1.5, 2.5)

    @pytest.mark.parametrize("history", [[], [3], [np.nan, np.nan]])
    def test_too_little_has_no_scale(self, history):
        assert all(math.isnan(scale) for scale in naive_scales(history, 7))

    def test_season_must_be_positive(self):
        with pytest.raises(ForecastError, match="season_length must be at least 1"):
            naive_scales([1, 2], 0)

    def test_a_constant_history_is_not_scaled_but_counted(self):
        bt = points(unique_id=["a", "b"], ds=[1, 1], y=[10.0, 10.0], median=[9.0, 8.0], scale=[0.0, 2.0], scale2=[0.0, 4.0])
        scores = evaluate(bt).set_index("unique_id")
        scaled = ["mase", "rmsse", "sql", "msis"]
        assert scores.loc["a", scaled].isna().all()
        assert (scores.loc["all", scaled] == scores.loc["b", scaled]).all()
        assert scores.loc["all", "wape"] == 0.15
        assert scores.loc["all", "n"] == 2

    def test_all_zero_has_no_wape_but_its_errors_count(self):
        bt = points(unique_id=["a", "b"], ds=[1, 1], y=[0.0, 10.0], median=[1.0, 10.0])
        scores = evaluate(bt).set_index("unique_id")
        assert math.isnan(scores.loc["a", "wape"])
        assert scores.loc["all", "wape"] == 0.1


class TestCoverage:
    def test_one_cutoff_has_no_interval(self):
        scores = whole(points(y=[1.0, 200.0]))
        assert scores["coverage-80"] == 0.5
        assert math.isnan(scores["coverage-80-lower"])
        assert math.isnan(scores["coverage-80-upper"])

    def test_cutoffs_that_agree_leave_the_interval_of_single_points(self):
        """Each of ten cutoffs has 8 of 10."""
        y = [1.0] * 8 + [200.0] * 2
        scores = whole(points(y=y * 10, cutoff=[k for k in range(10) for _ in range(10)]))
        assert scores["coverage-80-lower"] == pytest.approx(0.7082, abs=1e-4)  # Clopper-Pearson of 80 of 100
        assert scores["coverage-80-upper"] == pytest.approx(0.8733, abs=1e-4)

    def test_cutoffs_that_differ_widen_it(self):
        """All hits at eight cutoffs and none at two: as little as ten points, widened by (t99/t9)²."""
        y = [1.0] * 80 + [200.0] * 20
        scores = whole(points(y=y, cutoff=[k for k in range(10) for _ in range(10)]))
        # variance 10/9 · (8 · 2² + 2 · 8²) / 100² = 0.017778; 0.16 / 0.017778 = 9.0; times (1.98422 / 2.26216)² = 6.924
        assert scores["coverage-80"] == 0.8
        assert scores["coverage-80-lower"] == pytest.approx(beta.ppf(0.025, 0.8 * 6.924, 0.2 * 6.924 + 1), abs=1e-4)
        assert scores["coverage-80-upper"] == pytest.approx(beta.ppf(0.975, 0.8 * 6.924 + 1, 0.2 * 6.924), abs=1e-4)

    def test_all_or_none_still_have_an_interval(self):
        """As if each of seven cutoffs were one point, or less: (0.025)^(1/7) = 0.59."""
        cutoffs = [k for k in range(7) for _ in range(10)]
        inside, outside = whole(points(y=[1.0] * 70, cutoff=cutoffs)), whole(points(y=[200.0] * 70, cutoff=cutoffs))
        assert inside["coverage-95-upper"] == 1
        assert 0.4 < inside["coverage-95-lower"] < 0.59
        assert outside["coverage-95-lower"] == 0
        assert outside["coverage-95-upper"] == pytest.approx(1 - inside["coverage-95-lower"])

    def test_level_names_may_have_decimals(self):
        bt = points(y=[1.0]).assign(**{"lo-99.5": -1.0, "hi-99.5": 2.0})
        assert whole(bt)["coverage-99.5"] == 1


def oracle(bt: pd.DataFrame) -> dict[str, float]:
    """The scores of one series, point by point, without missing y or scale."""
    sums = dict.fromkeys(["error", "size", "mase", "rmsse", "sql", "msis", "in80", "in95"], 0.0)
    for _, row in bt.iterrows():
        sums["error"] += abs(row["y"] - row["median"])
        sums["size"] += abs(row["y"])
        sums["mase"] += abs(row["y"] - row["median"]) / row["scale"]
        sums["rmsse"] += (row["y"] - row["mean"]) ** 2 / row["scale2"]
        for column, q in (("lo-95", 0.025), ("lo-80", 0.1), ("median", 0.5), ("hi-80", 0.9), ("hi-95", 0.975)):
            weight = 1 - q if row["y"] < row[column] else q
            sums["sql"] += 2 * weight * abs(row["y"] - row[column]) / row["scale"] / 5
        sums["msis"] += (row["hi-95"] - row["lo-95"]) / row["scale"]
        sums["msis"] += 2 / 0.05 * (row["lo-95"] - row["y"]) / row["scale"] if row["y"] < row["lo-95"] else 0
        sums["msis"] += 2 / 0.05 * (row["y"] - row["hi-95"]) / row["scale"] if row["y"] > row["hi-95"] else 0
        sums["in80"] += row["lo-80"] <= row["y"] <= row["hi-80"]
        sums["in95"] += row["lo-95"] <= row["y"] <= row["hi-95"]
    n = len(bt)
    means = {name: sums[name] / n for name in ("mase", "sql", "msis")}
    return means | {
        "wape": sums["error"] / sums["size"],
        "rmsse": math.sqrt(sums["rmsse"] / n),
        "coverage-80": sums["in80"] / n,
        "coverage-95": sums["in95"] / n,
    }


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 3), st.integers(1, 6))
def test_the_oracle_says_the_same(seed, series, cutoffs, horizon):
    chance = np.random.default_rng(seed)
    keys = [(f"s{i}", cutoff, cutoff + step) for i in range(series) for cutoff in range(cutoffs) for step in range(horizon)]
    bt = pd.DataFrame(keys, columns=["unique_id", "cutoff", "ds"])
    bt["y"] = chance.integers(1, 50, len(bt)).astype(float)
    quantiles = np.sort(chance.uniform(0, 60, (len(bt), 5)), axis=1)
    bt[["lo-95", "lo-80", "median", "hi-80", "hi-95"]] = quantiles
    bt["mean"] = chance.uniform(0, 60, len(bt))
    bt["scale"], bt["scale2"] = chance.uniform(0.5, 5, len(bt)), chance.uniform(0.5, 5, len(bt))
    shuffled = bt.sample(frac=1, random_state=seed)
    scores = evaluate(shuffled).set_index("unique_id")
    each = {name: oracle(rows) for name, rows in bt.groupby("unique_id")}
    for name, expected in each.items():
        assert scores.loc[name, list(expected)].tolist() == pytest.approx(list(expected.values()))
    for column in ("mase", "rmsse", "sql", "msis"):
        assert scores.loc["all", column] == pytest.approx(np.mean([expected[column] for expected in each.values()]))
    assert scores.loc["all", "coverage-80"] == pytest.approx(oracle(bt)["coverage-80"])
    assert scores.loc["all", "wape"] == pytest.approx(oracle(bt)["wape"])


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=2, max_size=60))
def test_the_interval_of_coverage_holds_it_and_stays_between_0_and_1(hits):
    bt = points(y=[1.0 if hit else 200.0 for _, hit in hits], cutoff=[cutoff for cutoff, _ in hits])
    scores = whole(bt)
    if bt["cutoff"].nunique() > 1:
        ordered = [0, scores["coverage-80-lower"], scores["coverage-80"], scores["coverage-80-upper"], 1]
        assert all(low <= high + 1e-12 for low, high in pairwise(ordered))
        assert scores["coverage-80-lower"] < scores["coverage-80-upper"]


class TestNotCounted:
    def test_a_row_whose_y_is_missing(self):
        bt = points(y=[10.0, np.nan], median=[12.0, 500.0])
        assert whole(bt)["n"] == 1
        assert whole(bt)["wape"] == 0.2

    def test_a_closed_slot_has_no_forecast_and_no_y(self):
        closed = points(y=[10.0, np.nan], median=[12.0, np.nan], mean=[12.0, np.nan])
        assert whole(closed)["mase"] == 2

    def test_a_series_that_never_was_known_stays_in_the_list(self):
        scores = evaluate(points(unique_id=["a", "b"], ds=[1, 1], y=[10.0, np.nan])).set_index("unique_id")
        assert scores["n"].tolist() == [1, 0, 1]
        assert math.isnan(scores.loc["b", "mase"])
        assert math.isnan(scores.loc["b", "coverage-80"])

    def test_a_series_may_be_called_all(self):
        scores = evaluate(points(unique_id=["all", "b"], ds=[1, 1], y=[10.0, 30.0]))
        assert scores["unique_id"].tolist() == ["all", "b", "all"]
        assert scores["n"].tolist() == [1, 1, 2]


class TestWrongInput:
    @pytest.mark.parametrize("column", ["unique_id", "cutoff", "ds", "y", "mean", "median", "scale", "scale2", "lo-80", "hi-95"])
    def test_a_column_is_missing(self, column):
        with pytest.raises(ForecastError, match=f"bt must have the column '{column}'"):
            evaluate(points(y=[1.0]).drop(columns=column))

    def test_a_column_is_text(self):
        with pytest.raises(ForecastError, match="median must be numeric"):
            evaluate(points(y=[1.0]).assign(median="many"))

    def test_a_point_stands_twice(self):
        with pytest.raises(ForecastError, match="one row per series, cutoff and timestamp; found 1 such, first series 'a'"):
            evaluate(points(y=[1.0, 2.0], ds=[5, 5]))

    def test_a_forecast_is_missing_or_infinite(self):
        for value in (np.nan, np.inf):
            with pytest.raises(ForecastError, match=r"lo-80 must be a finite number where y is known; found 1 such, .* ds 1"):
                evaluate(points(y=[1.0, 2.0], **{"lo-80": [0.0, value]}))

    def test_bounds_cross(self):
        with pytest.raises(ForecastError, match="lo-95 must not lie above hi-95"):
            evaluate(points(y=[1.0], **{"lo-95": 9.0, "hi-95": 8.0}))

    def test_nothing_is_known(self):
        with pytest.raises(ForecastError, match="a row whose y is known; found 1 rows"):
            evaluate(points(y=[np.nan]))

    def test_a_scale_is_negative(self):
        with pytest.raises(ForecastError, match="must not be negative"):
            evaluate(points(y=[1.0], scale=-1.0))

    def test_the_benchmark_lacks_a_point(self):
        with pytest.raises(ForecastError, match="benchmark must forecast every point of bt"):
            evaluate(points(y=[1.0, 2.0]), benchmark=points(y=[1.0]))
