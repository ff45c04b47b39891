"""A workspace with notebooks written by the test, and stand-ins for the shipped folders."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from itsq_analysis.reports import manifest, notebooks, render, run
from tests.reports.made import PARAMETERS, TEMPLATE, Cell, notebook


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders `templates` and `notebooks` that stand for the shipped ones."""
    root = tmp_path / "shipped"
    (root / "templates" / "page").mkdir(parents=True)
    (root / "templates" / "page" / "index.html.j2").write_text(TEMPLATE, encoding="utf-8")
    (root / "templates" / "page" / "conf.json").write_text('{"base_template": "base"}', encoding="utf-8")
    (root / "notebooks").mkdir()
    for module in (manifest, notebooks, render, run):
        monkeypatch.setattr(module, "folder", lambda name: root / name)
    return root


@pytest.fixture
def workspace(tmp_path: Path, shipped: Path) -> Path:  # noqa: ARG001 - the stand-ins are in place
    """An empty workspace in a folder with a space and Chinese characters."""
    folder = tmp_path / "运维 数据 {x}"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "itsq.toml").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def write(workspace: Path) -> Callable[..., Path]:
    """Write a report's notebook into the workspace."""

    def _write(*cells: Cell, name: str = "quality", parameters: str = PARAMETERS) -> Path:
        file = workspace / "notebooks" / f"{name}_report.ipynb"
        file.write_text(json.dumps(notebook(*cells, parameters=parameters), ensure_ascii=False), encoding="utf-8")
        return file

    return _write
