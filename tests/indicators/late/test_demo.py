"""The demo's late incidents against the numbers that the load and the indicators give."""

from datetime import timedelta

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.late import KINDS, kept_by_pauses, late_tickets
from itsq_analysis.workspace import Workspace

MONTHS = ["2026-02", "2026-10"]
UNLOGGED = {"2026-02": [], "2026-10": ["INC0920014"]}  # a copy of a ticket under another number: the state log does not hold it


@pytest.fixture(scope="module")
def workspace(demo) -> Workspace:
    return open_workspace(demo)


def bounds(workspace: Workspace, month: str):
    return workspace.period(month).bounds(workspace.settings.organisation.zone)


@pytest.fixture(scope="module", params=MONTHS)
def found(request, workspace) -> pd.DataFrame:
    frame = late_tickets(workspace.connection, workspace.settings, workspace.calendar, *bounds(workspace, request.param))
    frame.attrs["month"] = request.param
    return frame


def test_they_are_as_many_as_the_indicators_count(workspace, found):
    last = workspace.period(found.attrs["month"]).end - timedelta(days=1)  # both as they were known when the month ended
    values = workspace.values(["sla_resolution_met", "open_breached"], found.attrs["month"], as_of=last).set_index("indicator")
    met = values.loc["sla_resolution_met"]
    assert (found["standing"] == "late").sum() == met["denominator"] - met["numerator"]
    assert (found["standing"] == "open").sum() == values.loc["open_breached", "value"]


def test_hours_and_limits_are_those_of_the_load(workspace, found):
    late = found[found["standing"] == "late"].set_index("number")
    stored = workspace.table("incidents").set_index("number").loc[late.index]
    allowed = stored["priority"].map({1: 4 * 3600, 2: 8 * 3600, 3: 16 * 3600, 4: 40 * 3600})
    assert (late["over"] == stored["working_seconds"] - allowed).all()
    assert (late["due_at"] == stored["sla_due_at"]).all()
    assert (late["whole"] == stored["working_seconds"] + stored["paused_seconds"]).all()


def test_the_parts_of_every_incident_add_up(found):
    parts = found.set_index("number")[list(KINDS)]
    assert parts.index[parts.isna().any(axis=1)].tolist() == UNLOGGED[found.attrs["month"]]
    known = parts.dropna()
    assert (known.sum(axis=1) == found.set_index("number").loc[known.index, "whole"]).all()
    assert (known >= 0).all(axis=None)
    assert parts.drop(known.index).isna().all(axis=None)


def test_the_planted_slump_is_hours_in_progress_at_its_group(workspace, truth):
    slump = truth["planted"]["slump"]
    frame = late_tickets(workspace.connection, workspace.settings, workspace.calendar, *bounds(workspace, "2026-10"))
    late = frame[frame["standing"] == "late"]
    held = late[late["group"] == slump["group"]]
    assert len(late) == truth["incidents"]["resolved_judged"]["2026-10"] - truth["incidents"]["resolved_in_time"]["2026-10"]
    assert len(held) > len(late) / 4
    assert held["worked"].sum() > held["whole"].sum() / 2


def test_pauses_keep_some_in_time(workspace):
    start, end = bounds(workspace, "2026-10")
    kept = kept_by_pauses(workspace.connection, workspace.settings, workspace.calendar, start, end)
    rows = workspace.sql(
        "SELECT priority, working_seconds + paused_seconds AS gross FROM incidents "
        "WHERE sla_resolution_met AND state <> 'canceled' "
        f"AND resolved_at BETWEEN TIMESTAMPTZ '{start.isoformat()}' AND TIMESTAMPTZ '{end.isoformat()}'"
    )
    allowed = rows["priority"].map({1: 4 * 3600, 2: 8 * 3600, 3: 16 * 3600, 4: 40 * 3600})
    assert kept == (rows["gross"] > allowed).sum() > 0
