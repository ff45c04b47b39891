"""The demo's monitoring: read by plain means, what was planted is there; loaded, nothing of it is lost."""

import json
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.capacity.resource_register import planned_demand
from itsq_analysis.forecasting.planned_events import planned_events
from itsq_analysis.workspace import open_workspace
from tests.demo.conftest import SHANGHAI, raw_bytes, rows

DISKS, NODES = "exports/prometheus_disks.json.gz", "exports/prometheus_nodes.json.gz"
TRENDS, PLAIN = "exports/zabbix_trends.csv.gz", "exports/监控指标.csv.gz"


@cache
def answered(path):
    """Resource and metric -> (local time, value text) of a Prometheus file."""
    found = {}
    for series in json.loads(raw_bytes(path))["data"]["result"]:
        labels = series["metric"]
        name = ":".join(filter(None, (labels["instance"], labels.get("mountpoint"))))
        found[name, labels["__name__"]] = [
            (datetime(1970, 1, 1) + timedelta(seconds=at) + SHANGHAI, text) for at, text in series["values"]
        ]
    return found


@cache
def plain():
    found = {}
    for row in rows(PLAIN):
        found.setdefault((row["资源编号"], row["指标名称"]), []).append((datetime.fromisoformat(row["时间"]), row["数值"]))
    return found


def course(resource, metric):
    """The values of one metric as a series by local time; NaN where there is none."""
    held = {**answered(DISKS), **answered(NODES), **plain()}[resource, metric]
    return pd.Series([float(text) for _, text in held], index=pd.DatetimeIndex([at for at, _ in held]))


def course_of_orders():
    """Measured orders a day, as the register's file has them."""
    held = [row for row in rows("registers/demand_drivers.csv") if row["类别"] == "实际" and "Orders" in row["业务量"]]
    return pd.Series([float(row["数值"]) for row in held], pd.DatetimeIndex([row["日期"] for row in held]))


@pytest.fixture(scope="module")
def planted(truth):
    return truth["planted"]["capacity"]


@pytest.fixture(scope="module")
def workspace(demo):
    return open_workspace(demo)


def test_every_series_ends_with_the_extraction(planted):
    horizon = datetime.fromisoformat(planted["horizon"])
    ends = [held[-1][0] for (resource, _), held in {**answered(DISKS), **plain()}.items() if resource not in ("dc1", "erp-licence")]
    assert all(timedelta(0) < horizon - end <= timedelta(hours=6) for end in ends)


def test_the_disk_fills_as_it_has_filled_and_reaches_its_limit_forty_days_on(planted):
    used = course("wms-db01:/data", "used_gib")
    told = planted["resources"]["wms-db01:/data"]
    assert used.iloc[-1] / 4096 == pytest.approx(told["used"], abs=0.001)
    a_day = (used.iloc[-1] - used[used.index[-1] - timedelta(days=28)]) / 28
    at_this_pace = (0.9 * 4096 - used.iloc[-1]) / a_day
    days = (date.fromisoformat(told["critical_on"]) - used.index[-1].date()).days
    assert days == 39
    assert 0.6 * at_this_pace < days < 1.2 * at_this_pace  # November and December bring more than October


def test_the_logs_are_cleaned_each_month_and_never_reach_their_limit(planted):
    used = course("log01:/var/log", "used_gib")
    falls = used.diff()
    assert falls[falls < -100].index.strftime("%d %H").unique().tolist() == ["01 04"]
    assert (falls < -100).sum() == 13  # November 2025 to November 2026
    assert used.max() < 0.8 * 500
    assert planted["resources"]["log01:/var/log"] == {"planted": "sawtooth", "used": pytest.approx(used.iloc[-1] / 500, abs=0.02),
                                                      "warning_on": None, "critical_on": None}  # fmt: skip


def test_memory_leaks_at_its_rate_and_falls_with_each_restart(planted):
    used, told = course("tms-app01", "memory_used_gib"), planted["leak"]
    night = used[used.index.hour == 3]
    slope = np.polyfit(np.arange(14), night["2026-08-25":"2026-09-07"], 1)[0]
    assert slope == pytest.approx(told["gib_a_day"], rel=0.15)
    for restart in told["restarts"]:
        at = pd.Timestamp(restart)
        assert used[at - timedelta(hours=2)] - used[at + timedelta(hours=1)] > 15
    before = night[: told["from"]]
    assert abs(np.polyfit(np.arange(len(before)), before, 1)[0]) < 0.01


def test_the_step_stays(planted):
    used, told = course("erp-app", "cpu_share"), planted["step"]
    at = pd.Timestamp(told["at"]).normalize()
    before, after = used[at - timedelta(days=28) : at], used[at + timedelta(days=1) : at + timedelta(days=28)]
    assert after.mean() / before.mean() == pytest.approx(told["factor"], rel=0.12)  # a holiday lies before it
    assert used["2026-10-12":].mean() > 1.3 * before.mean()


def test_the_portal_peaks_on_the_shopping_festival_of_last_year(planted):
    daily = course("portal-web", "cpu_share").resample("D").max()
    assert str(daily.idxmax().date()) == "2025-11-11"
    assert daily.max() > 0.7
    assert daily["2026-08-01":"2026-10-25"].max() < 0.7
    assert planted["resources"]["portal-web"]["critical_on"] == planted["peak"]["on"] == "2026-11-11"


def test_nothing_was_known_of_the_portal_for_some_hours(planted):
    missing = course("portal-web", "cpu_share")
    missing = missing[missing.isna()]
    told = planted["not_a_number"]
    assert (str(missing.index[0]), len(missing)) == (told["from"], told["hours"])


def test_the_cluster_is_fine_until_a_member_fails(planted):
    values = [float(row["value_avg"]) / 100 for row in rows(TRENDS) if row["host"] == planted["n_minus_1"]]
    busy = float(np.quantile(values[-24 * 28 :], 0.95))
    assert np.mean(values) < 0.25
    assert busy < 0.7
    assert busy * 2 > 0.85


def test_idle_resources_hardly_work(planted):
    trends = [float(row["value_max"]) / 100 for row in rows(TRENDS) if row["host"] == "test-cluster"]
    assert max(trends) < 0.2
    assert course("wan-backup", "mbit_s").max() / 1000 < 0.1
    assert planted["idle"] == ["test-cluster", "wan-backup"]


def test_a_gap_is_a_gap_and_a_burst_is_short(planted):
    link = course("wan-hq", "mbit_s")
    gap = planted["gap"]
    assert link[gap["from"] : pd.Timestamp(gap["to"]) - timedelta(hours=1)].empty
    assert not link[pd.Timestamp(gap["from"]) - timedelta(hours=1) : gap["from"]].empty
    pool, burst = course("portal-db:connections", "in_use"), planted["burst"]
    inside = pool[burst["from"] : pd.Timestamp(burst["to"]) - timedelta(hours=1)]
    assert inside.min() > 200
    assert pool.drop(inside.index).max() < 240


def test_the_finance_database_was_archived_once(planted):
    used, told = course("finance-db", "used_gib"), planted["cleaned"]
    fall = -used.diff().min()
    assert fall == pytest.approx(told["freed_gib"], abs=3)
    assert used.diff().idxmin() - pd.Timestamp(told["at"]) < timedelta(hours=6)
    done = [row for row in rows("registers/capacity_options.csv") if row["Decision"] == "chosen"]
    assert [(row["Resource"], row["Done on"]) for row in done] == [(told["resource"], told["at"][:10])]


def test_zabbix_keeps_a_mean_between_its_extremes():
    trends = [[float(row[name]) for name in ("value_min", "value_avg", "value_max")] for row in rows(TRENDS)]
    assert all(low <= mean <= high for low, mean, high in trends)


def test_truth_says_of_each_registered_resource_what_is_planted(planted):
    assert list(planted["resources"]) == [row["资源编号"] for row in rows("registers/resources.csv")][:-2]
    measured = {resource for resource, _ in {**answered(DISKS), **answered(NODES), **plain()}} | {
        row["host"] for row in rows(TRENDS)
    }
    registered = {row["资源编号"] for row in rows("registers/resources.csv") if row["指标名称"]}
    assert planted["without_data"] == ["msg-queue01"] == sorted(registered - measured - {"wms-db99:/data", "wms-app-cluster9"})


def test_services_of_resources_and_drivers_are_those_of_the_register():
    known = {row["service"] for row in rows("registers/services.csv")} | {""}
    assert {row["服务"] for path in ("resources", "demand_drivers") for row in rows(f"registers/{path}.csv")} <= known


def test_loaded_each_point_is_kept_and_each_refused_one_named(workspace, planted):
    counted = workspace.sql("SELECT resource, metric, count(*) AS n FROM metrics GROUP BY ALL")
    held = {(row.resource, row.metric): row.n for row in counted.itertuples()}
    expected = {key: len(points) for key, points in {**answered(DISKS), **answered(NODES), **plain()}.items()}
    del expected["portal-web", "requests_per_error"]
    assert {key: held[key] for key in expected} == expected
    infinite = workspace.quarantine("unreadable_number")
    assert (infinite["value"] == "+Inf").sum() == planted["infinite"]
    [known] = workspace.sql("SELECT count(*) - count(value) AS n FROM metrics")["n"]
    assert known == planted["not_a_number"]["hours"]


def test_series_of_the_workspace_are_those_of_the_files(workspace):
    found = workspace.metric_series("wms-db01:/data", freq="h", how="mean").set_index("ds")["y"]
    used = course("wms-db01:/data", "used_gib")
    assert found.index.tz_localize(None).tolist() == used.index.tolist()
    assert found.tolist() == used.tolist()


def test_the_mail_store_tells_what_is_free_and_its_series_what_is_used(workspace, planted):
    used = workspace.metric_series("mail-store01:/mail", freq="h", how="mean")["y"]
    assert used.iloc[-1] / 8192 == pytest.approx(planted["resources"]["mail-store01:/mail"]["used"], abs=0.001)
    assert used.iloc[-1] > used.iloc[0]


def test_capacity_and_forecast_count_the_same_change_on_the_eleventh_of_november(workspace):
    """74,000 orders are planned; 46,740 were the mean of the 27 days up to 2 November, the last that was over."""
    scope = workspace.scope("2026-10")
    planned = planned_demand(scope)
    growth = planned.loc[(planned["date"] == "2026-11-11") & planned["event"].notna(), "growth"].item()
    events = planned_events(workspace, "incidents", "service", scope.today)
    effect = events.loc[events["first"] == "2026-11-11", "effect"].item()
    orders = course_of_orders()["2026-10-07":"2026-11-02"]
    assert growth == effect == pytest.approx(74000 / orders.mean() - 1)
    assert f"{growth:+.0%}" == "+58%"
