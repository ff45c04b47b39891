"""Incidents whose like was resolved in the 90 days before."""

from __future__ import annotations

import pytest

from tests.indicators.scopes import computed, one
from tests.tables import Row, tables

LONG_AGO: Row = {"opened_at": "2026-01-01"}
FIRST: Row = {"opened_at": "2026-09-01 09:00", "resolved_at": "2026-09-01 10:00", "state": "closed", "service": "Mail", "ci": "x"}
AGAIN: Row = {"opened_at": "2026-10-05 09:00", "state": "new", "service": "Mail", "ci": "x"}
SOFTWARE: Row = {"ci": None, "category": "Software", "subcategory": "a"}


def repeats(first: Row, again: Row = AGAIN) -> tuple[float, float]:
    row = one("repeat_incidents", tables(incidents=[LONG_AGO, first, again]), "2026-10")
    return row["numerator"], row["denominator"]


@pytest.mark.parametrize(
    ("change", "repeated"),
    [
        ({}, 1),
        ({"ci": "y"}, 0),
        ({"service": "ERP"}, 0),
        ({"service": None}, 0),
        ({"state": "canceled"}, 0),
        ({"resolved_at": None, "closed_at": "2026-09-01 10:00"}, 0),
        ({"resolved_at": "2026-10-05 09:00"}, 0),  # not before
        ({"resolved_at": "2026-10-05 08:59"}, 1),
        ({"opened_at": "2026-07-01", "resolved_at": "2026-07-07 09:00"}, 1),  # 90 days of 24 hours before
        ({"opened_at": "2026-07-01", "resolved_at": "2026-07-07 08:59"}, 0),
    ],
)
def test_what_makes_a_repetition(change: Row, repeated: int) -> None:
    assert repeats(FIRST | change) == (repeated, 1)


def test_without_an_item_service_category_and_subcategory_decide() -> None:
    assert repeats(FIRST | SOFTWARE, AGAIN | SOFTWARE) == (1, 1)
    assert repeats(FIRST | SOFTWARE | {"subcategory": "b"}, AGAIN | SOFTWARE) == (0, 1)
    assert repeats(FIRST | {"category": "Software", "subcategory": "a"}, AGAIN | SOFTWARE) == (0, 1)  # that one has an item


def test_one_resolved_at_once_does_not_repeat_itself() -> None:
    assert repeats(LONG_AGO, AGAIN | {"resolved_at": AGAIN["opened_at"], "state": "closed"}) == (0, 1)


def test_incidents_that_do_not_say_enough_are_left_out_and_counted() -> None:
    vague = [AGAIN | {"service": None}, AGAIN | {"ci": None}, AGAIN | SOFTWARE | {"subcategory": None}]
    row = one("repeat_incidents", tables(incidents=[LONG_AGO, FIRST, AGAIN, *vague]), "2026-10")
    assert (row["numerator"], row["denominator"], row["reason"]) == (1, 1, "unknown_key=3")


def test_a_table_that_does_not_reach_back_far_enough_says_so() -> None:
    row = one("repeat_incidents", tables(incidents=[FIRST, AGAIN]), "2026-10")
    assert (row["value"], row["reason"]) == (1, "short_history")


def test_by_group_the_earlier_incident_may_be_anybodys() -> None:
    data = tables(incidents=[LONG_AGO, FIRST | {"assignment_group": "A"}, AGAIN | {"assignment_group": "B"}])
    frame = computed("repeat_incidents", data, "2026-10", "group")
    assert list(zip(frame.member, frame.value, strict=True)) == [("B", 1)]
