"""Of which kind a time is, and that nothing is lost or counted twice."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.indicators.late import naive
from tests.indicators.late.made import GROUPS, PARTS, incident, late, log, made, split
from tests.tables import Row

LEVELS = {group["assignment_group"]: group["level"] for group in GROUPS}
MONDAY = datetime(2026, 10, 5, 9)


def hours(*rows: str, opened: str = "2026-10-05 09:00") -> dict[str, float]:
    """The split of an incident of Monday, resolved on Thursday at noon: 27 working hours from nine on Monday."""
    return split(late(made([incident("A", opened, "2026-10-08 12:00")], log("A", *rows))), "A")


def test_sorting_out_before_anybody_works_on_it_is_no_transfer():
    assert hours("2026-10-05 09:00 new Desk", "2026-10-05 11:00 new Servers", "2026-10-06 09:00 in_progress Vendor") == {
        "unassigned": 8, "worked": 19,
    }  # fmt: skip


def test_the_first_line_hands_over_without_a_transfer_but_not_to_the_first_line():
    assert hours("2026-10-05 09:00 in_progress Desk", "2026-10-06 09:00 in_progress Servers") == {"worked": 27}
    assert hours("2026-10-05 09:00 in_progress Desk", "2026-10-06 09:00 in_progress Second desk") == {
        "worked": 8,
        "transferred": 19,
    }


def test_a_group_of_which_no_level_is_known_makes_a_transfer():
    assert hours("2026-10-05 09:00 in_progress Unheard", "2026-10-06 09:00 in_progress Of") == {"worked": 8, "transferred": 19}
    assert hours("2026-10-05 09:00 in_progress Desk", "2026-10-06 09:00 in_progress Unheard") == {"worked": 27}


def test_once_transferred_it_stays_so_also_where_it_was_before():
    assert hours(
        "2026-10-05 09:00 in_progress Servers",
        "2026-10-06 09:00 in_progress Vendor",
        "2026-10-07 09:00 on_hold/caller Vendor",
        "2026-10-08 09:00 in_progress Servers",
    ) == {"worked": 8, "transferred": 11, "waiting_user": 8}


def test_a_row_without_a_group_leaves_the_group_as_it_is():
    assert hours("2026-10-05 09:00 in_progress Servers", "2026-10-06 09:00 in_progress") == {"worked": 27}
    assert hours(
        "2026-10-05 09:00 in_progress Servers", "2026-10-06 09:00 on_hold/supplier", "2026-10-07 09:00 in_progress Vendor"
    ) == {"worked": 8, "waiting_supplier": 8, "transferred": 11}


@pytest.mark.parametrize("what", ["on_hold/other", "on_hold/problem", "on_hold/change", "on_hold", "resolved", "closed", "unheard"])
def test_all_other_states_are_other_waiting(what):
    assert hours("2026-10-05 09:00 in_progress Desk", f"2026-10-05 10:00 {what} Desk", "2026-10-06 10:00 in_progress Desk") == {
        "worked": 19, "waiting_other": 8,
    }  # fmt: skip


def test_before_its_first_row_an_incident_was_new_only_if_its_log_begins_so():
    assert hours("2026-10-05 11:00 new Desk", "2026-10-06 09:00 in_progress Desk") == {"unassigned": 8, "worked": 19}
    assert hours("2026-10-06 09:00 in_progress Desk") == {"waiting_other": 8, "worked": 19}


def test_a_row_before_the_opening_holds_at_the_opening():
    assert hours("2026-10-02 09:00 in_progress Desk") == {"worked": 27}


def test_of_rows_at_the_same_moment_the_last_one_holds():
    assert hours("2026-10-05 09:00 new Desk", "2026-10-05 09:00 in_progress Desk") == {"worked": 27}


def test_parts_of_a_second_are_not_lost():
    starts = {"00.6": "new", "01.3": "in_progress", "02.2": "new"}
    rows = log("A", *(f"2026-10-05 09:00:{second} {state} Desk" for second, state in starts.items()))
    row = incident("A", "2026-10-05 09:00:00", "2026-10-05 09:00:03.9", priority=1)
    found = late(made([row], rows)).loc["A", ["whole", *PARTS]].astype(float) * 3600
    assert found.round(6).to_dict() == {
        "whole": 3, "unassigned": 2, "worked": 1, "transferred": 0, "waiting_user": 0, "waiting_supplier": 0, "waiting_other": 0,
    }  # fmt: skip


STATES = ["new", "in_progress", "in_progress", "on_hold/caller", "on_hold/supplier", "on_hold/problem", "on_hold", "resolved"]
STEPS = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from(STATES), st.sampled_from(["", *LEVELS, "Unheard"])), min_size=1, max_size=9
)


def rows_of(number: str, opened: datetime, before: int, steps: list[tuple[int, str, str]]) -> list[Row]:
    """Log rows at random distances (quarters of an hour) from the opening, or from a moment before it."""
    texts, at = [], opened + before * naive.QUARTER
    for gap, what, group in steps:
        at += gap * naive.QUARTER
        texts.append(f"{at:%Y-%m-%d %H:%M} {what} {group}".strip())
    return log(number, *texts)


def read(rows: list[Row]) -> list[Row]:
    return [row | {"at": datetime.fromisoformat(row["at"])} for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.integers(0, 4 * 24 * 14), life=st.integers(1, 700), before=st.integers(-8, 12), steps=STEPS,
    priority=st.sampled_from([1, 3]), ended=st.booleans(),
)  # fmt: skip
def test_every_quarter_of_an_hour_is_of_one_kind(start, life, before, steps, priority, ended):
    opened = MONDAY + start * naive.QUARTER
    until = opened + life * naive.QUARTER
    rows = rows_of("A", opened, before, steps)
    times = {"resolved": f"{until:%Y-%m-%d %H:%M}"} if ended else {}
    row = incident("A", f"{opened:%Y-%m-%d %H:%M}", **times, priority=priority, assignment_group="Now")
    end = until + timedelta(minutes=15) if ended else until
    found = late(made([row], rows), start="2026-09-01", end=f"{end:%Y-%m-%d %H:%M}")
    known = [row for row in read(rows) if row["at"] < end]
    if not ended and known and len(known) < len(rows) and known[-1]["state"] == "resolved":
        assert found.empty  # resolved at the end, and reopened later
        return
    due = naive.due(known, priority, opened, until if not ended else end)
    if not ended and due > until + timedelta(days=7):
        assert found.empty  # five working days are seven days
        return
    told = found.loc["A"]
    assert told["over"] == naive.used(known, priority, opened, until) - naive.RULES[priority][1]
    if not ended or told["over"] > 0:
        assert told["due_at"] == f"{due:%Y-%m-%d %H:%M}"
        assert told["standing"] == ("late" if ended else "open" if told["over"] > 0 else "soon")
    if not known:
        assert told[PARTS].isna().all()
        return
    assert told[PARTS].sum() == told["whole"]
    assert split(found, "A") == naive.hours(known, priority, opened, until, LEVELS)
    if not ended or told["over"] > 0:
        place = naive.row_in_force(known, min(due, end))
        assert told["group"] == (naive.holder(known, place) or "Now")
