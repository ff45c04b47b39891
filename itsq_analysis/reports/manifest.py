"""What a report was made of, as JSON beside the executed notebook: enough to make the same bytes again.

No clock and no path of the machine is in it: the same inputs give the same manifest.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from itsq_analysis.page.files import Kept
from itsq_analysis.reports.source import Source
from itsq_analysis.resources import folder

PACKAGES = (
    "cronsim", "deltalake", "duckdb", "filelock", "holidays", "ipykernel", "jinja2", "nbclient", "nbconvert", "nbformat", "numpy",
    "pandas", "papermill", "psutil", "pyarrow", "pydantic", "python-calamine", "rich", "rjieba", "scikit-learn", "scipy", "sqlglot",
    "statsmodels", "threadpoolctl", "typer", "tzdata", "urllib3", "vl-convert-python", "xlsxwriter",
)  # fmt: skip
CONTROL = ("number", "version", "status")  # which edition of a report it is
INPUT_KEYS = ("file", "table", "mapping", "sha256", "read", "quarantined")


def manifest(
    name: str,
    workspace: Path,
    notebook: Mapping[str, Any],
    values: Mapping[str, Any],
    source: Source | None,
    html: bytes,
    left_out: list[str],
    *,
    files: Mapping[str, bytes] | None = None,
    previous: Mapping[str, bytes] | None = None,
    kept: Kept | None = None,
    header: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The manifest of a report.

    Args:
        name: the report's name, such as "quality".
        workspace: its folder, of which only the name is kept.
        notebook: as it was before its execution.
        values: the parameters, as JSON values.
        source: the snapshot; None where the notebook reads none.
        html: the page.
        left_out: what the page does not show.
        files: those beside the page, by name.
        previous: the values of the earlier report that this one was compared with, by the file's name.
        kept: forecasts that were read from the workspace and those that were handed over to be kept.
        header: what the report says of itself; of it number, version and status.
    """
    return {
        "report": name,
        "parameters": {key: workspace.name if key == "workspace" else value for key, value in values.items()},
        "snapshot": None
        if source is None
        else {
            "id": source.snapshot.id,
            "hash": source.snapshot.hash,
            "horizon": source.snapshot.horizon.isoformat() if source.snapshot.horizon else None,
        },
        "inputs": [] if source is None else [_input(entry) for entry in source.snapshot.files],
        "previous": _hashes(previous or {}),
        "forecasts": {"read": dict(sorted(kept.read.items())), "kept": _hashes(kept.new)} if kept else {"read": {}, "kept": {}},
        "notebook": notebook_hash(notebook),
        "template": folder_hash(folder("templates")),
        "environment": environment(),
        "control": {key: str((header or {}).get(key, "")) for key in CONTROL},
        "html": sha256(html).hexdigest(),
        "files": _hashes(files or {}),
        "left_out": left_out,
    }


def _hashes(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {name: sha256(content).hexdigest() for name, content in contents.items()}


def _input(entry: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: entry[key] for key in INPUT_KEYS if key in entry}
    path = Path(str(found.get("file", "")))
    return {**found, "file": path.name if path.is_absolute() else path.as_posix()}


def notebook_hash(notebook: Mapping[str, Any]) -> str:
    """SHA-256 over what an author writes: kinds, tags and text of the cells; not outputs, counters, ids or metadata of a tool.

    >>> cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}
    >>> notebook_hash({"cells": [cell]}) == notebook_hash({"cells": [{**cell, "source": ["1"], "id": "x", "outputs": [{}]}]})
    True
    """
    cells = [
        [cell["cell_type"], sorted(cell.get("metadata", {}).get("tags", [])), "".join(cell["source"])] for cell in notebook["cells"]
    ]
    return sha256(json.dumps(cells, ensure_ascii=False).encode("utf-8")).hexdigest()


def folder_hash(path: Path) -> str:
    """SHA-256 over the names and contents of a folder's files; line ends of Windows count as those of Linux."""
    digest = sha256()
    for file in sorted(path.rglob("*"), key=lambda one: one.relative_to(path).as_posix()):
        if file.is_file():
            digest.update(file.relative_to(path).as_posix().encode("utf-8") + b"\0")
            digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def environment() -> dict[str, Any]:
    """Versions of Python, of itsq and of what it stands on; the lock file's hash where the installation is a checkout.

    >>> sorted(environment())
    ['itsq', 'lock', 'packages', 'platform', 'python']
    """
    lock = Path(__file__).parents[2] / "requirements.lock"
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "itsq": _version("itsq-analysis"),
        "packages": {name: _version(name) for name in PACKAGES},
        "lock": sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest() if lock.is_file() else None,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
