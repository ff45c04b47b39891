"""`itsq at-risk`: tickets and days as a table and as data; a group that nothing names is refused."""

import json

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from tests.cli.running import itsq
from tests.late_risk.made import desk, forgotten

SETTINGS = """[organisation]
language = "en"
timezone = "Asia/Shanghai"
[[calendar]]
id = "7x24"
hours = "7x24"
[[sla]]
priority = 3
calendar = "7x24"
resolution = "8h"
"""
SOURCE = '[[source]]\nglob = "exports/{0}.csv"\nmapping = "register"\ntable = "{0}"\ntimezone = "Asia/Shanghai"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("desk")
    (made / "exports").mkdir()
    incidents, log = forgotten(desk())
    for name, rows in (("incidents", incidents), ("state_log", [row | {"ticket_table": "incidents"} for row in log])):
        frame = pd.DataFrame(rows).drop(columns="ended_at", errors="ignore")
        times = {column: frame[column].dt.strftime("%Y-%m-%d %H:%M:%S") for column in frame.select_dtypes("datetimetz")}
        frame.assign(**times).to_csv(made / "exports" / f"{name}.csv", index=False)
    sources = "".join(SOURCE.format(name) for name in ("incidents", "state_log"))
    (made / "itsq.toml").write_text(SETTINGS + sources, encoding="utf-8")
    open_workspace(made).load()
    return made


def test_open_tickets_and_days_are_told(capsys, folder):
    table, data = itsq(capsys, "at-risk", "-w", folder), itsq(capsys, "at-risk", "-w", folder, "--format", "json")
    assert table.code == data.code == 0, table.err + data.err
    tickets = json.loads(data.out)
    assert all(ticket["number"] in table.out for ticket in tickets)
    late = sum(ticket["left"] <= 0 for ticket in tickets)
    assert f"open {len(tickets)}; late already {late}; expected to become late" in table.out
    assert {ticket["number"] for ticket in tickets} == set(open_workspace(folder).sql(
        "SELECT number FROM incidents WHERE ended_at IS NULL")["number"])  # fmt: skip
    days = itsq(capsys, "at-risk", "-w", folder, "--days", "--group", "Desk", "--format", "csv")
    assert days.out.splitlines()[0] == "group,day,expected,low,high"
    assert all(line.startswith("Desk,") for line in days.out.splitlines()[1:])


def test_an_unknown_group_and_too_early_a_day_are_refused(capsys, folder):
    unknown = itsq(capsys, "at-risk", "-w", folder, "--group", "Dsk")
    assert (unknown.code, "Desk" in unknown.err) == (2, True)
    early = itsq(capsys, "at-risk", "-w", folder, "--as-of", "2026-09-02")
    assert early.code == 2
    assert "at least 500 incidents that have ended" in early.err
