"""One value far beyond all others is not learned; two are a change."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, forecast


def daily(values):
    return pd.DataFrame({"unique_id": "mail", "ds": pd.date_range("2026-01-05", periods=len(values)), "y": values})


CALM = [20.0, 21.0, 19.0, 22.0, 20.0, 18.0, 21.0] * 20


@pytest.mark.parametrize("place", [len(CALM), 70])
def test_a_single_value_far_beyond_all_others_is_left_out_and_told(place):
    found = forecast(daily([*CALM[:place], 9e8, *CALM[place:]]), 7)
    assert found["mean"].between(18, 23).all()
    assert found["hi-95"].max() < 40
    [note] = found.attrs["notes"]
    day = pd.Timestamp("2026-01-05") + pd.Timedelta(days=place)
    assert note.startswith(f"series 'mail': 9e+08 at {day:%Y-%m-%d} 00:00:00 is more than ten times as far out")


def test_two_such_values_are_a_change_and_stay():
    found = forecast(daily([*CALM, 400.0, 410.0]), 7)
    assert found.attrs["notes"] == []
    assert found["mean"].min() > 40


def test_a_day_without_anything_is_no_outlier():
    assert forecast(daily([*CALM, 0.0, *CALM[:30]]), 7).attrs["notes"] == []


def test_a_rare_count_is_no_outlier():
    values = np.zeros(200)
    values[150] = 3.0
    found = forecast(daily(values), 28)
    assert found.attrs["notes"] == []
    assert 0 < found["mean"].iloc[0] < 0.5


def test_a_series_of_which_nothing_is_known_is_refused():
    with pytest.raises(ForecastError, match="at least one known value; found none in series 'mail'; drop it"):
        forecast(daily([np.nan] * 30), 7)


def test_where_nothing_else_lies_apart_a_rare_measure_is_no_outlier():
    values = np.zeros(24)
    values[12] = 3.5
    months = pd.DataFrame({"unique_id": "mail", "ds": pd.date_range("2024-01-01", periods=24, freq="MS"), "y": values})
    found = forecast(months, 3)
    assert found.attrs["notes"] == []
    assert found["mean"].iloc[0] > 0
    assert found["hi-95"].max() > 0
