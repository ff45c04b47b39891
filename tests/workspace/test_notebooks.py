"""The notebooks of an analyst: thin, without outputs, and every cell runs on the demo."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ("start", "explore", "indicator_workbench")


def cells(name: str, kind: str = "code") -> list[dict[str, Any]]:
    document = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in document["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_thin_and_holds_no_outputs(name: str) -> None:
    code = cells(name)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    assert not any("def " in cell["source"] or "class " in cell["source"] for cell in code)
    assert sum(cell["metadata"].get("tags") == ["parameters"] for cell in code) == 1
    assert len(code) <= 10


def test_what_the_start_page_names_is_there() -> None:
    text = "".join(cell["source"] for cell in cells("start", "markdown"))
    for file in NOTEBOOKS.glob("*.ipynb"):
        assert file.name == "start.ipynb" or f"({file.name})" in text


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_on_the_demo(name: str, demo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ITSQ_WORKSPACE", str(demo))
    document = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    NotebookClient(document, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in document.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in shown if output.output_type in ("stream", "error")]  # no warning either
    if name == "indicator_workbench":
        assert "True" in shown[-1].data["text/plain"]  # the oracle agrees
    if name == "explore":
        texts = "\n".join(output.data.get("text/html", output.data.get("text/plain", "")) for output in shown)
        assert "Business Applications" in texts
        assert sum("application/vnd.vegalite.v5+json" in output.data for output in shown) == 3
