"""Refused rows out of a workspace as a workbook, and the repaired ones into it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.repairs import original_of, repaired_rows, workbook_of, write_repaired
from itsq_analysis.workspace.sources import repaired_input

if TYPE_CHECKING:
    from itsq_analysis.workspace.workspace import Workspace


def _refused(workspace: Workspace, rule: str | None = None) -> list[dict[str, Any]]:
    rows = workspace.quarantine(rule)
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def export_refused(workspace: Workspace, file: Path, rule: str | None = None) -> int:
    """Write the refused rows, or those of one rule, as a workbook to be repaired; return how many they are.

    Raises:
        IngestError: the file is there already, or does not end in .xlsx.
    """
    if file.suffix.lower() != ".xlsx" or file.exists():
        found = "it there already" if file.exists() else f"{file.name!r}"
        raise IngestError(f"refused rows go into a new file that ends in .xlsx; found {found}; choose another name")
    rows = _refused(workspace, rule)
    files = {entry["file"]: entry for entry in workspace.snapshot.files}
    mappings: dict[str, set[str]] = {}
    for entry in files.values():
        mappings.setdefault(entry["table"], set()).add(entry["mapping"])
    alone = {table for table, names in mappings.items() if len(names) == 1}
    sources = {
        name: entry["table"] if entry["table"] in alone else f"{entry['table']} {Path(entry['mapping']).stem}"
        for name, entry in files.items()
    }
    file.write_bytes(workbook_of(rows, sources, workspace.settings.organisation.language))
    return len(rows)


def reload_refused(workspace: Workspace, file: Path) -> tuple[pd.DataFrame, int, int]:
    """Load the rows of such a workbook that were repaired.

    Returns:
        The ledger of the load, how many rows had been changed, and how many of the workbook are no longer in quarantine.

    Raises:
        IngestError: there is no such file, it is no such workbook, or no row in it was changed.
    """
    if not file.is_file():
        raise IngestError(f"a workbook of repaired rows must exist; found none at {file}; check the path")
    changed, gone = repaired_rows(file, _refused(workspace))
    if not changed:
        raise IngestError(
            f"a workbook of repaired rows must have a changed row that is still in quarantine; found none in {file.name}, and "
            f"{gone:,} rows that are there no more; write a new one with: itsq quarantine export FILE.xlsx"
        )
    files = {entry["file"]: entry for entry in workspace.snapshot.files}
    paths = write_repaired(workspace.path, changed)
    inputs = []
    for path in paths:
        display = path.relative_to(workspace.path).as_posix()
        original = original_of(display)
        read = files.get(original) or files[display]
        inputs.append(repaired_input(workspace.settings, workspace.path, path, read))
    return workspace._load(inputs, None), len(changed), gone
