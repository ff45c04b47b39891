"""Refused rows as tables: counted by rule, or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsq_analysis.cli.output import count, say, show

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("file", "line", "table_name", "rule", "column_name", "value")
SHOWN = 200  # rows that a table lists; csv and json have them all


def by_rule(rows: pd.DataFrame) -> None:
    """Print how many rows each rule refused, with the first of them as an example."""
    grouped = rows.groupby(["table_name", "rule"], sort=True)
    show(
        ("table", "rule", "rows", "first file", "line", "value"),
        ((*key, count(len(part)), *part.iloc[0][["file", "line", "value"]]) for key, part in grouped),
        right=("rows", "line"),
    )
    say(f"{count(len(rows))} rows; one by one with: itsq quarantine --rule RULE")


def one_by_one(rows: pd.DataFrame) -> None:
    """Print the refused rows: where each stands, and the value that was refused."""
    show(COLUMNS, rows[[*COLUMNS]].head(SHOWN).itertuples(index=False, name=None), right=("line",))
    if len(rows) > SHOWN:
        say(f"{count(SHOWN)} of {count(len(rows))} rows; all of them with: --format csv")
