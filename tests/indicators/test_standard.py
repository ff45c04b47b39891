"""The 32 sections of the standard: indicators of each, and what one would need."""

from __future__ import annotations

from datetime import date

import pytest

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators import load_catalogue
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.standard import Lacking, chosen_sections, found_by, lacking, of_section, section_titles
from itsq_analysis.indicators.value import Value
from tests.page.made import context, incidents

BY_UCI = {"1.3", "2.3", "3.1", "3.2", "5.3", "6.2", "6.3", "6.4", "8.1"}  # that these columns alone let one measure


def test_every_section_has_three_indicators_or_more() -> None:
    counted = {number: len(of_section(load_catalogue(), [number])) for number in section_titles()}
    assert len(counted) == 32
    assert {number: count for number, count in counted.items() if count < 3} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ()), ("4.3", ("4.3",)), ("7.2, 7.1", ("7.1", "7.2")), ("8\N{IDEOGRAPHIC COMMA}8.1", ("8.1", "8.2", "8.3", "8.4"))],
)
def test_sections_are_chosen_by_number_or_chapter(text: str, expected: tuple[str, ...]) -> None:
    assert chosen_sections(text) == expected


@pytest.mark.parametrize("text", ["9", "4.5", "4.", "security"])
def test_other_sections_are_refused(text: str) -> None:
    with pytest.raises(IndicatorError, match=r"must be of the standard, 1 to 8 or 1\.1 to 8\.4"):
        chosen_sections(text)


def test_indicators_are_found_by_words_of_both_languages() -> None:
    entry = load_catalogue()["protection_in_force"]
    assert [found_by(entry, word) for word in ("PROTECTION", "等级保护", "mail", "")] == [True, True, False, True]


def test_what_an_indicator_needs_is_its_tables_or_the_columns_that_say_nothing() -> None:
    known = {"drills": [{"planned_on": date(2026, 10, 5)}], "staff": [{"joined_on": date(2026, 1, 1)}]}
    scope = context(incidents=incidents(3, category="Software"), **known).scope
    assert lacking(scope, "incidents_opened") == ()
    assert lacking(scope, "drills_on_time") == (Lacking("drills", ("held_on",)),)
    assert lacking(scope, "drills_within_rto") == (Lacking("drills", ("held_on", "actual_hours", "target_hours")),)
    assert lacking(scope, "cost_per_incident") == (Lacking("costs"),)
    assert lacking(scope, "training_hours_per_person") == (Lacking("training"),)
    assert lacking(scope, "knowledge_used") == (Lacking("incidents", ("knowledge",)),)


def test_a_log_of_incidents_alone_measures_the_sections_that_its_columns_allow_and_no_other() -> None:
    known = {
        "made_sla": True,
        "reopen_count": 0,
        "reassignment_count": 1,
        "knowledge": False,
        "category": "Software",
        "assignment_group": "Desk",
        "channel": "phone",
        "sla_resolution_met": None,
    }
    scope = context(incidents=incidents(30, **known)).scope
    cube(scope).want(scope.catalogue)
    values: dict[str, Value] = {name: cube(scope).value(name) for name in scope.catalogue}
    measured = {scope.catalogue[name].section for name, value in values.items() if value.known}
    assert measured == BY_UCI
    for name, value in values.items():
        if value.reason in ("no_data_table", "no_data_column"):
            assert lacking(scope, name), name


def test_a_register_is_counted_as_of_the_end_of_the_period_and_not_of_today() -> None:
    """Valid to the last day of October counts for October, to the day before it does not; what comes later does not count."""
    rows = [
        {"required_on": date(2026, 1, 1), "obtained_on": date(2026, 1, 1), "valid_to": day}
        for day in (date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1), None)
    ]
    rows.append({"required_on": date(2026, 10, 31), "obtained_on": date(2026, 11, 2), "valid_to": None})
    rows.append({"required_on": date(2026, 11, 1), "obtained_on": date(2026, 10, 2), "valid_to": None})  # not required yet
    rows.append({"required_on": date(2026, 1, 1), "released_on": date(2026, 10, 31), "obtained_on": None})  # no longer required
    holders = [row | {"holder": f"E{place}", "holder_kind": "person"} for place, row in enumerate(rows)]
    value = cube(context(certificates=holders).scope).value("certificate_coverage")
    assert (value.numerator, value.denominator) == (3, 5)
