"""Secrets: references are found wherever they stand, values are hidden in every text and refused in every file."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.secrets import hide, refuse_secrets, secret_values

SECRET = 'zug\n"spitze" 2962'  # noqa: S105 - planted here


def test_references_are_found_in_lists_and_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "first-secret")
    monkeypatch.setenv("TWO", "x")
    assert secret_values({"a": "env:ONE", "b": ["env:ONE", "no env:TWO here", 3], "c": {"d": "env:"}}) == ("first-secret",)
    with pytest.raises(ReportError, match="a shorter one in TWO"):
        secret_values(["env:TWO"])
    with pytest.raises(ReportError, match="nothing in NOT_SET_ANYWHERE"):
        secret_values("env:NOT_SET_ANYWHERE")


def test_it_is_hidden_in_every_text_of_a_notebook() -> None:
    notebook = {
        "cells": [{"source": "env:ONE", "outputs": [{"text": f"a {SECRET} b", "traceback": [SECRET], "n": 1, "none": None}]}]
    }
    assert hide(notebook, (SECRET,)) == {
        "cells": [{"source": "env:ONE", "outputs": [{"text": "a ••• b", "traceback": ["•••"], "n": 1, "none": None}]}]
    }


def test_a_workbook_that_holds_one_is_refused_without_repeating_it() -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{SECRET}</t>")
    assert SECRET.encode() not in packed.getvalue()
    refuse_secrets({".xlsx": packed.getvalue()}, ["another one"])
    for name, content in ((".xlsx", packed.getvalue()), (".values.csv", SECRET.encode())):
        with pytest.raises(ReportError, match=f"found one in {name}") as raised:
            refuse_secrets({name: content}, [SECRET])
        assert "2962" not in str(raised.value)
