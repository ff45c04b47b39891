"""Availability on tables that can be checked with a pencil. October 2026 has 744 hours, 176 of them in the 5x8 calendar."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from itsq_analysis.indicators.intervals import gamma
from tests.indicators.scopes import computed, one
from tests.tables import Row, Tables, tables

MAIL: Row = {"service": "Mail", "calendar": "7x24", "tier": 1, "users": 100}
ERP: Row = {"service": "ERP", "calendar": "5x8", "tier": 1, "users": 50}
EARLIER: Row = {"service": "Mail", "started_at": "2026-01-01", "restored_at": "2026-01-02"}


def register(*outages: Row, services: tuple[Row, ...] = (MAIL,)) -> Tables:
    """The register has been kept since January."""
    return tables(services=services, outages=[EARLIER, *outages])


def outage(day: int, start: str, end: str | None, **values: object) -> Row:
    restored = end and f"2026-10-{day:02d} {end}"
    return {"service": "Mail", "started_at": f"2026-10-{day:02d} {start}", "restored_at": restored} | values


def lost(*outages: Row, services: tuple[Row, ...] = (MAIL,), indicator: str = "availability", as_of: str = "2027-01-01") -> float:
    row = one(indicator, register(*outages, services=services), "2026-10", as_of)
    return float(row["denominator"] - row["numerator"])


def test_one_outage() -> None:
    row = one("availability", register(outage(5, "09:00", "10:30")), "2026-10")
    assert (row["numerator"], row["denominator"], row["n"]) == (742.5, 744, 1)
    assert row["value"] == pytest.approx(742.5 / 744)
    assert row["lower"] < row["value"] < row["upper"] < 1


def test_overlapping_outages_count_once() -> None:
    assert lost(outage(5, "09:00", "11:00"), outage(5, "10:00", "12:00"), outage(5, "10:15", "10:30")) == 3


def test_while_outages_overlap_the_greatest_degradation_holds() -> None:
    assert lost(outage(5, "09:00", "11:00", degradation=0.25), outage(5, "10:00", "12:00", degradation=0.5)) == 0.25 + 1


def test_overlapping_and_touching_outages_are_one_interruption() -> None:
    data = register(
        outage(5, "09:00", "11:00"), outage(5, "10:00", "12:00"), outage(5, "12:00", "13:00"), outage(6, "12:00", "13:00")
    )
    assert one("availability", data, "2026-10")["n"] == 2


def test_outages_of_two_services_at_once_are_both_lost() -> None:
    data = register(outage(5, "09:00", "11:00"), outage(5, "09:00", "11:00", service="ERP"), services=(MAIL, ERP))
    row = one("availability", data, "2026-10")
    assert (row["numerator"], row["denominator"], row["n"]) == (744 + 176 - 4, 744 + 176, 2)


def test_only_agreed_service_time_can_be_lost() -> None:
    assert lost(outage(5, "11:00", "14:00", service="ERP"), services=(ERP,)) == 2  # lunch from 12 to 13 is not agreed
    row = one("availability", register(outage(4, "09:00", "17:00", service="ERP"), services=(ERP,)), "2026-10")  # a Sunday
    assert (row["value"], row["n"]) == (1, 0)


def test_outages_are_cut_at_the_period() -> None:
    row: Row = {"service": "Mail", "started_at": "2026-09-30 22:00", "restored_at": "2026-10-01 01:00"}
    assert lost(row) == 1


def test_an_outage_that_lasts_runs_to_what_is_known() -> None:
    assert lost(outage(5, "09:00", None), as_of="2026-10-05 13:00") == 4
    assert one("availability", register(outage(5, "09:00", None)), "2026-10", "2026-10-05 13:00")["denominator"] == 4 * 24 + 13


def test_maintenance_counts_only_where_it_is_asked_for() -> None:
    rows = [outage(5, "09:00", "10:00"), outage(5, "09:30", "12:00", kind="maintenance")]
    assert lost(*rows) == 1
    assert lost(*rows, indicator="availability_with_maintenance") == 3


def test_services_without_a_calendar_are_left_out_and_counted() -> None:
    data = register(
        outage(5, "09:00", "10:00", service="Wiki"), services=(MAIL, {"service": "Wiki"}, {"service": "Fax", "calendar": "x"})
    )
    row = one("availability", data, "2026-10")
    assert (row["value"], row["denominator"], row["reason"]) == (1, 744, "no_service_calendar=2")
    wiki = computed("availability", data, "2026-10", "service").set_index("member").loc["Wiki"]
    assert isnan(wiki["value"])
    assert wiki["reason"] == "no_service_calendar=1"


def test_without_any_interruption_there_is_no_lower_limit() -> None:
    row = one("availability", register(), "2026-10")
    assert (row["value"], row["n"], row["upper"]) == (1, 0, 1)
    assert isnan(row["lower"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tables(services=[MAIL]), "no_data_table"),  # nobody keeps a register: not 100 %
        (tables(outages=[EARLIER]), "no_data_table"),
        (tables(services=[MAIL], outages=[outage(5, "09:00", "10:00") | {"started_at": "2026-11-05"}]), "before_data"),
        (register(services=({"service": "Wiki"},)), "no_service_calendar=1"),
    ],
)
def test_why_there_is_no_availability(data: Tables, reason: str) -> None:
    for indicator in ("availability", "availability_with_maintenance", "availability_user_weighted", "mtbf"):
        row = one(indicator, data, "2026-10")
        assert isnan(row["value"])
        assert row["reason"] == reason


def test_no_service_time_in_the_period() -> None:
    row = one("availability", register(services=(ERP,)), "2026-10-04")  # a Sunday
    assert isnan(row["value"])
    assert row["reason"] == "no_service_time"


def test_users_without_the_service() -> None:
    data = register(
        outage(5, "09:00", "11:00", users_affected=30), outage(6, "09:00", "10:00", service="ERP"), services=(MAIL, ERP)
    )
    row = one("availability_user_weighted", data, "2026-10")
    assert row["denominator"] == 744 * 100 + 176 * 50
    assert row["denominator"] - row["numerator"] == 2 * 30 + 1 * 50


def test_users_affected_known_half_known_and_beyond_all_users() -> None:
    user_hours = {"indicator": "availability_user_weighted"}
    assert lost(outage(5, "09:00", "10:00", degradation=0.5), **user_hours) == 50  # type: ignore[arg-type]
    assert lost(outage(5, "09:00", "10:00", degradation=0.5, users_affected=70), **user_hours) == 70  # type: ignore[arg-type]
    assert lost(outage(5, "09:00", "10:00", users_affected=700), **user_hours) == 100  # type: ignore[arg-type]
    assert lost(outage(5, "09:00", "10:00", users_affected=0), **user_hours) == 0  # type: ignore[arg-type]


def test_services_without_users_are_left_out_and_counted() -> None:
    data = register(services=(MAIL, {"service": "Wiki", "calendar": "7x24"}, {"service": "Fax", "calendar": "7x24", "users": 0}))
    row = one("availability_user_weighted", data, "2026-10")
    assert (row["denominator"], row["reason"]) == (74400, "no_users=2")


def test_service_time_is_pooled_not_averaged() -> None:
    data = register(outage(5, "09:00", "12:00"), services=(MAIL, ERP))
    by_tier = computed("availability", data, "2026-10", "tier")
    assert list(by_tier.member) == ["1"]
    assert by_tier.value[0] == pytest.approx((744 + 176 - 3) / (744 + 176))


def test_a_dimension_that_services_lack_gives_no_rows() -> None:
    assert computed("availability", register(), "2026-10", "priority").empty


@pytest.mark.parametrize(
    ("expected", "draw", "at_least"),
    [(3, "equal", 0.95), (10, "equal", 0.95), (10, "exponential", 0.93), (40, "exponential", 0.95), (40, "lognormal", 0.95)],
)
def test_the_interval_of_the_time_lost_covers_the_truth(expected: int, draw: str, at_least: float) -> None:
    """Outages as a Poisson process with lengths of mean 1: the true time lost is their expected number."""
    random = np.random.default_rng(20261001)
    numbers = random.poisson(expected, 4000)
    lengths = {
        "equal": lambda number: np.ones(number),
        "exponential": lambda number: random.exponential(1, number),
        "lognormal": lambda number: random.lognormal(-0.32, 0.8, number),
    }[draw]
    samples = [lengths(number) for number in numbers if number]
    lower, upper = gamma(*np.array([(times.sum(), (times**2).sum(), times.max()) for times in samples]).T)
    assert ((lower <= expected) & (expected <= upper)).mean() > at_least
    assert (lower > expected).mean() < 0.03


def test_few_outages_of_unequal_length_tell_surely_only_how_much_was_lost_at_least() -> None:
    """With three outages the upper limit of the time lost is too low in more than one month of ten: what the docstring says."""
    random = np.random.default_rng(20261001)
    samples = [random.exponential(1, number) for number in random.poisson(3, 4000) if number]
    lower, upper = gamma(*np.array([(times.sum(), (times**2).sum(), times.max()) for times in samples]).T)
    assert (lower > 3).mean() < 0.025
    assert 0.1 < (upper < 3).mean() < 0.15
