"""Longest outage and time to restore."""

from __future__ import annotations

from math import isnan

import pytest

from tests.indicators.computed.test_uptime import outage, register
from tests.indicators.scopes import computed, one


def test_the_longest_of_merged_outages() -> None:
    data = register(outage(5, "09:00", "11:00"), outage(5, "10:00", "12:30"), outage(6, "09:00", "12:00"))
    row = one("longest_outage", data, "2026-10")
    assert (row["value"], row["n"]) == (3.5, 2)
    assert isnan(row["lower"])
    assert isnan(row["upper"])


def test_only_what_lies_in_the_period() -> None:
    data = register(outage(1, "00:00", "02:00") | {"started_at": "2026-09-30 20:00"})
    assert one("longest_outage", data, "2026-10")["value"] == 2
    assert one("longest_outage", data, "2026-09")["value"] == 4


def test_the_longest_of_none_is_not_zero() -> None:
    row = one("longest_outage", register(outage(5, "09:00", "11:00", kind="maintenance")), "2026-10")
    assert isnan(row["value"])
    assert (row["n"], row["reason"]) == (0, "no_outages")


def test_the_longest_outage_by_service_needs_no_register_of_services() -> None:
    data = register(outage(5, "09:00", "11:00", service="Fax"), outage(5, "09:00", "10:00"))
    assert computed("longest_outage", data, "2026-10", "service").set_index("member").value.to_dict() == {"Fax": 2, "Mail": 1}


def test_time_to_restore_of_outages_restored_in_the_period() -> None:
    data = register(
        outage(1, "00:00", "02:00") | {"started_at": "2026-09-30 20:00"},
        outage(5, "09:00", "10:00"),
        outage(5, "09:30", "10:30"),  # an outage of its own
        outage(7, "09:00", "13:00", kind="maintenance"),
        outage(31, "23:00", None),
    )
    mean, median = one("restore_time_mean", data, "2026-10"), one("restore_time_median", data, "2026-10")
    assert (mean["numerator"], mean["denominator"], mean["n"]) == (8, 3, 3)
    assert mean["value"] == pytest.approx(8 / 3)
    assert mean["lower"] == 0  # Student's limit is below 0, which no time can be
    assert mean["upper"] == pytest.approx(8 / 3 + 4.302653 * (25 / 3 / 3) ** 0.5)  # t of 2 degrees; variance 25/3
    assert (median["value"], median["n"]) == (1, 3)
    assert isnan(median["lower"])


def test_median_between_order_statistics() -> None:
    data = register(*(outage(day, "01:00", f"{day + 1:02d}:00") for day in range(1, 11)))  # 1, 2, … 10 hours
    row = one("restore_time_median", data, "2026-10")
    assert (row["value"], row["lower"], row["upper"], row["n"]) == (5.5, 2, 9, 10)


def test_nothing_restored() -> None:
    assert one("restore_time_mean", register(), "2026-10")["reason"] == "no_outages"
    assert isnan(one("restore_time_median", register(), "2026-10")["value"])
