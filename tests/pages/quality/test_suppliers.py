"""Suppliers against what was agreed with them, or beside the organisation's own target."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.indicators.suppliers import suppliers
from itsq_analysis.page.section import Html
from itsq_analysis.pages.quality.users_voice import users_voice
from tests.page.made import RULES, agreed, context, incidents, rows_of
from tests.tables import Row

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
    section = users_voice(found)
    assert section.more == ("Yunfan missed its target (Resolution in time (recomputed)) most often: in 3 of 6 periods.")
    kept = ["3 of 6", "6 of 10", "▲ missed, too few to tell", "Resolution in time (recomputed) 90%", "3 of 6"]
    assert rows_of(section)[1] == ["Yunfan", *kept]
    grid = next(part for part in section.parts if isinstance(part, Chart))
    assert grid.data.iloc[0].tolist()[-6:] == ["0", "10", "0", "20", "0", "30"]


def test_without_an_agreement_the_own_target_stands_beside_and_judges_nobody() -> None:
    rows = months({9: 0, 10: 4}, supplier="Yunfan", assignment_group="Desk")
    section = users_voice(context(WHOLE, incidents=rows))
    assert section.more == "No target has been agreed with the supplier."
    beside = ["1 of 2", "6 of 10", "no target", "Resolution in time (recomputed) 95%", "1 of 2"]
    assert rows_of(section)[1] == ["Yunfan no target agreed with it", *beside]


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
    section = users_voice(context(WHOLE, incidents=months({9: 5, 10: 5}, supplier=name, assignment_group=name)))
    assert not any(name in str(part.markup) for part in section.parts if isinstance(part, Html))
    assert rows_of(section)[1][0].startswith(name)
