"""Calls and chats in the section on waiting times: 200 came, 180 were answered, 150 of them in time, 20 gave up."""

from __future__ import annotations

from itsq_analysis.page.section import Html, Section
from itsq_analysis.pages.quality.calls import calls
from itsq_analysis.pages.quality.speed import speed
from itsq_analysis.pages.quality.used import used_indicators
from tests.page.made import context, incidents, rows_of, told
from tests.tables import Row


def contacts(**given: object) -> list[Row]:
    counted = {"minutes": 30, "channel": "phone", "offered": 20, "answered": 18, "answered_in_target": 15, "abandoned": 2}
    times = {"wait_seconds": 180, "handle_seconds": 5400}
    return [{"start": f"2026-10-{day:02d} 09:00"} | counted | times | given for day in range(5, 15)]


def part(**given: object) -> Section:
    return Section("calls", "", "", tuple(calls(context(contacts=contacts(**given)))))


def test_what_became_of_them_in_a_sentence_and_a_table() -> None:
    found = part()
    sentence = "200 calls and chats came in: 90.0% were answered, 75.0% of all within 20 seconds, and 10.0% gave up waiting."
    assert sentence in told(found)
    rows = {row[0]: row[1:] for row in rows_of(found)}
    assert rows["Contacts offered"][0] == "200"
    assert rows["Answered within 20 seconds"][0] == "75.0% 150 of 200"
    assert rows["Average speed of answer"][0].startswith("10 s")
    assert rows["Mean handling time"][0].startswith("300 s")
    assert rows["Abandon rate"][2] == "5% (reference)"


def test_what_was_not_counted_is_not_told() -> None:
    assert "200 calls and chats came in; how many were answered in time is not counted." in told(part(answered_in_target=None))


def test_a_period_without_any() -> None:
    empty = context(contacts=[row | {"start": "2026-09-05 09:00"} for row in contacts()[:1]])
    assert "No calls or chats are counted in October 2026." in told(Section("calls", "", "", tuple(calls(empty))))


def test_without_contacts_there_is_no_such_part() -> None:
    bare = context(incidents=incidents(30))
    assert calls(bare) == []
    assert "answer_rate" not in used_indicators(bare.scope)
    assert not any(isinstance(one, Html) and "calls" in one.markup for one in speed(bare).parts)


def test_with_contacts_they_are_among_the_report_s_values() -> None:
    both = context(incidents=incidents(30), contacts=contacts())
    assert {"contacts_offered", "service_level_20s", "handle_time_mean"} <= set(used_indicators(both.scope))
    assert any("200 calls and chats" in sentence for sentence in told(speed(both)))
