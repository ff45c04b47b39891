"""Availability by service and outages one by one, on registers to check with a pencil."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.sections.availability import availability
from itsq_analysis.sections.scene import Scene
from tests.sections.made import agreed, rows_of, scene

# October has 744 hours.
MAIL = {"service": "Mail", "tier": 1, "users": 100, "calendar": "7x24"}
ERP = {"service": "ERP", "tier": 2, "users": 50, "calendar": "7x24"}
TWO = [MAIL, ERP]


def outage(number: str, start: str, end: str | None = None, **facts: Any) -> dict[str, Any]:
    return {"number": number, "service": "Mail", "started_at": f"2026-10-{start}", "restored_at": end and f"2026-10-{end}"} | facts


def made(*outages: dict[str, Any], services: Any = TWO, toml: str = "", **facts: Any) -> Scene:
    return scene(toml, outages=[outage("OLD", "01", "01", started_at="2026-01-05", restored_at="2026-01-06"), *outages],
                 **{"services": services, **facts})  # fmt: skip


def test_without_a_register_it_is_not_measurable() -> None:
    section = availability(scene(services=TWO))
    assert section.answer.startswith("No register of outages has been loaded: availability is not measurable.")
    assert section.parts == ()


def test_no_outage_in_the_period() -> None:
    section = availability(made())
    assert section.answer == "No service was interrupted in October 2026."
    assert rows_of(section)[1:] == [
        ["ERP", "100%", "100%", "100%", "–", "○ no target"],
        ["Mail", "100%", "100%", "100%", "–", "○ no target"],
        ["all", "100%", "100%", "100%", "–", "○ no target"],
    ]


def test_overlapping_outages_of_a_service_are_lost_once() -> None:
    """10:00–12:00 and 11:00–13:00: 3 h of 1,488 h of both services, though each outage took 2 h."""
    section = availability(made(outage("A", "05 10:00", "05 12:00"), outage("B", "05 11:00", "05 13:00", users_affected=10)))
    assert section.answer == (
        "3 h of agreed service time were lost in 2 unplanned outages; the longest took 3 h. Availability over all services: 99.80%."
    )
    assert [row[:2] for row in rows_of(section)[1:]] == [["ERP", "100%"], ["Mail", "99.60%"], ["all", "99.80%"]]
    assert [row[:5] for row in rows_of(section, 1)] == [
        ["Number", "Service", "Start", "Length", "Users / user-hours lost"],
        ["A", "Mail", "5 October 2026 10:00", "2 h", "–"],
        ["B", "Mail", "5 October 2026 11:00", "2 h", "10 / 20"],
    ]


def test_one_outage_and_its_picture() -> None:
    found = outage("A", "05 10:00", "05 10:43", major=True, cause="Certificate", change="CHG1", problem="PRB1")
    section = availability(made(found))
    assert section.answer == (
        "43 min of agreed service time were lost in one unplanned outage of 43 min. Availability over all services: 99.952%."
    )
    grid, line = (part for part in section.parts if isinstance(part, Chart))
    assert grid.summary == "Most was lost by Mail in January 2026: 24 h."
    assert line.summary == "One outage: Mail, from 5 October 2026 10:00, 43 min."
    assert rows_of(section, 1)[1] == ["A (major)", "Mail", "5 October 2026 10:00", "43 min", "–", "Certificate", "CHG1, PRB1", "–"]


def test_an_outage_that_lasts_says_how_long_so_far() -> None:
    section = availability(made(outage("A", "31 20:00"), as_of="2026-11-01 06:00", language="zh"))
    assert section.answer.startswith("非计划中断 1 次，时长 4 小时，损失约定服务时间 4 小时；")  # within the period
    assert rows_of(section, 1)[1][3] == "尚未恢复，已持续 10 小时"


def test_services_without_agreed_hours_or_register_are_told_with_their_outages() -> None:
    section = availability(made(outage("A", "05 10:00", "05 12:00", service="Wiki"), services=[]))
    assert section.answer == (
        "One unplanned outage of 2 h. Availability is not measurable: the table is empty: nothing of this kind has been loaded."
    )
    assert rows_of(section)[1] == ["Wiki", "–", "–", "–", "2 h", "–"]
    hours = availability(made(services=[{"service": "Mail"}]))
    assert hours.answer == "Availability is not measurable: services without agreed service hours are left out (1)."


def test_before_the_register_begins_nothing_is_claimed() -> None:
    section = availability(made(period="2025-10"))
    assert section.answer == "Availability is not measurable: the period lies before the first record."


def test_a_target_of_a_service_is_judged_and_never_rounded_onto() -> None:
    """0.3 h of 744 h are lost: 99.9597 %."""
    toml = agreed("availability", '"99.96%"', 'service = "Mail"')
    section = availability(made(outage("A", "05 10:00", "05 10:18"), toml=toml))
    assert rows_of(section)[2][::5] == ["Mail", "▲ missed, too few to tell"]
    assert rows_of(section)[2][1] == "99.9597%"
