"""Major incidents and outages: none, one, several, not marked, still lasting; known as of the moment of the report."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from itsq_analysis.indicators.major_incidents import MajorIncident, major_incidents
from itsq_analysis.indicators.outages import outages
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.pages.quality.majors import majors_answer, majors_parts, majors_sheet
from tests.page.made import context, incidents, rows_of
from tests.page.made import told as sentences

MAIL = {"service": "Mail", "started_at": "2026-10-20 09:40", "restored_at": "2026-10-20 13:25", "users_affected": 1900}


def spoken(found: ReportContext) -> list[str]:
    return majors_answer(found)


def made(*outage: dict[str, Any], rows: list[Any] | None = None, **facts: Any) -> ReportContext:
    return context(incidents=incidents(5, major=False) if rows is None else rows, outages=outage, **facts)


def majors(found: ReportContext) -> tuple[MajorIncident, ...]:
    return major_incidents(found.scope)


def listed(found: ReportContext) -> list[list[str]]:
    return rows_of(Section("", "", "", tuple(majors_parts(found))))[1:]


def test_none_is_said_only_where_the_data_could_tell() -> None:
    assert spoken(made()) == ["There was no major incident."]
    assert spoken(made(rows=incidents(5))) == ["The data do not show which incidents were major."]
    assert spoken(made({**MAIL, "major": None}, rows=incidents(5))) == ["The data do not show which incidents were major."]
    assert spoken(made({**MAIL, "major": False}, rows=incidents(5))) == ["There was no major incident."]
    assert spoken(made(rows=incidents(5, "2026-08-03 09:00", major=False))) == []


def test_one_outage_with_its_time_and_user_hours() -> None:
    """3 h 45 min for 1,900 users are 7,125 user-hours."""
    found = {**MAIL, "number": "OUT1", "major": True}
    assert spoken(made(found)) == ["One major incident (3 h 45 min, 7,125 user-hours lost)."]
    assert spoken(made(found, language="zh")) == ["重大事件 1 起（时长 3 小时 45 分，损失 7,125 人时）。"]


def test_what_the_register_does_not_say_is_left_out() -> None:
    assert spoken(made({**MAIL, "number": "OUT1", "major": True, "users_affected": None})) == ["One major incident (3 h 45 min)."]
    ticket = incidents(1, major=True, number="INC1")
    assert spoken(made(rows=ticket)) == ["One major incident."]


@pytest.mark.parametrize("link", [{"incident": "INC1"}, {"major": True}, {"major": True, "incident": "INC1"}])
def test_ticket_and_outage_of_one_incident_are_one(link: dict[str, Any]) -> None:
    """By the number that the outage names, else by service and time."""
    ticket = incidents(1, "2026-10-20 09:15", major=True, number="INC1", service="Mail")
    found = majors(made({**MAIL, "number": "OUT1", **link}, rows=ticket))
    assert [(one.number, one.service, one.hours, one.user_hours) for one in found] == [("INC1", "Mail", 3.75, 7125)]


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
        {"number": f"OUT{minute}", "service": "Mail", "major": True, "started_at": "2026-10-20 01:00"}
        | {"restored_at": f"2026-10-20 01:{minute:02d}"}
        for minute in range(1, 19)
    ]
    found = made(*many)
    assert spoken(found) == ["18 major incidents (the longest 18 min)."]
    assert [row[0] for row in listed(found)] == [f"OUT{minute} Mail" for minute in range(18, 13, -1)]
    parts = sentences(Section("", "", "", tuple(majors_parts(found))))
    assert "18 reviews are overdue (5 working days after restoration): OUT18, OUT17, OUT16, OUT15, OUT14, and 13 more." in parts
    assert "Full list: workbook, sheet “Major incidents”." in parts
    assert [row[0] for row in majors_sheet(found).rows] == [f"OUT{minute}" for minute in range(18, 0, -1)]
    few = tuple(majors_parts(made(*many[:5])))
    assert not any("workbook" in sentence for sentence in sentences(Section("", "", "", few)))


def test_an_outage_that_lasts_is_told_with_its_time_so_far() -> None:
    lasting = {"number": "OUT1", "service": "Mail", "major": True, "started_at": "2026-10-31 20:00"}
    found = made(lasting, as_of="2026-11-01 06:00")
    assert listed(found)[0][3] == "Start: 31 October 2026 20:00 detected: not recorded not restored, 10 h so far"
    assert "review" not in " ".join(listed(found)[0]).lower()


ALL = {
    **MAIL,
    **{"number": "OUT1", "major": True, "incident": "INC1", "problem": "PRB1", "change": "CHG1", "cause": "Certificate expired"},
    **{"action": "Certificates are watched", "reviewed_on": date(2026, 10, 23), "detected_at": "2026-10-20 09:46"},
}


def test_every_column_of_the_list() -> None:
    assert listed(made(ALL)) == [
        [
            "INC1 Mail",
            "1,900 / 7,125",
            "Certificate expired",
            "Start: 20 October 2026 09:40 detected: 09:46 restored: 13:25 3 h 45 min",
            "change: CHG1 problem: PRB1",
            "Certificates are watched",
            "23 October 2026",
        ]
    ]


def test_what_nobody_recorded_says_so_and_an_overdue_review_too() -> None:
    """Restored on Tuesday 20 October, told on Tuesday 3 November: ten working days, five too many."""
    found = made({**MAIL, "number": "OUT1", "major": True, "users_affected": None}, as_of="2026-11-03 12:00")
    no = "not recorded"
    course = f"Start: 20 October 2026 09:40 detected: {no} restored: 13:25 3 h 45 min"
    assert listed(found)[0][1:] == [no, no, course, f"change: {no} problem: {no}", no, f"{no} overdue by 5 working days"]
    parts = Section("", "", "", tuple(majors_parts(found)))
    assert "One review is overdue (5 working days after restoration): OUT1." in sentences(parts)


@pytest.mark.parametrize(
    ("reviewed", "as_of", "over"),
    [
        (None, "2026-10-27 18:00", 0),  # the fifth working day after the 20th
        (None, "2026-10-28 09:00", 1),
        (None, "2026-10-20 14:00", 0),
        ("2026-10-27", "2026-11-20", 0),
        ("2026-10-29", "2026-11-20", 2),
        ("2026-11-19", "2026-11-03", 5),  # not held then
    ],
)
def test_a_review_is_due_within_five_working_days(reviewed: str | None, as_of: str, over: int) -> None:
    found = made({**MAIL, "number": "OUT1", "major": True, "reviewed_on": reviewed and date.fromisoformat(reviewed)}, as_of=as_of)
    assert majors(found)[0].review_days_over == over


def test_a_ticket_alone_tells_its_own_times_and_links() -> None:
    ticket = incidents(1, "2026-10-20 09:00", major=True, number="INC1", problem="PRB1", caused_by_change="CHG1", service="Mail")
    found = made(rows=ticket, problems=[{"number": "PRB1", "opened_at": "2026-10-20", "root_cause": "Full disk"}])
    assert listed(found)[0] == [
        "INC1 Mail",
        "not recorded",
        "Full disk",
        "Start: not recorded detected: 20 October 2026 09:00 restored: 10:00",
        "change: CHG1 problem: PRB1",
        "not recorded",
        "not recorded overdue by 18 working days",
    ]
    open_ = made(rows=incidents(1, "2026-10-20 09:00", major=True, number="INC1", resolved_at=None))
    assert listed(open_)[0][3].endswith("not restored")
    assert majors(open_)[0].restored is False


def test_a_cause_that_came_back_is_named() -> None:
    before = {**MAIL, "number": "OUT0", "major": True, "problem": "PRB1"}
    before |= {"started_at": "2026-03-05 09:00", "restored_at": "2026-03-05 10:00"}
    found = made(before, {**ALL, "number": "OUT1"})
    parts = Section("", "", "", tuple(majors_parts(found)))
    assert sentences(parts)[1] == "The same cause again: Certificate expired, in 2 major incidents since 5 March 2026: OUT0, INC1."


def test_what_was_restored_after_the_moment_of_the_report_was_not_restored_then() -> None:
    late = {"number": "OUT1", "service": "Mail", "started_at": "2026-10-31 20:00", "restored_at": "2026-11-01 08:00", "major": True}
    (then,) = majors(made(late, as_of="2026-11-01 06:00"))
    (now,) = majors(made(late))
    assert (then.hours, then.restored, now.hours, now.restored) == (10, False, 12, True)
    assert outages(made(late, as_of="2026-10-31 19:00").scope) == ()


def test_outages_of_the_period_are_those_that_touch_it() -> None:
    spans = {
        "before": ("2026-09-30 20:00", "2026-10-01 00:00"),
        "into": ("2026-09-30 20:00", "2026-10-01 00:01"),
        "out of": ("2026-10-31 23:59", "2026-11-02 00:00"),
        "after": ("2026-11-01 00:00", "2026-11-02 00:00"),
    }
    rows = [{"number": name, "service": "Mail", "started_at": start, "restored_at": end} for name, (start, end) in spans.items()]
    maintenance = {"number": "planned", "service": "Mail", "kind": "maintenance", "started_at": "2026-10-05 00:00"}
    assert [outage.number for outage in outages(made(*rows, maintenance).scope)] == ["into", "out of"]


def test_hostile_words_are_shown_as_text() -> None:
    word = "<script>alert(1)</script>"
    hostile = dict.fromkeys(("number", "service", "cause", "action", "problem", "change"), word)
    found = made({**ALL, **hostile, "incident": None}, {**ALL, **hostile, "number": "x", "incident": None})
    parts = majors_parts(found)
    assert "<script>" not in "".join(str(part.markup) for part in parts)
    assert {(row[2], *row[4:6]) for row in listed(found)} == {(word, f"change: {word} problem: {word}", word)}
    assert {row[0] for row in listed(found)} == {f"{word} {word}", f"x {word}"}
