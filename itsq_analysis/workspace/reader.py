"""Reading a workspace: its snapshot, tables and rows as frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from itsq_analysis.errors import IndicatorError, IngestError
from itsq_analysis.facts import Cache
from itsq_analysis.indicators.query import known_name
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.settings import Settings
from itsq_analysis.store import Snapshot, Store
from itsq_analysis.store.query import limited_query
from itsq_analysis.store.spark import spark_engine
from itsq_analysis.tables import contract, contracts
from itsq_analysis.workspace.calendars import special_days

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.indicators import Indicator
    from itsq_analysis.store.engine import Engine


class Reader:
    """What one snapshot of a folder's store holds. `Measured` adds numbers, `Judged` judgements, `Workspace` loads.

    Attributes:
        path: the folder.
        settings: in force: those of itsq.toml, or of the snapshot that was asked for.
        store: the store of the folder.
        services: only these; () is all of them.
    """

    def __init__(self, path: Path, settings: Settings, *, snapshot: int | None = None, services: Sequence[str] = ()) -> None:
        self.path = path
        self.store = Store(path / settings.store.path)
        self.services = tuple(services)
        self._number, self.limits, self._engine = snapshot, settings.sql, settings.engine
        self.settings = settings if snapshot is None else Settings.model_validate(self.snapshot.resolved["settings"])

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot that is read: the newest when first asked for, or the one the workspace was opened with."""
        return self.store.snapshot(self._number)

    @cached_property
    def definitions(self) -> dict[str, Indicator]:
        """The indicators by id: those of itsq and of the workspace's own `catalogue/*.toml`, or those of the snapshot asked for."""
        from itsq_analysis.indicators import load_catalogue, recorded_catalogue

        if self._number is not None:
            return recorded_catalogue(self.snapshot.resolved["catalogue"])
        return load_catalogue(self.path / "catalogue")

    @property
    def asked_snapshot(self) -> int | None:
        """The number of the snapshot that was asked for; None is the newest."""
        return self._number

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A read-only, sandboxed DuckDB connection over the snapshot's tables (times in UTC).

        Raises:
            IndicatorError: a service that nothing in the snapshot names.
        """
        self.check_services()
        return self.store.connect(self.snapshot, self.services)

    @cached_property
    def engine(self) -> Engine:
        """What computes the values: `connection`, or the Spark of `[engine]` in itsq.toml over the same snapshot.

        Raises:
            IndicatorError: a service that nothing in the snapshot names.
            StoreError: the Spark cannot be reached.
        """
        if self._engine.spark is None:
            return self.connection
        self.check_services()
        return spark_engine(self.store, self.snapshot, self.services, self._engine)

    def check_services(self) -> None:
        """Refuse a service that nothing names, with the nearest names; a report over nothing would look like a good month."""
        known = self.known_services() if self.services else []
        for service in self.services:
            known_name(service, known, "a service")

    def known_services(self) -> list[str]:
        """Every service that anything in the snapshot names, in order."""
        named = [name for name, table in contracts().items() if "service" in table.columns]
        with self.store.connect(self.snapshot) as connection:
            union = " UNION ".join(f'SELECT service FROM "{name}"' for name in named)
            return sorted(name for (name,) in connection.execute(union).fetchall() if name is not None)

    @cached_property
    def cache(self) -> Cache | None:
        """Where dear facts are kept: the folder `cache`; None where the workspace has no folder of its own."""
        return Cache(self.path / "cache") if self.path.is_dir() else None

    @property
    def horizon(self) -> datetime:
        """Data are known up to here, in the workspace's zone."""
        moment = self.snapshot.horizon
        if moment is None:
            raise IngestError(
                "a workspace must hold a table that tells when something happened; found none; load an export with: itsq load"
            )
        return moment.astimezone(self.settings.organisation.zone)

    @cached_property
    def known_until(self) -> datetime:
        """Whatever happened before this moment is known: the horizon, or just after it where a ticket tells of that very moment."""
        times = ("opened_at", "resolved_at", "closed_at", "updated_at")
        parts = [
            f'SELECT 1 FROM "{name}" WHERE "{column}" = $horizon'
            for name, table in contracts().items()
            for column in times
            if "opened_at" in table.columns and column in table.columns
        ]
        at_horizon = f"SELECT EXISTS ({' UNION ALL '.join(parts)})"
        [(happened,)] = self.connection.execute(at_horizon, {"horizon": self.horizon}).fetchall()
        return self.horizon + timedelta(microseconds=1) if happened else self.horizon

    @cached_property
    def special_days(self) -> list[str | pd.DataFrame] | None:
        """The organisation's country and the workspace's own days, as forecasts and detectors take them; None without any."""
        return special_days(self.settings, self.snapshot) or None

    def table(self, name: str) -> pd.DataFrame:
        """A canonical table; times in the workspace's zone, missing values as <NA>/NaT."""
        columns = ", ".join(f'"{column}"' for column in contract(name).all_columns)
        return self._frame(f'SELECT {columns} FROM "{name}" ORDER BY ALL')

    def sql(self, query: str) -> pd.DataFrame:
        """One SELECT statement over the tables and `quarantine`; inside it, times are UTC.

        It runs in a process of its own, within the time and memory of `[sql]` in itsq.toml.

        Raises:
            IndicatorError: not exactly one SELECT, DuckDB refuses it, or it is beyond a limit.

        >>> open_workspace("data/sample").sql("select count(*) as n from incidents")  # doctest: +SKIP
        """
        import duckdb

        try:
            statements = duckdb.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise IndicatorError("sql() takes exactly one SELECT statement; found another kind or several; split them")
        except duckdb.Error as error:
            raise IndicatorError(f"DuckDB refuses the query: {error}") from error
        self.check_services()
        return self._shown(limited_query(self.store.setup(self.snapshot, self.services), query, self.limits))

    def quarantine(self, rule: str | None = None) -> pd.DataFrame:
        """The rows that were refused, with file, line, rule and offending value; all rules or one.

        Rows on which two sources differ are no refused ones: they are there under the rule "conflict" alone, with the file that is
        `used`.

        Raises:
            IndicatorError: there is no such rule.
        """
        view = "conflicts" if rule == "conflict" else "quarantine"
        rows = self._frame(f"SELECT * FROM {view} ORDER BY file, line")
        if rule is not None:
            own = (check.id for table in contracts().values() for check in table.rules)
            known_name(rule, sorted({*RULES, *own, *rows["rule"]}), "a rule of quarantine")
        return rows if rule is None else rows[rows["rule"] == rule].reset_index(drop=True)

    def snapshots(self) -> pd.DataFrame:
        """One row per snapshot: id, committed_at and horizon (workspace's zone), files, rows read, hash."""
        zone = self.settings.organisation.zone
        rows = [
            {
                "id": snapshot.id,
                "committed_at": snapshot.committed_at.astimezone(zone),
                "horizon": snapshot.horizon.astimezone(zone) if snapshot.horizon else None,
                "files": len(snapshot.files),
                "read": sum(entry["read"] for entry in snapshot.files),
                "hash": snapshot.hash[:12],
            }
            for snapshot in self.store.snapshots()
        ]
        return pd.DataFrame(rows, columns=["id", "committed_at", "horizon", "files", "read", "hash"])

    def rows(self, query: str, parameters: dict[str, Any]) -> pd.DataFrame:
        """A SELECT of our own with named parameters ($name), for the sections; times in the workspace's zone."""
        return self._frame(query, parameters)

    def _frame(self, query: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
        return self._shown(self.connection.sql(query, params=parameters or None).to_arrow_table())

    def _shown(self, table: pa.Table) -> pd.DataFrame:
        """Rows as a frame: times in the workspace's zone, missing values as <NA>."""
        zone = self.settings.organisation.timezone
        for index, column in enumerate(table.schema):
            if pa.types.is_timestamp(column.type) and column.type.tz:
                table = table.set_column(index, column.name, table[index].cast(pa.timestamp("us", tz=zone)))
        nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
        frame: pd.DataFrame = table.to_pandas(types_mapper=nullable.get)
        return frame
