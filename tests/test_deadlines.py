# ruff: noqa: N802 - tests are named after their cases
"""When an open ticket is late as of a moment: exactly when a resolution at that moment would be late."""

from __future__ import annotations

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.late import late_tickets

SETTINGS = """
[organisation]
timezone = "Europe/Berlin"
holidays = ""
[[calendar]]
id = "5x8"
hours = "Mon-Fri 09:00-17:00"
[[sla]]
calendar = "5x8"
resolution = "8h"
response = "1h"
paused = "all"
[[source]]
glob = "exports/*.csv"
mapping = "register"
table = "incidents"
[[source]]
glob = "log/*.csv"
mapping = "register"
table = "state_log"
"""


def loaded(folder, opened, resolved, log=()):
    """A workspace with one incident, and its log as (time, state)."""
    for name in ("exports", "log"):
        (folder / name).mkdir(parents=True)
    (folder / "itsq.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "exports/a.csv").write_text(f"number,opened_at,resolved_at\nA,{opened},{resolved}\n", encoding="utf-8")
    if log:
        rows = "".join(f"incidents,A,{seq},{at},{state}\n" for seq, (at, state) in enumerate(log))
        (folder / "log/a.csv").write_text("ticket_table,number,seq,at,state\n" + rows, encoding="utf-8")
    ws = open_workspace(folder)
    ws.load()
    return ws


def late_as_of(ws, moment):
    """Whether the incident counts as open and overdue as of a moment in Berlin."""
    aware = pd.Timestamp(moment, tz="Europe/Berlin").to_pydatetime()
    frame = ws.values(["open_breached", "incident_backlog"], period="2026-06", as_of=aware)
    breached, backlog = frame["value"].tolist()
    assert backlog == 1
    return bool(breached)


def test_C2_a_ticket_opened_outside_working_time_is_not_late_before_working_time_has_run(tmp_path):
    """Eight hours from Saturday 10:00 run out on Monday at closing time; more than eight have run from Tuesday's opening on."""
    ws = loaded(tmp_path, "2026-06-27 10:00", "2026-06-30 08:30")
    for day in ("2026-06-27", "2026-06-28", "2026-06-29"):
        assert ws.values(["open_breached"], period="2026-06", as_of=day)["value"].tolist() == [0]
    [ticket] = ws.table("incidents").to_dict("records")
    assert ticket["sla_resolution_met"] is True
    assert str(ticket["sla_due_at"]) == "2026-06-29 17:00:00+02:00"


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        ("2026-06-29 17:00:01", False),  # Monday, after closing time
        ("2026-06-30 08:59", False),
        ("2026-06-30 09:00", False),  # opening
        ("2026-06-30 09:00:01", True),
    ],
)
def test_C2_a_ticket_is_late_from_the_opening_after_its_deadline(tmp_path, moment, late):
    ws = loaded(tmp_path, "2026-06-26 17:30", "2026-07-01 09:30")  # a Friday evening
    assert late_as_of(ws, moment) is late


@pytest.mark.parametrize(("moment", "late"), [("2026-06-30 11:00", False), ("2026-06-30 12:00", False), ("2026-06-30 12:01", True)])
def test_C2_a_hold_that_begins_at_the_deadline_keeps_it_in_time(tmp_path, moment, late):
    log = [("2026-06-29 09:00", "new"), ("2026-06-29 17:00", "on_hold"), ("2026-06-30 12:00", "in_progress")]
    ws = loaded(tmp_path, "2026-06-29 09:00", "2026-06-30 15:00", log)
    assert late_as_of(ws, moment) is late


def test_C2_response_is_judged_by_the_same_clock(tmp_path):
    """An answer before opening has used no working time."""
    ws = loaded(tmp_path, "2026-06-27 10:00", "2026-06-29 10:00")
    (tmp_path / "exports/a.csv").write_text(
        "number,opened_at,acknowledged_at\nB,2026-06-27 10:00,2026-06-29 08:00\nC,2026-06-26 16:00,2026-06-29 09:00\n"
        "D,2026-06-26 16:00,2026-06-29 09:01\n",
        encoding="utf-8",
    )
    ws.load()
    met = ws.table("incidents").set_index("number")["sla_response_met"]
    assert met[["B", "C", "D"]].tolist() == [True, True, False]


def test_C2_the_list_of_late_tickets_agrees_with_the_count(tmp_path):
    """At the end of June the ticket is in time although its deadline, 30 June 17:00, is over."""
    ws = loaded(tmp_path, "2026-06-29 17:30", "2026-07-02 10:00")
    assert ws.values(["open_breached"], period="2026-06")["value"].tolist() == [0]
    asked = (ws.connection, ws.settings, ws.calendar)
    start, end = (pd.Timestamp(day, tz="Europe/Berlin").to_pydatetime() for day in ("2026-06-01", "2026-07-01"))
    assert late_tickets(*asked, start, end)["standing"].tolist() == ["soon"]
