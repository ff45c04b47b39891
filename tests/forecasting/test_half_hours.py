# ruff: noqa: N802 - tests are named after their cases
"""Hours where zones lie half an hour beside UTC, or change their clock by half an hour."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import detect, forecast
from itsq_analysis.capacity import time_to_threshold
from itsq_analysis.forecasting.clock import localized
from itsq_analysis.series import Buckets

ZONES = {
    "Australia/Lord_Howe": ["2026-03-20", "2026-09-20"],  # changes on 5 April and 4 October
    "America/St_Johns": ["2026-02-25", "2026-10-20"],
    "Asia/Kathmandu": ["2026-03-20"],
    "Asia/Kolkata": ["2026-03-20"],
}


def hours(zone: str, first: str, days: int = 30) -> pd.DataFrame:
    """Hourly values as `series` cuts them, high from 9 to 17 by the local clock."""
    start = pd.Timestamp(first, tz=zone)
    buckets = Buckets("h", ZoneInfo(zone), (start + pd.DateOffset(days=days)).to_pydatetime(), 1)
    ds = buckets.shown(buckets.grid(buckets.edge(start.to_pydatetime()), buckets.edge(start.to_pydatetime())))
    y = np.where((ds.hour >= 9) & (ds.hour < 17), 60.0, 10.0) + np.arange(len(ds)) % 3
    return pd.DataFrame({"unique_id": "a", "ds": ds, "y": y})


@pytest.mark.parametrize(("zone", "first"), [(zone, first) for zone, all_first in ZONES.items() for first in all_first])
def test_D8_models_read_hours_across_the_change(zone: str, first: str) -> None:
    frame = hours(zone, first)
    ahead = forecast(frame, 24)
    assert ahead["ds"].dt.minute.eq(0).all()
    assert ahead.loc[ahead["mean"] > 35, "ds"].dt.hour.tolist() == list(range(9, 17))
    found = detect(frame)
    assert set(found["ds"]) <= set(frame["ds"])
    assert not found["is_anomaly"].any()
    assert list(time_to_threshold(frame, 1e6, freq="h", horizon=24)) == ["a"]


def test_D8_the_next_moment_after_a_skipped_half_hour() -> None:
    walls = pd.DatetimeIndex(["2026-10-04 02:10", "2026-10-04 01:59", "2026-04-05 01:40"])
    shown = localized(walls, ZoneInfo("Australia/Lord_Howe"))
    assert [str(moment) for moment in shown] == [
        "2026-10-04 02:30:00+11:00",
        "2026-10-04 01:59:00+10:30",
        "2026-04-05 01:40:00+11:00",
    ]
