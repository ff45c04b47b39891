import json
from pathlib import Path

import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.notebooks import copy_notebooks, find_notebook, read_json, report_notebooks
from tests.reports.made import notebook


def put(folder: Path, name: str, *cells: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(json.dumps(notebook(*cells)), encoding="utf-8")
    return file


def test_the_workspace_goes_before_the_package(shipped: Path, workspace: Path) -> None:
    put(shipped / "notebooks", "capacity_report.ipynb")
    ours = put(shipped / "notebooks", "quality_report.ipynb")
    put(shipped / "notebooks", "explore.ipynb")
    assert find_notebook("quality", workspace) == ours
    own = put(workspace / "notebooks", "quality_report.ipynb")
    assert find_notebook("quality", workspace) == own
    assert list(report_notebooks(workspace)) == ["capacity", "quality"]
    with pytest.raises(ReportError, match="one of: capacity, quality; found 'qualty'"):
        find_notebook("qualty", workspace)


def test_copies_are_made_kept_and_brought_up_to_date(shipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "我的 notebooks"
    put(shipped / "notebooks", "quality_report.ipynb", "1")
    [copy] = copy_notebooks(target)
    assert copy.read_bytes() == (shipped / "notebooks" / "quality_report.ipynb").read_bytes()
    assert copy_notebooks(target) == []

    run = read_json(copy)
    run["cells"][1] |= {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}
    copy.write_text(json.dumps(run), encoding="utf-8")
    put(shipped / "notebooks", "quality_report.ipynb", "2")
    assert copy_notebooks(target) == [copy]
    assert read_json(copy)["cells"][1]["source"] == "2"


def test_an_edited_copy_is_never_overwritten(shipped: Path, tmp_path: Path) -> None:
    put(shipped / "notebooks", "a_report.ipynb", "1")
    put(shipped / "notebooks", "b_report.ipynb", "1")
    copy_notebooks(tmp_path / "mine")
    edited = put(tmp_path / "mine", "b_report.ipynb", "my own")
    put(shipped / "notebooks", "a_report.ipynb", "2")
    before = {file: file.read_bytes() for file in (tmp_path / "mine").iterdir()}
    with pytest.raises(ReportError, match=r"found edited b_report\.ipynb"):
        copy_notebooks(tmp_path / "mine")
    assert {file: file.read_bytes() for file in (tmp_path / "mine").iterdir()} == before
    assert edited in before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"nbformat": 3, "cells": []}', b'{"nbformat": 4}'])
def test_what_is_not_a_notebook_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x_report.ipynb"
    file.write_bytes(content)
    with pytest.raises(ReportError, match=r"in x_report\.ipynb"):
        read_json(file)
