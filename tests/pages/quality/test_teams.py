"""Work by group and per person; suppliers against what was agreed with them, or beside the organisation's own target."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.indicators.suppliers import suppliers
from itsq_analysis.indicators.workload import workload
from itsq_analysis.page.section import Html
from itsq_analysis.pages.quality.teams import teams
from tests.page.made import RULES, agreed, answer, context, incidents, rows_of, told
from tests.tables import Row

OPEN: Row = {"resolved_at": None, "state": "new", "sla_resolution_met": None}


def of_group(name: str | None, done: int, still_open: int, day: int = 12) -> list[Row]:
    rows = incidents(done, f"2026-10-{day:02d} 09:00", assignment_group=name)
    return rows + incidents(still_open, f"2026-10-{day:02d} 15:00", assignment_group=name, **OPEN)


def test_most_open_work_per_person_is_named() -> None:
    """Desk: 6 open for 4 people, 1.5 each; Net: 4 for half a person, 8 each; together 10 for 4.5, 2.2 each."""
    rows = of_group("Desk", 20, 6) + of_group("Net", 5, 4, 13)
    groups = [{"assignment_group": "Desk", "people": 4}, {"assignment_group": "Net", "people": 0.5}]
    section = teams(context(incidents=rows, groups=groups))
    assert answer(section) == (
        "Most open work per person lies with group Net: 8.0 incidents (4 for 0.5 people); "
        "over all groups whose people are known it is 2.2."
    )
    assert rows_of(section) == [
        ["Group", "Opened", "Resolved", "Backlog at the end", "People", "Open per person"],
        ["Desk", "26", "20", "6", "4", "1.5"],
        ["Net", "9", "5", "4", "0.5", "8.0"],
    ]


def test_without_people_the_group_with_most_open_work_is_named() -> None:
    section = teams(context(incidents=of_group("Desk", 20, 6) + of_group(None, 1, 1, 13)))
    assert answer(section) == "6 of the 7 incidents open at the end of the period lie with group Desk."
    assert rows_of(section)[0] == ["Group", "Opened", "Resolved", "Backlog at the end"]
    assert rows_of(section)[2] == ["(not known)", "2", "1", "1"]
    nobody = context(incidents=of_group("Desk", 20, 6), groups=[{"assignment_group": "Desk", "people": 0}])
    assert rows_of(teams(nobody))[0][-1] == "Backlog at the end"


def test_nothing_open_and_no_group() -> None:
    assert teams(context(incidents=of_group("Desk", 20, 0))).answer == "No incident was open at the end of the period."
    two = [*of_group("Desk", 20, 0), *of_group("Net", 5, 0, 13)]
    assert teams(context(incidents=two)).answer == "No incident was open at the end of the period in any of the 2 groups."
    nameless = teams(context(incidents=of_group(None, 20, 3)))
    assert answer(nameless) == "The incidents of October 2026 name no group."
    assert nameless.parts == ()


def test_many_groups_are_summed_up_after_fifteen() -> None:
    rows = [row for place in range(20) for row in of_group(f"G{place:02d}", 1, place, 1 + place)]
    section = teams(context(incidents=rows))
    listed = rows_of(section)[1:] + rows_of(section, 1)[1:]  # five, and the others in a fold
    assert len(listed) == 16
    assert any("<summary>11 more</summary>" in str(part.markup) for part in section.parts if isinstance(part, Html))
    assert listed[0] == ["G19", "20", "1", "19"]
    assert listed[-1] == ["5 other groups", "15", "5", "10"]
    assert sum(load.backlog for load in workload(context(incidents=rows).scope)) == 190


# suppliers -----------------------------------------------------------------------------------------------------------

WHOLE = RULES + agreed("sla_resolution_met", '"95%"')


def months(late: dict[int, int], **columns: Any) -> list[Row]:
    """Ten incidents in each of these months of 2026, so many of them late."""
    return [row for month, count in late.items() for row in incidents(10, f"2026-{month:02d}-12 09:00", late=count, **columns)]


def test_a_supplier_is_held_to_what_was_agreed_with_it() -> None:
    """90 % of ten: one late incident keeps it, two miss it."""
    rows = months({5: 0, 6: 2, 7: 1, 8: 3, 9: 0, 10: 4}, supplier="Yunfan", assignment_group="Desk")
    toml = WHOLE + agreed("sla_resolution_met", '"90%"', 'supplier = "Yunfan"')
    found = context(toml, incidents=rows)
    (course,) = suppliers(found.scope)
    assert (course.own, course.target, course.missed(6), course.missed(12)) == (True, 0.9, (3, 6), (3, 6))
    assert [value if value is None else round(value, 6) for value in course.short] == [*[None] * 6, 0, 10, 0, 20, 0, 30]
    section = teams(found)
    assert answer(section).startswith(
        "Supplier Yunfan missed what was agreed (Resolution in time (recomputed)) in 3 of 6 periods, most often of all."
    )
    assert rows_of(section)[1] == [
        "Yunfan",
        "Resolution in time (recomputed) 90%",
        "6 of 10",
        "▲ missed, too few to tell",
        "3 of 6",
        "3 of 6",
    ]
    grid = next(part for part in section.parts if isinstance(part, Chart))
    assert grid.data.iloc[0].tolist()[-6:] == ["0", "10", "0", "20", "0", "30"]


def test_without_an_agreement_the_own_target_stands_beside_and_judges_nobody() -> None:
    rows = months({9: 0, 10: 4}, supplier="Yunfan", assignment_group="Desk")
    section = teams(context(WHOLE, incidents=rows))
    assert answer(section).startswith("No target has been agreed with the supplier.")
    assert rows_of(section)[1] == [
        "Yunfan no target agreed with it",
        "Resolution in time (recomputed) 95%",
        "6 of 10",
        "no target",
        "1 of 2",
        "1 of 2",
    ]
    assert any("it is no promise of the supplier" in sentence for sentence in told(section))


def test_those_that_missed_most_often_come_first_and_agreements_before() -> None:
    rows = [
        *months({8: 5, 9: 5, 10: 0}, supplier="A"),
        *months({8: 5, 9: 5, 10: 5}, supplier="B"),
        *months({8: 0, 9: 0, 10: 5}, supplier="C"),
    ]
    toml = WHOLE + agreed("sla_resolution_met", '"90%"', 'supplier = "C"')
    assert [(one.supplier, one.own) for one in suppliers(context(toml, incidents=rows).scope)] == [
        ("C", True),
        ("B", False),
        ("A", False),
    ]


def test_a_period_that_is_not_over_counts_for_nothing() -> None:
    rows = months({9: 5, 10: 5}, supplier="A")
    (course,) = suppliers(context(WHOLE, incidents=rows, as_of="2026-10-20").scope)
    assert course.missed(12) == (1, 1)
    assert course.values[-1].period == "2026-09"


def test_without_a_target_there_is_nothing_to_hold_a_supplier_to() -> None:
    rows = months({10: 5}, supplier="A", assignment_group="Desk")
    assert suppliers(context(RULES, incidents=rows).scope) == ()
    assert suppliers(context(WHOLE, incidents=rows, only=("Mail",)).scope) == ()
    assert suppliers(context(WHOLE, incidents=months({10: 5})).scope) == ()
    replaced = RULES + agreed("sla_resolution_met", '"95%"') + "valid_from = 2027-01-01\n"
    assert suppliers(context(replaced, incidents=rows).scope) == ()


def test_hostile_names_are_text() -> None:
    name = "<b>=cmd()"
    section = teams(context(WHOLE, incidents=months({9: 5, 10: 5}, supplier=name, assignment_group=name)))
    assert not any(name in str(part.markup) for part in section.parts if isinstance(part, Html))
    assert rows_of(section)[1][0].startswith(name)
