"""One load: stage the files, upsert them by key, derive, and commit every table together.

Every row that was read ends in exactly one place: read = inserted + updated + unchanged + quarantined. Rows that a newer row of the
same key replaced within the load are among the unchanged, and counted apart as superseded.

A load is all or nothing: where one file cannot be read, none is loaded; the message names every such file and how to leave it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.clearing import balanced, keep_refused
from itsq_analysis.ingest.day_order import OpenOrder
from itsq_analysis.ingest.derive import build_calendars, rules_hash
from itsq_analysis.ingest.drift import doubts_of_columns, doubts_of_refused
from itsq_analysis.ingest.horizon import horizon_of, single_value
from itsq_analysis.ingest.ledger import LEDGER_COLUMNS, digest_of, file_row, merged
from itsq_analysis.ingest.mapping import Mapping
from itsq_analysis.ingest.plausibility import TICKETS, Doubt, doubts_of_files, doubts_of_numbers, doubts_of_tickets
from itsq_analysis.ingest.privacy import Privacy
from itsq_analysis.ingest.repeated import ledger_of_repeated, made_of
from itsq_analysis.ingest.rewrite import Rewriting, parts_of
from itsq_analysis.ingest.room import memory_for_rows
from itsq_analysis.ingest.stage import Staged, stage_file, stage_services
from itsq_analysis.ingest.upsert import Upsert, same_key
from itsq_analysis.store import Store, Transaction, literal, quoted
from itsq_analysis.tables import Contract, contract, contracts

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings, SourceSettings
    from itsq_analysis.worktime import Calendar

EARLIEST = 1990  # times before are refused as implausible
READING = 0.6  # share of the work of a load that is done when all files are read
YEARS_AHEAD = 2  # calendars reach so far past the horizon, for due times

Progress = Callable[[str, int, float], None]  # what was done, rows read so far, share of the work


@dataclass(frozen=True)
class Input:
    """A file to load, the name it has in the ledger, and the source entry and mapping that tell how to read it.

    `member` is the part of a zip that holds several exports; `repairs` is the file whose refused rows it replaces.
    """

    path: Path
    display: str
    source: SourceSettings
    mapping: Mapping
    member: str = ""
    repairs: str = ""


def load(
    settings: Settings,
    directory: Path,
    store: Store,
    inputs: list[Input],
    *,
    resolved: dict[str, Any],
    loaded_at: datetime,
    waiting: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Load files into the store as one transaction and return the ledger: one row per file, columns `LEDGER_COLUMNS`.

    `attrs["doubts"]` of the ledger is what is hard to believe in the data (see `plausibility`), as JSON values.

    Args:
        settings: of the workspace.
        directory: the workspace's folder (its `calendar/` overrides holidays).
        store: the workspace's store.
        inputs: files in the order in which they are read; a later file wins ties.
        resolved: what the snapshot records as being in force (settings, catalogue, mappings), JSON values.
        loaded_at: when the load runs (aware); recorded in the ledger. What has happened cannot lie after it.
        waiting: told who holds the store when another load is running.
        progress: told what has been done, the rows read so far, and the share of the work that is done.

    Raises:
        IngestError: a file cannot be read as its mapping says, or there is no room for the load; the store is then untouched.
        StoreError: the store is of another format.
    """
    with store.load(waiting) as transaction, duckdb.connect() as connection:
        memory = memory_for_rows((one.path for one in inputs), store.root)
        connection.execute(f"SET TimeZone='UTC'; SET memory_limit='{memory}B'; SET temp_directory={literal(str(store.spill))}")
        rules = rules_hash(settings, directory / "calendar")
        privacy = Privacy.of(settings.privacy, directory)
        rules_read = [rules, privacy.pseudonym("itsq"), *privacy.names]
        ledger = ledger_of_repeated(connection, transaction.base, store, inputs, resolved, rules_read, loaded_at)
        if ledger is not None and transaction.base is not None:
            doubts = transaction.base.resolved["doubts"]
        else:
            staged = _stage(connection, inputs, settings, loaded_at, privacy, progress)
            told = {"made_of": made_of(inputs, staged, resolved, rules_read)}
            if settings.services:
                staged.append(stage_services(connection, settings))
            loading = _Loading(connection, transaction, inputs, staged, settings, directory, loaded_at, rules)
            loading.write(progress)
            ledger = loading.ledger()
            doubts = [doubt.record() for doubt in loading.doubts()]
            loading.commit(ledger, resolved, told | {"doubts": doubts})
    frame = pd.DataFrame(ledger).reindex(columns=LEDGER_COLUMNS)
    frame.attrs["doubts"] = doubts
    return frame


def _stage(
    connection: duckdb.DuckDBPyConnection,
    inputs: list[Input],
    settings: Settings,
    loaded_at: datetime,
    privacy: Privacy,
    progress: Progress | None,
) -> list[Staged]:
    """Stage every file; the order of day and month is decided once for all files of a source.

    Raises:
        IngestError: some cannot be read; the message names all of them.
    """
    staged: dict[int, Staged] = {}
    unread: dict[str, IngestError] = {}
    undecided = []
    sizes = [one.path.stat().st_size if one.path.exists() else 0 for one in inputs]
    for number, one in enumerate(inputs):
        try:
            staged[number] = _staged(connection, one, settings, loaded_at, privacy)
        except OpenOrder as refused:
            undecided.append((number, refused))
        except IngestError as error:
            unread[one.display] = error
        else:
            if progress is not None:
                done = sum(sizes[: number + 1]) / max(sum(sizes), 1)
                progress(one.display, sum(facts.read for facts in staged.values()), READING * done)
    for number, order in undecided:
        one = inputs[number]
        orders = {facts.day_first for other, facts in staged.items() if inputs[other].source is one.source} - {None}
        if len(orders) == 1:
            source = one.source.model_copy(update={"day_first": orders.pop()})
            staged[number] = _staged(connection, replace(one, source=source), settings, loaded_at, privacy)
        else:
            unread[one.display] = order
    if unread and len(inputs) == 1:
        raise next(iter(unread.values()))
    if unread:
        told = "\n".join(f"{file}: {error}" for file, error in unread.items())
        without = " ".join(f'--without "{file}"' for file in unread)
        raise IngestError(f"{told}\nnothing has been loaded; correct this, or load the other files alone: itsq load {without}")
    return [staged[number] for number in sorted(staged)]


def _staged(connection: duckdb.DuckDBPyConnection, one: Input, settings: Settings, loaded_at: datetime, privacy: Privacy) -> Staged:
    return stage_file(connection, one.path, one.display, one.source, one.mapping, settings, loaded_at, one.member, privacy)


class _Loading:
    """A load while its tables are put together.

    Relations of the connection, per table: `old_` (stored), `incoming_`, `winner_`, `changed_` (new or different rows), `logical_`
    (the exported columns as they will be); further ones while a table is written (see `rewrite`).
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        transaction: Transaction,
        inputs: list[Input],
        staged: list[Staged],
        settings: Settings,
        directory: Path,
        loaded_at: datetime,
        rules: str,
    ) -> None:
        self.loaded_at = loaded_at.astimezone(UTC)
        self.connection = connection
        self.transaction = transaction
        self.inputs = inputs
        self.staged = staged
        self.refused: dict[str, int] = {}
        self.settings = settings
        self.directory = directory
        self.rules = rules
        self.upserts: dict[str, Upsert] = {}
        for number, facts in enumerate(staged):
            for name, relation in {facts.table: facts.relation, **facts.extra}.items():
                self.upserts.setdefault(name, Upsert(contract(name), [])).staged.append((number, facts, relation))
        for table in contracts().values():
            self._find_changes(table)
        self.horizon = horizon_of(connection, staged, transaction.base, self.loaded_at)
        self.calendars = self._calendars()

    def _find_changes(self, table: Contract) -> None:
        name = table.name
        columns = ", ".join(quoted(column) for column in table.columns)
        upsert = self.upserts.get(name)
        if upsert is not None:
            self.connection.execute(f"CREATE TEMP VIEW incoming_{name} AS {upsert.incoming()}")
        kept = table.key_partition
        parts = parts_of(self.connection, kept, f"incoming_{name}") if upsert is not None and kept is not None else None
        view = self.transaction.store.view(self.transaction.base, name, parts)
        self.connection.execute(f"CREATE VIEW old_{name} AS {view.sql}")
        if upsert is None:
            self.connection.execute(f"CREATE VIEW changed_{name} AS SELECT {columns} FROM old_{name} WHERE false")
            self.connection.execute(f"CREATE VIEW logical_{name} AS SELECT {columns} FROM old_{name}")
            return
        keys = ", ".join(quoted(key) for key in table.key)
        repeated = self._one(f"SELECT count(*) - count(DISTINCT ({keys})) FROM incoming_{name}")
        upsert.meets = bool(repeated or view.files)
        kind = "TABLE" if repeated else "VIEW"
        self.connection.execute(f"CREATE TEMP {kind} winner_{name} AS {upsert.winners(f'incoming_{name}', unique=not repeated)}")
        if not view.files:  # every winner is new, and millions of rows need not be kept twice
            self.connection.execute(f"CREATE VIEW changed_{name} AS SELECT {columns}, _file, true AS _inserted FROM winner_{name}")
            winners = self.connection.execute(f"SELECT _file, count(*) FROM winner_{name} GROUP BY 1").fetchall()
            upsert.counts = {file: (count, 0, count) for file, count in winners}
            self.connection.execute(f"CREATE VIEW logical_{name} AS SELECT {columns} FROM changed_{name}")
            return
        self.connection.execute(f"CREATE TEMP TABLE changed_{name} AS {upsert.changes(f'winner_{name}', f'old_{name}')}")
        counted = self.connection.execute(
            f"SELECT w._file, (SELECT count(*) FROM changed_{name} c WHERE c._file = w._file AND _inserted), "
            f"(SELECT count(*) FROM changed_{name} c WHERE c._file = w._file AND NOT _inserted), count(*) "
            f"FROM winner_{name} w GROUP BY 1"
        ).fetchall()
        upsert.counts = {file: (inserted, updated, winners) for file, inserted, updated, winners in counted}
        self.connection.execute(
            f"CREATE VIEW logical_{name} AS SELECT {columns} FROM changed_{name} UNION ALL SELECT {columns} FROM old_{name} o "
            f"WHERE NOT EXISTS (SELECT 1 FROM changed_{name} c WHERE {same_key(table, 'c', 'o')})"
        )

    def _calendars(self) -> dict[str, Calendar]:
        """The business calendars over the years of the tickets."""
        last = self.horizon.year if self.horizon else EARLIEST
        opened = [self._one(f"SELECT year(min(opened_at)) FROM logical_{name}") for name in ("incidents", "requests")]
        first = min([year for year in opened if year] or [last])
        return build_calendars(self.settings, self.directory, first, last + YEARS_AHEAD)

    # writing ---------------------------------------------------------------------------------------------------------

    def write(self, progress: Progress | None = None) -> None:
        """Write every table, and quarantine, as far as something in it changed."""
        base = self.transaction.base
        same_rules = base is not None and base.resolved.get("rules") == self.rules
        shared = (self.settings, self.calendars, self.horizon)
        read = sum(facts.read for facts in self.staged)
        rows = {name: sum(sum(count[:2]) for count in upsert.counts.values()) for name, upsert in self.upserts.items()}
        written = 0
        for name, table in contracts().items():
            Rewriting(self.connection, self.transaction, table, *shared, same_rules=same_rules).write()
            written += rows.get(name, 0)
            if progress is not None and rows.get(name):
                progress(name, read, READING + (1 - READING) * written / sum(rows.values()))
        self.refused = keep_refused(self.connection, self.transaction, self.inputs, self.staged, self.upserts)

    # the ledger ------------------------------------------------------------------------------------------------------

    def ledger(self) -> list[dict[str, Any]]:
        """What became of the rows of each file."""
        rows = [
            file_row(facts, self.upserts[facts.table].counts.get(number, (0, 0, 0))) for number, facts in enumerate(self.staged)
        ]
        return balanced(rows, self.refused)

    def doubts(self) -> list[Doubt]:
        """What is hard to believe in the files and in the tables that they fill."""
        base = self.transaction.base
        rules = {(file, rule): rows for file, rule, rows in self._refused()}
        earlier = base.files if base else []
        found = [
            *doubts_of_files(self.staged, rules, earlier, self.loaded_at),
            *doubts_of_columns(self.staged, earlier),
            *doubts_of_refused(self.connection, self.staged),
        ]
        files = [facts.file for facts in self.staged]
        for name, upsert in self.upserts.items():
            if name not in TICKETS or self.horizon is None:
                continue
            if not upsert.earliest and upsert.meets:
                found += doubts_of_numbers(self.connection, name, files)
            calendar = self.calendars[self.settings.calendars[0].id]
            found += doubts_of_tickets(self.connection, name, calendar, self.settings.organisation.timezone, self.horizon)
        return found

    def _refused(self) -> list[tuple[str, str, int]]:
        """File, rule, and number of rows that this load has refused."""
        relations = [f"SELECT file, rule FROM {quoted(facts.quarantined)}" for facts in self.staged if facts.quarantined]
        if not relations:
            return []
        return self.connection.execute(
            f"SELECT file, rule, count(*) FROM ({' UNION ALL '.join(relations)}) GROUP BY ALL"
        ).fetchall()

    def commit(self, ledger: list[dict[str, Any]], resolved: dict[str, Any], told: dict[str, Any]) -> None:
        """Commit a snapshot, unless nothing at all has changed; what is `told` of the load is recorded with it."""
        base = self.transaction.base
        files = balanced(merged(base.files if base else [], ledger), self.refused)
        resolved = resolved | {"rules": self.rules}
        digest = digest_of(files, resolved)
        if base is None or base.hash != digest or base.versions != self.transaction.versions or base.horizon != self.horizon:
            recorded = resolved | told
            self.transaction.commit(committed_at=self.loaded_at, horizon=self.horizon, hash=digest, files=files, resolved=recorded)

    def _one(self, sql: str) -> Any:
        return single_value(self.connection, sql)
