"""The shipped notebooks: where a report's notebook is, and copies for editing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.manifest import notebook_hash
from itsq_analysis.resources import folder

SUFFIX = "_report.ipynb"
REVIEW = "_review.ipynb"  # a report too, where it shows a page's header; the others are for people at work
HEADER = ".header()"
RECORD = ".itsq-notebooks.json"  # what each copy was when it was made; an unedited copy may be replaced by a newer version
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def report_notebooks(workspace: Path) -> dict[str, Path]:
    """Report name → notebook: the workspace's own in `notebooks/`, which go before the shipped ones of the same name.

    NAME_report.ipynb, or NAME_review.ipynb with a cell `….header()`, which a page begins with.
    """
    places = [folder("notebooks"), workspace / "notebooks"]
    found: dict[str, Path] = {}
    for place in places:
        found |= {file.name.removesuffix(REVIEW): file for file in sorted(place.glob(f"*{REVIEW}")) if _has_header(file)}
        found |= {file.name.removesuffix(SUFFIX): file for file in sorted(place.glob(f"*{SUFFIX}"))}
    return {name: found[name] for name in sorted(found) if NAME.fullmatch(name)}


def _has_header(file: Path) -> bool:
    return any(HEADER in "".join(cell["source"]) for cell in read_json(file)["cells"] if cell.get("cell_type") == "code")


def find_notebook(name: str, workspace: Path) -> Path:
    """The notebook of a report.

    Raises:
        ReportError: there is none; names the reports that there are.
    """
    found = report_notebooks(workspace)
    if name not in found:
        known = ", ".join(found) or "none"
        raise ReportError(
            f"a report must be one of: {known}; found {name[:60]!r}; "
            f"put a notebook named NAME{SUFFIX} (lower-case letters, digits, _) into the workspace's folder notebooks"
        )
    return found[name]


def copy_notebooks(directory: Path) -> list[Path]:
    """Copy the shipped notebooks into a folder for editing; returns the files written.

    Copies that nobody edited are brought up to date. Outputs and counters, which running a notebook adds, are no edit.

    Raises:
        ReportError: a copy was edited (all such are named); then nothing is written.

    >>> import tempfile
    >>> copied = copy_notebooks(Path(tempfile.mkdtemp()))
    >>> all(file.suffix == ".ipynb" for file in copied)
    True
    """
    record = directory / RECORD
    made: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    shipped = {file.name: file for file in sorted(folder("notebooks").glob("*.ipynb"))}
    hashes = {name: notebook_hash(read_json(file)) for name, file in shipped.items()}
    present = {name: notebook_hash(read_json(directory / name)) for name in shipped if (directory / name).exists()}
    edited = [name for name, found in present.items() if found not in (hashes[name], made.get(name))]
    if edited:
        raise ReportError(
            f"copying must not overwrite your edits; found edited {', '.join(edited)} in {directory}; "
            "rename them, or copy into another folder"
        )
    directory.mkdir(parents=True, exist_ok=True)
    written = [directory / name for name in shipped if present.get(name) != hashes[name]]
    for target in written:
        target.write_bytes(shipped[target.name].read_bytes())
    record.write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
    return written


def read_json(path: Path) -> Mapping[str, Any]:
    """A notebook file as plain JSON.

    Raises:
        ReportError: it is not a notebook.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ReportError(f"a notebook must be a readable JSON file; found {error} in {path.name}; restore it") from None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list) or found.get("nbformat") != 4:
        raise ReportError(f"a notebook must be of format 4 with cells; found another one in {path.name}; open and save it")
    return found
