"""Availability by service and outages one by one, on registers to check with a pencil."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.availability import availability
from tests.page.made import agreed, answer, context, rows_of, told

# October has 744 hours.
MAIL = {"service": "Mail", "tier": 1, "users": 100, "calendar": "7x24"}
ERP = {"service": "ERP", "tier": 2, "users": 50, "calendar": "7x24"}
TWO = [MAIL, ERP]
UNMARKED = "The data do not show which incidents were major."


def outage(number: str, start: str, end: str | None = None, **facts: Any) -> dict[str, Any]:
    return {"number": number, "service": "Mail", "started_at": f"2026-10-{start}", "restored_at": end and f"2026-10-{end}"} | facts


def made(*outages: dict[str, Any], services: Any = TWO, toml: str = "", **facts: Any) -> ReportContext:
    return context(toml, outages=[outage("OLD", "01", "01", started_at="2026-01-05", restored_at="2026-01-06"), *outages],
                 **{"services": services, **facts})  # fmt: skip


def test_without_a_register_it_is_not_measurable() -> None:
    section = availability(context(services=TWO))
    assert answer(section).startswith("No register of outages has been loaded: availability is not measurable.")
    assert section.parts == ()


def test_no_outage_in_the_period() -> None:
    section = availability(made())
    assert answer(section) == f"No service was interrupted in October 2026. {UNMARKED}"
    assert rows_of(section) == [
        ["Service", "Availability", "Judgement", "Time lost", "Outages", "Longest", "User-hours lost", "Planned maintenance"],
        ["all", "100%", "○ reference only", "0", "0", "–", "–", "0"],
    ]
    assert "2 further services had no outage." in told(section)


def test_overlapping_outages_of_a_service_are_lost_once() -> None:
    """10:00–12:00 and 11:00–13:00: 3 h of 1,488 h of both services, though each outage took 2 h."""
    section = availability(made(outage("A", "05 10:00", "05 12:00"), outage("B", "05 11:00", "05 13:00", users_affected=10)))
    assert answer(section) == (
        "2 unplanned outages cost 3 h of agreed service time; the longest lasted 3 h. "
        f"Availability across all services: 99.80%. Availability weighted by users: 99.81%. {UNMARKED}"
    )
    assert [[row[0], row[1], *row[3:]] for row in rows_of(section, 1)[1:]] == [
        ["Mail", "99.60%", "3 h", "2", "3 h", "20", "0"],
        ["all", "99.80%", "3 h", "2", "3 h", "20", "0"],
    ]
    assert [[*row[:4], row[5]] for row in rows_of(section)[1:]] == [
        ["Mail", "2 h", "10 / 20", "5 October 2026 11:00", "B"],  # what cost users most comes first
        ["Mail", "2 h", "–", "5 October 2026 10:00", "A"],
    ]


def test_one_outage_and_its_picture() -> None:
    found = outage("A", "05 10:00", "05 10:43", major=True, cause="Certificate", change="CHG1", problem="PRB1")
    section = availability(made(found))
    assert answer(section) == (
        "One major incident (43 min). One unplanned outage of 43 min cost 43 min of agreed service time. "
        "Availability across all services: 99.952%. Availability weighted by users: 99.936%."
    )
    line, grid = (part for part in section.parts if isinstance(part, Chart))
    assert grid.summary == "Mail lost most: 24 h in January 2026. One service lost nothing in these periods."
    assert line.summary == "One outage: Mail, from 5 October 2026 10:00, 43 min."
    assert rows_of(section)[1][:3] == ["A Mail", "not recorded", "Certificate"]


def test_an_outage_that_lasts_says_how_long_so_far() -> None:
    section = availability(made(outage("A", "31 20:00"), as_of="2026-11-01 06:00", language="zh"))
    assert answer(section).startswith("非计划中断 1 次，时长 4 小时，损失约定服务时间 4 小时；")  # within the period
    assert rows_of(section)[1][1] == "尚未恢复，已持续 10 小时"


def test_services_without_agreed_hours_or_register_are_told_with_their_outages() -> None:
    section = availability(made(outage("A", "05 10:00", "05 12:00", service="Wiki"), services=[]))
    assert answer(section) == (
        "One unplanned outage of 2 h. Availability is not measurable: the table is empty: nothing of this kind has been loaded. "
        + UNMARKED
    )
    assert rows_of(section, 1)[1] == ["Wiki", "–", "–", "–", "1", "2 h", "–", "–"]
    hours = availability(made(services=[{"service": "Mail"}]))
    assert answer(hours) == f"Availability is not measurable: services without agreed service hours are left out (1). {UNMARKED}"


def test_before_the_register_begins_nothing_is_claimed() -> None:
    section = availability(made(period="2025-10"))
    assert answer(section) == f"Availability is not measurable: the period lies before the first record. {UNMARKED}"


def test_a_target_of_a_service_is_judged_and_never_rounded_onto() -> None:
    """0.3 h of 744 h are lost: 99.9597 %."""
    toml = agreed("availability", '"99.96%"', 'service = "Mail"')
    section = availability(made(outage("A", "05 10:00", "05 10:18"), toml=toml))
    assert rows_of(section, 1)[1][:4] == ["Mail", "99.9597%", "▲ missed, too few to tell", "18 min"]


def test_maintenance_stands_beside_and_is_drawn_but_is_no_outage() -> None:
    """Two hours of maintenance, one of them during an outage: one hour more."""
    planned = outage("M", "05 11:00", "05 13:00", kind="maintenance")
    section = availability(made(outage("A", "05 10:00", "05 12:00"), planned))
    assert rows_of(section, 1)[1][3:] == ["2 h", "1", "2 h", "–", "1 h"]
    line, _ = (part for part in section.parts if isinstance(part, Chart))
    assert line.data.iloc[:, 1].tolist() == ["outage", "planned maintenance"]
    alone = availability(made(planned))
    assert [part.title for part in alone.parts if isinstance(part, Chart)] == [
        "Minutes lost to unplanned outages, by service and period"
    ]


def test_the_grid_and_the_tables_of_many_services_and_outages_are_capped() -> None:
    many = [{**MAIL, "service": f"Service {place:02d}"} for place in range(40)]
    broken = [outage(f"OUT{hour}", "05 00:00", f"05 {hour:02d}:00", service=f"Service {hour:02d}") for hour in range(1, 24)]
    section = availability(made(*broken, services=many))
    rows = rows_of(section, 1)[1:]
    assert [row[0] for row in rows[:2]] == ["Service 23", "Service 22"]
    assert len(rows) == 11
    assert rows[-1][0] == "all"
    assert "13 further services, which lost less, are in the values file beside this page." in told(section)
    assert "17 further services had no outage." in told(section)
    _, grid = (part for part in section.parts if isinstance(part, Chart))
    assert len(grid.data) == 20
    assert [row[5] for row in rows_of(section)[1:]] == [f"OUT{hour}" for hour in range(23, 18, -1)]
    assert "Full list: workbook, sheet “Outages”." in told(section)


def test_an_outage_as_costly_as_the_major_one_is_told_beside_it() -> None:
    major = outage("A", "05 10:00", "05 12:00", major=True, users_affected=100)
    costly = outage("B", "06 10:00", "06 10:30", users_affected=390, service="ERP")
    section = availability(made(major, costly, outage("C", "07 10:00", "07 10:30", users_affected=300)))
    assert "B (ERP) cost 195 user-hours, about as many as the major incident" in answer(section)
    assert "C (" not in answer(section)
