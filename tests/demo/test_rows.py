"""Rows, wrong rows and ordinary patterns of the committed files, counted by plain loops."""

import json
import tomllib
from collections import Counter
from datetime import date, datetime

import holidays
import pytest

from itsq_analysis.settings import load_settings
from tests.demo.conftest import SAMPLE, local, raw_bytes, rows, sheet

CHANGES = "exports/变更_display.csv"
LATEST_FILE = "exports/incident_2026-11.csv"


def _count(path: str) -> int:
    if path.endswith(".xlsx"):
        return len(sheet(path)) + 1  # the total
    if path.endswith(".json.gz"):
        return sum(len(series["values"]) for series in json.loads(raw_bytes(path))["data"]["result"])
    return raw_bytes(path).count(b"\r\n") - 1  # no cell of the demo holds a line break


def test_every_file_has_the_rows_that_the_truth_says(truth):
    assert {path: _count(path) for path in truth["files"]} == {path: facts["rows"] for path, facts in truth["files"].items()}


def test_there_are_more_than_forty_thousand_incidents_of_24_months(latest, truth):
    opened = Counter(local(row["opened_at"]).strftime("%Y-%m") for row in latest.values())
    assert len(latest) == truth["tables"]["incidents"]["kept"] > 40_000
    assert sorted(opened) == [*truth["months"], "2026-11"]
    assert {month: opened[month] for month in truth["months"]} == truth["incidents"]["opened"]
    assert len(truth["months"]) == 24


def _readable(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def _faults(row: dict[str, str]) -> set[str]:
    times = {name: _readable(row[name]) for name in ("opened_at", "resolved_at", "closed_at", "u_first_response_at")}
    found = {"unreadable" for name, at in times.items() if row[name] and at is None}
    opened = times.pop("opened_at")
    found |= {f"{name} early" for name, at in times.items() if opened and at and at < opened}
    found |= {"missing"} if not row["number"] else set()
    return found | {f"{name} unread" for name in COUNTS if not row[name].isdigit()}


COUNTS = ("reassignment_count", "reopen_count")


NAMES = {
    "resolved_at early": "resolved_before_opened",
    "closed_at early": "closed_before_opened",
    "u_first_response_at early": "acknowledged_before_opened",
}


def test_wrong_incident_rows_are_those_of_the_truth_and_break_one_rule_each(truth):
    for path, facts in truth["files"].items():
        if facts["table"] == "incidents":
            faults = [_faults(row) for row in rows(path)]
            assert all(len(found) <= 1 for found in faults)
            unread = {name: sum(f"{name} unread" in found for found in faults) for name in COUNTS}
            assert unread == {name: sum(facts["unmapped"].get(name, {}).values()) for name in COUNTS}  # these rows load
            counted = Counter(NAMES.get(fault) for found in faults for fault in found if not fault.endswith(" unread"))
            ruled = {rule: count for rule, count in facts["quarantined"].items() if rule in NAMES.values()}
            assert {rule: count for rule, count in counted.items() if rule} == ruled
            malformed = facts["quarantined"].get("malformed_row", 0)
            assert counted[None] == sum(facts["quarantined"].values()) - sum(ruled.values()) - malformed
            assert _count(path) - len(rows(path)) == malformed


def test_the_newest_file_overlaps_the_older_ones_with_the_same_and_with_newer_versions(truth):
    older = {row["number"]: row for path, facts in truth["files"].items() if facts["table"] == "incidents" and path != LATEST_FILE
             for row in rows(path)}  # fmt: skip
    again = [row for row in rows(LATEST_FILE) if row["number"] in older and row["number"] < "INC09" and row["number"]]
    newer = [row for row in again if row["sys_updated_on"] > older[row["number"]]["sys_updated_on"]]
    assert len(newer) > 100
    assert len(again) - len(newer) > 100
    assert all(row == older[row["number"]] for row in again if row["sys_updated_on"] == older[row["number"]]["sys_updated_on"])


def test_hostile_texts_stand_in_every_free_text_column(truth):
    columns = {
        "exports/incident_2026H1.csv.gz": ("category", "subcategory", "cmdb_ci", "short_description", "close_code"),
        "exports/sc_req_item.csv.gz": ("cat_item", "short_description"),
        "exports/problem.csv": ("short_description", "u_root_cause"),
        "registers/surveys.csv.gz": ("comment",),
    }
    for path, names in columns.items():
        for name in names:
            assert set(truth["hostile"]) <= {row[name] for row in rows(path)}
    assert set(truth["hostile"]) <= {row["简短描述"] for row in rows(CHANGES, "gb18030")}
    assert set(truth["hostile"]) <= {row["原因"] for row in sheet("registers/outages.xlsx")}


def test_the_display_export_is_gb18030_and_not_utf8(truth):
    with pytest.raises(UnicodeDecodeError):
        raw_bytes(CHANGES).decode("utf-8")
    codes = Counter(row["关闭代码"] for row in rows(CHANGES, "gb18030"))
    assert {"outcome": {"已回退": codes["已回退"]}} == truth["files"][CHANGES]["unmapped"]


def test_one_file_has_a_byte_order_mark_and_repeated_rows():
    path = "exports/incident_2025H1.csv.gz"
    assert raw_bytes(path).startswith(b"\xef\xbb\xbf")
    assert sum(Counter(row["number"] for row in rows(path)).values()) - len({row["number"] for row in rows(path)}) == 15


def test_the_week_has_its_pattern_and_adjusted_saturdays_are_worked(latest):
    opened = Counter(local(row["opened_at"]).date() for row in latest.values())
    assert opened[date(2026, 10, 10)] > 3 * opened[date(2026, 10, 17)]  # a worked Saturday, an ordinary one
    china = holidays.country_holidays("CN", years=range(2024, 2027))
    week = [day for day in opened if day < date(2026, 11, 1)]
    worked = [opened[day] for day in week if china.is_working_day(day)]
    idle = [opened[day] for day in week if not china.is_working_day(day)]
    assert sum(worked) / len(worked) > 3 * sum(idle) / len(idle)
    mondays = [opened[day] for day in week if day.weekday() == 0 and china.is_working_day(day)]
    assert sum(mondays) / len(mondays) > 1.05 * sum(worked) / len(worked)


def test_volume_grows_by_about_eight_per_cent(truth):
    opened = [truth["incidents"]["opened"][month] for month in truth["months"]]
    assert 1.05 < sum(opened[12:]) / sum(opened[:12]) < 1.14  # with the level shift and what was planted in the second year


def test_answers_of_the_tool_are_marked_and_all_best():
    answers = rows("registers/surveys.csv.gz")
    automatic = [row for row in answers if row["automatic"] == "yes"]
    assert len(automatic) > 1000
    assert {(row["score"], row["recommend"]) for row in automatic if row["number"] < "SRV09"} == {("5", "")}
    real = [int(row["score"]) for row in answers if row["automatic"] == "no" and row["score"] != "7"]
    assert 0.15 < len(real) / len(answers) < 0.3
    assert 0.85 < sum(score >= 4 for score in real) / len(real) < 0.95


def test_the_settings_are_valid_and_name_every_source(truth):
    settings = load_settings(SAMPLE)
    found = {path.relative_to(SAMPLE).as_posix(): source.table for source in settings.sources for path in SAMPLE.glob(source.glob)}
    assert found == {path: facts["table"] for path, facts in truth["files"].items()}
    assert len(settings.report.headline) == 10
    assert 10 <= len(settings.targets) <= 12
    assert {rule.priority for rule in settings.sla} == {(1,), (2,), (3,), (4,)}
    assert tomllib.loads((SAMPLE / "itsq.toml").read_text(encoding="utf-8"))["organisation"]["timezone"] == "Asia/Shanghai"
