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
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.day_order import OpenOrder
from itsq_analysis.ingest.derive import build_calendars, derive_incidents, derive_requests, rules_hash
from itsq_analysis.ingest.horizon import horizon_of, single_value
from itsq_analysis.ingest.ledger import LEDGER_COLUMNS, digest_of, file_row, merged
from itsq_analysis.ingest.mapping import Mapping
from itsq_analysis.ingest.plausibility import TICKETS, Doubt, doubts_of_files, doubts_of_numbers, doubts_of_tickets
from itsq_analysis.ingest.privacy import Privacy
from itsq_analysis.ingest.stage import Staged, stage_file, stage_services
from itsq_analysis.ingest.upsert import Upsert, same_key
from itsq_analysis.store import Store, Transaction, literal, quoted
from itsq_analysis.tables import Contract, Partition, contract, contracts

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings, SourceSettings
    from itsq_analysis.worktime import Calendar

EARLIEST = 1990  # times before are refused as implausible
YEARS_AHEAD = 2  # calendars reach so far past the horizon, for due times


@dataclass(frozen=True)
class Input:
    """A file to load, the name it has in the ledger, and the source entry and mapping that tell how to read it.

    `member` is the part of a zip that holds several exports.
    """

    path: Path
    display: str
    source: SourceSettings
    mapping: Mapping
    member: str = ""


def load(
    settings: Settings,
    directory: Path,
    store: Store,
    inputs: list[Input],
    *,
    resolved: dict[str, Any],
    loaded_at: datetime,
    waiting: Callable[[str], None] | None = None,
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

    Raises:
        IngestError: a file cannot be read as its mapping says; the store is then untouched.
        StoreError: the store is of another format.
    """
    with store.load(waiting) as transaction, duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        staged = _stage(connection, inputs, settings, loaded_at, Privacy.of(settings.privacy, directory))
        if settings.services:
            staged.append(stage_services(connection, settings))
        loading = _Loading(connection, transaction, staged, settings, directory, loaded_at)
        loading.write()
        ledger = loading.ledger()
        doubts = [doubt.record() for doubt in loading.doubts()]
        loading.commit(ledger, resolved, doubts)
    frame = pd.DataFrame(ledger).reindex(columns=LEDGER_COLUMNS)
    frame.attrs["doubts"] = doubts
    return frame


def _stage(
    connection: duckdb.DuckDBPyConnection, inputs: list[Input], settings: Settings, loaded_at: datetime, privacy: Privacy
) -> list[Staged]:
    """Stage every file; the order of day and month is decided once for all files of a source.

    Raises:
        IngestError: some cannot be read; the message names all of them.
    """
    staged: dict[int, Staged] = {}
    unread: dict[str, IngestError] = {}
    undecided = []
    for number, one in enumerate(inputs):
        try:
            staged[number] = _staged(connection, one, settings, loaded_at, privacy)
        except OpenOrder as refused:
            undecided.append((number, refused))
        except IngestError as error:
            unread[one.display] = error
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
    (the exported columns as they will be), `rewrite_` (rows to write, with derived columns).
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        transaction: Transaction,
        staged: list[Staged],
        settings: Settings,
        directory: Path,
        loaded_at: datetime,
    ) -> None:
        self.loaded_at = loaded_at.astimezone(UTC)
        self.connection = connection
        self.transaction = transaction
        self.staged = staged
        self.settings = settings
        self.directory = directory
        self.rules = rules_hash(settings, directory / "calendar")
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
        parts = self._parts(f"incoming_{name}", kept) if upsert is not None and kept is not None else None
        view = self.transaction.store.view(self.transaction.base, name, parts)
        self.connection.execute(f"CREATE VIEW old_{name} AS {view.sql}")
        if upsert is None:
            self.connection.execute(f"CREATE VIEW changed_{name} AS SELECT {columns} FROM old_{name} WHERE false")
            self.connection.execute(f"CREATE VIEW logical_{name} AS SELECT {columns} FROM old_{name}")
            return
        keys = ", ".join(quoted(key) for key in table.key)
        repeated = self._one(f"SELECT count(*) - count(DISTINCT ({keys})) FROM incoming_{name}")
        kind = "TABLE" if repeated else "VIEW"
        self.connection.execute(f"CREATE TEMP {kind} winner_{name} AS {upsert.winners(f'incoming_{name}', unique=not repeated)}")
        # Where nothing is stored to compare with, every winner is new, and millions of rows need not be kept twice.
        kind = "TABLE" if view.files or table.key_partition is None else "VIEW"
        self.connection.execute(f"CREATE TEMP {kind} changed_{name} AS {upsert.changes(f'winner_{name}', f'old_{name}')}")
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

    def write(self) -> None:
        """Write every table, and quarantine, as far as something in it changed."""
        for table in contracts().values():
            if table.derived:
                self._derive(table)
            else:
                columns = ", ".join(quoted(column) for column in table.columns)
                self.connection.execute(f"CREATE VIEW rewrite_{table.name} AS SELECT {columns} FROM changed_{table.name}")
            if self._one(f"SELECT count(*) FROM rewrite_{table.name}"):
                self._write_table(table)
        self._write_quarantine()

    def _write_table(self, table: Contract) -> None:
        """Write the months or days in which something changed; a table without them is written whole."""
        name = table.name
        columns = ", ".join(quoted(column) for column in table.all_columns)
        touched = f"EXISTS (SELECT 1 FROM rewrite_{name} r WHERE {same_key(table, 'r', 'o')})"
        partition = table.partition
        if partition is None:
            sql = f"SELECT {columns} FROM rewrite_{name} UNION ALL SELECT {columns} FROM old_{name} o WHERE NOT {touched}"
            self.transaction.write(name, self.connection, sql)
            return
        parts = self._parts(f"rewrite_{name}", partition)
        if table.key_partition is None:  # a row that moves leaves another part, too
            parts = sorted({*parts, *self._parts(f"(SELECT * FROM old_{name} o WHERE {touched})", partition)})
        kept = f"{partition.sql} IN ({', '.join(literal(value) for value in parts)}) AND NOT {touched}"
        sql = (
            f"SELECT {columns}, {partition.sql} AS {partition.column} FROM rewrite_{name} UNION ALL "
            f"SELECT {columns}, {partition.sql} AS {partition.column} FROM old_{name} o WHERE {kept}"
        )
        self.transaction.write(name, self.connection, sql, partition, parts)

    def _parts(self, relation: str, partition: Partition) -> list[str]:
        """The months or days in which the rows of a relation lie."""
        return sorted(value for (value,) in self.connection.execute(f"SELECT DISTINCT {partition.sql} FROM {relation}").fetchall())

    def _derive(self, table: Contract) -> None:
        """Make `rewrite_NAME`: rows that changed or whose derived columns do. All rows are derived anew when the rules changed."""
        name, key = table.name, quoted(table.key[0])
        base = self.transaction.base
        same_rules = base is not None and base.resolved.get("rules") == self.rules
        wanted = f"SELECT {key} FROM changed_{name} UNION SELECT number FROM changed_state_log WHERE ticket_table = '{name}'"
        if "ended_at" in table.derived:  # a ticket on hold is due later with each day; a rule may name a service's tier
            wanted += f" UNION SELECT {key} FROM old_{name} WHERE ended_at IS NULL"
            wanted += f" UNION SELECT {key} FROM logical_{name} WHERE service IN (SELECT service FROM changed_services)"
        self.connection.execute(
            f"CREATE TEMP VIEW affected_{name} AS SELECT * FROM logical_{name} "
            + (f"WHERE {key} IN ({wanted})" if same_rules else "")
        )
        self.connection.register(f"derived_{name}", self._derived_columns(name))
        values = ", ".join(f"d.{quoted(column)}" for column in table.derived)
        changed = " OR ".join(f"d.{quoted(column)} IS DISTINCT FROM o.{quoted(column)}" for column in table.derived)
        self.connection.execute(
            f"CREATE TEMP TABLE rewrite_{name} AS SELECT a.*, {values} FROM affected_{name} a "
            f"JOIN derived_{name} d ON d.{key} = a.{key} LEFT JOIN old_{name} o ON o.{key} = a.{key} "
            f"WHERE o.{key} IS NULL OR {changed} OR a.{key} IN (SELECT {key} FROM changed_{name})"
        )

    def _derived_columns(self, name: str) -> pa.Table:
        columns = contract(name).columns.values()  # no rule looks at free text
        needed = ", ".join(quoted(one.name) for one in columns if one.type != "text" or one.name in ("number", "service"))
        affected = self.connection.sql(f"SELECT {needed} FROM affected_{name}").to_arrow_table()
        horizon = self.horizon or datetime.fromtimestamp(0, UTC)
        if name == "requests":
            return derive_requests(affected, self.calendars, self.settings)
        log = self.connection.sql(
            f"SELECT * FROM logical_state_log WHERE ticket_table = '{name}' AND number IN (SELECT number FROM affected_{name})"
        ).to_arrow_table()
        services = self.connection.sql("SELECT * FROM logical_services").to_arrow_table()
        return derive_incidents(affected, log, services, self.settings, self.calendars, horizon)

    def _write_quarantine(self) -> None:
        """The refused rows of the files of this load replace those that the same files had before."""
        view = self.transaction.store.view(self.transaction.base, "quarantine")
        names = ", ".join(literal(facts.file) for facts in self.staged)
        parts = [f"SELECT * FROM ({view.sql})" + (f" WHERE file NOT IN ({names})" if names else "")]
        parts += [f"SELECT * FROM {quoted(facts.quarantined)}" for facts in self.staged if facts.quarantined]
        self.connection.execute(f"CREATE TEMP VIEW old_quarantine AS {view.sql}")
        self.connection.execute(f"CREATE TEMP TABLE new_quarantine AS {' UNION ALL BY NAME '.join(parts)}")
        if self._one(
            "SELECT count(*) FROM ((FROM new_quarantine EXCEPT ALL FROM old_quarantine) UNION ALL "
            "(FROM old_quarantine EXCEPT ALL FROM new_quarantine))"
        ):
            self.transaction.write("quarantine", self.connection, "SELECT * FROM new_quarantine ORDER BY file, line")

    # the ledger ------------------------------------------------------------------------------------------------------

    def ledger(self) -> list[dict[str, Any]]:
        """What became of the rows of each file."""
        return [
            file_row(facts, self.upserts[facts.table].counts.get(number, (0, 0, 0))) for number, facts in enumerate(self.staged)
        ]

    def doubts(self) -> list[Doubt]:
        """What is hard to believe in the files and in the tables that they fill."""
        base = self.transaction.base
        rules = {(file, rule): rows for file, rule, rows in self._refused()}
        found = [*doubts_of_files(self.staged, rules, base.files if base else [], self.loaded_at)]
        files = [facts.file for facts in self.staged]
        for name, upsert in self.upserts.items():
            if name not in TICKETS or self.horizon is None:
                continue
            if not upsert.earliest:
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

    def commit(self, ledger: list[dict[str, Any]], resolved: dict[str, Any], doubts: list[dict[str, Any]]) -> None:
        """Commit a snapshot, unless nothing at all has changed; the doubts are recorded with it."""
        base = self.transaction.base
        files = merged(base.files if base else [], ledger)
        resolved = resolved | {"rules": self.rules}
        digest = digest_of(files, resolved)
        if base is None or base.hash != digest or base.versions != self.transaction.versions or base.horizon != self.horizon:
            told = resolved | {"doubts": doubts}
            self.transaction.commit(committed_at=self.loaded_at, horizon=self.horizon, hash=digest, files=files, resolved=told)

    def _one(self, sql: str) -> Any:
        return single_value(self.connection, sql)
