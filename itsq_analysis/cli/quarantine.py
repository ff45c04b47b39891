"""Refused rows as tables, counted by rule or one by one; and as a workbook in which they are repaired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from itsq_analysis.cli.output import count, say, shell_word, show
from itsq_analysis.errors import IngestError

if TYPE_CHECKING:
    import pandas as pd

    from itsq_analysis.workspace import Workspace

COLUMNS = ("file", "place", "table_name", "rule", "column_name", "value")
SHOWN = 200  # rows that a table lists; csv and json have them all


def by_rule(rows: pd.DataFrame) -> None:
    """Print how many rows each rule refused, with the first of them as an example."""
    grouped = _placed(rows).groupby(["table_name", "rule"], sort=True)
    show(
        ("table", "rule", "rows", "first file", "line or cell", "value"),
        ((*key, count(len(part)), *part.iloc[0][["file", "place", "value"]]) for key, part in grouped),
        right=("rows",),
    )
    say(f"{count(len(rows))} rows; one by one with: itsq quarantine --rule RULE; to repair them: itsq quarantine export FILE.xlsx")


def one_by_one(rows: pd.DataFrame) -> None:
    """Print the refused rows: where each stands, and the value that was refused."""
    show(("file", "line or cell", *COLUMNS[2:]), _placed(rows)[[*COLUMNS]].head(SHOWN).itertuples(index=False, name=None))
    if len(rows) > SHOWN:
        say(f"{count(SHOWN)} of {count(len(rows))} rows; all of them with: --format csv")


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their `place`: the cell of a workbook, else the line."""
    return rows.assign(place=rows["cell"].where(rows["cell"].notna(), rows["line"].astype(str)))


def exported(workspace: Workspace, file: Path | None, rule: str | None) -> Iterator[str]:
    """Write the workbook and say what to do with it."""
    from itsq_analysis.workspace.repairing import export_refused

    path = _given(file)
    rows = export_refused(workspace, path, rule)
    yield f"written: {path}, {count(rows)} rows"
    yield f"next: repair the marked cells there, then: itsq quarantine reload {shell_word(path)}"


def reloaded(workspace: Workspace, file: Path | None) -> Iterator[str]:
    """Load what was repaired and say what became of it."""
    from itsq_analysis.cli.ledger import lines
    from itsq_analysis.workspace.repairing import reload_refused

    ledger, changed, gone = reload_refused(workspace, _given(file))
    yield f"{count(changed)} rows were changed" + (f"; {count(gone)} others are no longer in quarantine" if gone else "")
    yield from lines(ledger)


def _given(file: Path | None) -> Path:
    if file is None:
        raise IngestError("export and reload need a workbook; found none; write for example: itsq quarantine export refused.xlsx")
    return file
