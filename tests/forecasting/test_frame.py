"""The long frame: what is refused and how it is told; steps, seasons, closed slots, zones."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, forecast
from itsq_analysis.forecasting.frame import lay_out


def frame(**changed: Any) -> pd.DataFrame:
    """Two series of five days; a column may be replaced."""
    days = list(pd.date_range("2026-01-05", periods=5, freq="D"))
    columns: dict[str, Any] = {"unique_id": ["a"] * 5 + ["b"] * 5, "ds": days * 2, "y": [1, 2, 3, 4, 5] * 2}
    return pd.DataFrame(columns | changed)


DAYS = list(pd.date_range("2026-01-05", periods=5, freq="D"))
ZONED = [day.tz_localize("Asia/Shanghai") for day in DAYS]
BAD = {
    "columns": (frame().rename(columns={"y": "value"}), "rename or add y"),
    "empty": (frame().iloc[:0], "at least one row"),
    "no series": (frame(unique_id=["a"] * 9 + [None]), "found none in row 9"),
    "no timestamp": (frame(ds=[*DAYS, *DAYS[:4], pd.NaT]), "found none in row 9 (series 'b')"),
    "twice": (frame(ds=[*DAYS, *DAYS[:4], DAYS[3]]), "twice (series 'b', rows 8 and 9); sum or drop one"),
    "text": (frame(y=[1, 2, "n/a", 4, 5] * 2), "found 'n/a' in row 2 (series 'a', ds 2026-01-07"),
    "infinite": (frame(y=[1.0, 2, 3, 4, np.inf] * 2), "y must be finite; found inf in row 4 (series 'a'"),
    "mixed zones": (
        frame(ds=pd.Series([*ZONED, *DAYS], dtype=object)),
        "one time zone; found Asia/Shanghai, None (row 5, series 'b')",
    ),
    "not a date": (frame(ds=["2026-01-05", "soon", "2026-01-07", "2026-01-08", "2026-01-09"] * 2), "found 'soon' in row 1"),
    "off the grid": (
        frame(ds=[*DAYS, *DAYS[:4], pd.Timestamp("2026-01-09 07:30")]),
        "found 2026-01-09 07:30:00 (series 'b', row 9)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named_with_series_row_and_remedy(case: str) -> None:
    bad, told = BAD[case]
    with pytest.raises(ForecastError, match=re.escape(told)):
        forecast(bad, 3)


@pytest.mark.parametrize("horizon", [0, -1, 1.5, True, "7"])
def test_a_horizon_is_a_whole_number_of_steps(horizon: Any) -> None:
    with pytest.raises(ForecastError, match="horizon must be a whole number of steps"):
        forecast(frame(), horizon)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"freq": "fortnight"}, "freq must be a step"),
        ({"season_length": 0}, "season_length must be whole numbers"),
        ({"levels": (80, 120)}, "levels must lie between"),
        ({"model": "oracle"}, "model must be one of auto, "),
        ({"holidays": "XX"}, "found 'XX'"),
        ({"holidays": pd.DataFrame({"ds": ["2025-12-25"]})}, "found no date in 2026"),
        ({"holidays": pd.DataFrame({"ds": ["2026-01-06"], "kind": ["fun"]})}, "found 'fun' in row 0"),
        ({"hierarchy": pd.DataFrame({"parent": ["a"], "child": ["c"]})}, "found child 'c' in row 0"),
        ({"hierarchy": pd.DataFrame({"parent": ["a", "b"], "child": ["b", "a"]})}, "circle"),
    ],
)
def test_other_arguments_that_are_wrong(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ForecastError, match=re.escape(told)):
        forecast(frame(), 3, **options)


@pytest.mark.parametrize(
    ("freq", "seasons"),
    [
        ("5min", (288, 2016)),
        ("30min", (48, 336)),
        ("h", (24, 168)),
        ("D", (7,)),
        ("W", (52,)),
        ("MS", (12,)),
        ("QS", (4,)),
        ("YS", ()),
    ],
)
def test_the_step_is_found_and_with_it_the_seasons(freq: str, seasons: tuple[int, ...]) -> None:
    stamps = pd.date_range("2020-01-01", periods=12, freq=freq)
    layout = lay_out(pd.DataFrame({"unique_id": "a", "ds": stamps, "y": 1.0}))
    assert layout.panels[0].seasons == seasons
    assert list(pd.DatetimeIndex(layout.panels[0].grid.dates(layout.panels[0].past()[0]))) == list(stamps)


def test_a_missing_timestamp_is_unknown_and_starts_may_differ() -> None:
    rows = frame().drop(index=[2, 5, 6])
    panel = lay_out(rows).panels[0]
    assert np.array_equal(panel.y, [[1, 2, np.nan, 4, 5], [np.nan, np.nan, 3, 4, 5]], equal_nan=True)


def test_months_from_the_26th_and_month_ends() -> None:
    for stamps in (
        pd.date_range("2025-01-26", periods=6, freq=pd.DateOffset(months=1)),
        pd.date_range("2025-01-31", periods=6, freq="ME"),
    ):
        result = forecast(pd.DataFrame({"unique_id": "a", "ds": stamps[:5], "y": [3, 4, 5, 4, 3]}), 1)
        assert list(result["ds"]) == [stamps[5]]


def test_closed_slots_are_neither_forecast_nor_counted() -> None:
    hours = pd.date_range("2026-01-05", periods=24 * 7 * 5, freq="h")
    opened = hours[(hours.day_of_week < 5) & (hours.hour >= 8) & (hours.hour < 17)]
    always = pd.DataFrame({"unique_id": "always", "ds": hours, "y": 5})
    both = pd.concat([pd.DataFrame({"unique_id": "office", "ds": opened, "y": opened.hour}), always])
    layout = lay_out(both)
    assert [panel.seasons for panel in layout.panels] == [(9, 45), (24, 168)]
    result = forecast(both, 10, model="profile").query("unique_id == 'office'")
    assert result["ds"].iloc[0] == pd.Timestamp("2026-02-09 08:00")
    assert result["ds"].iloc[9] == pd.Timestamp("2026-02-10 08:00")
    assert result["median"].tolist() == [*range(8, 17), 8]


def test_the_hour_that_the_clock_repeats() -> None:
    hours = pd.date_range("2025-10-20", periods=24 * 10, freq="h", tz="Europe/Berlin")
    result = forecast(pd.DataFrame({"unique_id": "a", "ds": hours[:-6], "y": 2.0}), 6)
    assert list(result["ds"]) == list(hours[-6:])
    assert lay_out(pd.DataFrame({"unique_id": "a", "ds": hours, "y": 2.0})).panels[0].length == 24 * 10 - 1


def test_whole_numbers_instead_of_timestamps() -> None:
    result = forecast(pd.DataFrame({"unique_id": 7, "ds": range(1, 25), "y": [1, 2, 3, 4] * 6}), 4, season_length=4)
    assert result["ds"].tolist() == [25, 26, 27, 28]
    assert result["median"].tolist() == [1, 2, 3, 4]
    assert result["unique_id"].tolist() == [7] * 4


def test_series_of_very_different_lengths_do_not_share_an_almost_empty_array(monkeypatch: pytest.MonkeyPatch) -> None:
    long = pd.DataFrame({"unique_id": "long", "ds": pd.date_range("2024-01-01", periods=400), "y": 1})
    short = [pd.DataFrame({"unique_id": f"s{i}", "ds": pd.date_range("2025-01-01", periods=9), "y": i}) for i in range(9)]
    both = pd.concat([long, *short])
    assert [panel.y.shape for panel in lay_out(both).panels] == [(10, 400)]
    monkeypatch.setattr("itsq_analysis.forecasting.frame.MOST_CELLS", 3000)
    assert [panel.y.shape for panel in lay_out(both).panels] == [(9, 9), (1, 400)]
