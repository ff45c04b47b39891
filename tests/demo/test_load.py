"""The demo loaded by the package: nothing is lost, and what was planted survives to the indicators."""

import shutil
from collections import Counter

import pandas as pd
import pytest

from itsq_analysis.workspace import open_workspace


@pytest.fixture(scope="module")
def workspace(demo):
    return open_workspace(demo)


@pytest.fixture(scope="module")
def ledger(workspace):
    return pd.DataFrame(workspace.snapshot.files).set_index("file")


def test_every_row_ends_in_one_place(ledger, truth):
    assert ledger["read"].to_dict() == {path: facts["rows"] for path, facts in truth["files"].items()}
    assert (ledger["read"] == ledger[["inserted", "updated", "unchanged", "quarantined"]].sum(axis=1)).all()
    assert ledger["quarantined"].to_dict() == {path: sum(facts["quarantined"].values()) for path, facts in truth["files"].items()}


def test_the_ledger_tells_encoding_and_zone(ledger):
    assert ledger.loc["exports/变更_display.csv", ["encoding", "timezone"]].tolist() == ["gb18030", "Asia/Shanghai"]
    assert ledger.loc["exports/incident_2025H1.csv.gz", ["encoding", "timezone"]].tolist() == ["utf-8 with BOM", "UTC"]


def test_every_refused_row_is_under_the_rule_that_was_planted(workspace, ledger, truth):
    refused = workspace.quarantine()
    assert len(refused) == ledger["quarantined"].sum()
    planted = {(path, rule): count for path, facts in truth["files"].items() for rule, count in facts["quarantined"].items()}
    assert Counter(zip(refused["file"], refused["rule"], strict=True)) == planted


def test_every_table_keeps_the_rows_of_distinct_key(workspace, truth):
    counted = {name: int(workspace.sql(f"SELECT count(*) AS n FROM {name}")["n"].iloc[0]) for name in truth["tables"]}
    assert counted == {name: facts["kept"] for name, facts in truth["tables"].items()}


def test_data_are_known_up_to_the_last_extraction(workspace, truth):
    assert workspace.horizon.strftime("%Y-%m-%d %H:%M:%S %z") == f"{truth['extracted_at']} +0800"
    assert workspace.period().label == truth["months"][-1] == "2026-10"


def test_unknown_choices_are_counted_not_refused(workspace, truth):
    unmapped = {one["file"]: one["unmapped"] for one in workspace.snapshot.files if one["unmapped"]}
    assert unmapped == {path: facts["unmapped"] for path, facts in truth["files"].items() if facts["unmapped"]}


def test_recomputed_sla_is_that_of_the_truth_in_every_month(workspace, truth):
    found = workspace.sql(
        "SELECT strftime(resolved_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m') AS month, count(*) AS judged, "
        "count(*) FILTER (sla_resolution_met) AS in_time FROM incidents "
        "WHERE resolved_at IS NOT NULL AND sla_resolution_met IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).set_index("month")
    months = truth["months"]
    assert found["judged"].reindex(months).to_dict() == truth["incidents"]["resolved_judged"]
    assert found["in_time"].reindex(months).to_dict() == truth["incidents"]["resolved_in_time"]


def test_response_is_that_of_the_truth(workspace, truth):
    found = workspace.sql("SELECT count(*) AS judged, count(*) FILTER (sla_response_met) AS met FROM incidents "
                          "WHERE acknowledged_at IS NOT NULL AND sla_response_met IS NOT NULL")  # fmt: skip
    assert found.iloc[0].tolist() == [truth["incidents"]["answered_judged"], truth["incidents"]["answered_in_time"]]


def test_the_backlog_is_that_of_the_truth(workspace, truth):
    values = workspace.values(["incident_backlog"], period="2026-10", history=12).set_index("period")["value"]
    expected = truth["incidents"]["open_at_start_of"]
    after = dict(zip(truth["months"], [*truth["months"][1:], "2026-11"], strict=True))
    assert values.to_dict() == {period: expected[after[period]] for period in values.index}


def test_targets_of_the_last_month_are_partly_missed(workspace):
    values = workspace.values(["sla_resolution_met", "sla_response_met", "reopen_rate", "csat"], period="2026-10")
    status = values.set_index("indicator")["status"].to_dict()
    assert (status["sla_resolution_met"], status["sla_response_met"]) == ("missed", "met")


def test_loading_again_changes_nothing(demo, tmp_path):
    shutil.copytree(demo, tmp_path / "again")
    again = open_workspace(tmp_path / "again").load()
    assert (again["inserted"].sum(), again["updated"].sum()) == (0, 0)
