"""Input that is odd: an error that says what to do, or a forecast of a sensible size."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, backtest, evaluate, explain, forecast

DAYS = pd.date_range("2026-01-05", periods=60, freq="D")


def _frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": "a", "ds": DAYS, "y": [5, 4, 4, 4, 3, 0, 0, 6, 4, 5] * 6} | columns)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (_frame(y=[1e200] + [1.0] * 59), r"within 1e\+100 of zero; found 1e\+200 in row 0 \(series 'a'"),
        (_frame(y=[10**400] + [1] * 59), r"finite; found inf in row 0 \(series 'a'"),
        (_frame(y=pd.to_timedelta([1] * 60, unit="h")), r"y must be numbers; found Timedelta.* in row 0"),
        (_frame(ds=["soon", *DAYS[1:].astype(str)]), r"ds must hold timestamps; found 'soon' in row 0 \(series 'a'\); correct it"),
    ],
)
def test_odd_values_are_told(frame: pd.DataFrame, told: str) -> None:
    with pytest.raises(ForecastError, match=told):
        forecast(frame, 7)


@pytest.mark.parametrize("levels", [None, 80.0, "80", ("80",), (None,), (float("nan"),)])
def test_odd_levels(levels: Any) -> None:
    if levels == 80.0:
        assert "lo-80" in forecast(_frame(), 7, levels=levels)
        return
    with pytest.raises(ForecastError, match="levels must lie between 0 and 100"):
        forecast(_frame(), 7, levels=levels)


def test_a_list_is_no_name_of_a_series() -> None:
    with pytest.raises(ForecastError, match=r"found child \['a'\] in row 0"):
        forecast(_frame(), 7, hierarchy=pd.DataFrame({"parent": ["a"], "child": [["a"]]}))


@pytest.mark.parametrize("nothing", [np.nan, 0.0])
@pytest.mark.parametrize("length", [10, 30, 60])
def test_a_series_that_has_just_begun_has_intervals_of_its_size(nothing: float, length: int) -> None:
    values = [nothing] * (length - 1) + [3.0]
    found = forecast(_frame().tail(length).assign(y=values), 7)
    assert found["hi-95"].max() < 100
    assert found["mean"].max() < 20


def test_what_forecast_refuses_explain_refuses() -> None:
    with pytest.raises(ForecastError, match="at least one known value; found none in series 'a'"):
        explain(_frame(y=np.nan), 7)


def test_a_backtest_is_a_frame() -> None:
    with pytest.raises(ForecastError, match="bt must be a frame; found NoneType"):
        evaluate(None)  # type: ignore[arg-type]


def test_a_family_adds_up_from_the_cutoff_on_at_which_all_had_begun() -> None:
    young = _frame(unique_id="c").tail(20)
    frame = pd.concat([_frame(), _frame(unique_id="b"), young])
    hierarchy = pd.DataFrame({"parent": ["a", "a"], "child": ["b", "c"]})
    bt = backtest(frame, 7, windows=4, hierarchy=hierarchy)
    means = bt.pivot(index=["cutoff", "ds"], columns="unique_id", values="mean")
    assert means["c"].isna().sum() == 14
    whole = means.dropna()
    np.testing.assert_allclose(whole["a"], whole["b"] + whole["c"])
    with pytest.raises(ForecastError, match="found child 'd'"):
        backtest(frame, 7, hierarchy=hierarchy.replace("c", "d"))
