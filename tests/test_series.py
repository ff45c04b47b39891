"""Series: true zeros, only covered buckets, the local calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.errors import IndicatorError
from itsq_analysis.series import series
from tests.tables import SHANGHAI, Row, connect, tables

BERLIN = ZoneInfo("Europe/Berlin")


def counts(incidents: list[Row], freq: str, end: str, zone: ZoneInfo = SHANGHAI, **options: Any) -> pd.DataFrame:
    data = tables(
        incidents=incidents,
        services=[{"service": "Mail", "tier": 1}, {"service": "ERP", "tier": 2}],
    )
    horizon = datetime.fromisoformat(end).replace(tzinfo=zone)
    return series(connect(data), "incidents", time="opened_at", freq=freq, zone=zone, end=horizon, **options)


def opened(*moments: str, **values: Any) -> list[Row]:
    return [{"opened_at": moment} | values for moment in moments]


def shown(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    return [(name, str(ds), y) for name, ds, y in frame.itertuples(index=False)]


def test_zeros_between_and_the_day_of_the_horizon_dropped() -> None:
    frame = counts(opened("2026-10-01 09:00", "2026-10-01 23:59", "2026-10-04 00:00", "2026-10-05 08:00"), "D", "2026-10-05 12:00")
    assert list(frame.columns) == ["unique_id", "ds", "y"]
    assert shown(frame) == [
        ("incidents", "2026-10-01 00:00:00", 2),
        ("incidents", "2026-10-02 00:00:00", 0),
        ("incidents", "2026-10-03 00:00:00", 0),
        ("incidents", "2026-10-04 00:00:00", 1),
    ]


def test_zeros_up_to_the_common_end_and_from_the_first_row_of_a_member() -> None:
    rows = [*opened("2026-10-01 09:00", service="Mail"), *opened("2026-10-03 09:00", service="ERP"), *opened("2026-10-02 09:00")]
    frame = counts(rows, "D", "2026-10-05", by="service")
    assert frame.groupby("unique_id").y.apply(list).to_dict() == {"(unknown)": [1, 0, 0], "ERP": [1, 0], "Mail": [1, 0, 0, 0]}


def test_several_dimensions_each_on_its_own() -> None:
    frame = counts(opened("2026-10-01 09:00", service="Mail", priority=1), "D", "2026-10-02", by=["tier", "service", "priority"])
    assert list(frame.unique_id) == ["tier=1", "service=Mail", "priority=1"]
    assert list(counts(opened("2026-10-01", service="Mail"), "D", "2026-10-02", by=["tier"]).unique_id) == ["1"]


def test_months_that_the_data_do_not_cover_are_dropped() -> None:
    frame = counts(opened("2026-01-20", "2026-02-03", "2026-04-30", "2026-05-02"), "MS", "2026-05-20")
    assert shown(frame) == [
        ("incidents", "2026-02-01 00:00:00", 1),
        ("incidents", "2026-03-01 00:00:00", 0),
        ("incidents", "2026-04-01 00:00:00", 1),
    ]


def test_a_month_that_ends_at_the_horizon_is_whole() -> None:
    assert shown(counts(opened("2026-01-01 10:00"), "M", "2026-02-01")) == [("incidents", "2026-01-01 00:00:00", 1)]
    assert counts(opened("2026-01-01 10:00"), "M", "2026-01-31 23:59").empty


def test_start_says_from_when_the_data_are_complete() -> None:
    start = datetime(2025, 12, 1, tzinfo=SHANGHAI)
    frame = counts(opened("2025-12-20", "2026-01-20"), "MS", "2026-02-01", start=start)
    assert list(frame.y) == [1, 1]
    late = datetime(2025, 12, 2, tzinfo=SHANGHAI)
    assert list(counts(opened("2025-12-20", "2026-01-20"), "MS", "2026-02-01", start=late).y) == [1]


def test_weeks_start_on_monday() -> None:
    frame = counts(opened("2026-10-05 00:00", "2026-10-11 23:59", "2026-10-12 00:00"), "W", "2026-10-19")
    assert shown(frame) == [("incidents", "2026-10-05 00:00:00", 2), ("incidents", "2026-10-12 00:00:00", 1)]
    assert set(frame.ds.dt.day_of_week) == {0}


def test_months_that_start_on_the_26th() -> None:
    rows = opened("2025-12-26 10:00", "2026-01-25 10:00", "2026-01-26 10:00", "2026-03-25 10:00", "2026-03-26 10:00")
    months = counts(rows, "MS", "2026-03-26", month_starts_on=26)
    assert shown(months) == [
        ("incidents", "2025-12-26 00:00:00", 2),
        ("incidents", "2026-01-26 00:00:00", 1),
        ("incidents", "2026-02-26 00:00:00", 1),
    ]
    quarters = counts(rows, "QS", "2026-04-01", month_starts_on=26)
    assert shown(quarters) == [("incidents", "2025-12-26 00:00:00", 4)]
    years = counts(rows, "Y", "2026-12-26", month_starts_on=26)
    assert shown(years) == [("incidents", "2025-12-26 00:00:00", 5)]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_hours_of_a_day_in_a_zone_with_summer_time(day: str, hours: int) -> None:
    first = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
    last = pd.Timestamp(first) + pd.DateOffset(days=1)
    frame = counts([{"opened_at": first}], "h", str(last.tz_localize(None)), BERLIN)
    assert len(frame) == hours
    assert frame.ds.dt.tz == BERLIN
    assert (frame.ds.diff().dropna() == pd.Timedelta(hours=1)).all()
    assert frame.y.sum() == 1


def test_the_hour_that_occurs_twice_is_two_buckets() -> None:
    rows = [{"opened_at": datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=fold)} for fold in (0, 1, 1)]
    frame = counts(rows, "h", "2026-10-25 04:00", BERLIN)
    assert list(frame.y) == [1, 2, 0]


def test_a_local_day_is_counted_locally() -> None:
    utc = datetime.fromisoformat("2026-09-30T16:30:00+00:00")
    assert shown(counts([{"opened_at": utc}], "D", "2026-10-02")) == [("incidents", "2026-10-01 00:00:00", 1)]


def test_steps_within_the_hour_start_at_local_midnight() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # 5 hours 45 minutes
    rows = [{"opened_at": datetime(2026, 10, 1, 9, 50, tzinfo=kathmandu)}]
    assert str(counts(rows, "h", "2026-10-01 10:00", kathmandu).ds.iloc[0]) == "2026-10-01 09:00:00+05:45"
    assert str(counts(rows, "30min", "2026-10-01 10:00", kathmandu).ds.iloc[0]) == "2026-10-01 09:30:00+05:45"
    assert str(counts(rows, "5min", "2026-10-01 10:00", kathmandu).ds.iloc[0]) == "2026-10-01 09:50:00+05:45"


def test_where_keeps_some_rows_even_with_joins() -> None:
    rows = [*opened("2026-10-01", service="Mail", priority=1), *opened("2026-10-01", service="Mail", priority=3)]
    assert list(counts(rows, "D", "2026-10-02", by="tier", where="service = 'Mail' AND priority = 1").y) == [1]
    with pytest.raises(IndicatorError, match="an expression may hold"):
        counts(rows, "D", "2026-10-02", where="read_text('x') = ''")


@pytest.mark.parametrize("freq", ["15min", "h", "D", "W", "MS", "QS", "YS"])
@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Australia/Lord_Howe")])
def test_every_row_in_covered_time_is_counted_once(freq: str, zone: ZoneInfo) -> None:
    first = datetime(2018, 1, 1, tzinfo=zone)  # a Monday
    minutes = np.random.default_rng(7).integers(2 * 365 * 24 * 60, size=300)
    rows = [{"opened_at": first + timedelta(minutes=int(minute))} for minute in minutes]
    frame = counts(rows, freq, "2020-01-06", zone, start=first)
    assert frame.y.sum() == 300
    assert frame.ds.is_unique


@pytest.mark.parametrize("freq", ["D", "h"])
def test_nothing_to_count(freq: str) -> None:
    frame = counts([], freq, "2026-10-02")
    assert shown(frame) == []
    filled = counts(opened("2026-10-01"), freq, "2026-10-02")
    assert list(frame.dtypes) == list(filled.dtypes)


def test_rows_without_the_moment_do_not_count() -> None:
    data = tables(incidents=[{"opened_at": "2026-10-01", "resolved_at": "2026-10-01 12:00"}, {"opened_at": "2026-10-01"}])
    end = datetime(2026, 10, 2, tzinfo=SHANGHAI)
    assert list(series(connect(data), "incidents", time="resolved_at", freq="D", zone=SHANGHAI, end=end).y) == [1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freq": "3D"}, "freq must be one of 5min, 15min"),
        ({"time": "number"}, "time must be a column of problems that holds moments: opened_at"),
        ({"by": "channel"}, "by must be a dimension that problems has; found 'channel'"),
        ({"by": "colour"}, "a dimension must be one of service"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    chosen = {"time": "opened_at", "freq": "D"} | options
    with pytest.raises(IndicatorError, match=message):
        series(connect(tables()), "problems", zone=SHANGHAI, end=datetime(2026, 10, 2, tzinfo=SHANGHAI), **chosen)


LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def across(zone: ZoneInfo, first: str, days: int, freq: str) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """A ticket every ten minutes, counted, and when."""
    start = datetime.fromisoformat(first).replace(tzinfo=zone)
    moments = pd.date_range(start, periods=days * 144, freq="10min", tz=zone)
    end = str((pd.Timestamp(first) + pd.DateOffset(days=days - 1)).date())
    return counts([{"opened_at": moment.to_pydatetime()} for moment in moments], freq, end, zone), moments


@pytest.mark.parametrize(("first", "odd"), [("2026-04-03", "01:30"), ("2026-10-02", "02:30")])
def test_D8_midnight_stays_midnight_where_the_clock_is_changed_by_half_an_hour(first: str, odd: str) -> None:  # noqa: N802
    frame, _ = across(LORD_HOWE, first, 5, "h")
    clock = frame.ds.dt.strftime("%H:%M")
    assert (clock == "00:00").sum() == 4
    assert sorted({time for time in clock if not time.endswith(":00")}) == [odd]
    assert frame.loc[clock == odd, "y"].tolist() == [3]
    assert set(frame.loc[clock != odd, "y"]) <= {6}


@pytest.mark.parametrize("freq", ["5min", "15min", "30min", "h"])
@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Australia/Lord_Howe", "2026-04-02"),
        ("Australia/Lord_Howe", "2026-10-01"),
        ("Asia/Kathmandu", "1985-12-30"),
        ("Asia/Kolkata", "2026-10-01"),
        ("America/St_Johns", "2026-03-06"),
        ("America/St_Johns", "2026-10-30"),
        ("America/St_Johns", "2006-04-01"),  # changed at one minute past midnight
        ("Asia/Pyongyang", "2018-05-03"),
        ("America/Caracas", "2016-04-29"),
        ("Europe/Berlin", "2026-10-23"),
    ],
)
def test_D8_a_bucket_holds_what_local_clocks_show(zone: str, first: str, freq: str) -> None:  # noqa: N802
    """Every row falls into the last local step that began, or into what is left of one after the clock was changed."""
    there = ZoneInfo(zone)
    frame, moments = across(there, first, 5, freq)
    minutes = {"5min": 5, "15min": 15, "30min": 30, "h": 60}[freq]
    starts = pd.DatetimeIndex(frame.ds)
    on_step = (starts.hour * 60 + starts.minute) % minutes == 0
    assert (~on_step).sum() <= 1
    midnights = starts[(starts.hour == 0) & (starts.minute == 0)]
    assert len(set(midnights.date)) == 4 - (zone == "Asia/Kathmandu")  # whose clocks went from midnight to 00:15
    lasts = np.diff(starts.asi8) // 60_000_000
    assert lasts.max() <= minutes
    assert frame.y.tolist()[:-1] == np.diff(moments.searchsorted(starts)).tolist()
