"""Back and forth between groups."""

from __future__ import annotations

from math import isnan

import pytest

from tests.indicators.scopes import one
from tests.tables import Row, tables

RESOLVED: Row = {"number": "1", "opened_at": "2026-10-05 08:00", "resolved_at": "2026-10-05 20:00", "state": "closed"}


def log(path: str, number: str = "1") -> list[Row]:
    """One row per letter; "." is a row without a group."""
    return [
        {"number": number, "seq": seq, "at": f"2026-10-05 09:{seq:02d}", "assignment_group": None if group == "." else group}
        for seq, group in enumerate(path)
    ]


@pytest.mark.parametrize(
    ("path", "returned"),
    [("A", 0), ("AB", 0), ("ABC", 0), ("ABCA", 0), ("AAA", 0), ("ABA", 1), ("AABBA", 1), ("A.B.A", 1), ("CABA", 1), ("ABBCB", 1)],
)
def test_straight_back(path: str, returned: int) -> None:
    row = one("ping_pong_share", tables(incidents=[RESOLVED], state_log=log(path)), "2026-10")
    assert (row["numerator"], row["denominator"]) == (returned, 1)


def test_the_order_is_the_sequence_not_the_time() -> None:
    rows = log("ABA")
    rows[1]["at"], rows[2]["at"] = rows[2]["at"], rows[1]["at"]
    assert one("ping_pong_share", tables(incidents=[RESOLVED], state_log=rows), "2026-10")["value"] == 1


def test_logs_of_other_tickets_do_not_count() -> None:
    others = [row | {"ticket_table": "requests"} for row in log("ABA")]
    row = one("ping_pong_share", tables(incidents=[RESOLVED], state_log=others), "2026-10")
    assert isnan(row["value"])
    assert row["reason"] == "no_state_log=1"


def test_population() -> None:
    data = tables(
        incidents=[
            RESOLVED,
            RESOLVED | {"number": "2"},
            RESOLVED | {"number": "3", "state": "canceled"},
            RESOLVED | {"number": "4", "resolved_at": "2026-11-01"},
            RESOLVED | {"number": "5"},
        ],
        state_log=[*log("ABA"), *log("AB", "2"), *log("ABA", "3"), *log("ABA", "4")],
    )
    row = one("ping_pong_share", data, "2026-10")
    assert (row["numerator"], row["denominator"], row["n"], row["reason"]) == (1, 2, 2, "no_state_log=1")
    assert row["lower"] == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
