"""State as of a moment: from the log up to it, and what happened at the last moment that is known has happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.late import late_incidents
from tests.page.loaded import ORGANISATION, write
from tests.page.made import context

IDS = ("incidents_resolved", "incidents_ended", "incident_backlog")
STATES = [
    *(("10 09:00", "new"), ("10 10:00", "in_progress"), ("18 16:00", "resolved"), ("23 09:00", "in_progress")),
    ("30 12:00", "resolved"),
]
LOG = [{"number": "A", "seq": place, "at": f"2026-06-{at}", "state": state} for place, (at, state) in enumerate(STATES)]
ROW = {
    **{"number": "A", "opened_at": "2026-06-10 09:00", "resolved_at": "2026-06-30 12:00", "state": "resolved", "priority": 3},
    **{"sla_due_at": "2026-06-11 09:00", "sla_resolution_met": False, "working_seconds": 72_000},
}


@pytest.mark.parametrize(
    ("as_of", "counted"),
    [
        ("2026-06-12", [0, 0, 1]),
        ("2026-06-18 16:00", [0, 0, 1]),  # the moment itself is not known
        ("2026-06-19", [1, 1, 0]),
        ("2026-06-23 09:00", [1, 1, 0]),
        ("2026-06-24", [0, 0, 1]),
        ("2026-07-01", [1, 1, 0]),
    ],
)
def test_a_ticket_that_was_reopened_later_had_ended(as_of: str, counted: list[int]) -> None:
    scope = context(incidents=[ROW], state_log=LOG, period="2026-06", as_of=as_of).scope
    assert [cube(scope).value(name).value for name in IDS] == counted
    assert len(late_incidents(scope, "open")) == counted[-1]


def test_what_was_measured_of_a_later_resolution_is_not_known_before_it() -> None:
    toml = '[[sla]]\ncalendar = "7x24"\nresolution = "8h"\n'
    then, now = (
        cube(context(toml, incidents=[ROW], state_log=LOG, period="2026-06", as_of=as_of).scope).value("sla_resolution_met")
        for as_of in ("2026-06-19", "2026-07-01")
    )
    assert not then.known
    assert (now.numerator, now.denominator) == (0, 1)


def test_without_a_log_the_row_is_what_is_known() -> None:
    scope = context(incidents=[ROW], period="2026-06", as_of="2026-06-19").scope
    assert [cube(scope).value(name).value for name in IDS] == [0, 0, 1]


def test_what_happens_at_the_horizon_has_happened(tmp_path: Path) -> None:
    source = '[[source]]\nglob = "*.csv"\nmapping = "register"\ntable = "incidents"\n'
    (tmp_path / "itsq.toml").write_text(ORGANISATION + source, encoding="utf-8")
    rows: list[dict[str, object]] = [
        {"number": "A", "opened_at": "2026-06-10 09:00", "resolved_at": "2026-06-11 09:00"},
        {"number": "B", "opened_at": "2026-06-10 09:00", "resolved_at": "2026-06-12 09:00"},
    ]
    write(tmp_path / "tickets.csv", rows)
    workspace = open_workspace(tmp_path)
    workspace.load()
    cells = cube(workspace.scope("2026-06"))
    assert [cells.value(name).value for name in IDS] == [2, 2, 0]
    assert workspace.scope("2026-06").today.isoformat() == "2026-06-12"
