import json
import sys
from pathlib import Path

import papermill
import pytest
from papermill.engines import papermill_engines

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.engine import ItsqEngine, ThisInterpreter
from tests.reports.made import notebook


@pytest.fixture(autouse=True)
def _registered() -> None:
    papermill_engines.register("itsq", ItsqEngine)


def test_papermill_runs_it_with_typed_values_in_this_interpreter(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = notebook("import sys, os; print(repr(period), services, sys.executable, os.environ['TZ'])")
    made["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    (tmp_path / "x.ipynb").write_text(json.dumps(made), encoding="utf-8")
    done = papermill.execute_notebook(
        tmp_path / "x.ipynb",
        tmp_path / "out.ipynb",
        {"period": 2026, "services": '["E-mail"]'},
        engine_name="itsq",
        progress_bar=False,
        cwd=tmp_path,
    )
    assert done.cells[2].outputs[0].text == f"'2026' ['E-mail'] {sys.executable} UTC\n"
    assert done.cells[1].metadata.tags == ["injected-parameters"]
    assert (tmp_path / "out.ipynb").exists()
    assert capfd.readouterr() == ("", "")


def test_a_wrong_parameter_is_refused_before_the_output_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x_report.ipynb").write_text(json.dumps(notebook("1")), encoding="utf-8")
    monkeypatch.setattr(ItsqEngine, "execute_managed_notebook", None)  # a kernel would need it
    with pytest.raises(ReportError, match=r"'perod'; did you mean 'period'"):
        papermill.execute_notebook(
            tmp_path / "x_report.ipynb", tmp_path / "out.ipynb", {"perod": 1}, engine_name="itsq", progress_bar=False
        )
    assert not (tmp_path / "out.ipynb").exists()


def test_every_kernel_name_means_this_interpreter() -> None:
    for name in ("python3", "ir", "no such kernel"):
        assert ThisInterpreter().get_kernel_spec(name).argv[:3] == [sys.executable, "-m", "ipykernel_launcher"]
