"""Writing a table of a load: the months or days in which something changed, some at a time, with their derived columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from itsq_analysis.ingest.derive import derive_incidents, derive_requests
from itsq_analysis.ingest.upsert import same_key
from itsq_analysis.store import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from itsq_analysis.settings import Settings
    from itsq_analysis.store import Transaction
    from itsq_analysis.tables import Contract, Partition
    from itsq_analysis.worktime import Calendar

BATCH = 250_000  # rows that are derived at once, unless a single month or day has more
ALONE = 10_000  # rows of a part, on average, from which on each is written by a query of its own


class Rewriting:
    """One table while its changed rows are written.

    Args:
        connection: with the relations `old_`, `changed_` and `logical_` of the tables (see `load`).
        table: its contract.
        same_rules: whether derived columns follow the rules by which the stored ones were derived; else all are derived anew.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        transaction: Transaction,
        table: Contract,
        settings: Settings,
        calendars: Mapping[str, Calendar],
        horizon: datetime | None,
        *,
        same_rules: bool,
    ) -> None:
        self.connection, self.transaction, self.table = connection, transaction, table
        self.settings, self.calendars = settings, calendars
        self.horizon = horizon or datetime.fromtimestamp(0, UTC)
        self.same_rules = same_rules
        self.left_parts: list[str] | None = None
        self.source = f"{'affected' if table.derived else 'changed'}_{table.name}"
        self.columns = ", ".join(quoted(column) for column in table.all_columns)

    def write(self) -> None:
        """Write what changed; a table without months or days is written whole."""
        table, partition = self.table, self.table.partition
        if table.derived:
            self._find_affected()
        if partition is not None:
            self.transaction.write(table.name, self.connection, self._queries(partition), partition)
        elif self._has_rows(f"changed_{table.name}"):
            kept = f"SELECT {self.columns} FROM old_{table.name} o WHERE {self._is_not_in(f'changed_{table.name}')}"
            whole = f"SELECT {self.columns} FROM changed_{table.name} UNION ALL {kept}"
            self.transaction.write(table.name, self.connection, [((), whole)])

    def _queries(self, partition: Partition) -> Iterator[tuple[list[str], str]]:
        """Parts, and the query of their rows: those that changed, and the stored ones that stay."""
        for parts, rows in self._batches(partition):
            rewrite = self._rewrite(partition, parts)
            touched = sorted({*self._parts(partition, rewrite), *self._left(partition, parts)})
            together = [touched] if rows < ALONE * len(touched) else [[part] for part in touched]
            for written in together if touched else ():
                yield written, self._query(partition, rewrite, written)
            self.connection.unregister(f"derived_{self.table.name}")

    def _query(self, partition: Partition, rewrite: str, parts: list[str]) -> str:
        """The rows of these parts as they will be."""
        within = partition.within(parts[0], parts[-1])
        part = f", {partition.sql} AS {partition.column}" if len(parts) > 1 else ""
        sql = f"SELECT {self.columns}{part} FROM {rewrite} WHERE {within}"
        stored = self.transaction.store.view(self.transaction.base, self.table.name, parts)
        if not stored.files:
            return sql
        others = f"{self._is_not_in(rewrite)} AND {self._is_not_in(f'changed_{self.table.name}')}"
        return f"{sql} UNION ALL SELECT {self.columns}{part} FROM ({stored.sql}) o WHERE {others}"

    def _batches(self, partition: Partition) -> Iterator[tuple[list[str], int]]:
        """Parts with changes, in order, as many at once as have few rows together, and how many they have."""
        rows = dict(self.connection.execute(f"SELECT {partition.sql}, count(*) FROM {self.source} GROUP BY 1").fetchall())
        batch: list[str] = []
        size = 0
        for part in sorted({*rows, *self._left(partition)}):
            if batch and size + rows.get(part, 0) > BATCH:
                yield batch, size
                batch, size = [], 0
            batch.append(part)
            size += rows.get(part, 0)
        if batch:
            yield batch, size

    def _left(self, partition: Partition, among: list[str] | None = None) -> list[str]:
        """Parts that a changed row may have left."""
        if self.left_parts is None:
            name = self.table.name
            moved = f"(SELECT o.* FROM old_{name} o WHERE NOT ({self._is_not_in(f'changed_{name}')}))"
            self.left_parts = [] if self.table.key_partition is not None else self._parts(partition, moved)
        return [part for part in self.left_parts if among is None or part in among]

    def _rewrite(self, partition: Partition, parts: list[str]) -> str:
        """The relation of the rows of these parts that are new, or of which a value, also a derived one, differs."""
        rows = f"(SELECT * FROM {self.source} WHERE {partition.within(parts[0], parts[-1])})"
        if not self.table.derived:
            return f"(SELECT {self.columns} FROM {rows})"
        name, key = self.table.name, quoted(self.table.key[0])
        batch = f"derived_{name}"
        self.connection.register(batch, self._derived(rows))
        stored = self.transaction.store.view(self.transaction.base, name, parts)
        if not stored.files:
            return batch
        differs = " OR ".join(f"d.{quoted(column)} IS DISTINCT FROM o.{quoted(column)}" for column in self.table.derived)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE rewrite_{name} AS SELECT d.* FROM {batch} d "
            f"LEFT JOIN ({stored.sql}) o ON o.{key} = d.{key} "
            f"WHERE o.{key} IS NULL OR {differs} OR d.{key} IN (SELECT {key} FROM changed_{name})"
        )
        return f"rewrite_{name}"

    def _find_affected(self) -> None:
        """Make `affected_NAME`: rows that changed or whose derived columns may. All are derived anew when the rules changed."""
        name, key = self.table.name, quoted(self.table.key[0])
        wanted = f"SELECT {key} FROM changed_{name} UNION SELECT number FROM changed_state_log WHERE ticket_table = '{name}'"
        if "ended_at" in self.table.derived:  # a ticket on hold is due later with each day; a rule may name a service's tier
            wanted += f" UNION SELECT {key} FROM old_{name} WHERE ended_at IS NULL"
            wanted += f" UNION SELECT {key} FROM logical_{name} WHERE service IN (SELECT service FROM changed_services)"
        which = ""
        if self.same_rules:
            self.connection.execute(f"CREATE TEMP TABLE wanted_{name} AS {wanted}")
            which = f"WHERE {key} IN (FROM wanted_{name})"
        self.connection.execute(f"CREATE TEMP VIEW affected_{name} AS SELECT * FROM logical_{name} {which}")

    def _derived(self, rows: str) -> pa.Table:
        """Rows of tickets with their derived columns."""
        name = self.table.name
        tickets = self.connection.sql(f"SELECT * FROM {rows}").to_arrow_table()
        if name == "requests":
            derived = derive_requests(tickets, self.calendars, self.settings)
        else:
            numbers = pa.table({"number": tickets["number"]})
            self.connection.register("_numbers", numbers)
            log = self.connection.sql(
                f"SELECT * FROM logical_state_log WHERE ticket_table = {literal(name)} AND number IN (SELECT number FROM _numbers)"
            ).to_arrow_table()
            self.connection.unregister("_numbers")
            services = self.connection.sql("SELECT * FROM logical_services").to_arrow_table()
            derived = derive_incidents(tickets, log, services, self.settings, self.calendars, self.horizon)
        for column in self.table.derived:
            tickets = tickets.append_column(column, derived[column])
        return tickets

    def _is_not_in(self, relation: str) -> str:
        return f"NOT EXISTS (SELECT 1 FROM {relation} r WHERE {same_key(self.table, 'r', 'o')})"

    def _parts(self, partition: Partition, relation: str) -> list[str]:
        return parts_of(self.connection, partition, relation)

    def _has_rows(self, relation: str) -> bool:
        return bool(self.connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall())


def parts_of(connection: duckdb.DuckDBPyConnection, partition: Partition, relation: str) -> list[str]:
    """The months or days in which the rows of a relation lie."""
    return sorted(value for (value,) in connection.execute(f"SELECT DISTINCT {partition.sql} FROM {relation}").fetchall())
