"""Up to when the data are known, after a load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from itsq_analysis.ingest.checks import CLOCKS_DIFFER
from itsq_analysis.ingest.plausibility import TICKETS
from itsq_analysis.store import literal
from itsq_analysis.tables import contract

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.staged import Staged
    from itsq_analysis.store import Snapshot

HAPPENED = ("opened_at", "resolved_at", "closed_at")
LATEST = {  # table -> the newest moment that it tells of, where there are no tickets
    "metrics": '"time"',
    "contacts": "start + to_microseconds((minutes * 60000000)::BIGINT)",
    "outages": "greatest(started_at, restored_at)",
    "state_log": '"at"',
    "surveys": "greatest(sent_at, answered_at)",
}


def horizon_of(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[Staged], base: Snapshot | None, loaded_at: datetime
) -> datetime | None:
    """Data are known up to here: the extraction time that a source states, or the newest update, whichever is later.

    An export without update times is known up to the newest thing that happened in it. Other tables count where there are no
    tickets: measurements come by the minute, and would make tickets look known up to a moment that their export never saw. With the
    first tickets the horizon goes back to what tickets and stated times tell. It is never after the load.

    Args:
        connection: with the relations `changed_`, `logical_` and `old_` of every table.
        staged: the files of the load.
        base: the snapshot before it.
        loaded_at: when it runs (UTC).
    """
    stated = [facts.extracted_at for facts in staged]
    known = [*_newest(connection, "changed", loaded_at), *stated, *_known_before(connection, base, loaded_at)]
    newest = max((moment.astimezone(UTC) for moment in known if moment), default=None)
    return min(newest, loaded_at) if newest else None


def _newest(connection: duckdb.DuckDBPyConnection, stage: str, loaded_at: datetime) -> list[datetime | None]:
    """The moments, up to the load, of the newest things that the tables tell of: "changed" rows or "logical" tables."""
    told = [(name, "updated_at", "true") for name in TICKETS]
    told += [(name, column, "updated_at IS NULL") for name in TICKETS for column in HAPPENED if column in contract(name).columns]
    if not _tickets_in(connection, "logical"):
        told += [(name, sql, "true") for name, sql in LATEST.items()]
    latest = literal((loaded_at + CLOCKS_DIFFER).isoformat())
    return [
        single_value(connection, f"SELECT max({moment}) FROM {stage}_{name} WHERE {which} AND {moment} <= {latest}::TIMESTAMPTZ")
        for name, moment, which in told
    ]


def _known_before(connection: duckdb.DuckDBPyConnection, base: Snapshot | None, loaded_at: datetime) -> list[datetime | None]:
    """The stored horizon; the times that its sources stated where it may be that of another table and tickets come now.

    A stored horizon after this load was made by a wrong row: what is stored is asked instead.
    """
    if base is None:
        return []
    if base.horizon is not None and base.horizon > loaded_at:
        return _newest(connection, "logical", loaded_at)
    if _tickets_in(connection, "old") or not _tickets_in(connection, "logical"):
        return [base.horizon]
    return [datetime.fromisoformat(entry["extracted_at"]) for entry in base.files if entry.get("extracted_at")]


def _tickets_in(connection: duckdb.DuckDBPyConnection, stage: str) -> bool:
    """Whether any ticket table has a row: "old" before this load, "logical" after it."""
    return any(single_value(connection, f"SELECT count(*) FROM (FROM {stage}_{name} LIMIT 1)") for name in TICKETS)


def single_value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one value of a query; through Arrow, since DuckDB hands a zone-aware time over only where pytz is installed."""
    return connection.sql(sql).to_arrow_table().column(0)[0].as_py()
