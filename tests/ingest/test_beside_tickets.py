"""What stands beside tickets: alerts, deployments, knowledge, configuration items; and durations as people write them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.ingest.mapping import load_mapping
from itsq_analysis.tables import contract
from itsq_analysis.workspace import open_workspace

ALERT = {
    "fingerprint": "79c0f4b2",
    "status": "resolved",
    "labels": {"alertname": "DiskFull", "severity": "critical", "service": "Mail", "instance": "web01"},
    "annotations": {"summary": "Disk full"},
    "startsAt": "2026-03-01T08:00:00.5Z",
    "endsAt": "2026-03-01T09:30:00Z",
}
FIRING = ALERT | {
    "status": "firing",
    "startsAt": "2026-03-02T08:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "labels": {"severity": "warning"},
}


def rows(found: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found.rows]


def test_alerts_of_alertmanager_are_told_by_fingerprint_and_start(stage: Any) -> None:
    found = stage(
        json.dumps({"version": "4", "status": "firing", "alerts": [ALERT, FIRING]}),
        "alerts",
        mapping="alertmanager",
        timezone="UTC",
    )
    assert rows(found, "number", "cleared_at", "service", "severity") == [
        ("79c0f4b2 2026-03-01T08:00:00.5Z", "2026-03-01 09:30:00", "Mail", "critical"),
        ("79c0f4b2 2026-03-02T08:00:00Z", None, None, "warning"),
    ]
    assert found.rules == []


def test_problems_of_zabbix_are_alerts_from_the_api_and_from_both_languages(stage: Any) -> None:
    listed = [
        {"eventid": "901", "clock": "1772352000", "r_clock": "1772355600", "severity": "4", "name": "High load"},
        {"eventid": "902", "clock": "1772352000", "r_clock": "0", "severity": "0", "name": "x"},
    ]
    found = stage(json.dumps({"jsonrpc": "2.0", "result": listed}), "alerts", mapping="zabbix_problems", timezone="UTC")
    assert rows(found, "number", "raised_at", "cleared_at", "severity") == [
        ("901", "2026-03-01 08:00:00", "2026-03-01 09:00:00", "critical"),
        ("902", "2026-03-01 08:00:00", None, None),
    ]
    english = "Severity,Time,Recovery time,Host,Problem\nAverage,2026-03-01 08:00:00,2026-03-01 09:00:00,db1,Slow\n"
    chinese = "严重性,时间,恢复时间,状态,主机,问题,持续时间\n灾难,2026-03-01 08:00:00,,问题,db1,停机,2天3小时10分\n"
    told = [
        rows(stage(text, "alerts", mapping="zabbix_problems", timezone="UTC"), "number", "severity", "cleared_at")
        for text in (english, chinese)
    ]
    assert told == [
        [("2026-03-01 08:00:00 db1 Slow", "warning", "2026-03-01 09:00:00")],
        [("2026-03-01 08:00:00 db1 停机", "critical", None)],
    ]


GITLAB = {
    "id": 42, "iid": 2, "ref": "main", "sha": "a91957a8", "status": "success", "created_at": "2026-03-01T08:00:00Z",
    "environment": {"name": "production"},
    "deployable": {"finished_at": "2026-03-01T08:10:00Z", "commit": {"created_at": "2026-02-28T10:00:00Z"}},
}  # fmt: skip
GITHUB = {
    "id": 7,
    "sha": "b1",
    "environment": "production",
    "created_at": "2026-03-01T08:00:00Z",
    "statuses_url": "https://api.github.com/x",
}


def test_deployments_of_three_tools_are_rows_and_none_is_said_to_have_failed(stage: Any) -> None:
    jenkins = {
        "builds": [
            {"id": "12", "timestamp": 1772352000000, "result": "SUCCESS"},
            {"id": "11", "timestamp": 1772265600000, "result": "SUCCESS"},
        ]
    }
    found = [
        rows(
            stage(json.dumps(content), "deployments", mapping=tool, timezone="UTC", stated={"service": "Shop"}),
            *("number", "deployed_at", "committed_at", "service", "failed"),
        )
        for tool, content in (("gitlab_deployments", [GITLAB]), ("github_deployments", [GITHUB]), ("jenkins_builds", jenkins))
    ]
    assert found == [
        [("42", "2026-03-01 08:10:00", "2026-02-28 10:00:00", "Shop", None)],
        [("7", "2026-03-01 08:00:00", None, "Shop", None)],
        [("12", "2026-03-01 08:00:00", None, "Shop", None), ("11", "2026-02-28 08:00:00", None, "Shop", None)],
    ]


def test_servicenow_gives_knowledge_and_configuration_items(stage: Any) -> None:
    articles = "sys_id,number,short_description,author,published,valid_to\n1,KB1,Reset,E1,2026-01-05,2100-01-01\n"
    found = stage(articles, "knowledge_articles", mapping="servicenow")
    assert rows(found, "number", "title", "author", "published_on", "retired_on") == [
        ("KB1", "Reset", "E1", date(2026, 1, 5), None)
    ]
    items = "sys_id,name,sys_class_name,support_group,install_date\n1,mail01,Server,Unix,2024-03-01 08:00:00\n"
    found = stage(items, "config_items", mapping="servicenow")
    assert rows(found, "ci", "category", "assignment_group", "installed_on") == [("mail01", "Server", "Unix", date(2024, 3, 1))]


@pytest.mark.parametrize(
    ("file", "text", "table", "mapping"),
    [
        ("alerts.json", json.dumps({"alerts": [ALERT, FIRING]}), "alerts", "alertmanager"),
        ("problems.csv", "Severity,Time,Recovery time,Host,Problem\nHigh,2026-03-01 08:00,,a,b\n", "alerts", "zabbix_problems"),
        ("deploy.json", json.dumps([GITLAB, GITLAB | {"id": 43}]), "deployments", "gitlab_deployments"),
        ("kb.csv", "sys_id,number,short_description,published\n1,KB1,Reset,2026-01-05\n", "knowledge_articles", "servicenow"),
        ("cmdb_ci.csv", "sys_id,name,install_date\n1,mail01,2024-03-01\n", "config_items", "servicenow"),
    ],
)
def test_itsq_map_takes_the_shipped_mapping_where_the_table_is_named(
    tmp_path: Path, file: str, text: str, table: str, mapping: str
) -> None:
    (tmp_path / "itsq.toml").write_text("", encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    ws = open_workspace(tmp_path)
    ws.map(tmp_path / file, table=table, write=True)
    [source] = open_workspace(tmp_path).settings.sources
    assert (source.mapping, source.table) == (mapping, table)
    ledger = open_workspace(tmp_path).load()
    records = 2 if file in ("alerts.json", "deploy.json") else 1
    assert (ledger["read"].sum(), ledger["quarantined"].sum()) == (records, 0)
    assert load_mapping(mapping).table(table)


def test_durations_are_read_in_the_unit_of_their_column(stage: Any) -> None:
    header = "start,minutes,assignment_group,offered,answered,handle_seconds,wait_seconds\n"
    texts = [("2天3小时10分", "00:04:13"), ("1h 5m", "90"), ("1 day, 2:03:04", "45秒"), ("2 小时", "4:13"), ("later", "")]
    lines = [f'2026-03-01 {hour:02}:00,60,Desk,9,9,"{handle}",{wait}\n' for hour, (handle, wait) in enumerate(texts)]
    found = stage(header + "".join(lines), "contacts")
    assert found.column("handle_seconds") == [184200.0, 3900.0, 93784.0, 7200.0, None]
    assert found.column("wait_seconds") == [253.0, 90.0, 45.0, None, None]
    assert found.facts.unmapped == {"handle_seconds": {"later": 1}, "wait_seconds": {"4:13": 1}}
    drills = "number,planned_on,held_on,target_hours,actual_hours,target_loss_minutes\n"
    drills += "D1,2026-03-01,2026-03-01,4小时,2小时30分,15分钟\n"
    found = stage(drills, "drills")
    assert contract("drills").columns["actual_hours"].type == "number"
    assert [found.column(name) for name in ("target_hours", "actual_hours", "target_loss_minutes")] == [[4.0], [2.5], [15.0]]


@pytest.mark.parametrize("shown", ["00:06:30", "6分30秒", "390"])
def test_average_handle_times_of_a_phone_system_are_durations_too(tmp_path: Path, shown: str) -> None:
    (tmp_path / "itsq.toml").write_text("", encoding="utf-8")
    lines = [f"2026-03-{day:02},120,100,{shown}\n" for day in range(1, 21)]
    (tmp_path / "calls.csv").write_text("日期,呼入量,接通量,平均处理时长\n" + "".join(lines), encoding="utf-8")
    open_workspace(tmp_path).map(tmp_path / "calls.csv", write=True)
    ws = open_workspace(tmp_path)
    ws.load()
    assert ws.sql("SELECT sum(handle_seconds) AS total FROM contacts")["total"].tolist() == [20 * 39000.0]
