"""The ledger's words about files: what became of the rows of each, and the hash over all that a snapshot holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from itsq_analysis.ingest.staged import Staged

if TYPE_CHECKING:
    import pandas as pd

LEDGER_COLUMNS = [
    "file", "table", "mapping", "encoding", "timezone", "timezone_from", "read", "inserted", "updated", "unchanged", "quarantined",
    "superseded", "state_changes", "ambiguous_times", "shifted_times", "day_first", "sha256", "ignored_columns", "unmapped",
    "warnings",
]  # fmt: skip


def file_row(facts: Staged, counts: tuple[int, int, int]) -> dict[str, Any]:
    """What became of one file's rows: read = inserted + updated + unchanged + quarantined.

    Args:
        facts: what staging found in it.
        counts: rows inserted, rows updated, rows that won their key.

    Returns:
        The facts of `Staged.record` and the counts, as JSON values.
    """
    inserted, updated, winners = counts
    kept = facts.read - facts.refused
    return facts.record() | {
        "inserted": inserted,
        "updated": updated,
        "unchanged": kept - inserted - updated,
        "quarantined": facts.refused,
        "superseded": kept - winners,  # folded events and rows that a newer row of the same key replaced
    }


def merged(known: list[dict[str, Any]], loaded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files of a snapshot, by name: those of the one before and those of this load.

    A file that comes again and changes nothing keeps the counts of the load that brought its rows.

    >>> old = {"file": "a.csv", "sha256": "1", "inserted": 5, "updated": 0}
    >>> merged([old], [{**old, "inserted": 0}]) == [old]
    True
    """
    files = {row["file"]: row for row in known}
    for row in loaded:
        before = files.get(row["file"])
        if before is None or row["inserted"] or row["updated"] or before["sha256"] != row["sha256"]:
            files[row["file"]] = row
    return [files[name] for name in sorted(files)]


def digest_of(files: list[dict[str, Any]], resolved: dict[str, Any]) -> str:
    """SHA-256 over the files' names and contents and what is in force."""
    text = json.dumps([[(row["file"], row["sha256"]) for row in files], resolved], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def poorly_kept(ledger: pd.DataFrame, least: float) -> Iterator[str]:
    """Files of which less was kept than is asked for; a file without any rows is none of them."""
    for record in ledger.to_dict("records"):
        read = record["read"]
        kept = read - record["quarantined"]
        if read and (kept == 0 or kept < least * read):
            yield (
                f"{record['file']}: kept {kept:,} of {read:,} rows, less than {least:.0%}; see: itsq quarantine; "
                "if that is right for this file, set keep_at_least in [load] of itsq.toml: keep_at_least = 0"
            )
