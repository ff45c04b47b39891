"""NAME.facts.json: what a report told, one record a line, read back by the next report."""

import json

import pandas as pd
import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Decision, Finding, Sentence
from itsq_analysis.facts.sentence import Measure, Name, Number
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.page.facts_file import facts_json, values_of
from itsq_analysis.page.values_csv import from_csv, to_csv
from tests.page.made import RULES, context, incidents


def test_it_holds_keys_values_findings_and_decisions_in_both_languages() -> None:
    made = context(RULES, incidents=incidents(40, late=4))
    value = cube(made.scope).value("sla_resolution_met")
    assert made.shown(value)
    finding = Finding(Sentence("finding_missed_certain", dict.fromkeys(("title", "value", "target"), Measure(value))), 3.0, 1.0)
    decision = Decision(Name("Hire"), Sentence("rule_cause_number", {"n": Number(2)}), None, "CIO", None)
    content = facts_json(made, [finding], [decision], made.values(["sla_resolution_met"]))
    told = json.loads(content)
    assert told["facts"]["k1"]["indicator"] == "sla_resolution_met"
    assert told["findings"][0]["sentence"]["facts"]["value"]["value"]["numerator"] == 36
    assert told["findings"][0]["words"]["en"]["sentence"].startswith("90.0%: 90.0%")
    assert told["decisions"][0]["words"] == {
        "en": {"what": "Hire", "number": "2 major incidents in 12 months"},
        "zh": {"what": "Hire", "number": "12 个月内 2 起"},
    }
    assert content == facts_json(made, [finding], [decision], made.values(["sla_resolution_met"]))


def test_its_values_are_read_back_as_those_of_the_csv_file() -> None:
    made = context(RULES, incidents=incidents(40, late=4))
    frame = made.values(["sla_resolution_met", "csat", "incidents_opened"], history=3)
    back = values_of(facts_json(made, (), (), frame), "x.facts.json")
    pd.testing.assert_frame_equal(back, from_csv(to_csv(frame[[*COLUMNS]]), "x.values.csv"))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format": 2, "columns": []}', b'{"format": 1, "columns": ["a"]}', b"\xff\xfe"]
)
def test_another_file_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(ReportError, match=r"NAME\.facts\.json.*other\.json"):
        values_of(content, "other.json")
