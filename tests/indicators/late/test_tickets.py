import pytest

from itsq_analysis.indicators.late import KINDS
from itsq_analysis.settings import parse_settings
from tests.indicators.late.made import PARTS, TEXT, incident, late, log, made, saved, split
from tests.tables import tables

# A working week with every kind: 38 working hours, 10 of them paused, 16 allowed.
WEEK = log(
    "A",
    "2026-10-05 09:00 new Desk",
    "2026-10-05 10:00 in_progress Desk",
    "2026-10-05 11:00 in_progress Servers",  # the first line hands over: no transfer
    "2026-10-05 12:00 on_hold/caller Servers",  # over lunch
    "2026-10-05 15:00 in_progress Servers",
    "2026-10-06 10:00 on_hold/supplier Servers",
    "2026-10-07 10:00 in_progress Vendor",  # a transfer
    "2026-10-09 16:00 resolved Vendor",
)


def test_the_hours_of_a_late_incident_are_those_counted_by_hand():
    found = late(made([incident("A", "2026-10-05 09:00", "2026-10-09 16:00", assignment_group="Vendor", service="ERP")], WEEK))
    row = found.loc["A"]
    assert split(found, "A") == {"unassigned": 1, "worked": 6, "waiting_user": 2, "waiting_supplier": 8, "transferred": 21}
    assert (row["whole"], row["over"]) == (38, 12)
    assert (row["due_at"], row["ended_at"]) == ("2026-10-08 11:00", "2026-10-09 16:00")
    assert (row["standing"], row["service"], row["priority"], row["group"], row["supplier"]) == (
        "late",
        "ERP",
        3,
        "Vendor",
        "Yunfan",
    )


def test_around_the_clock_nights_and_weekends_count():
    rows = log("B", "2026-10-09 20:00 new Desk", "2026-10-09 21:00 in_progress Desk", "2026-10-10 08:00 resolved Desk")
    found = late(made([incident("B", "2026-10-09 20:00", "2026-10-10 08:00", priority=1)], rows))
    assert split(found, "B") == {"unassigned": 1, "worked": 11}
    assert (found.loc["B", "over"], found.loc["B", "due_at"]) == (4, "2026-10-10 04:00")


def test_only_incidents_that_were_late_in_the_period_are_told():
    rows = [
        incident("late", "2026-10-05 09:00", "2026-10-30 16:00"),
        incident("in time", "2026-10-05 09:00", "2026-10-05 16:00", sla_resolution_met=True),
        incident("no rule", "2026-10-05 09:00", "2026-10-30 16:00", sla_resolution_met=None),
        incident("canceled", "2026-10-05 09:00", "2026-10-30 16:00", state="canceled"),
        incident("month before", "2026-09-05 09:00", "2026-09-30 16:00"),
        incident("month after", "2026-10-05 09:00", "2026-11-01 00:00", sla_due_at=None),
        incident("open without a limit", "2026-10-05 09:00", sla_due_at=None),
        incident("not yet opened", "2026-11-05 09:00"),
    ]
    assert list(late(made(rows)).index) == ["late"]


def test_open_incidents_are_late_or_soon_late_or_neither():
    rows = [
        incident("late", "2026-10-01 09:00"),
        incident("ended later", "2026-10-01 09:00", "2026-11-05 09:00", sla_due_at="2026-10-02 18:00"),
        incident("soon", "2026-10-30 09:00"),
        incident("paused", "2026-10-30 09:00"),
        incident("far", "2026-10-30 09:00", priority=5),
    ]
    rules = parse_settings(TEXT + '[[sla]]\npriority = 5\ncalendar = "5x8"\nresolution = "49h"\n', "tests")
    found = late(made(rows, log("paused", "2026-10-30 11:00 on_hold/caller Desk")), rules=rules)
    assert found["standing"].to_dict() == {"ended later": "open", "late": "open", "paused": "soon", "soon": "soon"}
    # October has 22 working days of 8 hours. Friday the 30th is the only one of "soon"; the clock of "paused" ran 2 hours of it.
    assert found["due_at"].to_dict() == {
        "ended later": "2026-10-02 18:00",
        "late": "2026-10-02 18:00",
        "paused": "2026-11-03 16:00",
        "soon": "2026-11-02 18:00",
    }
    assert found["over"].to_dict() == {"ended later": 160, "late": 160, "paused": -14, "soon": -8}


def test_the_end_of_the_period_and_the_last_working_day_are_told_apart_to_the_moment():
    rows = [
        incident("due at the end", "2026-10-31 16:00", priority=1),
        incident("ended at the end", "2026-10-31 15:00", "2026-11-01 00:00", priority=1, sla_due_at="2026-10-31 23:00"),
        incident("due as the five days end", "2026-10-30 09:00", priority=5),
    ]
    rules = parse_settings(TEXT + '[[sla]]\npriority = 5\ncalendar = "5x8"\nresolution = "48h"\n', "tests")
    found = late(made(rows), rules=rules)
    assert found["standing"].to_dict() == {"due as the five days end": "soon", "due at the end": "soon", "ended at the end": "open"}
    assert found.loc["due as the five days end", "due_at"] == "2026-11-06 18:00"


def test_what_happened_after_the_end_is_not_known():
    row = incident("A", "2026-10-05 09:00", "2026-10-09 16:00", sla_due_at="2026-10-08 11:00")
    found = late(made([row], WEEK), end="2026-10-06 18:00")
    row = found.loc["A"]
    assert (row["standing"], row["group"], row["whole"], row["over"]) == ("soon", "Servers", 16, -9)
    assert split(found, "A") == {"unassigned": 1, "worked": 6, "waiting_user": 2, "waiting_supplier": 7}


def test_what_happens_at_the_end_is_not_known_either():
    row = incident("A", "2026-10-05 09:00", assignment_group="Now")
    rows = log("A", "2026-10-05 09:00 new Desk", "2026-10-07 10:00 in_progress Servers")
    found = late(made([row], rows), end="2026-10-07 10:00")
    assert (found.loc["A", "standing"], found.loc["A", "due_at"], found.loc["A", "group"]) == ("open", "2026-10-06 18:00", "Desk")
    early = late(made([row], rows[1:]), end="2026-10-07 10:00")
    assert early.loc["A", PARTS].isna().all()


def test_without_a_log_the_split_is_not_measurable_but_the_hours_are_known():
    found = late(made([incident("A", "2026-10-05 09:00", "2026-10-09 16:00", assignment_group="Servers")]))
    row = found.loc["A"]
    assert row[PARTS].isna().all()
    assert (row["whole"], row["over"], row["due_at"], row["group"]) == (38, 22, "2026-10-06 18:00", "Servers")


def test_a_log_that_begins_after_the_end_is_no_log():
    rows = log("A", "2026-10-20 09:00 new Desk")
    found = late(made([incident("A", "2026-10-05 09:00", assignment_group="Servers")], rows), end="2026-10-17")
    assert found.loc["A", PARTS].isna().all()
    assert found.loc["A", "group"] == "Servers"


@pytest.mark.parametrize(
    ("own", "group", "service", "supplier"),
    [
        ("Own", "Vendor", "Mail", "Own"),
        (None, "Vendor", "Mail", "Yunfan"),
        (None, "Desk", "Mail", "Post"),
        (None, "Desk", None, None),
    ],
)
def test_the_supplier_is_the_incidents_else_the_groups_else_the_services(own, group, service, supplier):
    row = incident("A", "2026-10-05 09:00", "2026-10-09 16:00", supplier=own, assignment_group=group, service=service)
    found = late(made([row], services=[{"service": "Mail", "supplier": "Post"}]))
    assert found["supplier"].isna().all() if supplier is None else found.loc["A", "supplier"] == supplier


def test_the_group_is_the_one_that_held_it_when_the_limit_passed():
    rows = log("A", "2026-10-05 09:00 new Desk", "2026-10-06 18:00 in_progress Servers", "2026-10-07 09:00 in_progress Vendor")
    found = late(made([incident("A", "2026-10-05 09:00", "2026-10-09 16:00", assignment_group="Vendor")], rows))
    assert (found.loc["A", "due_at"], found.loc["A", "group"]) == ("2026-10-06 18:00", "Servers")


def test_where_every_reason_stops_the_clock_only_time_on_hold_does():
    rows = log("A", "2026-10-05 09:00 in_progress Desk", "2026-10-06 09:00 on_hold Desk", "2026-10-06 11:00 in_progress Desk")
    rules = parse_settings(TEXT.replace('["caller", "supplier"]', '["all"]'), "tests")
    found = late(made([incident("A", "2026-10-05 09:00", "2026-10-09 16:00")], rows), rules=rules)
    assert (found.loc["A", "over"], found.loc["A", "due_at"]) == (38 - 2 - 16, "2026-10-07 11:00")


def test_the_log_of_another_table_is_not_read():
    other = [row | {"ticket_table": "requests", "seq": 9} for row in log("A", "2026-10-05 09:00 on_hold/caller Other")]
    found = late(made([incident("A", "2026-10-05 09:00", "2026-10-09 16:00")], WEEK, other))
    assert (found.loc["A", "over"], found.loc["A", "group"]) == (12, "Vendor")


def test_a_rule_that_is_no_longer_there_leaves_the_limit_of_the_load():
    row = incident("A", "2026-10-05 09:00", "2026-10-09 16:00", sla_due_at="2026-10-07 10:00")
    found = late(made([row]), rules=parse_settings(TEXT.split("[[sla]]")[0], "tests"))
    assert (found.loc["A", "due_at"], found.loc["A", "whole"]) == ("2026-10-07 10:00", 38)
    assert found["over"].isna().all()


def test_nothing_late_is_an_empty_frame_with_all_columns():
    found = late(tables())
    assert found.empty
    assert {"standing", "group", "supplier", "over", "whole", *KINDS} < set(found.columns)


def test_incidents_in_time_only_because_the_clock_stood_still_are_counted():
    kept = {"resolved": "2026-10-09 16:00", "sla_resolution_met": True}
    rows = [
        incident("saved", "2026-10-05 09:00", **kept, working_seconds=16 * 3600, paused_seconds=1),
        incident("in time anyway", "2026-10-05 09:00", **kept, working_seconds=15 * 3600, paused_seconds=3600),
        incident("never paused", "2026-10-05 09:00", **kept, working_seconds=16 * 3600, paused_seconds=0),
        incident("no log", "2026-10-05 09:00", **kept, working_seconds=16 * 3600),
        incident("late", "2026-10-05 09:00", "2026-10-09 16:00", working_seconds=17 * 3600, paused_seconds=3600),
        incident("month before", "2026-09-05 09:00", "2026-09-09 16:00", sla_resolution_met=True, working_seconds=57600,
                 paused_seconds=9),
        incident("canceled", "2026-10-05 09:00", **kept, working_seconds=57600, paused_seconds=9, state="canceled"),
    ]  # fmt: skip
    assert saved(made(rows)) == 1
