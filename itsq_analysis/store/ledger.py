"""What no contract describes: the ledger, whose rows are the snapshots, and quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("table_name", pa.string()),
        ("rule", pa.string()),
        ("column_name", pa.string()),
        ("value", pa.string()),
        ("record", pa.string()),
        ("header", pa.string()),  # under which the refused value stands
        ("cell", pa.string()),  # of a workbook, such as "sheet 1, D17"
        ("key", pa.string()),  # JSON list of the row's key as it was read
        ("version", pa.string()),  # when the row was last changed, as it was read
        ("cleared_by", pa.string()),  # file with a later good version of the row, or with its repair; such a row is not shown
    ]
)
LEDGER = pa.schema(
    [
        ("id", pa.int64()),
        ("committed_at", pa.timestamp("us", tz="UTC")),
        ("horizon", pa.timestamp("us", tz="UTC")),
        ("hash", pa.string()),
        ("versions", pa.string()),
        ("files", pa.string()),
        ("resolved", pa.string()),
    ]
)


@dataclass(frozen=True)
class Snapshot:
    """One committed load.

    Attributes:
        id: 1, 2, 3, …
        committed_at: when the load ended (UTC); a record, never an input of a computation.
        horizon: data are known up to this moment (UTC); None while the store holds no time.
        hash: SHA-256 over the versions' input files and the settings in force.
        versions: table name -> Delta version; `quarantine` is one of them.
        files: one dict per file loaded so far (newest load of each path), with its counts.
        resolved: settings, calendars, catalogue and mappings in force, as JSON values.
    """

    id: int
    committed_at: datetime
    horizon: datetime | None
    hash: str
    versions: dict[str, int]
    files: list[dict[str, Any]] = field(repr=False)
    resolved: dict[str, Any] = field(repr=False)
