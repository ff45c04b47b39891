"""A proposal tried: its files are read as it says, and nothing is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from itsq_analysis.ingest.mapping import Mapping, load_mapping, parse_mapping
from itsq_analysis.ingest.recognition.document import mapping_text
from itsq_analysis.ingest.recognition.opening import Export
from itsq_analysis.ingest.recognition.proposal import Proposal, Trial
from itsq_analysis.ingest.stage import Staged, stage_file
from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import contract

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings, SourceSettings

STARTS = {"contacts": "start", "metrics": "time", "surveys": "sent_at", "outages": "started_at", "state_log": "at"}


def mapping_of(proposal: Proposal) -> Mapping:
    """The mapping of a proposal, as its TOML will be read."""
    return load_mapping(proposal.mapping) if proposal.mapping else parse_mapping(mapping_text(proposal), f"{proposal.name}.toml")


def try_out(
    connection: duckdb.DuckDBPyConnection,
    proposal: Proposal,
    exports: Sequence[Export],
    source: SourceSettings,
    settings: Settings,
    loaded_at: datetime,
) -> Trial:
    """Read every file as proposed.

    Args:
        connection: in which the rows are made.
        proposal: to be tried.
        exports: its files.
        source: the entry that itsq.toml will get.
        settings: of the workspace.
        loaded_at: now (aware).

    Raises:
        IngestError: a file cannot be read so.
    """
    mapping = mapping_of(proposal)
    staged = [
        stage_file(connection, export.path, export.display, source, mapping, settings, loaded_at, export.member)
        for export in exports
    ]
    start = STARTS.get(proposal.table, "opened_at")
    columns = contract(proposal.table).columns
    zone = settings.organisation.timezone
    rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {quoted(part.relation)}" for part in staged)
    refused = " UNION ALL ".join(f"SELECT rule, column_name, value FROM {quoted(part.quarantined)}" for part in staged)
    ends = "resolved_at" if "resolved_at" in columns else "closed_at" if "closed_at" in columns else ""
    months: dict[str, int] = {}
    median = None
    if start in columns:
        months = dict(
            connection.execute(
                f"SELECT strftime({quoted(start)} AT TIME ZONE {literal(zone)}, '%Y-%m') AS month, count(*) FROM ({rows}) "
                "GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
    if ends and start in columns:
        [(median,)] = connection.execute(
            f"SELECT median(date_diff('second', {quoted(start)}, {quoted(ends)})) / 3600 FROM ({rows})"
        ).fetchall()
    without = None
    if "state" in columns:
        [(without,)] = connection.execute(f"SELECT avg((state IS NULL)::INT) FROM ({rows})").fetchall()
    rules = {
        f"{rule} {column or ''}".strip(): (int(count), str(value or ""))
        for rule, column, count, value in connection.execute(
            f"SELECT rule, column_name, count(*), any_value(value) FROM ({refused}) GROUP BY 1, 2 ORDER BY 3 DESC"
        ).fetchall()
    }
    return Trial(
        sum(part.read for part in staged), sum(part.refused for part in staged), rules, months, median, without, _unread(staged)
    )


def _unread(staged: Sequence[Staged]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for part in staged:
        for column, words in part.unmapped.items():
            for word, rows in words.items():
                counted = found.setdefault(column, {})
                counted[word] = counted.get(word, 0) + rows
    return found
