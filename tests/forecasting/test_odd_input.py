"""Input that is odd: an error that says what to do, or a forecast of a sensible size."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, forecast

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
