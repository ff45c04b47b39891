"""Event logs whose rows have no version number: they follow one another in time."""

LOG = """case,activity,at
A,Insert,2012-02-01 09:00
A,Resolve,2012-02-03 09:00
A,Note,2012-02-03 10:00
A,Close,2012-02-08 09:00
B,Insert,2012-02-01 09:00
B,Resolve,2012-02-02 09:00
B,Assign,2012-02-04 09:00
C,Close,2012-02-04 09:00
C,Insert,2012-02-01 09:00
"""
MAPPING = """
[incidents.fold]
by_time = true
[incidents.columns]
number = ["case"]
opened_at = ["at"]
updated_at = ["at"]
state = ["activity"]
[incidents.values.state]
Insert = "new"
Assign = "in_progress"
Resolve = "resolved"
Close = "closed"
"""


def test_the_events_tell_when_a_ticket_was_opened_resolved_and_closed(stage):
    found = stage(LOG, "incidents", mapping=MAPPING)
    tickets = {row["number"]: row for row in found.rows}
    assert [(row["opened_at"][:10], row["resolved_at"] and row["resolved_at"][:10], row["closed_at"] and row["closed_at"][:10])
            for _, row in sorted(tickets.items())] == [
        ("2012-02-01", "2012-02-03", "2012-02-08"),
        ("2012-02-01", None, None),
        ("2012-02-01", "2012-02-04", "2012-02-04"),
    ]  # fmt: skip
    assert [tickets[name]["state"] for name in "ABC"] == ["closed", "in_progress", "closed"]
    assert (found.facts.read, found.facts.superseded) == (9, 6)
    assert [(row["number"], row["seq"], row["state"]) for row in found.log if row["number"] == "A"] == [
        ("A", 0, "new"), ("A", 1, "resolved"), ("A", 3, "closed")]  # fmt: skip
