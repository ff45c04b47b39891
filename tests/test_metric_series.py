"""Measurements as series, against a slow and obvious oracle; what was not measured is no row, and never zero."""

import math
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pytest

from itsq_analysis import IndicatorError, open_workspace
from itsq_analysis.series import metric_series

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 10, 1, tzinfo=SHANGHAI)
END = datetime(2026, 10, 4, 10, 30, tzinfo=SHANGHAI)
METRICS = "time TIMESTAMPTZ, resource TEXT, metric TEXT, value DOUBLE, value_min DOUBLE, value_max DOUBLE, points BIGINT"
RESOURCES = "resource TEXT, metric TEXT, measured TEXT, capacity DOUBLE"


def held(measured, registered=()):
    """A connection with both tables; missing columns at the end of a row are NULL."""
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone='UTC'; CREATE TABLE metrics ({METRICS}); CREATE TABLE resources ({RESOURCES})")
    for name, rows, width in (("metrics", measured, 7), ("resources", registered, 4)):
        for row in rows:
            connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * width)})", [*row, *[None] * (width - len(row))])
    return connection


def series(connection, **options):
    return metric_series(connection, **({"zone": SHANGHAI, "end": END} | options))


def told(frame):
    return [(row.unique_id, row.ds.strftime("%m-%d %H"), row.y, row.n) for row in frame.itertuples()]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_an_hour_without_a_value_has_no_row_and_the_open_one_is_left_out():
    measured = [
        (at(0), "db", "m", 1.0),
        (at(0.5), "db", "m", 3.0),
        (at(1), "db", "m", None),
        (at(2), "db", "m", 0.0),
        (END, "db", "m", 9.0),
    ]
    measured.append((END - timedelta(minutes=10), "db", "m", 9.0))
    found = series(held(measured), how="max")
    assert told(found) == [("db", "10-01 00", 3.0, 2), ("db", "10-01 02", 0.0, 1)]
    assert str(found["ds"].dt.tz) == "Asia/Shanghai"
    assert found.dtypes[["y", "n"]].astype(str).tolist() == ["float64", "int64"]


def test_days_are_local_and_the_last_one_is_not_over():
    measured = [(at(hour), "db", "m", float(hour)) for hour in range(82)]
    found = series(held(measured), freq="D", how="max")
    assert told(found) == [("db", "10-01 00", 23.0, 24), ("db", "10-02 00", 47.0, 24), ("db", "10-03 00", 71.0, 24)]
    assert found["ds"].dt.tz is None


def test_a_mean_is_weighted_by_its_points_and_extremes_are_those_of_the_tool():
    measured = [(at(0), "db", "m", 10.0, 2.0, 50.0, 30), (at(0.5), "db", "m", 20.0, None, None, 10)]
    values = {how: series(held(measured), how=how)["y"].tolist() for how in ("mean", "max", "min")}
    assert values == {"mean": [12.5], "max": [50.0], "min": [2.0]}


def test_a_metric_of_what_is_free_tells_what_is_used():
    measured = [(at(0), "disk", "free", 30.0, 10.0, 40.0), (at(0.5), "disk", "free", 20.0)]
    connection = held(measured, [("disk", "free", "free", 100.0)])
    values = {how: series(connection, how=how)["y"].tolist() for how in ("mean", "max", "min", "p95")}
    assert values == {"mean": [75.0], "max": [90.0], "min": [60.0], "p95": [pytest.approx(79.5)]}
    assert series(connection, metric="free", how="max")["y"].tolist() == [40.0]


def test_of_several_metrics_the_registered_one_is_taken():
    measured = [(at(0), name, metric, 1.0) for name in ("known", "open", "blank") for metric in ("a", "b")] + [
        (at(0), "single", "c", 1.0)
    ]
    connection = held(measured, [("known", "b"), ("blank",), ("single",)])
    assert series(connection)["unique_id"].tolist() == ["known", "single"]
    assert series(connection, metric="a")["unique_id"].tolist() == ["blank", "known", "open"]
    assert series(connection, metric="*")["unique_id"].tolist() == [
        "blank · a", "blank · b", "known · a", "known · b", "open · a", "open · b", "single · c",
    ]  # fmt: skip
    assert series(connection, resource=["open", "single"], metric=["a", "c"])["unique_id"].tolist() == ["open · a", "single · c"]
    assert series(connection, metric="*", registered_only=True)["unique_id"].nunique() == 5


@pytest.mark.parametrize("name", ["' OR 1=1 --", '"; DROP TABLE metrics; --', "<script>", "{x}", "*"])
def test_a_hostile_name_is_a_name(name):
    connection = held([(at(0), name, name, 1.0), (at(0), "other", "m", 1.0)])
    assert series(connection, resource=name)["unique_id"].tolist() == [name]
    assert len(connection.execute("SELECT resource FROM metrics").fetchall()) == 2


def test_nothing_measured_is_an_empty_frame():
    found = series(held([]))
    assert (len(found), [*found.columns]) == (0, ["unique_id", "ds", "y", "n"])


def test_an_unknown_aggregate_or_step_is_an_error():
    with pytest.raises(IndicatorError, match="how must be one of p95, mean, max, min; found 'median'"):
        series(held([]), how="median")
    with pytest.raises(IndicatorError, match="freq must be one of"):
        series(held([]), freq="7min")


def test_a_step_of_which_nothing_was_measured_is_no_row():
    found = series(held([(START, "a", "x", 5.0, None, None, 0)], [("a", "x")]), how="mean")
    assert found.empty


@pytest.fixture(scope="module")
def measured_at_random():
    measured = random_measurements(random.Random(7))  # noqa: S311 - test data
    return measured, held(measured)


@pytest.mark.parametrize("freq", ["15min", "h", "D", "W"])
@pytest.mark.parametrize("how", ["p95", "mean", "max"])
def test_it_is_what_an_oracle_says(measured_at_random, freq, how):
    measured, connection = measured_at_random
    expected = oracle(measured, freq, how)
    found = series(connection, freq=freq, how=how, end=END + timedelta(days=9))
    keys = [(row.unique_id, row.ds.replace(tzinfo=None)) for row in found.itertuples()]
    assert keys == sorted(expected)
    assert found["y"].tolist() == pytest.approx([expected[key][0] for key in keys], rel=1e-12)
    assert found["n"].tolist() == [expected[key][1] for key in keys]


def random_measurements(draw):
    rows = {}
    for _ in range(900):
        moment = (START + timedelta(minutes=5 * draw.randrange(0, 12 * 24 * 9))).astimezone(UTC)
        value = None if draw.random() < 0.1 else round(draw.uniform(0, 100), 3)
        high = None if value is None or draw.random() < 0.5 else value + draw.random()
        resource = draw.choice(["a", "资源 b"])
        rows[moment, resource] = (moment, resource, "m", value, None, high, draw.choice([None, 1, 60]))
    return list(rows.values())


def oracle(measured, freq, how):
    """By plain loops over steps that are over at the end."""
    end = (END + timedelta(days=9)).replace(tzinfo=None)
    groups = defaultdict(list)
    for moment, resource, _, value, _, high, points in measured:
        local = moment.astimezone(SHANGHAI).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0)
        step = {"15min": timedelta(minutes=15), "h": timedelta(hours=1), "D": timedelta(days=1), "W": timedelta(days=7)}[freq]
        start = midnight + (local - midnight) // step * step if freq in ("15min", "h") else midnight
        start = start - timedelta(days=start.weekday()) if freq == "W" else start
        if value is not None and start + step <= end:
            groups[resource, start].append((value, value if high is None else high, points or 1))
    return {key: (aggregate(rows, how), len(rows)) for key, rows in groups.items()}


def aggregate(rows, how):
    if how == "max":
        return max(high for _, high, _ in rows)
    if how == "mean":
        return sum(value * points for value, _, points in rows) / sum(points for *_, points in rows)
    ordered = sorted(value for value, *_ in rows)
    place = 0.95 * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("容量 w")
    (folder / "exports").mkdir()
    (folder / "itsq.toml").write_text(
        '[organisation]\nname = "T"\ntimezone = "Asia/Shanghai"\n'
        '[[source]]\nglob = "exports/m.csv"\nmapping = "metrics_csv"\ntable = "metrics"\n'
        '[[source]]\nglob = "exports/r.csv"\nmapping = "register"\ntable = "resources"\n',
        encoding="utf-8",
    )
    draw = random.Random(3)  # noqa: S311 - test data
    rows = [
        f"{(START + timedelta(hours=hour)).isoformat()},{name},used,{20 + hour % 24 + draw.random():.3f}"
        for name in ("db", "web")
        for hour in range(24 * 90)
    ]
    (folder / "exports" / "m.csv").write_text("\n".join(["time,resource,metric,value", *rows]) + "\n", encoding="utf-8")
    (folder / "exports" / "r.csv").write_text(
        "resource,kind,service,metric\ndb,disk,ERP,used\nweb,cpu,Portal,used\n", encoding="utf-8"
    )
    open_workspace(folder).load()
    return folder


def test_a_workspace_gives_series_up_to_a_day(workspace):
    found = open_workspace(workspace).metric_series(freq="D", how="mean", as_of="2026-10-31")
    assert found.groupby("unique_id")["ds"].agg(["min", "max", "count"]).to_numpy().tolist() == [
        [pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31"), 31]
    ] * 2  # fmt: skip


def test_of_one_service_only_its_resources_are_seen(workspace):
    assert set(open_workspace(workspace, services=["ERP"]).metric_series(metric="*")["unique_id"]) == {"db · used"}


def test_series_of_metrics_are_forecast_and_judged_like_counts(workspace):
    ws = open_workspace(workspace)
    days = ws.metric_series(freq="D", how="max")
    ahead = ws.forecast(days, 7, model="seasonal-naive")
    assert ahead["ds"].min() == days["ds"].max() + pd.Timedelta(days=1)
    assert ahead["median"].between(40, 46).all()
    hours = ws.metric_series("db", freq="h", how="mean", as_of="2026-11-15")
    hours.loc[hours.index[-30], "y"] = 500.0
    judged = ws.detect(hours)
    assert judged.loc[judged["y"] == 500.0, "is_anomaly"].tolist() == [True]
