"""Major incidents and outages: none, one, several, not marked, still lasting; known as of the moment of the report."""

from __future__ import annotations

from typing import Any

import pytest

from itsq_analysis.sections.majors import majors, outages, told
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.verdict import verdict
from tests.sections.made import incidents, scene
from tests.sections.made import told as sentences

MAIL = {"service": "Mail", "started_at": "2026-10-20 09:40", "restored_at": "2026-10-20 13:25", "users_affected": 1900}


def spoken(found: Scene) -> list[str]:
    return [sentence for sentence in sentences(verdict(found)) if "ajor" in sentence or "重大" in sentence]


def made(*outage: dict[str, Any], rows: list[Any] | None = None, **facts: Any) -> Scene:
    return scene(incidents=incidents(5, major=False) if rows is None else rows, outages=outage, **facts)


def test_none_is_said_only_where_the_data_could_tell() -> None:
    assert spoken(made()) == ["There was no major incident."]
    assert spoken(made(rows=incidents(5))) == ["The data do not say which incidents were major."]
    assert spoken(made({**MAIL, "major": None}, rows=incidents(5))) == ["The data do not say which incidents were major."]
    assert spoken(made({**MAIL, "major": False}, rows=incidents(5))) == ["There was no major incident."]
    assert spoken(made(rows=incidents(5, "2026-08-03 09:00", major=False))) == []


def test_one_outage_with_its_time_and_user_hours() -> None:
    """3 h 45 min for 1,900 users are 7,125 user-hours."""
    found = {**MAIL, "number": "OUT1", "major": True}
    assert spoken(made(found)) == ["One major incident: OUT1 (Mail, 3 h 45 min, 7,125 user-hours lost)."]
    assert spoken(made(found, language="zh")) == ["重大事件 1 起：OUT1（Mail，3 小时 45 分，损失 7,125 人时）。"]


def test_what_the_register_does_not_say_is_left_out() -> None:
    assert spoken(made({**MAIL, "number": "OUT1", "major": True, "users_affected": None})) == [
        "One major incident: OUT1 (Mail, 3 h 45 min)."
    ]
    ticket = incidents(1, major=True, number="INC1")
    assert spoken(made(rows=ticket)) == ["One major incident: INC1."]


@pytest.mark.parametrize("link", [{"incident": "INC1"}, {"major": True}, {"major": True, "incident": "INC1"}])
def test_ticket_and_outage_of_one_incident_are_one(link: dict[str, Any]) -> None:
    """By the number that the outage names, else by service and time."""
    ticket = incidents(1, "2026-10-20 09:15", major=True, number="INC1", service="Mail")
    assert spoken(made({**MAIL, "number": "OUT1", **link}, rows=ticket)) == [
        "One major incident: INC1 (Mail, 3 h 45 min, 7,125 user-hours lost)."
    ]


@pytest.mark.parametrize("other", [{"service": "ERP"}, {"opened_at": "2026-10-20 13:26"}, {"opened_at": "2026-10-20 08:39"}])
def test_another_service_or_time_is_another_incident(other: dict[str, Any]) -> None:
    ticket = incidents(1, "2026-10-20 09:45", number="INC1", **{"major": True, "service": "Mail", "resolved_at": None, **other})
    found = majors(made({**MAIL, "number": "OUT1", "major": True}, rows=ticket))
    assert [one.number for one in found] == ["OUT1", "INC1"]


def test_several_outages_of_one_incident_are_told_once_with_the_longest() -> None:
    both = [
        {**MAIL, "number": "OUT1", "incident": "INC1", "major": True},
        {**MAIL, "number": "OUT2", "incident": "INC1", "major": True, "service": "ERP", "restored_at": "2026-10-20 10:40"},
    ]
    (found,) = majors(made(*both))
    assert (found.number, found.service, found.hours, found.user_hours) == ("INC1", "Mail", 3.75, 1900 * 4.75)


def test_several_the_longest_first_and_the_rest_counted() -> None:
    many = [
        {"number": f"OUT{hour}", "service": "Mail", "major": True, "started_at": "2026-10-20 01:00"}
        | {"restored_at": f"2026-10-20 {hour + 1:02d}:00"}
        for hour in range(1, 8)
    ]
    (sentence,) = spoken(made(*many))
    assert sentence.startswith("7 major incidents: OUT7 (Mail, 7 h); OUT6 (Mail, 6 h); ")
    assert sentence.endswith("OUT3 (Mail, 3 h); 2 more, listed under availability.")


def test_an_outage_that_lasts_is_told_with_its_time_so_far() -> None:
    lasting = {"number": "OUT1", "service": "Mail", "major": True, "started_at": "2026-10-31 20:00"}
    found = made(lasting, as_of="2026-11-01 06:00")
    assert spoken(found) == ["One major incident: OUT1 (Mail, not restored, 10 h so far)."]


def test_what_was_restored_after_the_moment_of_the_report_was_not_restored_then() -> None:
    late = {"number": "OUT1", "service": "Mail", "started_at": "2026-10-31 20:00", "restored_at": "2026-11-01 08:00", "major": True}
    (then,) = majors(made(late, as_of="2026-11-01 06:00"))
    (now,) = majors(made(late))
    assert (then.hours, then.restored, now.hours, now.restored) == (10, False, 12, True)
    assert outages(made(late, as_of="2026-10-31 19:00")).empty


def test_outages_of_the_period_are_those_that_touch_it() -> None:
    spans = {
        "before": ("2026-09-30 20:00", "2026-10-01 00:00"),
        "into": ("2026-09-30 20:00", "2026-10-01 00:01"),
        "out of": ("2026-10-31 23:59", "2026-11-02 00:00"),
        "after": ("2026-11-01 00:00", "2026-11-02 00:00"),
    }
    rows = [{"number": name, "service": "Mail", "started_at": start, "restored_at": end} for name, (start, end) in spans.items()]
    maintenance = {"number": "planned", "service": "Mail", "kind": "maintenance", "started_at": "2026-10-05 00:00"}
    assert outages(made(*rows, maintenance))["number"].tolist() == ["into", "out of"]


def test_words_of_an_incident_without_a_service() -> None:
    (found,) = majors(made(rows=incidents(1, major=True, number="INC1")))
    assert told(made(), found) == "INC1"
