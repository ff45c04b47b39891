"""Causes that came back: by problem, by change, by the cause in words; within twelve months; nothing made of "unknown"."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from itsq_analysis.facts import Scope
from itsq_analysis.indicators.repeated_causes import RepeatedCause, repeated_causes
from tests.page.made import context, incidents


def made(*facts: dict[str, Any], **more: Any) -> Scope:
    """Major outages of one hour: the first on 5 March 2026, the last on 20 October, between them one a month."""
    days = ("2026-03-05", "2026-04-05", "2026-05-05")[: len(facts) - 1]
    rows = [
        {"number": f"OUT{place}", "service": "Mail", "major": True, "started_at": f"{day} 09:00", "restored_at": f"{day} 10:00"}
        | one
        for place, (day, one) in enumerate(zip((*days, "2026-10-20"), facts, strict=True))
    ]
    return context(outages=rows, **more).scope


def numbers(found: Scope) -> list[tuple[str, ...]]:
    return [one.numbers for one in repeated_causes(found)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"problem": "PRB1"}, {"problem": "PRB1"}),
        ({"change": "CHG1"}, {"change": "CHG1"}),
        ({"cause": "Certificate expired"}, {"cause": " certificate  EXPIRED."}),
        ({"cause": "\u8bc1\u4e66\u5230\u671f", "service": "ERP"}, {"cause": "\u8bc1\u4e66\u5230\u671f"}),
    ],
)
def test_two_with_one_cause_are_a_repetition(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert numbers(made(first, second)) == [("OUT0", "OUT1")]


@pytest.mark.parametrize(
    ("first", "second"),
    [({}, {}), ({"cause": "Unknown"}, {"cause": "unknown"}), ({"cause": "\u672a\u77e5"}, {"cause": "\u672a\u77e5"}),
     ({"problem": "PRB1"}, {"problem": "PRB2"}), ({"problem": "X"}, {"change": "X"}), ({"cause": "?"}, {"cause": "?"})],
)  # fmt: skip
def test_nothing_shared_is_no_repetition(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert numbers(made(first, second)) == []


def test_what_the_page_needs_of_it() -> None:
    first, second = {"problem": "PRB1", "service": "ERP"}, {"problem": "PRB1", "cause": "Full disk"}
    assert repeated_causes(made(first, second)) == (
        RepeatedCause("Full disk", ("OUT0", "OUT1"), ("ERP", "Mail"), (date(2026, 3, 5), date(2026, 10, 20))),
    )
    nameless = repeated_causes(made({"problem": "PRB1", "cause": "unknown"}, {"problem": "PRB1", "cause": "unknown"}))
    assert [one.cause for one in nameless] == ["PRB1"]


def test_a_third_one_joins_two_causes() -> None:
    chain = ({"problem": "PRB1"}, {"change": "CHG1"}, {"problem": "PRB1", "change": "CHG1"})
    assert numbers(made(*chain)) == [("OUT0", "OUT1", "OUT2")]


def test_the_most_frequent_cause_first() -> None:
    rows = [
        {"number": f"OUT{place}", "service": "Mail", "major": True, "cause": cause, "started_at": f"2026-{month}-05 09:00"}
        | {"restored_at": f"2026-{month}-05 10:00"}
        for place, (cause, month) in enumerate([("A", "03"), ("B", "04"), ("B", "05"), ("A", "10"), ("B", "10")])
    ]
    assert [one.cause for one in repeated_causes(context(outages=rows).scope)] == ["B", "A"]


def test_only_incidents_of_the_period_that_had_one_within_twelve_months_before() -> None:
    """November 2025 is the first of the twelve months to October 2026."""
    shared = {"problem": "PRB1"}
    assert numbers(made({**shared, "started_at": "2025-11-01 00:10", "restored_at": "2025-11-01 01:00"}, shared))
    assert not numbers(made({**shared, "started_at": "2025-10-30 00:10", "restored_at": "2025-10-30 01:00"}, shared))
    assert not numbers(made(shared, shared, period="2026-09"))  # the second one had not happened
    assert not numbers(made(shared, {**shared, "major": False}))


def test_tickets_without_outages_count_by_their_own_problem_and_change() -> None:
    rows = [
        *incidents(1, "2026-05-05 09:00", major=True, number="INC1", caused_by_change="CHG1"),
        *incidents(1, "2026-10-05 09:00", major=True, number="INC2", caused_by_change="CHG1"),
    ]
    assert numbers(context(incidents=rows).scope) == [("INC1", "INC2")]


def test_the_cause_of_a_problem_counts_once_it_was_known() -> None:
    problems = [
        {"number": name, "opened_at": "2026-03-06", "known_error_at": known, "root_cause": "Full disk"}
        for name, known in (("PRB1", "2026-03-08"), ("PRB2", "2026-11-10"))
    ]
    outages = ({"problem": "PRB1"}, {"problem": "PRB2"})
    assert numbers(made(*outages, problems=problems)) == [("OUT0", "OUT1")]
    assert numbers(made(*outages, problems=problems, as_of="2026-11-01")) == []
