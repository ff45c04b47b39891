"""Resolved by the first line."""

from __future__ import annotations

from tests.indicators.scopes import computed, one
from tests.tables import Row, Tables, tables


def resolved(group: str | None, **values: object) -> Row:
    return {"opened_at": "2026-10-01", "resolved_at": "2026-10-05", "state": "closed", "assignment_group": group} | values


def desk_and_servers(*incidents: Row) -> Tables:
    groups = [{"assignment_group": name, "level": level} for name, level in (("Desk", 1), ("Servers", 2), ("Odd", None))]
    return tables(groups=groups, incidents=incidents)


def test_share_of_those_whose_level_is_known() -> None:
    data = desk_and_servers(
        *(resolved(group) for group in ("Desk", "Desk", "Servers", "Odd", "unregistered", None)),
        resolved("Desk", state="canceled"),
        resolved("Desk", resolved_at="2026-11-01"),
    )
    row = one("first_level_resolution_rate", data, "2026-10")
    assert (row["numerator"], row["denominator"], row["n"], row["reason"]) == (2, 3, 3, "unknown_level=3")


def test_by_level() -> None:
    frame = computed("first_level_resolution_rate", desk_and_servers(resolved("Desk"), resolved("Servers")), "2026-10", "level")
    assert dict(zip(frame.member, frame.value, strict=True)) == {"1": 1, "2": 0}
