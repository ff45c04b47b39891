"""JupyterLab's own scheduler (jupyter-scheduler): "Create Notebook Job" on a notebook of ours makes its report.

The extra `scheduler` installs it, and a file of the package tells it of these classes. A notebook of a workspace is executed by our
engine, with parameters of their types, and laid out by our template; every other notebook is left to jupyter-scheduler.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import Any

from jupyter_scheduler.environments import CondaEnvironmentManager
from jupyter_scheduler.executors import DefaultExecutionManager
from jupyter_scheduler.models import RuntimeEnvironment

from itsq_analysis.errors import SettingsError
from itsq_analysis.reports.notebooks import read_json
from itsq_analysis.reports.prepare import prepare
from itsq_analysis.reports.run import Options, kernel_for_reports, make

REPORT, PDF = "html", "pdf"
OURS = re.compile(r"\bitsq_analysis\b")


class ReportEnvironments(CondaEnvironmentManager):  # type: ignore[misc] # jupyter-scheduler ships no types
    """The environments of jupyter-scheduler, with what a report can be."""

    def list_environments(self) -> list[RuntimeEnvironment]:
        """The environments, each with our formats."""
        environments = super().list_environments()
        for environment in environments:
            environment.output_formats = [*self.output_formats_mapping()]
        return [*environments]

    def output_formats_mapping(self) -> dict[str, str]:
        """Format → its name in the form."""
        return {REPORT: "Report (HTML)", PDF: "PDF", "ipynb": "Notebook"}


class ReportExecution(DefaultExecutionManager):  # type: ignore[misc] # jupyter-scheduler ships no types
    """Makes the report of a notebook that uses itsq_analysis, as `itsq run` does, and leaves other notebooks alone."""

    def execute(self) -> None:
        """Execute the job's notebook.

        Raises:
            ItsqError: the notebook failed (cell, error, log), or stands in no workspace.
        """
        notebook, formats = Path(self.staging_paths["input"]), self.model.output_formats
        if not _ours(notebook):
            super().execute()
            return
        values = {name: _plain(value) for name, value in (self.model.parameters or {}).items()}
        target = Path(self.staging_paths.get(REPORT) or notebook.with_suffix(".html"))
        run = prepare(_name(notebook), workspace_of(Path(self.root_dir)), values, notebook=notebook)
        with kernel_for_reports(run.workspace) as kernel:
            made = make(run, kernel, target, Options(pdf=PDF in formats))
        if made.error is not None:
            raise made.error
        if "ipynb" in formats:
            Path(self.staging_paths["ipynb"]).write_bytes((run.folder / "notebook.ipynb").read_bytes())


def workspace_of(root: Path) -> Path:
    """The workspace of jobs: the one that ITSQ_WORKSPACE names, else the folder with itsq.toml at or above JupyterLab's root.

    Raises:
        SettingsError: there is none.
    """
    named = os.environ.get("ITSQ_WORKSPACE")
    places = [Path(named)] if named else [root.resolve(), *root.resolve().parents]
    for place in places:
        if (place / "itsq.toml").is_file():
            return place
    raise SettingsError(
        f"a job's report needs a workspace; found no itsq.toml at or above {places[0]}; start JupyterLab in its folder, "
        "or set ITSQ_WORKSPACE"
    )


def _ours(notebook: Path) -> bool:
    return any(OURS.search("".join(cell["source"])) for cell in read_json(notebook)["cells"] if cell["cell_type"] == "code")


def _name(notebook: Path) -> str:
    """What the report is called: of a name that no file of ours may have, "notebook"."""
    name = notebook.stem.removesuffix("_report").lower()
    return name if re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) else "notebook"


def _plain(value: str) -> str | list[Any]:
    """A parameter as its field in the form has it: Python, as jupyter-scheduler wants it, or the text itself."""
    try:
        parsed = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
    return parsed if isinstance(parsed, str | list) else value
