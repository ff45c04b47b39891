"""The ledger of unattended runs: one row per job, moment and parameters, in an SQLite file of the workspace.

A run is queued, running, done, failed or skipped. Times are UTC text, which sorts as time does. Whoever makes a run holds a lock on
a file for as long as it lives, so that a run that is being made is told from one whose process was killed without a clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from itsq_analysis.errors import ReportError

KEPT = 60  # days of which is known up to when due runs had been entered
Entry = tuple[str, str, str, str]  # a delivery: its kind (report, failure), recipient, address, state
State = Literal["queued", "running", "done", "failed", "skipped"]
FOLDER, FILE, FORMAT = "jobs", "ledger.sqlite", 1
SCHEMA = f"""
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, job TEXT NOT NULL, scheduled_for TEXT NOT NULL, parameters TEXT NOT NULL, state TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0, not_before TEXT NOT NULL, started_at TEXT, finished_at TEXT, snapshot INTEGER, label TEXT,
  page TEXT, backfilled INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
  UNIQUE (job, scheduled_for, parameters)
);
CREATE TABLE horizons (job TEXT NOT NULL, day TEXT NOT NULL, seen_until TEXT NOT NULL, PRIMARY KEY (job, day));
CREATE TABLE deliveries (
  run INTEGER NOT NULL REFERENCES runs (id), kind TEXT NOT NULL, recipient TEXT NOT NULL, address TEXT NOT NULL,
  state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, not_before TEXT NOT NULL, sent_at TEXT, error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, kind, recipient, address)
);
CREATE TABLE approvals (run INTEGER PRIMARY KEY REFERENCES runs (id), name TEXT NOT NULL, at TEXT NOT NULL);
PRAGMA user_version = {FORMAT};
"""


@dataclass(frozen=True)
class RunRow:
    """One run as the ledger has it; times are aware UTC."""

    id: int
    job: str
    scheduled_for: datetime
    parameters: str
    state: State
    attempt: int
    not_before: datetime
    started_at: datetime | None
    finished_at: datetime | None
    snapshot: int | None
    label: str | None
    page: str | None
    backfilled: int
    note: str
    error: str


COLUMNS = ", ".join(field.name for field in fields(RunRow))


def text(moment: datetime) -> str:
    """A moment as the ledger writes it.

    >>> text(datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    '2026-11-01T23:30:00.000000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Ledger:
    """The ledger of one workspace; every method is one transaction, so that several processes may use it."""

    def __init__(self, workspace: Path) -> None:
        self.folder = workspace / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(self.folder / FILE, timeout=60, isolation_level=None)
        with self.writing() as connection:
            [found] = connection.execute("PRAGMA user_version").fetchone()
            if found not in (0, FORMAT):
                place = f"{FOLDER}/{FILE}, written by a newer itsq; update it"
                raise ReportError(f"the ledger of runs must be of format {FORMAT}; found {found} in {place}")
            if found == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else writes beside."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, where: str = "1", values: Iterable[Any] = ()) -> list[RunRow]:
        """Runs by a condition, the earliest due first."""
        found = self._connection.execute(f"SELECT {COLUMNS} FROM runs WHERE {where} ORDER BY scheduled_for, id", [*values])
        return [_row(row) for row in found.fetchall()]

    def row(self, number: int) -> RunRow:
        """The run of a number.

        Raises:
            ReportError: there is none.
        """
        found = self.rows("id = ?", [number])
        if not found:
            raise ReportError(f"a run must be in the ledger; found none with the number {number}; itsq runs lists them")
        return found[0]

    def seen_until(self, job: str) -> datetime | None:
        """Up to which moment the due runs of a job have been entered; None for a job that is new."""
        [found] = self._connection.execute("SELECT max(seen_until) FROM horizons WHERE job = ?", [job]).fetchone()
        return datetime.fromisoformat(found) if found else None

    def see(self, connection: sqlite3.Connection, job: str, now: datetime) -> None:
        """Note that the due runs of a job have been entered up to a moment; one note a day is kept, for a clock that was wrong."""
        connection.execute(
            "INSERT INTO horizons VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen_until = max(seen_until, excluded.seen_until)",
            [job, text(now)[:10], text(now)],
        )
        kept = "SELECT day FROM horizons WHERE job = ? ORDER BY day DESC LIMIT ?"
        connection.execute(f"DELETE FROM horizons WHERE job = ? AND day NOT IN ({kept})", [job, job, KEPT])

    def update(self, number: int, expected: State, entries: Iterable[Entry] = (), **changes: Any) -> bool:
        """Change columns of a run, and enter deliveries; False where it is in another state than expected, and nothing was changed.

        A delivery that was entered before stays as it is: what was sent is not sent again.
        """
        values = {name: text(value) if isinstance(value, datetime) else value for name, value in changes.items()}
        assignments = ", ".join(f"{name} = ?" for name in values)
        with self.writing() as connection:
            query = f"UPDATE runs SET {assignments} WHERE id = ? AND state = ?"
            changed = connection.execute(query, [*values.values(), number, expected]).rowcount == 1
            if changed:
                connection.executemany(
                    "INSERT OR IGNORE INTO deliveries (run, kind, recipient, address, state, not_before) "
                    "VALUES (?, ?, ?, ?, ?, '')",
                    [(number, *entry) for entry in entries],
                )
            return changed

    def claim(self, number: int, now: datetime) -> bool:
        """Take a queued run; False where another process was faster. The caller holds the run's lock."""
        with self.writing() as connection:
            done = connection.execute(
                "UPDATE runs SET state = 'running', attempt = attempt + 1, started_at = ?, finished_at = NULL, error = '' "
                "WHERE id = ? AND state = 'queued' AND not_before <= ?",
                [text(now), number, text(now)],
            )
            return done.rowcount == 1

    def again(self, number: int, now: datetime) -> bool:
        """Queue a run again; False where it is being made. That it failed is told again, its report is not sent again."""
        with self.writing() as connection:
            done = connection.execute(
                "UPDATE runs SET state = 'queued', attempt = 0, not_before = ?, error = '', note = '' "
                "WHERE id = ? AND state != 'running'",
                [text(now), number],
            )
            connection.execute("DELETE FROM deliveries WHERE run = ? AND kind = 'failure'", [number])
            return done.rowcount == 1

    def query(self, sql: str, values: Iterable[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        return self._connection.execute(sql, values if isinstance(values, Mapping) else [*values]).fetchall()


def _row(values: tuple[Any, ...]) -> RunRow:
    named = dict(zip([field.name for field in fields(RunRow)], values, strict=True))
    for name in ("scheduled_for", "not_before", "started_at", "finished_at"):
        named[name] = datetime.fromisoformat(named[name]) if named[name] else None
    return RunRow(**named)
