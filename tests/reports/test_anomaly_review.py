"""The analysts' notebook runs as it is shipped, over a workspace, in both languages, with judgements and without."""

import json
import shutil
from datetime import date
from pathlib import Path

import papermill
import pytest

from itsq_analysis.anomaly.labels import read_labels, write_label
from itsq_analysis.reports.notebooks import read_json, report_notebooks
from itsq_analysis.resources import folder

NOTEBOOK = folder("notebooks") / "anomaly_review.ipynb"


def run(workspace: Path, target: Path, **parameters: object) -> dict:
    given = {"workspace": str(workspace), **parameters}
    papermill.execute_notebook(str(NOTEBOOK), str(target), parameters=given, progress_bar=False, kernel_name="python3")
    return json.loads(target.read_text(encoding="utf-8"))


def outputs(notebook: dict, kind: str) -> list[str]:
    found = [one["data"][kind] for cell in notebook["cells"] for one in cell.get("outputs", []) if kind in one.get("data", {})]
    return ["".join(one) if isinstance(one, list) else str(one) for one in found]


@pytest.fixture(scope="module")
def copied(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("review") / "工作区 demo"
    shutil.copytree(demo, target)
    return target


def test_it_is_no_report_and_holds_no_function() -> None:
    assert "anomaly_review" not in report_notebooks(Path("nowhere"))
    cells = [cell for cell in read_json(NOTEBOOK)["cells"] if cell["cell_type"] == "code"]
    source = ["".join(cell["source"]) for cell in cells]
    assert not any("def " in one for one in source)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


def test_it_lists_shows_and_counts_with_its_judgements(copied: Path, tmp_path: Path) -> None:
    write_label(copied / "labels.csv", "service=Network", date(2026, 10, 22), date(2026, 10, 24), "confirmed", "firewall")
    done = run(copied, tmp_path / "out.ipynb", weeks=8, alarms_per_month=0.5)
    tables = outputs(done, "text/html")
    assert any("service=Network" in one and "confirmed" in one for one in tables)
    assert any("Check next" in one for one in tables)
    assert any("alarms_per_month" in one and "precision" in one for one in tables)
    assert len(outputs(done, "application/vnd.vegalite.v5+json")) == 3  # calendar, series, control chart
    assert any("Impact(" in one for one in outputs(done, "text/plain"))
    assert len(read_labels(copied / "labels.csv")) == 1


@pytest.mark.parametrize("parameters", [{"dimension": None, "freq": "h", "weeks": 4, "language": "zh"}])
def test_hours_of_the_whole_in_chinese(copied: Path, tmp_path: Path, parameters: dict) -> None:
    done = run(copied, tmp_path / "out.ipynb", **parameters)
    assert outputs(done, "text/html")
