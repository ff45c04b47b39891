import ast
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.parameters import parameter_model, resolve
from tests.reports.made import PARAMETERS, notebook

DEFAULTS = {"period": "2026-10", "services": [], "language": "en", "as_of": None, "workspace": None}


def values(given: dict[str, Any], parameters: str = PARAMETERS) -> dict[str, Any]:
    return resolve(notebook(parameters=parameters), given, "quality_report.ipynb").json_values()


def test_defaults_come_from_the_cell_in_its_order() -> None:
    assert list(values({}).items()) == list(DEFAULTS.items())


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"period": 2026}, {"period": "2026"}),  # papermill -p period 2026
        ({"services": "[]"}, {"services": []}),  # papermill -p services '[]'
        ({"services": '["E-mail", "运维"]'}, {"services": ["E-mail", "运维"]}),
        ({"services": ("a", "b")}, {"services": ["a", "b"]}),
        ({"as_of": "2026-10-31"}, {"as_of": "2026-10-31"}),
        ({"as_of": 20261031}, {"as_of": "2026-10-31"}),  # papermill -p as_of 20261031
        ({"as_of": date(2026, 10, 31)}, {"as_of": "2026-10-31"}),
        ({"workspace": Path("a b")}, {"workspace": "a b"}),
        ({"language": "zh"}, {"language": "zh"}),
    ],
)
def test_values_are_taken_typed_or_as_text(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert values(given) == {**DEFAULTS, **found}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"perod": "2026"},
            r"must be one of period, services, language, as_of, workspace; found 'perod'; did you mean 'period'\?",
        ),
        ({"zzzzzz": 1}, r"found 'zzzzzz'; leave it out"),
        (
            {"period": 2026.1},
            r"'period' of quality_report.ipynb must be a valid string; found 2026.1; leave it out for '2026-10'",
        ),
        ({"period": None}, "must be a valid string; found None"),
        ({"period": True}, "must be a valid string; found True"),
        ({"services": "E-mail"}, r'must be a list like \["E-mail", "VPN"\]; found \'E-mail\''),
        ({"services": '{"a": 1}'}, "must be a valid list"),
        ({"language": "de"}, "must be 'en' or 'zh'; found 'de'; leave it out for 'en'"),
        ({"as_of": "31.10.2026"}, "must be a date like 2026-10-31; found '31.10.2026'"),
        ({"as_of": datetime(2026, 10, 31, 12)}, "must be a date like 2026-10-31"),
        ({"as_of": 86400}, "must be a date like 2026-10-31"),
        ({"workspace": ""}, "must be a path with at least one character"),
        ({"workspace": "a\0b"}, "must be a path with at least one character"),
    ],
)
def test_wrong_names_and_values_are_refused_with_a_remedy(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        values(given)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ReportError) as raised:
        values({"perod": 1, "language": "de", "as_of": "x"})
    assert len(str(raised.value).splitlines()) == 3


def test_numbers_and_truth_are_kept_apart() -> None:
    cell = "n: int = 1\nshare: float = 0.5\nflag: bool = False"
    assert values({"n": "7", "share": 1, "flag": "true"}, cell) == {"n": 7, "share": 1.0, "flag": True}
    with pytest.raises(ReportError, match="a number, not true or false"):
        values({"n": True}, cell)
    with pytest.raises(ReportError, match="valid integer"):
        values({"n": 1.5}, cell)


@pytest.mark.parametrize(
    ("cell", "given", "found"),
    [
        ('"""What may be set."""\nimport datetime\nd: "datetime.date | None" = None', {"d": "2026-01-02"}, "2026-01-02"),
        ("import typing\nd: typing.Optional[int] = None", {"d": "4"}, 4),
        ("from typing import Literal\nd: Literal[1, 2] = 1", {"d": 2}, 2),
        ("d: list[list[int]] = [[1]]", {"d": "[[2], []]"}, [[2], []]),
        ("from typing import Literal\nd: Literal['only'] = 'only'", {}, "only"),
    ],
)
def test_annotations_that_are_understood(cell: str, given: dict[str, Any], found: object) -> None:
    assert values(given, cell) == {"d": found}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("period = '2026-10'", r"found period = '2026-10'; write imports"),
        ("period: str", "found period: str; write imports"),
        ("import os\nos.remove('x')", r"found os\.remove\('x'\); write imports"),
        ("period: str = open('/etc/passwd').read()", r"found period: str = open\('/etc/passwd'\).*write a literal default"),
        ("period: __import__('os') = 1", "use the types str, int"),
        ("period: Decimal = 1", "found period: Decimal = 1; use the types"),
        ("period: dict[str, int] = {}", "use the types"),
        ("x: Literal[f()] = 1", "use the types"),
        ("x: 'str |' = 'a'", "use the types"),
        ("_x: int = 1", "found _x: int = 1; choose another name"),
        ("model_dump: int = 1", "choose another name"),
        ("period: str = 5.5", "correct the default in the parameter cell"),
        ("period: str = (", "must be Python; found .*line 1"),
        ("def f(): pass", "found def f"),
        ("x: int = " + "-" * 2000 + "1", "write a literal default"),
        ("x: " + "int | " * 2000 + "None = 1", "use the types|must be Python"),
        ("x: int = " + "(" * 500 + "1" + ")" * 500, "must be Python"),
        ("x: int = 1\0", "must be Python"),
    ],
)
def test_the_cell_is_read_and_never_run(cell: str, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        parameter_model(notebook(parameters=cell), "x.ipynb")


def test_exactly_one_cell_is_tagged() -> None:
    twice = notebook("1")
    twice["cells"][1]["metadata"]["tags"] = ["parameters"]
    with pytest.raises(ReportError, match=r"found 2 in x\.ipynb"):
        parameter_model(twice, "x.ipynb")
    with pytest.raises(ReportError, match=r"found 0 in x\.ipynb"):
        parameter_model({"cells": []}, "x.ipynb")


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_arrives_in_the_notebook_as_it_wgiven_workspace(period: str, services: list[str]) -> None:
    found = values({"period": period, "services": services})
    injected = ast.parse(PythonTranslator.codify(found)).body
    arrived = {ast.unparse(node.targets[0]): ast.literal_eval(node.value) for node in injected if isinstance(node, ast.Assign)}
    assert arrived == {**DEFAULTS, "period": period, "services": services}
    assert len(injected) == len(DEFAULTS)
