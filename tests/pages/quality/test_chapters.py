"""Sections of the standard on demand: what is measured, what is missing and what it would need, definitions."""

from __future__ import annotations

from datetime import date

from itsq_analysis.indicators.standard import of_section
from itsq_analysis.page.section import Html
from itsq_analysis.pages.quality.chapters import chapters
from itsq_analysis.pages.quality.used import used_indicators
from tests.page.made import answer, context, rows_of, told


def test_a_section_tells_values_and_what_the_others_need() -> None:
    drills = [
        {"planned_on": date(2026, 10, day), "held_on": date(2026, 10, day + late)} for day, late in ((5, 0), (12, 0), (20, 3))
    ]
    made = context('[[target]]\nindicator = "drills_on_time"\nvalue = "90%"\n', drills=drills)
    section = chapters(made, ["4.3"])
    assert answer(section).startswith("Sections of the standard in full: 1; 1 of 6 indicators are measured.")
    text = "\n".join(told(section))
    assert any("4.3 Emergency plans and response</h3>" in part.markup for part in section.parts if isinstance(part, Html))
    assert "Missed: Drills held as planned." in text
    assert any("2 of 3" in cell for row in rows_of(section) for cell in row)
    assert "Major incidents: not measurable; needs the table Incidents (incidents)" in text
    assert "Drills within the time allowed: not measurable; needs Time taken (h), Time allowed (h) in the table Drills" in text
    assert rows_of(section)[0][0] == "Indicator"


def test_nothing_of_it_is_computed_where_it_is_not_asked_for() -> None:
    made = context()
    assert not set(of_section(made.scope.catalogue, ["4.1", "4.2", "5.1", "7.2", "8.3"])) & set(used_indicators(made.scope))


def test_a_section_without_any_table_says_so_in_chinese() -> None:
    section = chapters(context(language="zh"), ["8.3"])
    assert "5 项指标均尚无法度量。" in "\n".join(told(section))
    assert "需要数据表“能耗”（energy）" in "\n".join(told(section))
