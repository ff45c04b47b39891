"""Event logs: the latest version of each ticket, and the log of its states and groups."""

import os
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.ingest.fold import fold
from itsq_analysis.tables import contract

HEADER = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,resolved_at,assignment_group\n"
UCI = Path(__file__).parents[3] / "shared" / "data" / "uci_incident_event_log.csv.gz"


@pytest.fixture
def log(stage):
    return lambda *rows, **more: stage(HEADER + "\n".join(rows), "incidents", mapping="servicenow_event_log", **more)


def changes(found):
    return [
        (row["number"], row["seq"], row["at"][8:16], row["state"], row["hold_reason"], row["assignment_group"]) for row in found.log
    ]


def test_latest_version_and_every_change(log):
    found = log(
        "INC1,New,0,29/2/2016 01:16,29/2/2016 01:23,2/3/2016 11:00,?",
        "INC1,Active,1,29/2/2016 01:16,29/2/2016 02:00,2/3/2016 11:00,Desk",
        "INC1,Active,2,29/2/2016 01:16,29/2/2016 02:30,2/3/2016 11:00,Desk",
        "INC1,Awaiting User Info,3,29/2/2016 01:16,29/2/2016 03:00,2/3/2016 11:00,Desk",
        "INC1,Awaiting Vendor,4,29/2/2016 01:16,29/2/2016 04:00,2/3/2016 11:00,Desk",
        "INC1,Active,6,29/2/2016 01:16,29/2/2016 05:00,2/3/2016 11:00,Network",
        "INC1,Resolved,7,29/2/2016 01:16,2/3/2016 12:00,2/3/2016 12:00,Network",
        "INC2,New,0,1/3/2016 00:00,1/3/2016 00:00,?,?",
    )
    assert [(row["number"], row["state"], row["resolved_at"], row["_line"]) for row in found.rows] == [
        ("INC1", "resolved", "2016-03-02 12:00:00", 8),
        ("INC2", "new", None, 9),
    ]
    assert changes(found) == [
        ("INC1", 0, "29 01:23", "new", None, None),
        ("INC1", 1, "29 02:00", "in_progress", None, "Desk"),
        ("INC1", 3, "29 03:00", "on_hold", "caller", "Desk"),
        ("INC1", 4, "29 04:00", "on_hold", "supplier", "Desk"),
        ("INC1", 6, "29 05:00", "in_progress", None, "Network"),
        ("INC1", 7, "02 12:00", "resolved", None, "Network"),
        ("INC2", 0, "01 00:00", "new", None, None),
    ]
    facts = found.facts
    assert (facts.read, facts.superseded, facts.state_changes, facts.refused, facts.day_first) == (8, 6, 7, 0, True)
    assert {row["ticket_table"] for row in found.log} == {"incidents"}
    assert list(found.log[0]) == [*contract("state_log").columns, "_line", "_order"]
    assert facts.provides("state_log", "at")


def test_the_later_row_wins_where_two_share_a_version(log):
    found = log(
        "INC1,New,0,29/2/2016 01:16,29/2/2016 01:23,?,A",
        "INC1,Active,3,29/2/2016 01:16,29/2/2016 03:00,?,B",
        "INC1,Resolved,3,29/2/2016 01:16,29/2/2016 03:00,?,C",
    )
    assert [(row["state"], row["assignment_group"]) for row in found.rows] == [("resolved", "C")]
    assert [(seq, state) for _, seq, _, state, *_ in changes(found)] == [(0, "new"), (3, "resolved")]


def test_versions_count_and_not_the_order_of_the_file(log):
    found = log(
        "INC1,Resolved,10,29/2/2016 01:16,29/2/2016 03:00,?,A",
        "INC1,Active,9,29/2/2016 01:16,29/2/2016 02:00,?,A",
        "INC1,New,1,29/2/2016 01:16,29/2/2016 01:23,?,A",
    )
    assert found.column("state") == ["resolved"]
    assert [seq for _, seq, *_ in changes(found)] == [1, 9, 10]


def test_a_state_that_nobody_knows_is_missing_and_counted_once(log):
    found = log(
        "INC1,New,0,29/2/2016 01:16,29/2/2016 01:23,?,A",
        "INC1,-100,1,29/2/2016 01:16,29/2/2016 02:23,?,A",
        "INC1,Closed,2,29/2/2016 01:16,29/2/2016 03:23,?,A",
    )
    assert [row["state"] for row in found.log] == ["new", None, "closed"]
    assert found.facts.unmapped == {"state": {"-100": 1}}


def test_an_event_without_version_or_update_time_is_refused(log):
    found = log(
        "INC1,New,?,29/2/2016 01:16,29/2/2016 01:23,?,A",
        "INC1,New,0,29/2/2016 01:16,?,?,A",
        "INC1,New,x,29/2/2016 01:16,29/2/2016 01:23,?,A",
        "INC1,New,-1,29/2/2016 01:16,29/2/2016 01:23,?,A",
        "INC1,Active,1,29/2/2016 01:16,29/2/2016 01:23,?,A",
    )
    assert found.rules == [
        (2, "missing_required", "sys_mod_count", "?"),
        (3, "missing_required", "updated_at", "?"),
        (4, "unreadable_number", "sys_mod_count", "x"),
        (5, "out_of_range", "sys_mod_count", "-1"),
    ]
    assert found.column("state") == ["in_progress"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(0, 4), st.sampled_from([None, "new", "closed"]), st.sampled_from([None, "x", "y"])
    ),
    max_size=12,
)


@given(EVENTS)
@settings(deadline=None)
def test_folding_is_that_of_a_plain_loop(events):
    table = contract("incidents")
    columns = {name: pa.nulls(len(events), column.arrow_type) for name, column in table.columns.items()}
    for position, name in enumerate(("number", "version", "state", "assignment_group")):
        kind = pa.int64() if name == "version" else pa.string()
        columns[name] = pa.array([event[position] for event in events], kind)
    order = pa.array(range(len(events)), pa.int64())
    with duckdb.connect() as connection:
        connection.register("events", pa.table(columns | {"_line": order, "_order": order}))
        folded = fold(connection, "events", table, "version")
        tickets = connection.execute(f"SELECT number, _order FROM {folded.relation} ORDER BY 1").fetchall()
        log = connection.execute(
            f"SELECT number, seq, state, assignment_group FROM {folded.state_log} ORDER BY number, seq"
        ).fetchall()

    latest, versions = {}, {}
    for position, (number, version, state, group) in enumerate(events):
        versions[number, version] = (state, group)
        if number not in latest or version >= events[latest[number]][1]:
            latest[number] = position
    expected, before = [], {}
    for number, version in sorted(versions):
        if number not in before or before[number] != versions[number, version]:
            expected.append((number, version, *versions[number, version]))
        before[number] = versions[number, version]
    assert tickets == sorted(latest.items())
    assert log == expected
    assert (folded.superseded, folded.state_changes) == (len(events) - len(latest), len(expected))


@pytest.mark.real_data
@pytest.mark.skipif(not UCI.exists() and not os.environ.get("CI"), reason="../shared/data is not here")
def test_the_uci_log(stage, connection):
    found = stage(UCI, "incidents", mapping="servicenow_event_log", zone="America/Sao_Paulo")
    facts = found.facts
    assert (facts.read, len(found.rows), facts.refused, facts.day_first) == (141_712, 24_918, 0, True)
    assert facts.unmapped == {"state": {"-100": 5}}
    opened = Counter(
        month
        for (month,) in connection.execute(
            f"SELECT strftime(opened_at AT TIME ZONE 'America/Sao_Paulo', '%Y-%m') FROM {facts.relation}"
        ).fetchall()
    )
    assert (opened["2016-03"], opened["2016-04"], opened["2016-05"]) == (8_995, 7_934, 7_508)
    assert sum(found.column("made_sla")) == 15_803
    assert sum(count > 0 for count in found.column("reopen_count")) == 275
    assert sum(moment is None for moment in found.column("resolved_at")) == facts.missing["resolved_at"] == 1_556
    assert (facts.ambiguous_times, facts.shifted_times) == (0, 0)
    assert len({(row["number"], row["seq"]) for row in found.log}) == len(found.log) == facts.state_changes
