"""Printed numbers lead to their facts, in HTML and nowhere else."""

from itsq_analysis.indicators.cube import cube
from itsq_analysis.page.section import Section, bullets
from tests.page.made import RULES, context, incidents


def test_a_printed_number_names_its_fact_in_html_alone():
    made = context(RULES, incidents=incidents(40, late=4))
    value = cube(made.scope).value("sla_resolution_met")
    sentence = f"{made.measured(value)} in time"
    section = Section("speed", "Speed", sentence, (bullets([sentence]),))
    first, second = section.bundles()
    linked = '<data value="k1">90.0%</data> (<data value="k2">36 of 40</data>) in time'
    assert linked in first["text/html"]
    assert linked in second["text/html"]
    assert first["text/plain"] == "Speed\n90.0% (36 of 40) in time"
    records = made.keys.records()
    assert [records[key]["field"] for key in ("k1", "k2")] == ["value", "n"]
    assert records["k1"] == {
        **{"indicator": "sla_resolution_met", "start": "2026-10-01", "end": "2026-11-01", "dimension": None, "member": None},
        **{"as_of": None, "basis": "judged", "field": "value"},
    }


def test_the_same_number_has_the_same_key_everywhere():
    made = context(RULES, incidents=incidents(40, late=4))
    value = cube(made.scope).value("sla_resolution_met")
    assert made.shown(value) == made.shown(value)
    assert len(made.keys.facts) == 1
