"""The benchmark's series, read where they lie (../shared/data); nothing is copied.

Each set has test windows and, where the data allow it, development windows that end before the first test window.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from bench.forecasting.datasets import Dataset, daily_cutoffs, long

SHARED = Path(__file__).parents[3] / "shared" / "data"


@cache
def _uci() -> pd.DataFrame:
    """One row per incident: opened, category, group, of 2016-02-29 to 2016-05-31."""
    log = pd.read_csv(SHARED / "uci_incident_event_log.csv.gz", low_memory=False)
    last = log.sort_values("sys_mod_count", kind="stable").groupby("number").tail(1)
    opened = pd.to_datetime(last["opened_at"], format="%d/%m/%Y %H:%M")
    last = last.assign(opened=opened)[["opened", "category", "assignment_group"]]
    return last[(last["opened"] >= "2016-02-29") & (last["opened"] < "2016-06-01")]


def _uci_counts(freq: str, most: int, until: str) -> pd.DataFrame:
    """Incidents a step: in total, of the largest categories and of the largest groups ("?" = not known, left out)."""
    rows = _uci()
    grid = pd.date_range("2016-02-29", pd.Timestamp("2016-06-01") - pd.Timedelta(1, freq), freq=freq)
    members = {"total": rows}
    for column in ("category", "assignment_group"):
        known = rows[rows[column] != "?"]
        members |= {name: known[known[column] == name] for name in known[column].value_counts().index[:most]}
    counted = {name: part["opened"].dt.floor(freq).value_counts().reindex(grid, fill_value=0) for name, part in members.items()}
    frame = long(counted)
    return frame[frame["ds"] < until].reset_index(drop=True)


def uci_daily() -> Dataset:
    frame = _uci_counts("D", 10, "2016-06-01")
    title = "UCI incidents a day: total, 10 categories, 10 groups; h = 7, 7 weekly cutoffs"
    return Dataset("uci-daily", title, frame, "D", (7,), 7, daily_cutoffs(frame, 7, 7, 7), "BR")


def uci_daily_dev() -> Dataset:
    frame = _uci_counts("D", 10, "2016-04-13")
    title = "UCI incidents a day up to 12 April; h = 7, 6 cutoffs"
    return Dataset("uci-daily-dev", title, frame, "D", (7,), 7, daily_cutoffs(frame, 6, 7, 3), "BR", development=True)


def uci_hourly_dev() -> Dataset:
    frame = _uci_counts("h", 3, "2016-04-13")
    title = "UCI incidents an hour up to 12 April: total, 3 categories, 3 groups; h = 48, 7 cutoffs"
    return Dataset("uci-hourly-dev", title, frame, "h", (24, 168), 48, daily_cutoffs(frame, 7, 48, 48), "BR", development=True)


@cache
def _vancouver() -> pd.Series:
    rows = pd.read_csv(SHARED / "vancouver_311_contact_centre.csv", sep=";", encoding="utf-8-sig", parse_dates=["Date"])
    return rows.set_index("Date")["CallsOffered"].sort_index().astype(float)


def _month_ends(first: str, last: str) -> tuple[pd.Timestamp, ...]:
    return tuple(pd.date_range(first, last, freq="ME"))


def vancouver() -> Dataset:
    frame = long({"calls offered": _vancouver()["2012-01-01":"2018-12-31"]})
    title = "Vancouver 311 calls a day 2012-2018; h = 28, 60 month-end cutoffs from December 2013"
    return Dataset("vancouver-311", title, frame, "D", (7,), 28, _month_ends("2013-12-31", "2018-11-30"), "CA-BC")


def vancouver_dev() -> Dataset:
    frame = long({"calls offered": _vancouver()["2009-06-15":"2013-12-31"]})
    title = "Vancouver 311 calls a day 2009-2013; h = 28, 24 month-end cutoffs"
    cutoffs = _month_ends("2011-12-31", "2013-11-30")
    return Dataset("vancouver-311-dev", title, frame, "D", (7,), 28, cutoffs, "CA-BC", development=True)


@cache
def _bank(minutes: int) -> pd.Series:
    """Calls a step; the last five minutes of a day (a half-hour of one bin) are left out of the half-hours."""
    rows = pd.read_csv(SHARED / "bank_calls_5min.csv.gz", parse_dates=["DateTime"]).set_index("DateTime")["Calls"]
    if minutes == 5:
        return rows
    rows = rows[rows.index.hour < 21]
    return rows.groupby(rows.index.floor(f"{minutes}min")).sum()


def _bank_set(minutes: int, days: int, development: bool) -> Dataset:
    calls = _bank(minutes)
    dates = np.unique(calls.index.normalize())
    times = np.unique(calls.index - calls.index.normalize())
    grid = pd.DatetimeIndex([day + time for day in pd.bdate_range(dates[0], dates[-1]) for time in times])
    stride, count = (5, 8) if days == 5 else (4, 10)  # every 4th (8th) open day falls on each weekday in turn
    if minutes == 5:  # costly: half the windows, over the same weeks
        stride, count = 2 * stride, count // 2
    known = dates[: len(dates) - 40] if development else dates
    frame = long({"calls": calls[calls.index < known[-1] + pd.Timedelta(days=1)]})
    per_day = len(times)
    cutoffs = daily_cutoffs(frame, count, days * per_day, stride * per_day)
    title = f"Bank calls per {minutes} minutes{' up to August' if development else ''}"
    title += f"; h = {days} open day{'s'[: days > 1]} of {per_day} slots, {count} cutoffs"
    name = f"bank-{minutes}min-{days}d" + ("-dev" if development else "")
    seasons = (per_day, 5 * per_day)
    return Dataset(name, title, frame, f"{minutes}min", seasons, days * per_day, cutoffs, "US", grid=grid, development=development)


def m4_weekly() -> Dataset:
    """All series end on one Sunday, as the competition's dates are not in the file."""
    frames = []
    test = pd.read_csv(SHARED / "m4_weekly" / "Weekly-test.csv.gz", index_col=0)
    train = pd.read_csv(SHARED / "m4_weekly" / "Weekly-train.csv.gz", index_col=0)
    cutoff = pd.Timestamp("2017-12-31")
    for name, row in train.iterrows():
        y = np.concatenate([row.dropna().to_numpy(dtype=float), test.loc[name].dropna().to_numpy(dtype=float)])
        ds = pd.date_range(end=cutoff + pd.Timedelta(weeks=13), periods=len(y), freq="W-SUN")
        frames.append(pd.DataFrame({"unique_id": name, "ds": ds, "y": y}))
    frame = pd.concat(frames, ignore_index=True)
    title = "M4 Weekly, 359 series, official test; h = 13"
    return Dataset("m4-weekly", title, frame, "W-SUN", (52,), 13, (cutoff,), counts=False, scale_season=1)


def m4_weekly_dev() -> Dataset:
    full = m4_weekly()
    frame = full.past(full.cutoffs[0]).reset_index(drop=True)
    cutoffs = tuple(full.cutoffs[0] - pd.Timedelta(weeks=13 * back) for back in (2, 1))
    title = "M4 Weekly training part; h = 13, 2 cutoffs"
    return Dataset("m4-weekly-dev", title, frame, "W-SUN", (52,), 13, cutoffs, counts=False, scale_season=1, development=True)


def azure_hourly() -> Dataset:
    rows = pd.read_csv(SHARED / "datacentre_traces" / "azure_v2_5min.csv.gz")
    rows.index = pd.Timestamp("2024-01-01") + pd.to_timedelta(rows["timestamp"], unit="s")
    hourly = rows[["cpu_usage", "assigned_mem"]].resample("h").mean()
    return _hourly("azure-hourly", "Azure fleet an hour: CPU, memory, 30 days", {name: hourly[name] for name in hourly}, 7)


def alibaba_hourly() -> Dataset:
    rows = pd.read_csv(SHARED / "datacentre_traces" / "alibaba_2018_5min.csv.gz")
    rows.index = pd.date_range("2024-01-01", periods=len(rows), freq="5min")
    hourly = rows.resample("h").mean()
    return _hourly("alibaba-hourly", "Alibaba cluster an hour: 5 metrics, 8 days", {name: hourly[name] for name in hourly}, 2)


@cache
def _nab(part: str) -> dict[str, pd.Series]:
    """The corpus's series whose path holds `part`, as recorded."""
    series = {}
    with tarfile.open(SHARED / "nab.tar.xz") as archive:
        for name in sorted(one for one in archive.getnames() if part in one and one.endswith(".csv")):
            member = archive.extractfile(name)
            assert member is not None
            rows = pd.read_csv(io.BytesIO(member.read()), parse_dates=["timestamp"])
            series[Path(name).stem] = rows.groupby("timestamp")["value"].mean()
    return series


def _hours(y: pd.Series, how: str) -> pd.Series:
    """Whole hours; one that the record jumps over is as the hour before."""
    hourly = y.resample("h").agg(["count", how])
    return hourly[how].where(hourly["count"] > 0).ffill().iloc[1:-1]


def tweets_hourly() -> Dataset:
    series = {name: _hours(y, "sum") for name, y in _nab("realTweets/").items()}
    return _hourly("tweets-hourly", "NAB: mentions of ten companies an hour", series, 10, counts=True)


def taxi_hourly() -> Dataset:
    series = {name: _hours(y, "sum") for name, y in _nab("nyc_taxi").items()}
    return _hourly("taxi-hourly", "NAB: New York taxi passengers an hour", series, 20, counts=True, country="US")


def taxi_daily() -> Dataset:
    frame = long({name: y.resample("D").sum() for name, y in _nab("nyc_taxi").items()})
    title = "NAB: New York taxi passengers a day; h = 14, 10 cutoffs"
    return Dataset("taxi-daily", title, frame, "D", (7,), 14, daily_cutoffs(frame, 10, 14, 11), "US", development=True)


def metrics_hourly() -> Dataset:
    names = {**_nab("realAdExchange/"), **_nab("elb_request"), **_nab("machine_temperature"), **_nab("ambient_temp")}
    return _hourly(
        "metrics-hourly", "NAB: prices, requests, temperatures an hour", {k: _hours(y, "mean") for k, y in names.items()}, 5
    )


def _hourly(
    name: str, title: str, series: dict[str, pd.Series], count: int, *, counts: bool = False, country: str | None = None
) -> Dataset:
    """Development windows of 48 hours; series of other years are moved by whole weeks until they end in the same one."""
    latest = max(y.index[-1] for y in series.values())
    moved = {key: y.set_axis(y.index + (latest - y.index[-1]).floor("7D")) for key, y in series.items()}
    end = min(y.index[-1] for y in moved.values())
    frame = long({key: y[:end] for key, y in moved.items()})
    cutoffs = daily_cutoffs(frame, count, 48, 48)
    title = f"{title}; h = 48, {count} cutoffs"
    return Dataset(name, title, frame, "h", (24, 168), 48, cutoffs, country, counts=counts, development=True)


def _bank_makers() -> dict[str, Callable[[], Dataset]]:
    makers: dict[str, Callable[[], Dataset]] = {}
    for minutes in (30, 5):
        for days in (1, 5):
            for dev in (False, True):
                name = f"bank-{minutes}min-{days}d" + ("-dev" if dev else "")
                makers[name] = lambda minutes=minutes, days=days, dev=dev: _bank_set(minutes, days, dev)  # type: ignore[misc]
    return makers


DATASETS: dict[str, Callable[[], Dataset]] = {
    "uci-daily": uci_daily,
    "vancouver-311": vancouver,
    **_bank_makers(),
    "m4-weekly": m4_weekly,
    "uci-daily-dev": uci_daily_dev,
    "uci-hourly-dev": uci_hourly_dev,
    "vancouver-311-dev": vancouver_dev,
    "m4-weekly-dev": m4_weekly_dev,
    "azure-hourly": azure_hourly,
    "alibaba-hourly": alibaba_hourly,
    "tweets-hourly": tweets_hourly,
    "taxi-hourly": taxi_hourly,
    "taxi-daily": taxi_daily,
    "metrics-hourly": metrics_hourly,
}
