"""Mean time between failures: service time outside outages, per failure."""

from __future__ import annotations

from math import isnan, log

import pytest

from tests.indicators.computed.test_uptime import ERP, MAIL, outage, register
from tests.indicators.scopes import computed, one


def test_time_in_service_per_failure() -> None:
    data = register(outage(5, "09:00", "11:00"), outage(5, "10:00", "12:00"), outage(20, "00:00", "01:00"))
    row = one("mtbf", data, "2026-10")
    assert (row["numerator"], row["denominator"], row["n"]) == (740, 2, 2)
    assert row["value"] == 370
    assert row["lower"] == pytest.approx(740 / 7.2247, rel=1e-4)  # exact Poisson limits of 2: 0.2422 and 7.2247
    assert row["upper"] == pytest.approx(740 / 0.24221, rel=1e-4)


def test_maintenance_is_neither_service_nor_failure() -> None:
    data = register(outage(5, "09:00", "11:00"), outage(8, "00:00", "04:00", kind="maintenance"))
    row = one("mtbf", data, "2026-10")
    assert (row["numerator"], row["denominator"]) == (738, 1)


def test_a_degraded_service_has_failed() -> None:
    row = one("mtbf", register(outage(5, "09:00", "11:00", degradation=0.1)), "2026-10")
    assert (row["numerator"], row["denominator"]) == (742, 1)


def test_a_failure_counts_where_it_began() -> None:
    data = register(outage(1, "00:00", "02:00") | {"started_at": "2026-09-30 20:00"})
    october, september = one("mtbf", data, "2026-10"), one("mtbf", data, "2026-09")
    assert (october["numerator"], october["denominator"]) == (742, 0)
    assert september["denominator"] == 1


def test_without_a_failure_only_a_lower_bound() -> None:
    row = one("mtbf", register(), "2026-10")
    assert isnan(row["value"])
    assert isnan(row["upper"])
    assert row["reason"] == "no_failures"
    assert row["lower"] == pytest.approx(744 / log(20))  # one in twenty would see none in three times as long a time


def test_services_pooled_and_each_alone() -> None:
    data = register(outage(5, "09:00", "11:00"), outage(6, "09:00", "10:00", service="ERP"), services=(MAIL, ERP))
    assert one("mtbf", data, "2026-10")["value"] == (742 + 175) / 2
    assert computed("mtbf", data, "2026-10", "service").set_index("member").value.to_dict() == {"ERP": 175, "Mail": 742}
